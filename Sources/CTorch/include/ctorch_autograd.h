#ifndef CTORCH_AUTOGRAD_H
#define CTORCH_AUTOGRAD_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

bool ct_requires_grad(ct_tensor tensor);
ct_status ct_set_requires_grad(ct_tensor tensor, bool value);
bool ct_is_leaf(ct_tensor tensor);
// The gradient, or an undefined tensor.
ct_status ct_grad(ct_tensor tensor, ct_tensor CT_NULLABLE *CT_NONNULL out);
ct_status ct_set_grad(ct_tensor tensor, ct_tensor CT_NULLABLE grad);
// `gradient` NULL: 1 for a tensor of one element.
ct_status ct_backward(ct_tensor tensor, ct_tensor CT_NULLABLE gradient, bool retain_graph);
// Drops the gradients of `count` tensors.
void ct_clear_grads(const ct_tensor CT_NONNULL *CT_NONNULL tensors, intptr_t count);

// Thread-local modes.
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool value);
void *ct_inference_enter(void);
void ct_inference_leave(void *guard);

CT_EXTERN_C_END
CT_END

#endif
