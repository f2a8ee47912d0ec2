#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/addmm_cpu_dispatch.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mm_cpu_dispatch.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/sum_cpu_dispatch.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include "../Core/Convert.hpp"
#include "Node.hpp"
#include "ctorch_nodes.h"

namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

at::Tensor transposed(const at::Tensor &matrix) {
  const int64_t sizes[] = {matrix.size(1), matrix.size(0)};
  const int64_t strides[] = {matrix.stride(1), matrix.stride(0)};
  return at::native::as_strided_tensorimpl(matrix, sizes, strides, matrix.storage_offset());
}

// One node where libtorch records the transposition of the weight, the product and the sum over rows one by one; the same
// products and sums, so the same bits.
struct LinearNode : torch::autograd::Node {
  SavedVariable input, weight;

  std::string name() const override { return "LinearBackward"; }

  variable_list apply(variable_list &&gradients) override {
    variable_list result(3);
    const at::Tensor &gradient = gradients[0];
    if (!gradient.defined()) return result;
    // The gradients' own graph is wanted: by libtorch's recorded operators.
    const bool records = c10::GradMode::is_enabled();
    if (task_should_compute_output(0)) {
      auto w = weight.unpack();
      result[0] = records ? at::mm(gradient, w) : at::cpu::mm(gradient, w);
    }
    if (task_should_compute_output(1)) {
      auto x = input.unpack();
      result[1] = records ? at::mm(gradient.t(), x) : at::cpu::mm(transposed(gradient), x);
    }
    if (task_should_compute_output(2)) {
      const int64_t rows[] = {0};
      result[2] = records ? at::sum(gradient, rows) : at::cpu::sum(gradient, at::OptionalIntArrayRef(rows));
    }
    return result;
  }

  void release_variables() override {
    input.reset_data();
    weight.reset_data();
  }
};

bool fits(const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias) {
  return c10::GradMode::is_enabled() && ct::is_plain(input, 2) && ct::is_plain(weight, 2) && ct::is_plain(bias, 1) &&
         input.size(1) == weight.size(1) && bias.size(0) == weight.size(0) &&
         // Of a single number libtorch cannot tell rows from columns, and takes the product the other way.
         input.numel() > 1 &&
         (input.requires_grad() || weight.requires_grad() || bias.requires_grad());
}

at::Tensor product(const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias) {
  auto node = ct::make_node<LinearNode>();
  node->set_next_edges(torch::autograd::collect_next_edges(input, weight, bias));
  if (weight.requires_grad()) node->input = SavedVariable(input, false);
  if (input.requires_grad()) node->weight = SavedVariable(weight, false);
  at::Tensor output;
  {
    at::AutoDispatchBelowADInplaceOrView below;
    output = at::cpu::addmm(bias, input, transposed(weight));
  }
  torch::autograd::set_history(output, node);
  return output;
}

}  // namespace

ct_status ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias, ct_tensor *out) {
  return ct::guard1("linear", {input, weight, bias}, out, [&] {
    const at::Tensor &x = ct::ref(input), &w = ct::ref(weight);
    if (bias == nullptr) return at::linear(x, w);
    const at::Tensor &b = ct::ref(bias);
    return fits(x, w, b) ? product(x, w, b) : at::linear(x, w, b);
  });
}
