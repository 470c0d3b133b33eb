// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/relation/reversed.hpp>

namespace kindred::loss {

namespace detail {

/// log(sum of e^(margin + s)) over the negatives of a row.
template <class T, Device D, class R>
struct negatives_row {
  matrix_view<const T, D> scores;
  R relation;
  T margin;
  vector_view<T, D> log_sums;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T log_sum = log_sum_exp<T>(g, scores.cols(), [&](index_t c) {
      return relation(r, c) == relation::kind::negative ? margin + scores(r, c) : -infinity<T>;
    });
    g.once([&] { log_sums(r) = log_sum; });
  }
};

/// log(e^a + e^b); 0, by the paper's code, where both are log(0).
template <class T>
KINDRED_HD T joined(T a, T b) {
  if (a == -infinity<T> && b == -infinity<T>) return T(0);
  return a > b ? a + softplus(b - a) : b + softplus(a - b);
}
/// [J]_+ that lets NaN through.
template <class T>
KINDRED_HD T at_least_zero(T x) {
  return x < T(0) ? T(0) : x;
}

/// Squares of the violations of a row and the share of their gradient that goes to the row's own negatives.
template <class T, Device D, class R>
struct lifted_row {
  matrix_view<const T, D> scores;
  R relation;
  vector_view<const T, D> own, other;
  vector_view<T, D> pushes;
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols();
    const auto violation = [&](index_t c) { return at_least_zero(joined(own(r), other(c)) - scores(r, c)); };
    const T total = g.reduce(n, T(0), plus{}, [&](index_t c) {
      const T v = relation(r, c) == relation::kind::positive ? violation(c) : T(0);
      return v * v;
    });
    const T push = own(r) == -infinity<T> ? T(0) : g.reduce(n, T(0), plus{}, [&](index_t c) {
      if (relation(r, c) != relation::kind::positive) return T(0);
      return violation(c) * math::exp(own(r) - joined(own(r), other(c)));
    });
    const index_t count = g.reduce(
        n, index_t(0), plus{}, [&](index_t c) { return index_t(relation(r, c) == relation::kind::positive ? 1 : 0); });
    g.once([&] {
      pushes(r) = push;
      terms.store(r, total, 0, 2 * count);
    });
  }
};

template <class T, Device D, class R>
struct lifted_gradient_at {
  matrix_view<const T, D> scores;
  R relation;
  T margin;
  vector_view<const T, D> row_sums, row_pushes, col_sums, col_pushes, scale;
  matrix_view<T, D> dscores;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const relation::kind kind = relation(r, c);
    T gradient = 0;
    if (kind == relation::kind::positive) {
      gradient = -at_least_zero(joined(row_sums(r), col_sums(c)) - scores(r, c));
    } else if (kind == relation::kind::negative) {
      const T u = margin + scores(r, c);
      gradient = row_pushes(r) * math::exp(u - row_sums(r)) + col_pushes(c) * math::exp(u - col_sums(c));
    }
    dscores(r, c) = T(2) * scale(0) * gradient;
  }
};

}  // namespace detail

/// Lifted structured loss: each positive pair against all negatives of both its ends.
///
/// value = 1 / (2 P) sum over positive pairs (i, j) of [J(i, j)]_+^2,
/// J(i, j) = log(sum over negatives k of row i of e^(margin - d(i, k)) + sum over negatives l of column j of
///           e^(margin - d(l, j))) + d(i, j),   d = -scores
///
/// Over one batch with itself the matrix is symmetric and column j is row j: the paper's loss. P counts ordered pairs.
///
/// scores    n x m, of similarity::negative_euclidean
/// dscores   n x m, overwritten
///
/// Where neither end has negatives the logarithm is taken as 0, so the pair costs its squared distance. Without
/// positive pairs, for one row and for none, value and gradient are 0. NaN in a row or column makes the value NaN.
///
/// Complexity   O(n m) exponentials; n m numbers of scratch.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit.
/// Reference    Song et al. 2016. Equal to pytorch-metric-learning's LiftedStructureLoss, but that is 0
///              where the whole batch has no negatives.
struct lifted_structure {
  double margin = 1;

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    detail::expect_score_loss<R, T, D>("loss::lifted_structure", scores, relation, dscores, value);
    using back = kindred::relation::reversed<R>;
    const index_t n = scores.rows(), m = scores.cols();
    expect_finite<T>("loss::lifted_structure", "margin", margin);
    const T gap = static_cast<T>(margin);
    const scratch_scope scope(ctx);
    const auto row = [&](index_t size) { return scratch_vector<T>(ctx, size); };
    const auto row_sums = row(n), row_pushes = row(n);
    const detail::row_terms<T, D> terms(ctx, n, reduction::mean), not_wanted(ctx, m, reduction::mean);
    const auto col_sums = row(m), col_pushes = row(m), scale = row(1);
    const auto turned = scratch_matrix<T>(ctx, m, n);
    op::transpose(ctx, scores, turned);
    ctx.for_each_row(n, m, detail::negatives_row<T, D, R>{scores, relation, gap, row_sums});
    ctx.for_each_row(m, n, detail::negatives_row<T, D, back>{turned, back(relation), gap, col_sums});
    ctx.for_each_row(n, m, detail::lifted_row<T, D, R>{scores, relation, row_sums, col_sums, row_pushes, terms});
    ctx.for_each_row(
        m, n, detail::lifted_row<T, D, back>{turned, back(relation), col_sums, row_sums, col_pushes, not_wanted});
    terms.divide(ctx, value, scale);
    ctx.for_each(n, m,
                 detail::lifted_gradient_at<T, D, R>{scores, relation, gap, row_sums, row_pushes, col_sums, col_pushes,
                                                     scale, dscores});
  }
};

static_assert(ScoreLoss<lifted_structure>);

}  // namespace kindred::loss
