#ifndef CTORCH_OPTIM_H
#define CTORCH_OPTIM_H

#include "ctorch_base.h"

CT_BEGIN
CT_EXTERN_C_BEGIN

// One AdamW step over a table [rows, width] (float32, CPU) whose gradient is zero but for `count` rows: `values`
// [count, width], the gradients of the rows `indices` (int64, each once). `touched` (uint8 [rows]) marks the rows that
// ever had a gradient and is kept up to date: the averages of the others are zero, so that a step leaves them alone but
// for weight decay. `correction1` is 1 - beta1^step, `correction2` 1 - beta2^step.
ct_status ct_adamw_rows(ct_tensor table, ct_tensor exp_avg, ct_tensor exp_avg_sq, ct_tensor touched, ct_tensor indices,
                        ct_tensor values, double lr, double beta1, double beta2, double eps, double weight_decay,
                        double correction1, double correction2);

// One AdamW step over `count` parameters whose gradients are dense; all on the CPU, float32 and contiguous (status 1 or 2
// otherwise: ask ct_adamw_fits first). One pass over the memory, shared out over the threads as a whole.
ct_status ct_adamw_dense(const ct_tensor CT_NONNULL *CT_NONNULL parameters, const ct_tensor CT_NONNULL *CT_NONNULL exp_avg,
                         const ct_tensor CT_NONNULL *CT_NONNULL exp_avg_sq, intptr_t count, double lr, double beta1,
                         double beta2, double eps, double weight_decay, double correction1, double correction2);
// Whether a parameter and its gradient suit the kernels here: CPU, float32, contiguous, dense.
bool ct_gradient_fits(ct_tensor parameter);
// Sum of the squares of the gradients of `count` parameters that fit.
ct_status ct_gradient_square_sum(const ct_tensor CT_NONNULL *CT_NONNULL parameters, intptr_t count, double *out);
// Multiplies those gradients.
ct_status ct_scale_gradients(const ct_tensor CT_NONNULL *CT_NONNULL parameters, intptr_t count, float factor);

CT_EXTERN_C_END
CT_END

#endif
