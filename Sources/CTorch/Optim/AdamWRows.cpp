#include "ctorch_optim.h"

#include "../Core/Convert.hpp"
#include "../Encoder/Parallel.hpp"
#include "AdamWStep.hpp"

using namespace ct::adamw;

ct_status ct_adamw_rows(ct_tensor table, ct_tensor exp_avg, ct_tensor exp_avg_sq, ct_tensor touched, ct_tensor indices,
                        ct_tensor values, double lr, double beta1, double beta2, double eps, double weight_decay,
                        double correction1, double correction2) {
  return ct::guard("adamwRows", {table, exp_avg, exp_avg_sq, touched, indices, values}, [&] {
    const at::Tensor &t = ct::ref(table), &index = ct::ref(indices);
    int64_t rows = t.size(0), width = t.size(1), count = index.numel();
    for (ct_tensor handle : {table, exp_avg, exp_avg_sq}) {
      const auto &x = ct::ref(handle);
      TORCH_CHECK(x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous() && x.sizes() == t.sizes(),
                  "expected contiguous float32 tables of one shape on the CPU");
    }
    auto gradient = ct::ref(values).contiguous();
    TORCH_CHECK(index.scalar_type() == at::kLong && gradient.scalar_type() == at::kFloat &&
                    gradient.numel() == count * width && ct::ref(touched).scalar_type() == at::kByte &&
                    ct::ref(touched).numel() == rows,
                "the gradient's rows do not fit the table");
    auto order = index.contiguous();
    const int64_t *at = order.const_data_ptr<int64_t>();
    std::vector<int32_t> slot(static_cast<size_t>(rows), -1);
    uint8_t *seen = ct::mut(touched).mutable_data_ptr<uint8_t>();
    for (int64_t i = 0; i < count; i++) {
      TORCH_CHECK(at[i] >= 0 && at[i] < rows, "row ", at[i], " of a table with ", rows, " rows");
      slot[static_cast<size_t>(at[i])] = static_cast<int32_t>(i);
      seen[at[i]] = 1;
    }
    float *p = ct::mut(table).mutable_data_ptr<float>(), *m = ct::mut(exp_avg).mutable_data_ptr<float>();
    float *v = ct::mut(exp_avg_sq).mutable_data_ptr<float>();
    const float *g = gradient.const_data_ptr<float>();
    Settings s(lr, beta1, beta2, eps, weight_decay, correction1, correction2);
    ct::parallel_for(rows, [&](int64_t, int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        int64_t o = r * width;
        if (slot[static_cast<size_t>(r)] >= 0)
          step_row(p + o, m + o, v + o, g + slot[static_cast<size_t>(r)] * width, width, s);
        else if (seen[r])
          coast_row(p + o, m + o, v + o, width, s);
        else if (s.decay != 1)
          decay_row(p + o, width, s.decay);
      }
    });
    // As an in-place operator would: graphs that saved the old values must notice.
    if (!ct::ref(table).is_inference()) ct::mut(table).unsafeGetTensorImpl()->bump_version();
  });
}
