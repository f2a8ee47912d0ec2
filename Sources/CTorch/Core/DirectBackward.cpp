#include "DirectBackward.hpp"

#include <ATen/EmptyTensor.h>
#include <ATen/ops/add.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/variable.h>

namespace {

using torch::autograd::Edge;
using torch::autograd::Node;
using torch::autograd::variable_list;

// Above, the work of the nodes outweighs what the engine adds.
constexpr size_t kMostNodes = 64;

struct Step {
  Node *node;
  size_t waiting;  // edges whose gradient has not come
  variable_list gradients;
};

bool is_plain(Node &node) {
  return node.device().is_cpu() && node.pre_hooks().empty() && node.post_hooks().empty() &&
         node.tensor_pre_hooks().empty() && node.retains_grad_hooks().empty() && !node.tensor_post_acc_grad_hooks();
}

size_t place(const std::vector<Step> &steps, const Node *node) {
  size_t i = 0;
  while (i < steps.size() && steps[i].node != node) i++;
  return i;
}

// All nodes that can be reached; empty where the engine is needed.
std::vector<Step> reachable(Node *root) {
  std::vector<Step> steps;
  steps.reserve(16);
  steps.push_back({root, 0, {}});
  for (size_t i = 0; i < steps.size(); i++) {
    Node &node = *steps[i].node;
    if (!is_plain(node)) return {};
    for (const Edge &edge : node.next_edges()) {
      if (!edge.is_valid()) continue;
      size_t next = place(steps, edge.function.get());
      if (next == steps.size()) {
        if (next == kMostNodes) return {};
        steps.push_back({edge.function.get(), 0, {}});
      }
      steps[next].waiting++;
    }
  }
  return steps;
}

// Whether nobody else sees the tensor, so that a sum may take its place.
bool is_ours(const at::Tensor &tensor) {
  return !tensor.is_sparse() && tensor.use_count() == 1 && tensor.has_storage() && tensor.storage().use_count() == 1 &&
         tensor.is_non_overlapping_and_dense();
}

void receive(Step &step, size_t input, at::Tensor &&gradient) {
  if (step.gradients.empty()) step.gradients.resize(step.node->num_inputs());
  if (!gradient.defined()) return;
  at::Tensor &sum = step.gradients[input];
  if (!sum.defined())
    sum = std::move(gradient);
  else if (is_ours(sum) && !gradient.is_sparse())
    sum.add_(gradient);
  else
    // A sparse summand comes second, for libtorch has no other kernel.
    sum = sum.is_sparse() ? at::add(gradient, sum) : at::add(sum, gradient);
}

// A one of the loss's type and shape.
at::Tensor one_like(const at::Tensor &loss) {
  at::Tensor one = at::detail::empty_cpu(loss.sizes(), loss.scalar_type());
  if (loss.scalar_type() == at::kFloat)
    *one.mutable_data_ptr<float>() = 1;
  else
    one.fill_(1);
  return one;
}

void run(Step &step, std::vector<Step> &steps, std::vector<size_t> &ready, bool retain_graph) {
  Node &node = *step.node;
  if (!retain_graph) node.will_release_variables();
  variable_list gradients = std::move(step.gradients);
  variable_list outputs = node(std::move(gradients));
  // Nodes leave what they are given where it is.
  gradients.clear();
  if (!node.next_edges().empty()) {
    // Also sums gradients over the dimensions that an operator had broadcast.
    torch::autograd::validate_outputs(node.next_edges(), outputs,
                                      [&](const std::string &text) { return node.name() + ": " + text; });
  }
  if (!retain_graph) node.release_variables();
  for (size_t i = 0; i < outputs.size(); i++) {
    const Edge &edge = node.next_edge(i);
    if (!edge.is_valid()) continue;
    size_t next = place(steps, edge.function.get());
    receive(steps[next], edge.input_nr, std::move(outputs[i]));
    if (--steps[next].waiting == 0) ready.push_back(next);
  }
}

}  // namespace

bool ct::backward_directly(const at::Tensor &loss, bool retain_graph) {
  if (!loss.defined() || loss.layout() != at::kStrided || loss.numel() != 1 || !loss.is_floating_point()) return false;
  if (!loss.grad_fn() || torch::autograd::AnomalyMode::is_enabled()) return false;
  if (torch::autograd::get_current_graph_task_id() != -1) return false;
  Edge root = torch::autograd::impl::gradient_edge(loss);
  auto steps = reachable(root.function.get());
  if (steps.empty()) return false;

  at::AutoGradMode without_recording(false);
  std::vector<size_t> ready{0};
  receive(steps[0], root.input_nr, one_like(loss));
  while (!ready.empty()) {
    // The engine's order: leaves first, then the operators recorded last.
    size_t best = 0;
    for (size_t i = 1; i < ready.size(); i++)
      if (steps[ready[i]].node->sequence_nr() > steps[ready[best]].node->sequence_nr()) best = i;
    std::swap(ready[best], ready.back());
    size_t next = ready.back();
    ready.pop_back();
    run(steps[next], steps, ready, retain_graph);
  }
  return true;
}
