// Memory of tensors that comes and goes while the tensors stay.
#include <ATen/EmptyTensor.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/StorageImpl.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "Guard.hpp"
#include "ctorch_tensor.h"

namespace {

c10::StorageImpl *storage_of(ct_tensor tensor) { return ct::ref(tensor).storage().unsafeGetStorageImpl(); }

}  // namespace

ct_status ct_storage_release(ct_tensor tensor) {
  return ct::guard("releaseMemory", {tensor}, [&] {
    auto *storage = storage_of(tensor);
    storage->set_data_ptr_noswap(at::DataPtr(nullptr, storage->device()));
    storage->set_nbytes(0);
  });
}
ct_status ct_storage_allocate(ct_tensor tensor) {
  return ct::guard("allocateMemory", {tensor}, [&] {
    const auto &t = ct::ref(tensor);
    auto *storage = storage_of(tensor);
    size_t bytes = at::detail::computeStorageNbytes(t.sizes(), t.strides(), t.dtype().itemsize(),
                                                    static_cast<size_t>(t.storage_offset()));
    if (storage->nbytes() >= bytes) return;
    TORCH_CHECK(storage->nbytes() == 0 && storage->allocator() != nullptr, "the memory is not the tensor's own");
    c10::OptionalDeviceGuard guard(storage->device());
    storage->set_data_ptr_noswap(storage->allocator()->allocate(bytes));
    storage->set_nbytes(bytes);
  });
}
bool ct_storage_is_there(ct_tensor tensor) {
  const auto &t = ct::ref(tensor);
  return t.defined() && (!t.has_storage() || t.unsafeGetTensorImpl()->storage_initialized());
}
void ct_memory_returns_freed(void) {
#ifdef __GLIBC__
  // By default glibc raises this limit to the largest block that was freed, up to 32 MiB.
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  malloc_trim(0);
#endif
}
