#pragma once

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include <memory>

#include "ctorch_distributed.h"

struct ct_group_s {
  c10::intrusive_ptr<c10d::ProcessGroup> group;
  // The backend for the CPU, always Gloo.
  c10::intrusive_ptr<c10d::Backend> host;
  bool has_nccl;
};

namespace ct {

// Drops the last references elsewhere and waits a short while: c10d's destructors wait for pending work.
void drop(std::shared_ptr<void> object) noexcept;

}  // namespace ct
