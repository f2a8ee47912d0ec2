#ifndef CTORCH_TENSOR_H
#define CTORCH_TENSOR_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

void ct_tensor_free(ct_tensor tensor);
// Frees a list that an operator returned (the list, not its tensors).
void ct_list_free(ct_tensor CT_NULLABLE *CT_NULLABLE list);
ct_tensor ct_tensor_undefined(void);
// Another handle of the same tensor.
ct_tensor ct_tensor_retain(ct_tensor tensor);

bool ct_tensor_defined(ct_tensor tensor);
intptr_t ct_tensor_dim(ct_tensor tensor);
intptr_t ct_tensor_numel(ct_tensor tensor);
// Sizes and strides; the arrays live as long as the tensor's shape stays.
const int64_t *CT_NULLABLE ct_tensor_sizes(ct_tensor tensor);
const int64_t *CT_NULLABLE ct_tensor_strides(ct_tensor tensor);
int8_t ct_tensor_dtype(ct_tensor tensor);
ct_device ct_tensor_device(ct_tensor tensor);
bool ct_tensor_is_contiguous(ct_tensor tensor);
bool ct_tensor_is_sparse(ct_tensor tensor);
bool ct_tensor_same(ct_tensor a, ct_tensor b);
// Counts in-place changes, as autograd does.
int64_t ct_tensor_version(ct_tensor tensor);

// A tensor on the CPU with its own copy of `bytes`.
ct_status ct_tensor_from_bytes(const void *CT_NULLABLE bytes, const intptr_t *sizes, intptr_t dim, int8_t dtype,
                               ct_tensor CT_NULLABLE *CT_NONNULL out);
// A tensor over memory that `release(context)` gives back when the last user is gone. Must not be written to if the
// memory is read-only.
ct_status ct_tensor_from_memory(void *memory, const intptr_t *sizes, intptr_t dim, int8_t dtype, void *context,
                                void (*release)(void *CT_NULLABLE), ct_tensor CT_NULLABLE *CT_NONNULL out);
// Copies the elements, row-major and converted to `dtype`, into `bytes`; waits for the device.
ct_status ct_tensor_copy_out(ct_tensor tensor, int8_t dtype, void *CT_NULLABLE bytes, intptr_t capacity);
// Copies the slices `indices` of a contiguous CPU tensor along dimension 0 into a new tensor.
ct_status ct_gather_rows(ct_tensor tensor, const intptr_t *indices, intptr_t count, ct_tensor CT_NULLABLE *CT_NONNULL out);
// Address of the first element of a contiguous CPU tensor; NULL for others.
void *CT_NULLABLE ct_tensor_data(ct_tensor tensor);
// The only element; waits for the device.
ct_status ct_tensor_item_double(ct_tensor tensor, double *out);
ct_status ct_tensor_item_int(ct_tensor tensor, int64_t *out);

// Moves to a device and type; type -1 and device type -1 keep what is.
ct_status ct_tensor_to(ct_tensor tensor, ct_device device, int8_t dtype, bool non_blocking, bool copy,
                       ct_tensor CT_NULLABLE *CT_NONNULL out);
// Makes `tensor` share `other`'s storage, shape and type (PyTorch's `x.data = y`).
ct_status ct_tensor_set_data(ct_tensor tensor, ct_tensor other);
// Gives the memory of a tensor and of all its views back; their shapes stay, and operators on them fail.
ct_status ct_storage_release(ct_tensor tensor);
// Takes memory for the tensor again where it has none; what is in it is not defined.
ct_status ct_storage_allocate(ct_tensor tensor);
bool ct_storage_is_there(ct_tensor tensor);
// From now on large blocks of the CPU's memory that are freed go back to the system at once.
void ct_memory_returns_freed(void);
ct_status ct_tensor_to_string(ct_tensor tensor, char *CT_NULLABLE *CT_NONNULL out);
void ct_string_free(char *CT_NULLABLE text);

CT_EXTERN_C_END
CT_END

#endif
