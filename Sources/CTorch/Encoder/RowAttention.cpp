// Attention within each row of an unpadded batch, forward and backward. The scores of a row are recomputed in the
// backward pass from the saved logarithms of the softmax sums, so memory does not grow with the square of the length.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>
#include <type_traits>

#include "../Core/Convert.hpp"
#include "BFloat16.hpp"
#include "Kernels.hpp"
#include "Parallel.hpp"
#include "ctorch_encoder.h"

namespace {

struct Shape {
  std::vector<int64_t> starts;
  int64_t heads, size;
  double scale, p;
  int64_t site;
  bool first_only;
  at::Tensor keys;  // undefined where nothing is dropped
  const int64_t *token_keys() const { return keys.defined() ? keys.const_data_ptr<int64_t>() : nullptr; }
  int64_t rows() const { return static_cast<int64_t>(starts.size()) - 1; }
  int64_t length(int64_t row) const { return starts[row + 1] - starts[row]; }
  int64_t queries(int64_t row) const { return first_only ? 1 : length(row); }
  int64_t first_query(int64_t row) const { return first_only ? row : starts[row]; }
};

// to[d][j] = from[j][d]
CT_KERNEL void transpose(const float *from, int64_t stride, int64_t length, int64_t size, float *to) {
  for (int64_t j = 0; j < length; j++)
    for (int64_t d = 0; d < size; d++) to[d * length + j] = from[j * stride + d];
}

// scores[j] = scale * sum over d of q[d] * keys[d][j]
CT_KERNEL void score_row(const float *q, const float *keys, int64_t length, int64_t size, float scale, float *scores) {
  CT_FAST_MATH
  for (int64_t j = 0; j < length; j++) scores[j] = 0;
  for (int64_t d = 0; d < size; d++) {
    float x = q[d] * scale;
    const float *k = keys + d * length;
    for (int64_t j = 0; j < length; j++) scores[j] += x * k[j];
  }
}

CT_KERNEL float row_max(const float *x, int64_t n) {
  CT_FAST_MATH
  float m = x[0];
  for (int64_t i = 1; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

// x[j] = exp(x[j] - shift); returns the sum
CT_KERNEL float exponentials(float *x, int64_t n, float shift) {
  CT_FAST_MATH
  float sum = 0;
  for (int64_t j = 0; j < n; j++) {
    float e = ct::exp_negative(x[j] - shift);
    x[j] = e;
    sum += e;
  }
  return sum;
}

CT_KERNEL void scale_row(float *x, int64_t n, float factor) {
  for (int64_t j = 0; j < n; j++) x[j] *= factor;
}

// to[j] = from[j] where kept, scaled; 0 where dropped
CT_KERNEL void drop_row(const float *from, float *to, int64_t n, uint32_t key, uint32_t threshold, float kept) {
  for (int64_t j = 0; j < n; j++)
    to[j] = ct::mix32(key, static_cast<uint32_t>(j)) < threshold ? 0.0f : from[j] * kept;
}

// out[d] += sum over j of weights[j] * rows[j][d]
CT_KERNEL void combine(const float *weights, const float *rows, int64_t stride, int64_t length, int64_t size, float *out) {
  CT_FAST_MATH
  for (int64_t j = 0; j < length; j++) {
    float w = weights[j];
    const float *r = rows + j * stride;
    for (int64_t d = 0; d < size; d++) out[d] += w * r[d];
  }
}

// rows[j][d] += weights[j] * x[d]
CT_KERNEL void spread(const float *weights, const float *x, int64_t length, int64_t size, float *rows, int64_t stride) {
  CT_FAST_MATH
  for (int64_t j = 0; j < length; j++) {
    float w = weights[j];
    float *r = rows + j * stride;
    for (int64_t d = 0; d < size; d++) r[d] += w * x[d];
  }
}

// d(loss)/d(score) of a softmax row: p * (g - sum(p * g)) * scale, written to g
CT_KERNEL void softmax_gradient(const float *p, float *g, int64_t n, float scale) {
  CT_FAST_MATH
  float dot = 0;
  for (int64_t j = 0; j < n; j++) dot += p[j] * g[j];
  for (int64_t j = 0; j < n; j++) g[j] = p[j] * (g[j] - dot) * scale;
}

// Work is shared out by rows times heads, heaviest first is not needed: shares are contiguous and lengths mixed.
template <class Body>
void each_row_and_head(const Shape &s, const Body &body) {
  ct::parallel_for(s.rows() * s.heads, [&](int64_t, int64_t begin, int64_t end) {
    std::vector<float> scratch;
    for (int64_t i = begin; i < end; i++) body(i / s.heads, i % s.heads, scratch);
  });
}

// Elements of one head of a row, [length, size] of type T with a stride between tokens, as float32: in place where they
// are, else widened into `scratch`, which then holds them without gaps.
struct Block {
  const float *data;
  int64_t stride;
};
Block block(const float *from, int64_t stride, int64_t, int64_t, float *) { return {from, stride}; }
Block block(const uint16_t *from, int64_t stride, int64_t length, int64_t size, float *scratch) {
  for (int64_t j = 0; j < length; j++) ct::widen(from + j * stride, size, scratch + j * size);
  return {scratch, size};
}

// Where results of the same kind are added up: in place, or in `scratch`, from where `finish` narrows them.
struct Sums {
  float *data;
  int64_t stride;
};
Sums sums(float *to, int64_t stride, int64_t, int64_t, float *) { return {to, stride}; }
Sums sums(uint16_t *, int64_t, int64_t, int64_t size, float *scratch) { return {scratch, size}; }
void clear(const Sums &s, int64_t length, int64_t size) {
  for (int64_t j = 0; j < length; j++) std::memset(s.data + j * s.stride, 0, sizeof(float) * static_cast<size_t>(size));
}
void finish(const Sums &, float *, int64_t, int64_t, int64_t) {}
void finish(const Sums &s, uint16_t *to, int64_t stride, int64_t length, int64_t size) {
  for (int64_t j = 0; j < length; j++) ct::narrow(s.data + j * s.stride, size, to + j * stride);
}

// Floats of scratch memory that `count` blocks of n tokens need.
template <class T>
int64_t spare(int64_t count, int64_t n, int64_t size) {
  return std::is_same_v<T, float> ? 0 : count * n * size;
}

template <class T>
const T *elements(const at::Tensor &t) {
  return static_cast<const T *>(t.const_data_ptr());
}
template <class T>
T *mutable_elements(const at::Tensor &t) {
  return static_cast<T *>(t.mutable_data_ptr());
}

template <class T>
at::Tensor forward_pass(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const int64_t *keys,
                        const Shape &s, at::Tensor &log_sums) {
  auto out = at::empty_like(q);
  log_sums = at::empty({q.size(0), s.heads}, q.options().dtype(at::kFloat));
  const T *qp = elements<T>(q), *kp = elements<T>(k), *vp = elements<T>(v);
  T *op = mutable_elements<T>(out);
  float *lp = log_sums.mutable_data_ptr<float>();
  int64_t width = s.heads * s.size;
  uint32_t threshold = ct::drop_threshold(s.p);
  float kept = static_cast<float>(1 / (1 - s.p));
  each_row_and_head(s, [&](int64_t row, int64_t head, std::vector<float> &scratch) {
    int64_t n = s.length(row), m = s.queries(row), t0 = s.starts[row], q0 = s.first_query(row);
    int64_t keys_at = t0 * width + head * s.size, queries_at = q0 * width + head * s.size;
    scratch.resize(static_cast<size_t>(n * s.size + n + spare<T>(2, n, s.size) + spare<T>(2, m, s.size)));
    float *kt = scratch.data(), *scores = kt + n * s.size, *more = scores + n;
    Block rows_k = block(kp + keys_at, width, n, s.size, more);
    transpose(rows_k.data, rows_k.stride, n, s.size, kt);
    Block rows_v = block(vp + keys_at, width, n, s.size, more + spare<T>(1, n, s.size));
    more += spare<T>(2, n, s.size);
    Block rows_q = block(qp + queries_at, width, m, s.size, more);
    Sums rows_o = sums(op + queries_at, width, m, s.size, more + spare<T>(1, m, s.size));
    for (int64_t i = 0; i < m; i++) {
      score_row(rows_q.data + i * rows_q.stride, kt, n, s.size, static_cast<float>(s.scale), scores);
      float top = row_max(scores, n);
      float sum = exponentials(scores, n, top);
      lp[(q0 + i) * s.heads + head] = top + std::log(sum);
      scale_row(scores, n, 1 / sum);
      if (threshold > 0) drop_row(scores, scores, n, ct::site_key(keys[t0 + i], s.site, head), threshold, kept);
      float *o = rows_o.data + i * rows_o.stride;
      for (int64_t d = 0; d < s.size; d++) o[d] = 0;
      combine(scores, rows_v.data, rows_v.stride, n, s.size, o);
    }
    finish(rows_o, op + queries_at, width, m, s.size);
  });
  return out;
}

template <class T>
void backward_pass(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const int64_t *keys, const Shape &s,
                   const at::Tensor &log_sums, const at::Tensor &grad, at::Tensor &dq, at::Tensor &dk, at::Tensor &dv) {
  dq = at::empty_like(q);
  dk = at::empty_like(k);
  dv = at::empty_like(v);
  const T *qp = elements<T>(q), *kp = elements<T>(k), *vp = elements<T>(v), *gp = elements<T>(grad);
  const float *lp = log_sums.const_data_ptr<float>();
  T *dqp = mutable_elements<T>(dq), *dkp = mutable_elements<T>(dk), *dvp = mutable_elements<T>(dv);
  int64_t width = s.heads * s.size;
  uint32_t threshold = ct::drop_threshold(s.p);
  float kept = static_cast<float>(1 / (1 - s.p)), scale = static_cast<float>(s.scale);
  each_row_and_head(s, [&](int64_t row, int64_t head, std::vector<float> &scratch) {
    int64_t n = s.length(row), m = s.queries(row), t0 = s.starts[row], q0 = s.first_query(row);
    int64_t keys_at = t0 * width + head * s.size, queries_at = q0 * width + head * s.size;
    int64_t spare_n = spare<T>(1, n, s.size), spare_m = spare<T>(1, m, s.size);
    scratch.resize(static_cast<size_t>(2 * n * s.size + 3 * n + 4 * spare_n + 3 * spare_m));
    float *kt = scratch.data(), *vt = kt + n * s.size, *p = vt + n * s.size, *dropped = p + n, *g = dropped + n;
    float *more = g + n;
    Block rows_k = block(kp + keys_at, width, n, s.size, more);
    Block rows_v = block(vp + keys_at, width, n, s.size, more + spare_n);
    Sums rows_dk = sums(dkp + keys_at, width, n, s.size, more + 2 * spare_n);
    Sums rows_dv = sums(dvp + keys_at, width, n, s.size, more + 3 * spare_n);
    more += 4 * spare_n;
    Block rows_q = block(qp + queries_at, width, m, s.size, more);
    Block rows_g = block(gp + queries_at, width, m, s.size, more + spare_m);
    Sums rows_dq = sums(dqp + queries_at, width, m, s.size, more + 2 * spare_m);
    clear(rows_dk, n, s.size);
    clear(rows_dv, n, s.size);
    clear(rows_dq, m, s.size);
    transpose(rows_k.data, rows_k.stride, n, s.size, kt);
    transpose(rows_v.data, rows_v.stride, n, s.size, vt);
    for (int64_t i = 0; i < m; i++) {
      const float *query = rows_q.data + i * rows_q.stride, *slope = rows_g.data + i * rows_g.stride;
      uint32_t key = threshold > 0 ? ct::site_key(keys[t0 + i], s.site, head) : 0;
      score_row(query, kt, n, s.size, scale, p);
      exponentials(p, n, lp[(q0 + i) * s.heads + head]);
      const float *used = p;
      if (threshold > 0) {
        drop_row(p, dropped, n, key, threshold, kept);
        used = dropped;
      }
      spread(used, slope, n, s.size, rows_dv.data, rows_dv.stride);
      score_row(slope, vt, n, s.size, 1, g);
      if (threshold > 0) drop_row(g, g, n, key, threshold, kept);
      softmax_gradient(p, g, n, scale);
      combine(g, rows_k.data, rows_k.stride, n, s.size, rows_dq.data + i * rows_dq.stride);
      spread(g, query, n, s.size, rows_dk.data, rows_dk.stride);
    }
    finish(rows_dk, dkp + keys_at, width, n, s.size);
    finish(rows_dv, dvp + keys_at, width, n, s.size);
    finish(rows_dq, dqp + queries_at, width, m, s.size);
  });
}

class RowAttention : public torch::autograd::Function<RowAttention> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &query, const at::Tensor &key,
                            const at::Tensor &value, const Shape &shape) {
    auto q = query.contiguous(), k = key.contiguous(), v = value.contiguous();
    at::Tensor log_sums;
    auto pass = q.scalar_type() == at::kBFloat16 ? forward_pass<uint16_t> : forward_pass<float>;
    auto out = pass(q, k, v, shape.token_keys(), shape, log_sums);
    context->save_for_backward({q, k, v, log_sums});
    if (shape.keys.defined()) context->saved_data["keys"] = shape.keys;
    context->saved_data["starts"] = shape.starts;
    context->saved_data["numbers"] =
        std::vector<int64_t>{shape.heads, shape.size, shape.site, shape.first_only ? 1 : 0};
    context->saved_data["scale"] = shape.scale;
    context->saved_data["p"] = shape.p;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &grads) {
    auto saved = context->get_saved_variables();
    auto numbers = context->saved_data["numbers"].toIntVector();
    Shape shape{context->saved_data["starts"].toIntVector(), numbers[0], numbers[1],
                context->saved_data["scale"].toDouble(), context->saved_data["p"].toDouble(), numbers[2],
                numbers[3] != 0, at::Tensor()};
    if (shape.p > 0) shape.keys = context->saved_data["keys"].toTensor();
    at::Tensor dq, dk, dv;
    auto pass = saved[0].scalar_type() == at::kBFloat16 ? backward_pass<uint16_t> : backward_pass<float>;
    pass(saved[0], saved[1], saved[2], shape.token_keys(), shape, saved[3], grads[0].contiguous(), dq, dk, dv);
    return {dq, dk, dv, at::Tensor()};
  }
};

void require(const at::Tensor &t, at::ScalarType type, int64_t tokens, int64_t width) {
  TORCH_CHECK(t.device().is_cpu() && t.scalar_type() == type && t.dim() == 2 && t.size(0) == tokens &&
                  t.size(1) == width,
              "expected a tensor of ", type, " [", tokens, ",", width, "] on the CPU");
}

}  // namespace

ct_status ct_row_attention(ct_tensor query, ct_tensor key, ct_tensor value, const int64_t *starts, intptr_t rows,
                           intptr_t heads, double scale, double p, ct_tensor keys, int64_t site, bool first_only,
                           ct_tensor *out) {
  return ct::guard1("rowAttention", {query, key, value}, out, [&] {
    const at::Tensor &q = ct::ref(query), &k = ct::ref(key);
    TORCH_CHECK(rows > 0 && heads > 0 && p >= 0 && p < 1 && k.dim() == 2 && k.size(1) % heads == 0, "bad arguments");
    Shape shape{std::vector<int64_t>(starts, starts + rows + 1), heads, k.size(1) / heads, scale, p, site, first_only,
                keys == nullptr ? at::Tensor() : ct::ref(keys)};
    for (int64_t r = 0; r < rows; r++) TORCH_CHECK(shape.length(r) > 0, "row ", r, " has no token");
    TORCH_CHECK(starts[0] == 0 && starts[rows] == k.size(0), "the rows do not cover the tokens");
    auto type = q.scalar_type() == at::kBFloat16 ? at::kBFloat16 : at::kFloat;
    require(q, type, first_only ? rows : k.size(0), k.size(1));
    require(k, type, k.size(0), k.size(1));
    require(ct::ref(value), type, k.size(0), k.size(1));
    TORCH_CHECK(p == 0 || (shape.keys.defined() && shape.keys.numel() == k.size(0) &&
                           shape.keys.scalar_type() == at::kLong && shape.keys.is_contiguous()),
                "dropout needs an int64 key for each token");
    return RowAttention::apply(q, k, ct::ref(value), shape);
  });
}
