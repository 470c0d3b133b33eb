// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

/// Squared Euclidean distance with its sign turned.
///
/// s(a, b) = -|a - b|^2, at most 0, and exactly 0 for equal rows
///
/// Computed as 2 a . b - (|a|^2 + |b|^2), and from the differences a - b where that loses digits (|a - b|^2 below a
/// thirty-second of |a|^2 + |b|^2), so distances are right wherever the data lie: the relative error is at most 70 d u
/// (u = 6e-8 in float), in practice a few times 1e-6. Squared distances below the smallest normal number, 1e-38 in float,
/// lose digits and vanish; squared norms beyond the largest, 3e38, make scores NaN or -infinity.
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

}  // namespace kindred::similarity
