// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

/// Squared Euclidean distance with its sign turned.
///
/// s(a, b) = -|a - b|^2, at most 0, and exactly 0 for equal rows
///
/// Computed as 2 a . b - (|a|^2 + |b|^2), and from the differences a - b where that loses digits (|a - b|^2 below a
/// thirty-second of |a|^2 + |b|^2), so distances are right wherever the data lie: the relative error is at most 70 d u
/// (u = 6e-8 in float), in practice a few times 1e-6. Squared distances below the smallest normal number, 1e-38 in
/// float, lose digits and vanish; squared norms beyond the largest, 3e38, make scores NaN or -infinity.
///
/// Gradient: 2 (b - a) for a, exactly 0 from scores that are 0.
///
/// Complexity   squared norms, O((n + m) d); no copy. Scores that come from differences cost up to three times as much.
/// Determinism  see product_form::score.
/// Errors       shape_error as product_form::score. NaN in a row: all its scores are NaN.
struct negative_squared_euclidean : product_form<negative_squared_euclidean> {
  static constexpr const char* name = "negative_squared_euclidean";  ///< in the files of an index
  static constexpr op::scoring scoring = op::scoring::negative_square_distance;
  static constexpr bool rowwise = true;

  /// The matrix itself with its squared norms.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    using T = typename M::value_type;
    vector<T, D> square_norms(ctx, as_const(x).rows(), uninitialized);
    op::square_norms(ctx, as_const(x), square_norms.view());
    return {.rows = as_const(x), .square_norms = std::move(square_norms)};
  }
};

/// Euclidean distance with its sign turned.
///
/// s(a, b) = -|a - b| = -sqrt(|a - b|^2)
///
/// Rankings and searches compare squared distances, which order the same way; only final scores have the root. Two
/// squared distances that differ in the last bit may have the same root.
/// Gradient: (b - a) / |a - b| for a, of length 1 up to rounding, and 0 where the score is 0, without any epsilon.
/// Precision, complexity, determinism and errors: see negative_squared_euclidean.
struct negative_euclidean : product_form<negative_euclidean> {
  static constexpr const char* name = "negative_euclidean";  ///< in the files of an index
  static constexpr op::scoring scoring = negative_squared_euclidean::scoring;
  static constexpr bool rowwise = true;

  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    return negative_squared_euclidean().prepare(ctx, x);
  }
  /// The score that belongs to a score of the product.
  template <Scalar T>
  KINDRED_HD static T final_score(T negative_square) {
    return -math::sqrt(-negative_square);
  }
  /// d score / d negative_square, as a function of the score: 1 / (2 |a - b|), 0 where rows are equal.
  template <Scalar T>
  KINDRED_HD static T final_gradient(T score) {
    return score == T(0) ? T(0) : T(-0.5) / score;
  }
};

}  // namespace kindred::similarity
