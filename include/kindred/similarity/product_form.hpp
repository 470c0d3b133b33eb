// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/concept.hpp>

namespace kindred::similarity {

namespace detail {

template <class Self, class T>
struct final_score_at {
  template <class D>
  struct in {
    matrix_view<T, D> scores;
    KINDRED_HD void operator()(index_t r, index_t c) const { scores(r, c) = Self::final_score(scores(r, c)); }
  };
};

}  // namespace detail

/// Base of the similarities that are products of prepared rows: gives them score() from their prepare() (or
/// prepare_first() and prepare_second()) and `scoring`.
/// To add one, derive `struct mine : product_form<mine>` and write prepare(ctx, x), `scoring` and `rowwise`; where the
/// score is a monotone function of the product's, write `static T final_score(T)` too.
template <class Self>
struct product_form {
  /// Fills scores(i, j) = similarity of row i of a and row j of b, higher is closer.
  ///
  /// a       n x d
  /// b       m x d
  /// scores  n x m, overwritten
  ///
  /// Complexity   O((n + m) d) to prepare, one product of n m d multiply-adds.
  /// Determinism  a score has the same bits wherever its rows stand, on any number of threads (context<cpu>), unless
  ///              the similarity looks at whole sets (`rowwise` is false).
  /// Errors       shape_error when widths differ or `scores` has another shape. NaN and infinity in a row make its
  ///              scores NaN or infinite; rankings put NaN last.
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> scores) const {
    expects(different_widths<Self>() || a.cols() == b.cols(), "similarity: rows of {} numbers but rows of {}", a.cols(),
            b.cols());
    expects(scores.rows() == a.rows() && scores.cols() == b.rows(),
            "similarity: scores of {} x {} wanted, {} x {} came", a.rows(), b.rows(), scores.rows(), scores.cols());
    const Self& self = static_cast<const Self&>(*this);
    const prepared<T, D> x = prepare_first<Self, T, D>(ctx, self, a), y = prepare_second<Self, T, D>(ctx, self, b);
    op::scores(ctx, x.view(), y.view(), Self::scoring, scores);
    if constexpr (requires { Self::final_score(T()); })
      ctx.for_each(scores.rows(), scores.cols(), typename detail::final_score_at<Self, T>::template in<D>{scores});
  }

  /// The same into a new matrix of rows(a) x rows(b).
  template <Device D, MatrixArgument<D> A, MatrixArgument<D> B>
  matrix<typename A::value_type, D> score(context<D>& ctx, const A& a, const B& b) const {
    matrix<typename A::value_type, D> scores(ctx, as_const(a).rows(), as_const(b).rows(), uninitialized);
    score(ctx, as_const(a), as_const(b), scores.view());
    return scores;
  }
};

}  // namespace kindred::similarity
