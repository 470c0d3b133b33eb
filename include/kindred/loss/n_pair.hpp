// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/info_nce.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D>
struct square_length_row {
  matrix_view<const T, D> x;
  vector_view<T, D> squares;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T square = g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return x(r, c) * x(r, c); });
    g.once([&] { squares(r) = square; });
  }
};
}  // namespace detail

/// N-pair loss, on scores or on two batches of embeddings.
///
/// value = mean over positive pairs (r, p) of log(1 + sum over negatives n of r of e^(scores(r, n) - scores(r, p)))
///
/// The form on embeddings takes a . b for scores and adds l2 / 4 (mean over rows of |a|^2 + mean over rows of |b|^2).
/// The form on scores sees no norms and adds nothing.
///
/// scores, dscores   n x m; dscores overwritten
/// a, b, da, db      n x d and m x d; da and db accumulated, absent where not wanted, one view where a and b are one
///
/// Rows without positives or negatives contribute nothing; without any pair value and gradient are those of the norms
/// alone. NaN in a row makes the value NaN.
///
/// Complexity   O(n m) exponentials; the form on embeddings three products of n m d and 2 n m numbers of scratch.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit.
/// Reference    Sohn 2016, rows not normalized; the weight of the norms as in TensorFlow's npairs_loss, whose targets
///              are spread over several positives where these have a term each. pytorch-metric-learning normalizes rows
///              and has no term of norms.
struct n_pair {
  double l2 = 0.002;  ///< weight of the squared norms

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    detail::expect_score_loss<R, T, D>("loss::n_pair", scores, relation, dscores, value);
    detail::contrast_loss<T, D, R>(ctx, scores, relation, T(1), false, dscores, value);
  }

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    expect_not_negative<T>("loss::n_pair", "l2", l2);
    expects(a.cols() == b.cols(), "loss::n_pair: rows of {} numbers but rows of {}", a.cols(), b.cols());
    detail::expect_gradient<T, D>("loss::n_pair", a, da);
    detail::expect_gradient<T, D>("loss::n_pair", b, db);
    const index_t n = a.rows(), m = b.rows();
    const scratch_scope scope(ctx);
    const auto scores = scratch_matrix<T>(ctx, n, m), dscores = scratch_matrix<T>(ctx, n, m);
    ctx.template gemm<T>(T(1), a, transpose::no, b, transpose::yes, T(0), scores);
    (*this)(ctx, const_matrix<T, D>(scores), relation, dscores, value);
    if (da) ctx.template gemm<T>(T(1), dscores, transpose::no, b, transpose::no, T(1), da);
    if (db) ctx.template gemm<T>(T(1), dscores, transpose::yes, a, transpose::no, T(1), db);
    const auto squares = scratch_vector<T>(ctx, n > m ? n : m);
    const auto shrink = [&](const_matrix<T, D> x, matrix_view<T, D> dx) {
      const T weight = static_cast<T>(l2 / 4) * detail::one_over<T>(x.rows());
      const vector_view<T, D> own = squares.segment(0, x.rows());
      ctx.for_each_row(x.rows(), x.cols(), detail::square_length_row<T, D>{x, own});
      detail::scaled_sum<T, D>(ctx, own, weight, true, value);
      if (dx) ctx.for_each(x.rows(), x.cols(), detail::add_scaled_at<T, D>{x, 2 * weight, dx});
    };
    shrink(a, da);
    shrink(b, db);
  }
};

static_assert(ScoreLoss<n_pair> && PairLoss<n_pair>);

}  // namespace kindred::loss
