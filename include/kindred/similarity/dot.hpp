// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

/// Inner product.
///
/// s(a, b) = sum over k of a(k) b(k); infinite, or NaN, where a sum leaves the range of T
///
/// Complexity   no preparation, no copy.
/// Determinism  see product_form::score.
struct dot : product_form<dot> {
  static constexpr const char* name = "dot";  ///< in the files of an index
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;

  /// The matrix itself.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>&, const M& x) const {
    return {.rows = as_const(x)};
  }
};

}  // namespace kindred::similarity
