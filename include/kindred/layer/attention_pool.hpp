// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/segment.hpp>

namespace kindred::layer {

/// Options of attention_pool.
struct attention_pool_options {
  index_t hidden = 0;  ///< numbers between a row and its score; 0: the score comes from the row itself
  bool tanh = false;   ///< with hidden = 0: the score is linear in tanh of the row
  double dropout = 0;  ///< share of what the score is linear in that training sets to 0
};

namespace detail {
template <class T, Device D>
struct weighted_sum_row {
  batch_view<const T, D> x;
  vector_view<const T, D> attention;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = x.begin(item), end = x.end(item), n = y.cols();
    g.for_each(n, [&](index_t c) { y(item, c) = T(0); });
    for (index_t r = begin; r < end; ++r) {
      const T a = attention(r);
      g.for_each(n, [&](index_t c) { y(item, c) += a * x.values(r, c); });
    }
  }
};
// d value / d attention and, where wanted, the part of dx that comes without the scores
template <class T, Device D>
struct weighted_sum_backward_row {
  batch_view<const T, D> x;
  vector_view<const T, D> attention;
  matrix_view<const T, D> dy;
  vector_view<T, D> dattention;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = x.begin(item), end = x.end(item), n = dy.cols();
    for (index_t r = begin; r < end; ++r) {
      const T dot = g.reduce(n, T(0), plus{}, [&](index_t c) { return dy(item, c) * x.values(r, c); });
      g.once([&] { dattention(r) = dot; });
      const T a = attention(r);
      if (dx) g.for_each(n, [&](index_t c) { dx(r, c) = a * dy(item, c); });
    }
  }
};
}  // namespace detail

/// The rows of an item summed up with learned weights, which can be shown: words that matter, regions that were looked
/// at.
///
/// y(i, .) = sum over the rows r of item i of a(r) x(r, .),   a = softmax over the rows of i of the scores s(r)
/// s(r) = v . x(r)                         hidden = 0
/// s(r) = v . tanh(x(r))                   hidden = 0, tanh
/// s(r) = v . tanh(x(r) W + b)             hidden > 0
///
/// While training, `dropout` of the numbers next to v are 0 and the others raised, as in layer::dropout. A constant
/// added to all scores would change nothing, so there is none.
///
/// x        any batch of `in` columns; an item without rows gives zeros
/// y        one row per item
/// weights  "score" (v); with hidden > 0 in front of it "weight" (W) in in x hidden and "bias" (b)
///
/// Start        uniform in [-1 / sqrt(n), 1 / sqrt(n)], n the numbers that enter a product.
/// Complexity   O(numbers of x), and one product of rows x in x hidden forward, two backward. Cache: a number per row,
///              and rows x hidden, or rows x in with tanh.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error for rows of another length than `in`; argument_error for a dropout outside [0, 1].
/// Reference    Bahdanau, Cho, Bengio 2015 (without the state of a decoder); Yang et al. 2016 have v . tanh(W x + b).
///              Peng, Qi, Yuan 2018 (MCSM) have both forms with tanh, dropout behind it.
struct attention_pool : weighted<attention_pool> {
  index_t in;                      ///< numbers in a row
  attention_pool_options options;  ///< see attention_pool_options

  explicit attention_pool(index_t columns, attention_pool_options o = {}) : in(columns), options(o) {
    expects<argument_error>(o.dropout >= 0 && o.dropout <= 1, "layer::attention_pool: dropout {} is not in [0, 1]",
                            o.dropout);
  }

  template <class T, class D>
  struct parts {
    matrix_view<T, D> weight;
    vector_view<T, D> bias;
    matrix_view<T, D> score;
  };
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    if (options.hidden == 0) return {{}, {}, c.matrix("score", in, 1)};
    const auto weight = c.matrix("weight", in, options.hidden);
    const auto bias = c.vector("bias", options.hidden);
    return {weight, bias, c.matrix("score", options.hidden, 1)};
  }
  std::string description() const {
    return "attention_pool(" + std::to_string(in) + ", " + std::to_string(options.hidden) +
           (options.tanh ? ", tanh" : "") +
           (options.dropout > 0 ? ", dropout " + shown(options.dropout) : std::string()) + ")";
  }
  shape output(const shape& x) const {
    expects(x.cols == in, "layer::attention_pool: expected rows of {} values, got {}", in, x.cols);
    return shape::vectors(x.items, x.cols);
  }
  index_t cache_size(const shape& x) const { return checked_product(x.rows, checked_sum(1, inner())); }

  /// The weights a(r) of one forward pass, one for each row of x; those of an item add up to 1.
  ///
  /// cache   that of the pass, for an x of shape `x`
  template <class T, class D>
  vector_view<T, D> attention(vector_view<T, D> cache, const shape& x) const {
    return cache.segment(0, x.rows);
  }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    const auto w = this->split(weights);
    const auto limit = [](index_t n) { return static_cast<T>(1 / std::sqrt(static_cast<double>(n > 0 ? n : 1))); };
    const T outer = limit(w.score.rows()), inner = limit(in);
    op::fill_uniform(ctx, w.score, -outer, outer, seed, 0);
    if (options.hidden == 0) return;
    op::fill_uniform(ctx, w.weight, -inner, inner, seed, 1);
    op::fill_uniform(ctx, as_matrix(w.bias, 1, options.hidden), -inner, inner, seed, 2);
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const memory<T, D> m = parts_of(pass.cache, pass.x.shape());
    const matrix_view<T, D> scores = as_matrix(m.attention, m.attention.size(), 1);
    if (options.hidden > 0) {
      ctx.template gemm<T>(T(1), pass.x.values, transpose::no, w.weight, transpose::no, T(0), m.inner);
      op::add_bias(ctx, m.inner, w.bias, m.inner);
      op::map(ctx, detail::tanh_value{}, m.inner, m.inner);
    } else if (options.tanh) {
      op::map(ctx, detail::tanh_value{}, pass.x.values, m.inner);
    }
    const scratch_scope scope(ctx);
    const matrix_view<const T, D> read = dropped<T>(ctx, pass, inner() > 0 ? m.inner : pass.x.values);
    ctx.template gemm<T>(T(1), read, transpose::no, w.score, transpose::no, T(0), scores);
    op::segment_softmax<D, T>(ctx, with_items<const T, D>(scores, pass.x), scores);
    ctx.for_each_row(pass.x.items, pass.x.longest * in,
                     detail::weighted_sum_row<T, D>{pass.x, m.attention, pass.y.values});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const memory<const T, D> m = parts_of(pass.cache, pass.x.shape());
    const index_t rows = m.attention.size();
    const scratch_scope scope(ctx);
    const auto dscores = scratch_matrix<T>(ctx, rows, 1);
    ctx.for_each_row(pass.x.items, pass.x.longest * in,
                     detail::weighted_sum_backward_row<T, D>{pass.x, m.attention, pass.dy.values, as_vector(dscores),
                                                             pass.dx.values});
    op::segment_softmax_backward<D, T>(ctx, with_items<const T, D>(as_matrix(m.attention, rows, 1), pass.x), dscores,
                                       dscores);
    const auto dw = this->split(pass.dweights);
    if (pass.dweights)
      ctx.template gemm<T>(T(1), dropped<T>(ctx, pass, inner() > 0 ? m.inner : pass.x.values), transpose::yes, dscores,
                           transpose::no, T(1), dw.score);
    if (!pass.dx && (options.hidden == 0 || !pass.dweights)) return;
    if (inner() == 0 && !drops(pass)) {
      ctx.template gemm<T>(T(1), dscores, transpose::no, w.score, transpose::yes, T(1), pass.dx.values);
      return;
    }
    const auto dinner = scratch_matrix<T>(ctx, rows, w.score.rows());
    ctx.template gemm<T>(T(1), dscores, transpose::no, w.score, transpose::yes, T(0), dinner);
    if (drops(pass)) ctx.for_each(rows, dinner.cols(), mask<T, D>(pass, dinner, dinner));
    if (inner() > 0) op::map(ctx, detail::tanh_derivative{}, m.inner, dinner, dinner);
    if (options.hidden == 0) {
      op::map<D, plus, T>(ctx, plus{}, pass.dx.values, dinner, pass.dx.values);
      return;
    }
    if (pass.dweights) {
      ctx.template gemm<T>(T(1), pass.x.values, transpose::yes, dinner, transpose::no, T(1), dw.weight);
      op::add_bias_backward(ctx, dinner, dw.bias);
    }
    if (pass.dx) ctx.template gemm<T>(T(1), dinner, transpose::no, w.weight, transpose::yes, T(1), pass.dx.values);
  }

 private:
  template <class T, class D>
  struct memory {
    vector_view<T, D> attention;
    matrix_view<T, D> inner;
  };
  /// Numbers of a row that are kept behind tanh.
  index_t inner() const { return options.hidden > 0 ? options.hidden : options.tanh ? in : 0; }
  template <class T, class D>
  memory<T, D> parts_of(vector_view<T, D> cache, const shape& x) const {
    return {attention(cache, x), as_matrix(cache.segment(x.rows, x.rows * inner()), x.rows, inner())};
  }
  template <class Pass>
  bool drops(const Pass& pass) const {
    return pass.mode == mode::train && options.dropout > 0;
  }
  template <class T, class D, class Pass>
  detail::dropout_at<T, D> mask(const Pass& pass, matrix_view<const T, D> x, matrix_view<T, D> y) const {
    return {x, y, options.dropout, pass.seed};
  }
  /// `rows` with dropout, where the pass drops in the scratch memory of the caller's scope.
  template <class T, Device D, class Pass>
  matrix_view<const T, D> dropped(context<D>& ctx, const Pass& pass, matrix_view<const T, D> rows) const {
    if (!drops(pass)) return rows;
    const auto kept = scratch_matrix<T>(ctx, rows.rows(), rows.cols());
    ctx.for_each(rows.rows(), rows.cols(), mask<T, D>(pass, rows, kept));
    return kept;
  }
  template <class T, class D, class M, class X>
  static batch_view<T, D> with_items(M rows, const X& x) {
    return {rows, x.offsets, x.items, x.longest};
  }
};
static_assert(Layer<attention_pool>);

}  // namespace kindred::layer
