#include "ctorch_tensor.h"

#include "Convert.hpp"

#include <ATen/core/Formatting.h>
#include <ATen/ops/_local_scalar_dense_ops.h>
#include <ATen/ops/contiguous_ops.h>
#include <ATen/ops/copy_ops.h>
#include <ATen/ops/empty_ops.h>
#include <ATen/ops/from_blob.h>

#include <cstdlib>
#include <cstring>
#include <sstream>


namespace ct {

void give(const std::vector<at::Tensor> &tensors, ct_tensor **out, intptr_t *count) {
  auto *handles = static_cast<ct_tensor *>(std::malloc(sizeof(ct_tensor) * (tensors.size() + 1)));
  if (handles == nullptr) throw std::bad_alloc();
  for (size_t i = 0; i < tensors.size(); i++) handles[i] = own(tensors[i]);
  *out = handles;
  *count = static_cast<intptr_t>(tensors.size());
}

}  // namespace ct

void ct_tensor_free(ct_tensor tensor) { delete reinterpret_cast<at::Tensor *>(tensor); }
void ct_list_free(ct_tensor *list) { std::free(list); }
ct_tensor ct_tensor_undefined(void) { return ct::own(at::Tensor()); }
ct_tensor ct_tensor_retain(ct_tensor tensor) { return ct::own(ct::ref(tensor)); }

bool ct_tensor_defined(ct_tensor tensor) { return ct::ref(tensor).defined(); }
intptr_t ct_tensor_dim(ct_tensor tensor) { return ct::ref(tensor).defined() ? ct::ref(tensor).dim() : 0; }
intptr_t ct_tensor_numel(ct_tensor tensor) { return ct::ref(tensor).defined() ? ct::ref(tensor).numel() : 0; }
const int64_t *ct_tensor_sizes(ct_tensor tensor) {
  return ct::ref(tensor).defined() ? ct::ref(tensor).sizes().data() : nullptr;
}
const int64_t *ct_tensor_strides(ct_tensor tensor) {
  const auto &t = ct::ref(tensor);
  return t.defined() && !t.is_sparse() ? t.strides().data() : nullptr;
}
int8_t ct_tensor_dtype(ct_tensor tensor) {
  return ct::ref(tensor).defined() ? static_cast<int8_t>(ct::ref(tensor).scalar_type()) : -1;
}
ct_device ct_tensor_device(ct_tensor tensor) {
  if (!ct::ref(tensor).defined()) return {0, -1};
  auto device = ct::ref(tensor).device();
  return {static_cast<int8_t>(device.type()), static_cast<int8_t>(device.index())};
}
bool ct_tensor_is_contiguous(ct_tensor tensor) { 
  return ct::ref(tensor).defined() && !ct::ref(tensor).is_sparse() && ct::ref(tensor).is_contiguous();
}
bool ct_tensor_is_sparse(ct_tensor tensor) { return ct::ref(tensor).defined() && ct::ref(tensor).is_sparse(); }
bool ct_tensor_same(ct_tensor a, ct_tensor b) { return ct::ref(a).is_same(ct::ref(b)); }
int64_t ct_tensor_version(ct_tensor tensor) {
  const auto &t = ct::ref(tensor);
  return t.defined() && !t.is_inference() ? t._version() : 0;
}

ct_status ct_tensor_from_bytes(const void *bytes, const intptr_t *sizes, intptr_t dim, int8_t dtype, ct_tensor *out) {
  return ct::guard1("tensor", {}, out, [&] {
    auto t = at::_ops::empty_memory_format::call(ct::sym_ints(sizes, dim), static_cast<at::ScalarType>(dtype),
                                                 std::nullopt, std::nullopt, std::nullopt, std::nullopt);
    if (t.nbytes() > 0) std::memcpy(t.data_ptr(), bytes, t.nbytes());
    return t;
  });
}

ct_status ct_tensor_from_memory(void *memory, const intptr_t *sizes, intptr_t dim, int8_t dtype, void *context,
                                void (*release)(void *), ct_tensor *out) {
  return ct::guard1("tensor", {}, out, [&] {
    return at::from_blob(memory, ct::ints(sizes, dim), [context, release](void *) { release(context); },
                         at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
  });
}

ct_status ct_tensor_copy_out(ct_tensor tensor, int8_t dtype, void *bytes, intptr_t capacity) {
  return ct::guard("toArray", {tensor}, [&] {
    auto t = ct::ref(tensor).detach().to(at::kCPU, static_cast<at::ScalarType>(dtype)).contiguous();
    TORCH_CHECK(static_cast<intptr_t>(t.nbytes()) == capacity, "the tensor has another size than the array");
    if (capacity > 0) std::memcpy(bytes, t.data_ptr(), t.nbytes());
  });
}

void *ct_tensor_data(ct_tensor tensor) {
  const auto &t = ct::ref(tensor);
  if (!t.defined() || t.is_sparse() || !t.device().is_cpu() || !t.is_contiguous()) return nullptr;
  return t.data_ptr();
}

ct_status ct_tensor_item_double(ct_tensor tensor, double *out) {
  *out = 0;
  return ct::guard("item", {tensor}, [&] { *out = ct::ref(tensor).item().toDouble(); });
}
ct_status ct_tensor_item_int(ct_tensor tensor, int64_t *out) {
  *out = 0;
  return ct::guard("item", {tensor}, [&] { *out = ct::ref(tensor).item().toLong(); });
}

ct_status ct_tensor_to(ct_tensor tensor, ct_device device, int8_t dtype, bool non_blocking, bool copy, ct_tensor *out) {
  return ct::guard1("to", {tensor}, out, [&] {
    const auto &t = ct::ref(tensor);
    auto options = t.options();
    if (dtype >= 0) options = options.dtype(static_cast<at::ScalarType>(dtype));
    if (device.type >= 0) options = options.device(*ct::maybe_device(device));
    return t.to(options, non_blocking, copy);
  });
}

ct_status ct_tensor_set_data(ct_tensor tensor, ct_tensor other) {
  return ct::guard("setData", {tensor, other}, [&] { ct::mut(tensor).set_data(ct::ref(other)); });
}

ct_status ct_tensor_to_string(ct_tensor tensor, char **out) {
  *out = nullptr;
  return ct::guard("description", {tensor}, [&] {
    std::ostringstream text;
    at::print(text, ct::ref(tensor), 100);
    *out = strdup(text.str().c_str());
  });
}
void ct_string_free(char *text) { std::free(text); }
