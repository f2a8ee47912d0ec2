// Activation checkpointing: a part of the forward pass that is computed again in the backward pass.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/ivalue.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mutex>

#include "Convert.hpp"
#include "ctorch_autograd.h"

namespace {

at::Tensor state_of(at::Generator generator) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  return generator.get_state();
}

void set_state(at::Generator generator, const at::Tensor &state) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
}

// States of the generators that a computation on a device may draw from.
struct RandomStates {
  at::Tensor cpu, device;

  static RandomStates of(c10::Device device) {
    RandomStates states{state_of(at::detail::getDefaultCPUGenerator()), at::Tensor()};
    if (!device.is_cpu()) states.device = state_of(at::globalContext().defaultGenerator(device));
    return states;
  }
  void restore(c10::Device to) const {
    set_state(at::detail::getDefaultCPUGenerator(), cpu);
    if (device.defined()) set_state(at::globalContext().defaultGenerator(to), device);
  }
};

struct Autocast {
  at::DeviceType device;
  bool enabled, caches;
  at::ScalarType dtype;

  static Autocast of(at::DeviceType device) {
    return {device, at::autocast::is_autocast_enabled(device), at::autocast::is_autocast_cache_enabled(),
            at::autocast::get_autocast_dtype(device)};
  }
  void set() const {
    at::autocast::set_autocast_enabled(device, enabled);
    at::autocast::set_autocast_dtype(device, dtype);
    at::autocast::set_autocast_cache_enabled(caches);
  }
};

// The autocast of the forward pass, for as long as this lives.
class AutocastScope {
 public:
  explicit AutocastScope(const Autocast &wanted) : before_(Autocast::of(wanted.device)) {
    wanted.set();
    at::autocast::increment_nesting();
  }
  ~AutocastScope() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    before_.set();
  }

 private:
  Autocast before_;
};

// The caller's random states come back, also on an exception.
class RandomScope {
 public:
  RandomScope(const RandomStates &wanted, c10::Device device)
      : used_(wanted.cpu.defined()), device_(device), before_(used_ ? RandomStates::of(device) : RandomStates()) {
    if (used_) wanted.restore(device);
  }
  ~RandomScope() {
    if (used_) before_.restore(device_);
  }

 private:
  bool used_;
  c10::Device device_;
  RandomStates before_;
};

struct Body : torch::CustomClassHolder {
  ct_recomputed call;
  ct_gone_back gone_back;
  void *context;
  void (*release)(void *);
  RandomStates random;
  Autocast autocast{at::kCPU, false, false, at::kFloat};

  Body(ct_recomputed c, ct_gone_back g, void *x, void (*r)(void *)) : call(c), gone_back(g), context(x), release(r) {}
  ~Body() override { release(context); }

  at::Tensor operator()(at::Tensor input) const {
    ct_tensor handle = ct::own(std::move(input));
    const char *message = nullptr;
    ct_tensor result = call(context, handle, &message);
    at::Tensor out = ct::ref(result);
    delete &ct::mut(result);
    delete &ct::mut(handle);
    TORCH_CHECK(out.defined(), message == nullptr ? "the checkpointed part failed" : message);
    return out;
  }

  // After the backward pass through what was computed again.
  void end() const {
    if (gone_back == nullptr) return;
    const char *message = gone_back(context);
    TORCH_CHECK(message == nullptr, message);
  }
};

struct Recomputed {
  c10::intrusive_ptr<Body> body;
};

class Checkpoint : public torch::autograd::Function<Checkpoint> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input,
                            const Recomputed &part) {
    context->save_for_backward({input});
    context->saved_data["body"] = c10::IValue::make_capsule(part.body);
    // Runs without recording: a weight converted here must not be taken for one of the recorded pass.
    AutocastScope autocast(part.body->autocast);
    return (*part.body)(input.detach());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &grads) {
    if (!grads[0].defined()) return {at::Tensor(), at::Tensor()};
    auto holder = context->saved_data["body"].toCapsule();
    const Body &body = *static_cast<const Body *>(holder.get());
    auto saved = context->get_saved_variables()[0];
    auto input = saved.detach();
    input.set_requires_grad(saved.requires_grad());
    at::Tensor output;
    {
      c10::AutoGradMode recording(true);
      RandomScope random(body.random, input.device());
      AutocastScope autocast(body.autocast);
      output = body(input);
    }
    // Gradients of parameters go to their leaves at once.
    torch::autograd::backward({output}, {grads[0]});
    body.end();
    return {input.grad(), at::Tensor()};
  }
};

}  // namespace

ct_status ct_checkpoint(ct_tensor input, bool keeps_random_state, ct_recomputed call, ct_gone_back gone_back,
                        void *context, void (*release)(void *), ct_tensor *out) {
  auto body = c10::make_intrusive<Body>(call, gone_back, context, release);
  return ct::guard1("checkpoint", {input}, out, [&] {
    const at::Tensor &x = ct::ref(input);
    if (keeps_random_state) body->random = RandomStates::of(x.device());
    body->autocast = Autocast::of(x.device().type());
    body->autocast.caches = false;
    return Checkpoint::apply(x, Recomputed{body});
  });
}
