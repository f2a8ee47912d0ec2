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

CT_EXTERN_C_END
CT_END

#endif
