#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include "ctorch_distributed.h"

struct ct_store_s {
  c10::intrusive_ptr<c10d::Store> store;
};
