#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/_log_softmax_backward_data_cpu_dispatch.h>
#include <ATen/ops/_log_softmax_cpu_dispatch.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/nll_loss_backward_cpu_dispatch.h>
#include <ATen/ops/nll_loss_forward_cpu_dispatch.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include "../Core/Convert.hpp"
#include "Node.hpp"
#include "ctorch_nodes.h"

namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

// One node where libtorch records the logarithm of the softmax and the loss; the same kernels, so the same bits.
struct CrossEntropyNode : torch::autograd::Node {
  SavedVariable labels;
  at::Tensor log_probabilities, total_weight;
  int64_t reduction = 0, ignore_index = 0;

  std::string name() const override { return "CrossEntropyBackward"; }

  variable_list apply(variable_list &&gradients) override {
    const at::Tensor &gradient = gradients[0];
    if (!gradient.defined()) return variable_list(1);
    // Nothing here asks for a graph of gradients; the first derivative must not pass for a constant in one.
    TORCH_CHECK_NOT_IMPLEMENTED(!c10::GradMode::is_enabled(), "second derivatives of the cross entropy");
    TORCH_CHECK(log_probabilities.defined(), torch::autograd::ERR_BACKWARD_TWICE);
    auto inner = at::cpu::nll_loss_backward(gradient, log_probabilities, labels.unpack(), {}, reduction, ignore_index,
                                            total_weight);
    return {at::cpu::_log_softmax_backward_data(inner, log_probabilities, 1, at::kFloat)};
  }

  void release_variables() override {
    labels.reset_data();
    log_probabilities.reset();
    total_weight.reset();
  }
};

bool fits(const at::Tensor &logits, const at::Tensor &labels) {
  return c10::GradMode::is_enabled() && logits.requires_grad() && ct::is_plain(logits, 2) && labels.defined() &&
         labels.is_cpu() && labels.layout() == at::kStrided && labels.scalar_type() == at::kLong && labels.dim() == 1 &&
         labels.size(0) == logits.size(0);
}

at::Tensor loss_of(const at::Tensor &logits, const at::Tensor &labels, int64_t reduction, int64_t ignore_index) {
  auto node = ct::make_node<CrossEntropyNode>();
  node->set_next_edges(torch::autograd::collect_next_edges(logits));
  node->labels = SavedVariable(labels, false);
  node->reduction = reduction;
  node->ignore_index = ignore_index;
  at::Tensor loss;
  {
    at::AutoDispatchBelowADInplaceOrView below;
    node->log_probabilities = at::cpu::_log_softmax(logits, 1, false);
    std::tie(loss, node->total_weight) =
        at::cpu::nll_loss_forward(node->log_probabilities, labels, {}, reduction, ignore_index);
  }
  torch::autograd::set_history(loss, node);
  return loss;
}

}  // namespace

ct_status ct_cross_entropy(ct_tensor logits, ct_tensor labels, int64_t reduction, int64_t ignore_index, ct_tensor *out) {
  return ct::guard1("crossEntropy", {logits, labels}, out, [&] {
    const at::Tensor &x = ct::ref(logits), &y = ct::ref(labels);
    return fits(x, y) ? loss_of(x, y, reduction, ignore_index)
                      : at::cross_entropy_loss(x, y, {}, reduction, ignore_index);
  });
}
