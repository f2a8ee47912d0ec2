// Operators that are one node of the backward graph, where libtorch records several: its own kernels in the same order,
// and so its bits, with less to do for each step of a small model. Anything but plain float32 matrices on the CPU goes to
// libtorch's operator.
#ifndef CTORCH_NODES_H
#define CTORCH_NODES_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// input · weightᵀ + bias; bias may be NULL.
ct_status ct_linear(ct_tensor input, ct_tensor weight, ct_tensor CT_NULLABLE bias, ct_tensor CT_NULLABLE *CT_NONNULL out);
// Cross entropy of logits and class numbers. reduction: 0 none, 1 mean, 2 sum.
ct_status ct_cross_entropy(ct_tensor logits, ct_tensor labels, int64_t reduction, int64_t ignore_index,
                           ct_tensor CT_NULLABLE *CT_NONNULL out);

CT_EXTERN_C_END
CT_END

#endif
