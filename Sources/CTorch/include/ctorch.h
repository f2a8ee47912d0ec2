// The C interface of libtorch that the Swift module Torch uses. No C++ type crosses it.
//
// Conventions. A `ct_tensor` is owned by whoever received it from an `out` parameter, and freed by `ct_tensor_free`.
// Every fallible function returns a status: 0 done; 1 failed, or skipped since an earlier call in the open error scope
// had failed (`out` tensors are then undefined ones); 2 failed outside any scope (`ct_last_error` tells).
#ifndef CTORCH_H
#define CTORCH_H

#include "ctorch_autograd.h"
#include "ctorch_base.h"
#include "ctorch_distributed.h"
#include "ctorch_encoder.h"
#include "ctorch_error.h"
#include "ctorch_nodes.h"
#include "ctorch_operators.generated.h"
#include "ctorch_optim.h"
#include "ctorch_precision.h"
#include "ctorch_runtime.h"
#include "ctorch_tensor.h"

#endif
