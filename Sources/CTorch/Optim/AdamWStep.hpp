// One element-wise AdamW step (Loshchilov and Hutter 2019), for the kernels of this folder.
#pragma once

#include "../Encoder/Kernels.hpp"

namespace ct {

namespace adamw {

struct Settings {
  float beta2, rest1, rest2, eps, decay, step_size, root;

  // 1 - beta in double first: in float the small difference would lose digits.
  Settings(double lr, double beta1, double beta2, double eps, double weight_decay, double correction1,
           double correction2)
      : beta2(static_cast<float>(beta2)),
        rest1(static_cast<float>(1 - beta1)),
        rest2(static_cast<float>(1 - beta2)),
        eps(static_cast<float>(eps)),
        decay(static_cast<float>(1 - lr * weight_decay)),
        step_size(static_cast<float>(lr / correction1)),
        root(static_cast<float>(1 / std::sqrt(correction2))) {}
};

CT_KERNEL static void step_row(float *__restrict p, float *__restrict m, float *__restrict v,
                                const float *__restrict g, int64_t width, const Settings &s) {
  for (int64_t i = 0; i < width; i++) {
    float average = m[i] + (g[i] - m[i]) * s.rest1;
    float square = v[i] * s.beta2 + g[i] * g[i] * s.rest2;
    m[i] = average;
    v[i] = square;
    p[i] = p[i] * s.decay - s.step_size * average / (square_root(square) * s.root + s.eps);
  }
}

// As above for a gradient of zero.
CT_KERNEL static void coast_row(float *__restrict p, float *__restrict m, float *__restrict v, int64_t width, const Settings &s) {
  for (int64_t i = 0; i < width; i++) {
    float average = m[i] - m[i] * s.rest1;
    float square = v[i] * s.beta2;
    m[i] = average;
    v[i] = square;
    p[i] = p[i] * s.decay - s.step_size * average / (square_root(square) * s.root + s.eps);
  }
}

CT_KERNEL static void decay_row(float *p, int64_t width, float factor) {
  for (int64_t i = 0; i < width; i++) p[i] *= factor;
}

}  // namespace adamw

}  // namespace ct
