// What our own nodes of the backward graph share.
#pragma once

#include <ATen/EmptyTensor.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Tensor.h>
#include <c10/core/DispatchKeySet.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>

#include <memory>
#include <type_traits>

namespace ct {

// Nodes are counted by std::shared_ptr in older libtorch, by c10::intrusive_ptr in newer.
template <class N, class Pointer = decltype(torch::autograd::Edge::function)>
auto make_node() {
  if constexpr (std::is_same_v<Pointer, std::shared_ptr<torch::autograd::Node>>)
    // libtorch's own function takes long chains apart without deep recursion.
    return std::shared_ptr<N>(new N(), [](auto *node) { deleteNode(node); });
  else
    return c10::make_intrusive<N>();
}

// A contiguous float32 matrix or vector in memory, nothing special about it: no sparse layout, no lazy conjugate, no
// tensor of a transformation, no autocast.
inline bool is_plain(const at::Tensor &tensor, int64_t dim) {
  // Tensors of inference mode have another set.
  static const c10::DispatchKeySet usual = [] {
    c10::InferenceMode outside(false);
    return at::detail::empty_cpu({0}, at::kFloat).key_set();
  }();
  return tensor.defined() && tensor.scalar_type() == at::kFloat && tensor.dim() == dim && tensor.key_set() == usual &&
         tensor.is_contiguous() && !at::autocast::is_autocast_enabled(at::kCPU);
}

}  // namespace ct
