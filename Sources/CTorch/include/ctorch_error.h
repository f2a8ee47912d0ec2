// Error scopes. They nest and belong to the calling thread.
#ifndef CTORCH_ERROR_H
#define CTORCH_ERROR_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// Opens a scope: from now on this thread's first failure is kept, and later calls do nothing.
void ct_scope_open(void);
// Whether the innermost scope holds a failure.
bool ct_scope_failed(void);
// Closes the scope. Returns 0 if nothing failed, 1 for a failure, 2 for one that was lack of memory. The text, and the
// operator's name with the shapes of its inputs, stay valid until this thread's next failure.
int32_t ct_scope_close(const char *CT_NULLABLE *CT_NONNULL out_message, const char *CT_NULLABLE *CT_NONNULL out_operator);
// Records a failure that Swift code found (no-op where one is recorded); returns a status as the functions do.
ct_status ct_scope_fail(const char *operator_name, const char *message);
// The text of the last failure outside any scope.
const char *ct_last_error(void);

CT_EXTERN_C_END
CT_END

#endif
