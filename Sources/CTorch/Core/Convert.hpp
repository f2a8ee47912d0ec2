// Conversions between the C interface's arguments and ATen's.
#pragma once

#include <ATen/core/List.h>
#include <ATen/core/TensorBody.h>
#include <c10/core/Device.h>
#include <c10/core/DispatchKeySet.h>
#include <c10/core/Scalar.h>
#include <c10/core/ScalarType.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/util/ArrayRef.h>
#include <c10/util/OptionalArrayRef.h>

#include <string>
#include <vector>

#include "Guard.hpp"

namespace ct {

static_assert(sizeof(intptr_t) == sizeof(int64_t), "sizes are passed as 64-bit integers");

inline at::Scalar scalar(ct_scalar s) {
  if (s.kind == 1) return at::Scalar(s.d);
  if (s.kind == 2) return at::Scalar(s.i != 0);
  return at::Scalar(s.i);
}
inline std::optional<at::Scalar> maybe_scalar(ct_scalar s) {
  if (s.kind < 0) return std::nullopt;
  return scalar(s);
}
inline at::IntArrayRef ints(const intptr_t *p, intptr_t n) {
  return at::IntArrayRef(reinterpret_cast<const int64_t *>(p), static_cast<size_t>(n));
}
inline at::OptionalIntArrayRef maybe_ints(const intptr_t *p, intptr_t n) {
  if (p == nullptr) return std::nullopt;
  return ints(p, n);
}
inline c10::SymIntArrayRef sym_ints(const intptr_t *p, intptr_t n) { return c10::fromIntArrayRefSlow(ints(p, n)); }
inline std::optional<at::Tensor> maybe(ct_tensor handle) {
  if (handle == nullptr) return std::nullopt;
  return ref(handle);
}
inline std::vector<at::Tensor> list(const ct_tensor *p, intptr_t n) {
  std::vector<at::Tensor> out;
  out.reserve(static_cast<size_t>(n));
  for (intptr_t i = 0; i < n; i++) out.push_back(ref(p[i]));
  return out;
}
inline c10::List<std::optional<at::Tensor>> maybe_list(const ct_tensor *p, intptr_t n) {
  c10::List<std::optional<at::Tensor>> out;
  out.reserve(static_cast<size_t>(n));
  for (intptr_t i = 0; i < n; i++) out.push_back(maybe(p[i]));
  return out;
}
inline std::vector<at::Scalar> scalars(const ct_scalar *p, intptr_t n) {
  std::vector<at::Scalar> out;
  for (intptr_t i = 0; i < n; i++) out.push_back(scalar(p[i]));
  return out;
}
inline std::optional<at::ScalarType> maybe_dtype(int8_t d) {
  if (d < 0) return std::nullopt;
  return static_cast<at::ScalarType>(d);
}
inline std::optional<c10::Device> maybe_device(ct_device d) {
  if (d.type < 0) return std::nullopt;
  return c10::Device(static_cast<c10::DeviceType>(d.type), d.index);
}
inline std::optional<double> maybe_double(const double *p) {
  if (p == nullptr) return std::nullopt;
  return *p;
}
inline std::optional<int64_t> maybe_int(const intptr_t *p) {
  if (p == nullptr) return std::nullopt;
  return *p;
}
inline std::optional<c10::SymInt> maybe_sym_int(const intptr_t *p) {
  if (p == nullptr) return std::nullopt;
  return c10::SymInt(*p);
}
inline std::optional<bool> maybe_bool(int8_t b) {
  if (b < 0) return std::nullopt;
  return b != 0;
}
inline std::optional<c10::string_view> maybe_text(const char *p) {
  if (p == nullptr) return std::nullopt;
  return c10::string_view(p);
}
// Hands a list of tensors out; freed by ct_list_free, its tensors one by one.
void give(const std::vector<at::Tensor> &tensors, ct_tensor **out, intptr_t *count);

}  // namespace ct
