// Dropout, residual and layer normalisation in one pass, forward and backward; and dropout alone.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "../Core/Convert.hpp"
#include "BFloat16.hpp"
#include "Kernels.hpp"
#include "Parallel.hpp"
#include "ctorch_encoder.h"

namespace {

// sum = residual + dropped input
CT_KERNEL void add_dropped(const float *input, const float *residual, int64_t n, uint32_t key, uint32_t threshold,
                           float kept, float *sum) {
  if (threshold == 0) {
    for (int64_t i = 0; i < n; i++) sum[i] = residual[i] + input[i];
    return;
  }
  for (int64_t i = 0; i < n; i++)
    sum[i] = residual[i] + (ct::mix32(key, static_cast<uint32_t>(i)) < threshold ? 0.0f : input[i] * kept);
}

CT_KERNEL void drop(const float *input, int64_t n, uint32_t key, uint32_t threshold, float kept, float *out) {
  for (int64_t i = 0; i < n; i++)
    out[i] = ct::mix32(key, static_cast<uint32_t>(i)) < threshold ? 0.0f : input[i] * kept;
}

CT_KERNEL void normalize(const float *x, const float *weight, const float *bias, int64_t n, float eps, float *out,
                         float *mean, float *rstd) {
  CT_FAST_MATH
  float sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i];
  float m = sum / static_cast<float>(n), squares = 0;
  for (int64_t i = 0; i < n; i++) squares += (x[i] - m) * (x[i] - m);
  float r = 1 / std::sqrt(squares / static_cast<float>(n) + eps);
  for (int64_t i = 0; i < n; i++) out[i] = (x[i] - m) * r * weight[i] + bias[i];
  *mean = m;
  *rstd = r;
}

CT_KERNEL void normalize_gradient(const float *grad, const float *x, const float *weight, int64_t n, float mean,
                                  float rstd, float *out, float *weight_grad, float *bias_grad) {
  CT_FAST_MATH
  float sum = 0, dot = 0;
  for (int64_t i = 0; i < n; i++) {
    float normal = (x[i] - mean) * rstd, g = grad[i] * weight[i];
    sum += g;
    dot += g * normal;
    weight_grad[i] += grad[i] * normal;
    bias_grad[i] += grad[i];
  }
  sum /= static_cast<float>(n);
  dot /= static_cast<float>(n);
  for (int64_t i = 0; i < n; i++) {
    float normal = (x[i] - mean) * rstd;
    out[i] = rstd * (grad[i] * weight[i] - sum - normal * dot);
  }
}

void check_input(const at::Tensor &t, const at::Tensor &keys, double p, bool may_be_narrow = false) {
  TORCH_CHECK(t.device().is_cpu() && t.dim() == 2 &&
                  (t.scalar_type() == at::kFloat || (may_be_narrow && t.scalar_type() == at::kBFloat16)),
              "expected a float32 tensor [tokens, width] on the CPU");
  TORCH_CHECK(p >= 0 && p < 1, "the dropout probability must be in [0, 1)");
  TORCH_CHECK(p == 0 || (keys.defined() && keys.numel() == t.size(0) && keys.scalar_type() == at::kLong &&
                         keys.is_contiguous()),
              "dropout needs an int64 key for each token");
}

const int64_t *pointer(const at::Tensor &keys) { return keys.defined() ? keys.const_data_ptr<int64_t>() : nullptr; }

const uint16_t *bits(const at::Tensor &t) { return static_cast<const uint16_t *>(t.const_data_ptr()); }
uint16_t *mutable_bits(const at::Tensor &t) { return static_cast<uint16_t *>(t.mutable_data_ptr()); }

// to = dropout(from) by each token's key; from float32, to float32 or bfloat16
void drop_tokens(const at::Tensor &from, const int64_t *keys, int64_t site, double p, at::Tensor &to) {
  int64_t width = from.size(1);
  bool narrow = to.scalar_type() == at::kBFloat16;
  const float *source = from.const_data_ptr<float>();
  float *target = narrow ? nullptr : to.mutable_data_ptr<float>();
  uint16_t *narrow_target = narrow ? mutable_bits(to) : nullptr;
  uint32_t threshold = ct::drop_threshold(p);
  float kept = static_cast<float>(1 / (1 - p));
  ct::parallel_for(from.size(0), [&](int64_t, int64_t begin, int64_t end) {
    std::vector<float> scratch(narrow ? width : 0);
    for (int64_t t = begin; t < end; t++) {
      uint32_t key = threshold > 0 ? ct::site_key(keys[t], site) : 0;
      float *row = narrow ? scratch.data() : target + t * width;
      if (threshold > 0 || !narrow) drop(source + t * width, width, key, threshold, kept, row);
      if (narrow) ct::narrow(threshold > 0 ? row : source + t * width, width, narrow_target + t * width);
    }
  });
}

// A tensor that autograd is not to look at: it may be undefined.
struct Keys {
  at::Tensor tensor;
};

class DropoutAddNorm : public torch::autograd::Function<DropoutAddNorm> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input_,
                            const at::Tensor &residual_, const at::Tensor &weight, const at::Tensor &bias, double eps,
                            double p, const Keys &dropped, int64_t site) {
    const at::Tensor &keys = dropped.tensor;
    auto input = input_.contiguous(), residual = residual_.contiguous();
    int64_t tokens = input.size(0), width = input.size(1);
    bool narrow = input.scalar_type() == at::kBFloat16;
    auto sum = at::empty_like(residual), out = at::empty_like(residual);
    auto moments = at::empty({tokens, 2}, residual.options());
    const float *x = narrow ? nullptr : input.const_data_ptr<float>(), *r = residual.const_data_ptr<float>();
    const uint16_t *narrow_x = narrow ? bits(input) : nullptr;
    const float *w = weight.const_data_ptr<float>(), *b = bias.const_data_ptr<float>();
    float *s = sum.mutable_data_ptr<float>(), *o = out.mutable_data_ptr<float>(), *m = moments.mutable_data_ptr<float>();
    const int64_t *k = pointer(keys);
    uint32_t threshold = ct::drop_threshold(p);
    float kept = static_cast<float>(1 / (1 - p));
    ct::parallel_for(tokens, [&](int64_t, int64_t begin, int64_t end) {
      std::vector<float> scratch(narrow ? width : 0);
      for (int64_t t = begin; t < end; t++) {
        const float *row = narrow ? scratch.data() : x + t * width;
        if (narrow) ct::widen(narrow_x + t * width, width, scratch.data());
        add_dropped(row, r + t * width, width, threshold ? ct::site_key(k[t], site) : 0, threshold, kept,
                    s + t * width);
        normalize(s + t * width, w, b, width, static_cast<float>(eps), o + t * width, m + 2 * t, m + 2 * t + 1);
      }
    });
    context->save_for_backward({sum, moments, weight});
    if (keys.defined()) context->saved_data["keys"] = keys;
    context->saved_data["p"] = p;
    context->saved_data["site"] = site;
    context->saved_data["narrow"] = narrow;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &grads) {
    auto saved = context->get_saved_variables();
    const auto &sum = saved[0], &moments = saved[1], &weight = saved[2];
    double p = context->saved_data["p"].toDouble();
    auto grad = grads[0].contiguous();
    int64_t tokens = sum.size(0), width = sum.size(1), threads = ct::pool_threads(tokens);
    auto residual_grad = at::empty_like(sum);
    auto partial = at::zeros({threads, 2, width}, sum.options());
    const float *g = grad.const_data_ptr<float>(), *s = sum.const_data_ptr<float>(), *m = moments.const_data_ptr<float>();
    const float *w = weight.const_data_ptr<float>();
    float *o = residual_grad.mutable_data_ptr<float>(), *q = partial.mutable_data_ptr<float>();
    ct::parallel_for(tokens, [&](int64_t thread, int64_t begin, int64_t end) {
      float *weight_grad = q + thread * 2 * width;
      for (int64_t t = begin; t < end; t++)
        normalize_gradient(g + t * width, s + t * width, w, width, m[2 * t], m[2 * t + 1], o + t * width, weight_grad,
                           weight_grad + width);
    });
    auto input_grad = residual_grad;
    bool narrow = context->saved_data["narrow"].toBool();
    if (p > 0 || narrow) {
      input_grad = at::empty_like(sum, sum.options().dtype(narrow ? at::kBFloat16 : at::kFloat));
      auto keys = p > 0 ? context->saved_data["keys"].toTensor() : at::Tensor();
      drop_tokens(residual_grad, pointer(keys), context->saved_data["site"].toInt(), p, input_grad);
    }
    auto parameters = partial.sum(0);
    return {input_grad,   residual_grad, parameters.select(0, 0), parameters.select(0, 1), at::Tensor(), at::Tensor(),
            at::Tensor(), at::Tensor()};
  }
};

class KeyedDropout : public torch::autograd::Function<KeyedDropout> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input, double p,
                            const at::Tensor &keys, int64_t site) {
    auto x = input.contiguous();
    auto out = at::empty_like(x);
    drop_tokens(x, pointer(keys), site, p, out);
    context->save_for_backward({keys});
    context->saved_data["p"] = p;
    context->saved_data["site"] = site;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &grads) {
    auto grad = grads[0].contiguous();
    auto out = at::empty_like(grad);
    drop_tokens(grad, pointer(context->get_saved_variables()[0]), context->saved_data["site"].toInt(),
                context->saved_data["p"].toDouble(), out);
    return {out, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

ct_status ct_dropout_add_norm(ct_tensor input, ct_tensor residual, ct_tensor weight, ct_tensor bias, double eps,
                              double p, ct_tensor keys, int64_t site, ct_tensor *out) {
  return ct::guard1("dropoutAddNorm", {input, residual, weight, bias}, out, [&] {
    const at::Tensor &x = ct::ref(input), &r = ct::ref(residual), &w = ct::ref(weight), &b = ct::ref(bias);
    at::Tensor k = keys == nullptr ? at::Tensor() : ct::ref(keys);
    check_input(x, k, p, true);
    check_input(r, k, p);
    TORCH_CHECK(x.sizes() == r.sizes() && w.numel() == x.size(1) && b.numel() == x.size(1) && w.is_contiguous() &&
                    b.is_contiguous() && w.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat,
                "shapes do not fit");
    return DropoutAddNorm::apply(x, r, w, b, eps, p, Keys{k}, site);
  });
}

ct_status ct_keyed_dropout(ct_tensor input, double p, ct_tensor keys, int64_t site, ct_tensor *out) {
  return ct::guard1("keyedDropout", {input}, out, [&] {
    check_input(ct::ref(input), ct::ref(keys), p);
    return KeyedDropout::apply(ct::ref(input), p, ct::ref(keys), site);
  });
}
