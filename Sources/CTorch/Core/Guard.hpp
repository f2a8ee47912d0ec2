// The one place where C++ exceptions end: every function of the C interface runs its body through `ct::guard`.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <initializer_list>
#include <optional>
#include <vector>

#include "ctorch_base.h"

namespace ct {

inline const at::Tensor &ref(ct_tensor handle) { return *reinterpret_cast<const at::Tensor *>(handle); }
inline at::Tensor &mut(ct_tensor handle) { return *reinterpret_cast<at::Tensor *>(handle); }
inline ct_tensor own(at::Tensor tensor) { return reinterpret_cast<ct_tensor>(new at::Tensor(std::move(tensor))); }

// True where the innermost scope of this thread has failed: the call must do nothing.
bool scope_failed() noexcept;
// Keeps the failure; returns the status for the caller.
ct_status record(const char *name, std::initializer_list<ct_tensor> inputs, const char *text, bool out_of_memory) noexcept;

template <class Body>
ct_status guard(const char *name, std::initializer_list<ct_tensor> inputs, Body &&body) noexcept {
  if (scope_failed()) return 1;
  try {
    body();
    return 0;
  } catch (const c10::OutOfMemoryError &e) {
    return record(name, inputs, e.what_without_backtrace(), true);
  } catch (const c10::Error &e) {
    return record(name, inputs, e.what_without_backtrace(), false);
  } catch (const std::bad_alloc &e) {
    return record(name, inputs, "out of memory", true);
  } catch (const std::exception &e) {
    return record(name, inputs, e.what(), false);
  } catch (...) {
    return record(name, inputs, "unknown C++ exception", false);
  }
}

// As `guard`, for a body that gives one tensor: `out` is always a valid handle afterwards.
template <class Body>
ct_status guard1(const char *name, std::initializer_list<ct_tensor> inputs, ct_tensor *out, Body &&body) noexcept {
  *out = nullptr;
  ct_status status = guard(name, inputs, [&] { *out = own(body()); });
  if (*out == nullptr) *out = own(at::Tensor());
  return status;
}

}  // namespace ct
