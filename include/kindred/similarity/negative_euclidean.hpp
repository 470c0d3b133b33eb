// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/similarity/negative_squared_euclidean.hpp>

namespace kindred::similarity {

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
