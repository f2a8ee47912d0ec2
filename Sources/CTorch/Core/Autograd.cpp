#include "ctorch_autograd.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <atomic>

#include "DirectBackward.hpp"
#include "Guard.hpp"

namespace {

std::atomic<bool> runs_directly = true;

}  // namespace

bool ct_requires_grad(ct_tensor tensor) { return ct::ref(tensor).defined() && ct::ref(tensor).requires_grad(); }
ct_status ct_set_requires_grad(ct_tensor tensor, bool value) {
  return ct::guard("requiresGrad", {tensor}, [&] { ct::mut(tensor).set_requires_grad(value); });
}
bool ct_is_leaf(ct_tensor tensor) { return !ct::ref(tensor).defined() || ct::ref(tensor).is_leaf(); }
ct_status ct_grad(ct_tensor tensor, ct_tensor *out) {
  return ct::guard1("grad", {tensor}, out, [&] { return ct::ref(tensor).grad(); });
}
ct_status ct_set_grad(ct_tensor tensor, ct_tensor grad) {
  return ct::guard("grad", {tensor}, [&] {
    ct::mut(tensor).mutable_grad() = grad == nullptr ? at::Tensor() : ct::ref(grad);
  });
}
ct_status ct_backward(ct_tensor tensor, ct_tensor gradient, bool retain_graph) {
  return ct::guard("backward", {tensor}, [&] {
    if (runs_directly && gradient == nullptr && ct::backward_directly(ct::ref(tensor), retain_graph)) return;
    ct::ref(tensor).backward(gradient == nullptr ? at::Tensor() : ct::ref(gradient), retain_graph);
  });
}
bool ct_direct_backward(void) { return runs_directly; }
void ct_set_direct_backward(bool value) { runs_directly = value; }
void ct_clear_grads(const ct_tensor *tensors, intptr_t count) {
  for (intptr_t i = 0; i < count; i++) {
    auto &t = ct::mut(tensors[i]);
    if (t.defined()) t.mutable_grad().reset();
  }
}

bool ct_grad_enabled(void) { return c10::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool value) { c10::GradMode::set_enabled(value); }
void *ct_inference_enter(void) { return new c10::InferenceMode(); }
void ct_inference_leave(void *guard) { delete static_cast<c10::InferenceMode *>(guard); }
