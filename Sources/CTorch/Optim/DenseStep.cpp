// Optimizer steps and gradient clipping over many tensors in one call and one parallel region.
#include "ctorch_optim.h"

#include "../Core/Convert.hpp"
#include "../Encoder/Parallel.hpp"
#include "AdamWStep.hpp"

namespace {

bool plain(const at::Tensor &t) {
  return t.defined() && t.layout() == at::kStrided && t.device().is_cpu() && t.scalar_type() == at::kFloat &&
         t.is_contiguous();
}

struct Span {
  int64_t begin, end;  // among all elements
  float *p, *g, *m, *v;
};

// Calls body(thread, span, from, to) for pieces of the spans, shared out evenly; `body` must not throw.
template <class Body>
void each_piece(const std::vector<Span> &spans, const Body &body) {
  int64_t total = spans.empty() ? 0 : spans.back().end;
  auto run = [&](int64_t thread, int64_t begin, int64_t end) {
    for (const Span &s : spans) {
      int64_t from = std::max(begin, s.begin), to = std::min(end, s.end);
      if (from < to) body(thread, s, from - s.begin, to - s.begin);
    }
  };
  if (total < ct::kSmallWork)
    run(0, 0, total);
  else
    ct::parallel_for(total, run);
}

std::vector<Span> gradient_spans(const ct_tensor *parameters, intptr_t count) {
  std::vector<Span> spans;
  spans.reserve(static_cast<size_t>(count));
  int64_t at = 0;
  for (intptr_t i = 0; i < count; i++) {
    const auto &grad = ct::ref(parameters[i]).grad();
    TORCH_CHECK(plain(grad), "a gradient is not a contiguous float32 tensor on the CPU");
    spans.push_back({at, at + grad.numel(), nullptr, static_cast<float *>(grad.data_ptr()), nullptr, nullptr});
    at += grad.numel();
  }
  return spans;
}

CT_KERNEL float square_sum(const float *x, int64_t n) {
  CT_FAST_MATH
  float sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
  return sum;
}

CT_KERNEL void scale(float *x, int64_t n, float factor) {
  for (int64_t i = 0; i < n; i++) x[i] *= factor;
}

}  // namespace

bool ct_gradient_fits(ct_tensor parameter) {
  const auto &t = ct::ref(parameter);
  return plain(t) && plain(t.grad()) && t.grad().numel() == t.numel();
}

ct_status ct_adamw_dense(const ct_tensor *parameters, const ct_tensor *exp_avg, const ct_tensor *exp_avg_sq,
                         intptr_t count, double lr, double beta1, double beta2, double eps, double weight_decay,
                         double correction1, double correction2) {
  return ct::guard("adamw", {}, [&] {
    auto spans = gradient_spans(parameters, count);
    for (intptr_t i = 0; i < count; i++) {
      const auto &p = ct::ref(parameters[i]), &m = ct::ref(exp_avg[i]), &v = ct::ref(exp_avg_sq[i]);
      int64_t n = spans[static_cast<size_t>(i)].end - spans[static_cast<size_t>(i)].begin;
      TORCH_CHECK(plain(p) && plain(m) && plain(v) && p.numel() == n && m.numel() == n && v.numel() == n,
                  "a parameter or its state is not a contiguous float32 tensor on the CPU");
      spans[static_cast<size_t>(i)].p = static_cast<float *>(p.data_ptr());
      spans[static_cast<size_t>(i)].m = static_cast<float *>(m.data_ptr());
      spans[static_cast<size_t>(i)].v = static_cast<float *>(v.data_ptr());
    }
    ct::adamw::Settings s(lr, beta1, beta2, eps, weight_decay, correction1, correction2);
    each_piece(spans, [&](int64_t, const Span &x, int64_t from, int64_t to) {
      ct::adamw::step_row(x.p + from, x.m + from, x.v + from, x.g + from, to - from, s);
    });
    for (intptr_t i = 0; i < count; i++) {
      if (!ct::ref(parameters[i]).is_inference()) ct::mut(parameters[i]).unsafeGetTensorImpl()->bump_version();
    }
  });
}

ct_status ct_gradient_square_sum(const ct_tensor *parameters, intptr_t count, double *out) {
  *out = 0;
  return ct::guard("gradientNorm", {}, [&] {
    auto spans = gradient_spans(parameters, count);
    std::vector<double> sums(static_cast<size_t>(std::max(1, at::get_num_threads())) * 8, 0.0);
    each_piece(spans, [&](int64_t thread, const Span &x, int64_t from, int64_t to) {
      // Short runs in float, their sums in double.
      for (int64_t i = from; i < to; i += 2048)
        sums[static_cast<size_t>(thread) * 8] += square_sum(x.g + i, std::min<int64_t>(2048, to - i));
    });
    for (double s : sums) *out += s;
  });
}

ct_status ct_scale_gradients(const ct_tensor *parameters, intptr_t count, float factor) {
  return ct::guard("scaleGradients", {}, [&] {
    each_piece(gradient_spans(parameters, count), [&](int64_t, const Span &x, int64_t from, int64_t to) {
      scale(x.g + from, to - from, factor);
    });
  });
}
