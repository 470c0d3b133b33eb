// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/loss/softmax_terms.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::loss {

namespace detail {
/// y = first_weight first + second_weight second, added to what y holds where `add`.
template <class T, Device D>
struct weighted_pair_at {
  matrix_view<const T, D> first, second;
  T first_weight, second_weight;
  bool add;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T sum = first_weight * first(r, c) + second_weight * second(r, c);
    y(r, c) = add ? y(r, c) + sum : sum;
  }
};
}  // namespace detail

/// Two losses of one kind as one: ScoreLosses, EmbeddingLosses or PairLosses. More of them by nesting.
///
/// value = first_weight first + second_weight second, and so the gradients
///
/// Complexity   both losses; scratch for the gradients of both.
/// Determinism, Errors   those of its parts.
template <class A, class B>
struct weighted_sum {
  A first = {};
  B second = {};
  double first_weight = 1;
  double second_weight = 1;

  /// ScoreLoss.
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    const scratch_scope scope(ctx);
    const auto x = like(ctx, dscores), y = like(ctx, dscores);
    const auto values = scratch_vector<T>(ctx, 2);
    first(ctx, scores, relation, x, values.slice(0, 1));
    second(ctx, scores, relation, y, values.slice(1, 1));
    combine(ctx, x, y, false, dscores);
    finish(ctx, values, value);
  }
  /// EmbeddingLoss.
  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> embeddings, const_vector<label_t, D> labels,
                  matrix_view<T, D> dembeddings, vector_view<T, D> value) const {
    const scratch_scope scope(ctx);
    const auto x = cleared(ctx, dembeddings), y = cleared(ctx, dembeddings);
    const auto values = scratch_vector<T>(ctx, 2);
    first(ctx, embeddings, labels, x, values.slice(0, 1));
    second(ctx, embeddings, labels, y, values.slice(1, 1));
    combine(ctx, x, y, true, dembeddings);
    finish(ctx, values, value);
  }
  /// PairLoss.
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    const scratch_scope scope(ctx);
    const auto xa = cleared(ctx, da), xb = cleared(ctx, db), ya = cleared(ctx, da), yb = cleared(ctx, db);
    const auto values = scratch_vector<T>(ctx, 2);
    first(ctx, a, b, relation, xa, xb, values.slice(0, 1));
    second(ctx, a, b, relation, ya, yb, values.slice(1, 1));
    combine(ctx, xa, ya, true, da);
    combine(ctx, xb, yb, true, db);
    finish(ctx, values, value);
  }

 private:
  template <class T, class D>
  static matrix_view<T, D> like(context<D>& ctx, matrix_view<T, D> m) {
    return m ? scratch_matrix<T>(ctx, m.rows(), m.cols()) : m;
  }
  template <class T, class D>
  static matrix_view<T, D> cleared(context<D>& ctx, matrix_view<T, D> m) {
    const auto made = like(ctx, m);
    if (made) op::fill(ctx, made, T(0));
    return made;
  }
  template <class T, class D>
  void combine(context<D>& ctx, matrix_view<T, D> x, matrix_view<T, D> y, bool add, matrix_view<T, D> out) const {
    if (out)
      ctx.for_each(
          out.rows(), out.cols(),
          detail::weighted_pair_at<T, D>{x, y, static_cast<T>(first_weight), static_cast<T>(second_weight), add, out});
  }
  template <class T, class D>
  void finish(context<D>& ctx, vector_view<T, D> values, vector_view<T, D> value) const {
    combine(ctx, as_matrix(values.slice(0, 1), 1, 1), as_matrix(values.slice(1, 1), 1, 1), false,
            as_matrix(value, 1, 1));
  }
};

template <class A, class B>
weighted_sum(A, B, double, double) -> weighted_sum<A, B>;

}  // namespace kindred::loss
