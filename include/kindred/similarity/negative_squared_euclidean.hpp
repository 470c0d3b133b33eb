// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

/// Squared Euclidean distance with its sign turned.
///
/// s(a, b) = -|a - b|^2 = 2 a . b - (|a|^2 + |b|^2), at most 0
///
/// Equal rows score exactly 0 on context<cpu>. The difference of large numbers loses digits: the error is about
/// 1e-7 (|a|^2 + |b|^2) in float, so data far from the origin should be centred first, both sides by the same vector,
/// which changes no distance.
///
/// Gradient: 2 (b - a) for a, exactly 0 from scores that are 0.
///
/// Complexity   squared norms, O((n + m) d); no copy.
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
