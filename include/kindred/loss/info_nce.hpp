// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/relation/reversed.hpp>

namespace kindred::loss {

namespace detail {

/// What the gradient wants to know of each row (or column): log(sum of e^u) over its negatives, and by how much its
/// positives pull altogether.
template <class T, Device D>
struct contrast {
  vector_view<T, D> log_sums, pulls;
  contrast segment(index_t begin, index_t count) const {
    return {log_sums.segment(begin, count), pulls.segment(begin, count)};
  }
};
template <class T, Device D>
contrast<T, D> scratch_contrast(context<D>& ctx, index_t rows) {
  return {scratch_vector<T>(ctx, rows), scratch_vector<T>(ctx, rows)};
}

/// Row r of `scores` is row first + r of the relation. total = sum over positives p of log(1 + e^(log_sum - u_p)).
template <class T, Device D, class R>
struct contrast_row {
  matrix_view<const T, D> scores;
  R relation;
  index_t first;
  T factor;
  contrast<T, D> out;
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols();
    const auto is = [&](index_t c, relation::kind k) { return relation(first + r, c) == k; };
    const T log_sum = log_sum_exp<T>(
        g, n, [&](index_t c) { return is(c, relation::kind::negative) ? factor * scores(r, c) : -infinity<T>; });
    const T total = g.reduce(n, T(0), plus{}, [&](index_t c) {
      return is(c, relation::kind::positive) ? softplus(log_sum - factor * scores(r, c)) : T(0);
    });
    const T pull = g.reduce(n, T(0), plus{}, [&](index_t c) {
      return is(c, relation::kind::positive) ? math::sigmoid(log_sum - factor * scores(r, c)) : T(0);
    });
    const index_t count =
        g.reduce(n, index_t(0), plus{}, [&](index_t c) { return index_t(is(c, relation::kind::positive) ? 1 : 0); });
    g.once([&] {
      out.log_sums(r) = log_sum;
      out.pulls(r) = pull;
      terms.store(r, total, 0, count);
    });
  }
};

/// dscores from what rows and, where present, columns know.
template <class T, Device D, class R>
struct contrast_gradient_at {
  matrix_view<const T, D> scores;
  R relation;
  index_t first;
  T factor;
  contrast<T, D> rows, cols;
  vector_view<const T, D> scale;
  matrix_view<T, D> dscores;
  KINDRED_HD static T one(bool positive, T u, T log_sum, T pull) {
    return positive ? -math::sigmoid(log_sum - u) : pull * math::exp(u - log_sum);
  }
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const relation::kind kind = relation(first + r, c);
    if (kind == relation::kind::ignored) {
      dscores(r, c) = T(0);
      return;
    }
    const bool positive = kind == relation::kind::positive;
    const T u = factor * scores(r, c);
    T sum = one(positive, u, rows.log_sums(r), rows.pulls(r));
    if (cols.log_sums) sum += one(positive, u, cols.log_sums(c), cols.pulls(c));
    dscores(r, c) = factor * scale(0) * sum;
  }
};

/// info_nce with the temperature 1 / factor.
template <class T, Device D, class R>
void contrast_loss(context<D>& ctx, matrix_view<const T, D> scores, const R& relation, T factor, bool symmetric,
                   matrix_view<T, D> dscores, vector_view<T, D> value) {
  const index_t n = scores.rows(), m = scores.cols(), both = symmetric ? n + m : n;
  const scratch_scope scope(ctx);
  const row_terms<T, D> terms(ctx, both, reduction::mean);
  const auto scale = scratch_vector<T>(ctx, 1);
  const contrast<T, D> rows = scratch_contrast<T>(ctx, n);
  contrast<T, D> cols;
  ctx.for_each_row(n, m, contrast_row<T, D, R>{scores, relation, 0, factor, rows, terms.segment(0, n)});
  if (symmetric) {
    cols = scratch_contrast<T>(ctx, m);
    const scratch_scope transposed(ctx);
    const auto turned = scratch_matrix<T>(ctx, m, n);
    op::transpose(ctx, scores, turned);
    using back = kindred::relation::reversed<R>;
    ctx.for_each_row(m, n, contrast_row<T, D, back>{turned, back(relation), 0, factor, cols, terms.segment(n, m)});
  }
  terms.divide(ctx, value, scale);
  ctx.for_each(n, m, contrast_gradient_at<T, D, R>{scores, relation, 0, factor, rows, cols, scale, dscores});
}

}  // namespace detail

/// Cross entropy of finding the positive among the negatives: InfoNCE, NT-Xent, CLIP's loss.
///
/// value = mean over positive pairs (r, p) of -log(e^u(r, p) / (e^u(r, p) + sum over negatives n of r of e^u(r, n))),
/// u = scores / temperature; where `symmetric` the mean of that and the same over columns.
///
/// Each positive pair has its own denominator, in which the other positives do not stand.
///
/// scores    n x m, usually of similarity::cosine
/// dscores   n x m, overwritten
///
/// Rows without positives or without negatives contribute nothing; without any positive pair the value and the gradient
/// are 0, for 0 rows too. NaN in a row makes the value NaN and the gradient of the rows and columns that see it.
///
/// Complexity   O(n m) exponentials; where symmetric, n m numbers of scratch. chunked_info_nce needs less.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for a temperature that is not above 0.
/// Reference    van den Oord, Li and Vinyals 2018; Chen et al. 2020 (NT-Xent); Radford et al. 2021 (symmetric). Equal
///              to pytorch-metric-learning's NTXentLoss where not symmetric. CLIP's code knows one positive per row;
///              with more, SupCon's denominators hold the other positives too, which these do not.
struct info_nce {
  double temperature = 0.07;  ///< above 0
  bool symmetric = true;      ///< also from columns to rows

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    detail::expect_score_loss<R, T, D>("loss::info_nce", scores, relation, dscores, value);
    expect_positive<T>("loss::info_nce", "temperature", temperature);
    detail::contrast_loss<T, D, R>(ctx, scores, relation, static_cast<T>(1 / temperature), symmetric, dscores, value);
  }
};

static_assert(ScoreLoss<info_nce>);

}  // namespace kindred::loss
