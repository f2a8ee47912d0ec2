#ifndef CTORCH_AUTOGRAD_H
#define CTORCH_AUTOGRAD_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

bool ct_requires_grad(ct_tensor tensor);
ct_status ct_set_requires_grad(ct_tensor tensor, bool value);
bool ct_is_leaf(ct_tensor tensor);
// The gradient, or an undefined tensor.
ct_status ct_grad(ct_tensor tensor, ct_tensor CT_NULLABLE *CT_NONNULL out);
ct_status ct_set_grad(ct_tensor tensor, ct_tensor CT_NULLABLE grad);
// `gradient` NULL: 1 for a tensor of one element.
ct_status ct_backward(ct_tensor tensor, ct_tensor CT_NULLABLE gradient, bool retain_graph);
// Whether small graphs on the CPU are gone through without libtorch's engine: for the whole process, true at first.
bool ct_direct_backward(void);
void ct_set_direct_backward(bool value);
// Drops the gradients of `count` tensors.
void ct_clear_grads(const ct_tensor CT_NONNULL *CT_NONNULL tensors, intptr_t count);

// Thread-local modes.
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool value);
void *ct_inference_enter(void);
void ct_inference_leave(void *guard);

// A part of the forward pass that is computed again in the backward pass, so that what it makes is not kept between.
// `body` gives a new handle; where it failed, one of an undefined tensor, and a message that it keeps. It may be called
// on a thread of the backward pass. `release(context)` is called when nobody needs `body` any more.
typedef ct_tensor CT_NONNULL (*ct_recomputed)(void *CT_NULLABLE context, ct_tensor input,
                                              const char *CT_NULLABLE *CT_NONNULL message);
// `gone_back` is called when the backward pass through the part has ended, and gives a message where it failed.
typedef const char *CT_NULLABLE (*ct_gone_back)(void *CT_NULLABLE context);
ct_status ct_checkpoint(ct_tensor input, bool keeps_random_state, ct_recomputed body, ct_gone_back CT_NULLABLE gone_back,
                        void *CT_NULLABLE context, void (*release)(void *CT_NULLABLE),
                        ct_tensor CT_NULLABLE *CT_NONNULL out);

CT_EXTERN_C_END
CT_END

#endif
