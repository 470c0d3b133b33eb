// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/math.hpp>
#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

namespace detail {

/// y(r) = (x(r) - mean) / |x(r) - mean|; a row of length 0 becomes a row of zeros. An absent mean is zero.
template <class T, class D>
struct unit_row {
  matrix_view<const T, D> x;
  vector_view<const T, D> mean;
  matrix_view<T, D> y;

  KINDRED_HD double centred(index_t r, index_t c) const {
    return static_cast<double>(mean ? x(r, c) - mean(c) : x(r, c));
  }
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    // in double, where the square of a float neither overflows nor vanishes
    const double square = g.reduce(x.cols(), 0.0, plus{}, [&](index_t c) { return centred(r, c) * centred(r, c); });
    const double norm = math::sqrt(square);
    g.for_each(x.cols(), [&](index_t c) { y(r, c) = square == 0.0 ? T(0) : static_cast<T>(centred(r, c) / norm); });
  }
};

template <class T, Device D>
prepared<T, D> unit_rows(context<D>& ctx, matrix_view<const T, D> x, vector_view<const T, D> mean) {
  matrix<T, D> unit(ctx, x.rows(), x.cols(), uninitialized);
  ctx.for_each_row(x.rows(), x.cols(), unit_row<T, D>{x, mean, unit.view()});
  const matrix_view<const T, D> rows = unit.view();
  return {.rows = rows, .changed = std::move(unit)};
}

}  // namespace detail

/// Cosine of the angle between two rows.
///
/// s(a, b) = a . b / (|a| |b|), in [-1, 1] up to rounding; 0 where a or b is all zeros
///
/// Norms are summed in double, so that no float row is too long or too short. Rows of double whose norm is above 1e154
/// give 0 or NaN.
///
/// Complexity   a copy of each side, O((n + m) d) to make.
/// Determinism  see product_form::score; s(a, b) and s(b, a) have the same bits on context<cpu>.
/// Errors       shape_error as product_form::score. NaN or infinity in a row: all its scores are NaN.
struct cosine : product_form<cosine> {
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;

  /// A copy with rows of length 1; rows of zeros stay.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    return detail::unit_rows<typename M::value_type, D>(ctx, as_const(x), {});
  }
};

}  // namespace kindred::similarity
