// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/loss/triplet_term.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/transpose.hpp>
#include <kindred/relation/concept.hpp>

// What the losses with exponentials share: nothing here overflows, and sums over nothing are log(0) = -infinity.
namespace kindred::loss::detail {

/// log(1 + e^x); 0 at -infinity.
template <class T>
KINDRED_HD T softplus(T x) {
  return soft_margin::value(x);
}

/// log(sum over i of e^x(i)); x(i) = -infinity takes no part, and where nothing does the result is -infinity.
template <class T, class G, class X>
KINDRED_HD T log_sum_exp(const G& g, index_t n, X x) {
  const T shift = op::softmax_shift<T>(g, n, x);
  const T sum = g.reduce(n, T(0), plus{}, [&](index_t i) { return math::exp(x(i) - shift); });
  return sum == T(0) ? -infinity<T> : shift + math::log(sum);
}

/// The cross entropy of a softmax over x(0), ..., x(n - 1) against `on` at `label` and `off` elsewhere, which add up to
/// 1. Calls emit(i, d loss / d x(i)), which may overwrite x(i). Where `own` is false the label itself is in no
/// denominator; without any other number there is no loss then.
template <class T, class G, class X, class Emit>
KINDRED_HD T cross_entropy_over(const G& g, index_t n, index_t label, T on, T off, bool own, X x, Emit emit) {
  const T target = x(label);  // ahead of a group call, because emit may write x
  const T sum = log_sum_exp<T>(g, n, [&](index_t i) { return own || i != label ? x(i) : -infinity<T>; });
  if (sum == -infinity<T>) {
    g.for_each(n, [&](index_t i) { emit(i, T(0)); });
    return T(0);
  }
  T loss = (on - off) * (sum - target);
  if (off > T(0)) loss += off * g.reduce(n, T(0), plus{}, [&](index_t i) { return sum - x(i); });
  g.for_each(n, [&](index_t i) {
    const T share = own || i != label ? math::exp(x(i) - sum) : T(0);
    emit(i, share - (i == label ? on : off));
  });
  return loss;
}

/// sum = factor times the sum of `values`, or that much more where `add`.
template <class T, Device D>
struct scaled_sum_row {
  vector_view<const T, D> values;
  T factor;
  bool add;
  vector_view<T, D> sum;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const T total = factor * g.reduce(values.size(), T(0), plus{}, [&](index_t i) { return values(i); });
    g.once([&] { sum(0) = add ? sum(0) + total : total; });
  }
};
template <class T, Device D>
void scaled_sum(context<D>& ctx, std::type_identity_t<vector_view<const T, D>> values, T factor, bool add,
                vector_view<T, D> sum) {
  ctx.for_each_row(1, values.size(), scaled_sum_row<T, D>{values, factor, add, sum});
}

/// y(r, c) += factor x(r, c).
template <class T, Device D>
struct add_scaled_at {
  matrix_view<const T, D> x;
  T factor;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) += factor * x(r, c); }
};

/// scale = 1 / the number of labels in [0, classes), 0 for none.
template <class T, Device D>
struct label_scale_row {
  vector_view<const label_t, D> labels;
  index_t classes;
  vector_view<T, D> scale;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const index_t known = g.reduce(labels.size(), index_t(0), plus{}, [&](index_t i) {
      return index_t(labels(i) >= 0 && static_cast<index_t>(labels(i)) < classes ? 1 : 0);
    });
    g.once([&] { scale(0) = known == 0 ? T(0) : T(1) / static_cast<T>(known); });
  }
};

/// 1 / rows, 0 for none.
template <class T>
T one_over(index_t rows) {
  return rows > 0 ? T(1) / static_cast<T>(rows) : T(0);
}

/// Throws shape_error unless a relation that knows its sizes is about rows x cols items.
template <class R>
void expect_relation(const char* who, const R& relation, index_t rows, index_t cols, source where = source::here()) {
  if constexpr (relation::Sized<R>)
    expects(relation.queries() == rows && relation.gallery() == cols,
            {"{}: {} x {} scores but a relation of {} x {}", where}, who, rows, cols, relation.queries(),
            relation.gallery());
}

/// Throws shape_error unless `value` is one number.
template <class T, class D>
void expect_value(const char* who, vector_view<T, D> value, source where = source::here()) {
  expects(value.size() == 1, {"{}: value must be one number, not {}", where}, who, value.size());
}

/// Throws shape_error unless the arguments of a ScoreLoss fit each other.
template <class R, class T, class D>
void expect_score_loss(const char* who, matrix_view<const T, D> scores, const R& relation, matrix_view<T, D> dscores,
                       vector_view<T, D> value, source where = source::here()) {
  op::expect_equal_shapes(who, scores, dscores, where);
  expect_relation(who, relation, scores.rows(), scores.cols(), where);
  expect_value(who, value, where);
}

/// Throws shape_error unless a gradient that is present has the shape of what it is the gradient of.
template <class T, class D>
void expect_gradient(const char* who, matrix_view<const T, D> x, matrix_view<T, D> dx, source where = source::here()) {
  if (dx) op::expect_equal_shapes(who, x, dx, where);
}

/// Throws shape_error unless the arguments of an EmbeddingLoss fit each other.
template <class T, class D>
void expect_embedding_loss(const char* who, matrix_view<const T, D> embeddings, vector_view<const label_t, D> labels,
                           matrix_view<T, D> dembeddings, vector_view<T, D> value, source where = source::here()) {
  op::expect_size(who, labels, embeddings.rows(), "rows", where);
  expect_gradient(who, embeddings, dembeddings, where);
  expect_value(who, value, where);
}

/// Throws shape_error unless a learnable loss got as many weights as it has.
template <class T, class D>
void expect_weights(const char* who, vector_view<const T, D> weights, vector_view<T, D> dweights, index_t count,
                    source where = source::here()) {
  expects(weights.size() == count && (!dweights || dweights.size() == count),
          {"{}: expected {} weights, got {} and a gradient of {}", where}, who, count, weights.size(), dweights.size());
}

}  // namespace kindred::loss::detail
