// Backward passes of small graphs on the CPU.
#pragma once

#include <ATen/core/Tensor.h>

namespace ct {

// Runs libtorch's own backward nodes one after the other in this thread, in the order of its engine and so with equal
// results to the last bit. For each node the engine saves and restores the whole state of the thread, which takes longer
// than the work where tensors are small.
//
// Returns false, nothing done, where the graph wants the engine: another device, hooks, many nodes, a loss of several
// elements, a pass within a pass.
bool backward_directly(const at::Tensor &loss, bool retain_graph);

}  // namespace ct
