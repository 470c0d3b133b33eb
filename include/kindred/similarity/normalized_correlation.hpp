// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

namespace detail {

template <class T, class D>
struct centred_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> mean;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = x(r, c) - mean(c); }
};
template <class T, class D>
struct add_centred_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> mean;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) += x(r, c) - mean(c); }
};

}  // namespace detail

/// Cosine after the mean of each side's own set is taken away.
///
/// s(a, b) = (a - m_a) . (b - m_b) / (|a - m_a| |b - m_b|), in [-1, 1] up to rounding; 0 where a - m_a or b - m_b is
/// all
///           zeros. m_a is the mean of all rows on the side of a, m_b that of the side of b
///
/// Transductive: the score of two items depends on which other items are asked about or searched, and a query alone is
/// its own mean and scores 0 everywhere. That is how the papers evaluate. With the means of training sets:
/// centred_cosine, or cosine where they are 0, as behind a fitted linear projection.
///
/// Complexity   a copy of each side, O((n + m) d) to make.
/// Determinism  the same bits for any number of threads; another order of the rows may round the means differently.
/// Errors       shape_error as product_form::score. NaN in one row spoils the mean and with it all scores.
/// Reference    Costa Pereira et al. 2014, "NC".
struct normalized_correlation : product_form<normalized_correlation> {
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = false;

  /// A copy, centred by its own mean, with rows of length 1; rows of zeros stay.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& set) const {
    using T = typename M::value_type;
    const matrix_view<const T, D> x = as_const(set);
    const scratch_scope scope(ctx);
    const vector_view<T, D> mean = scratch_vector<T>(ctx, x.cols());
    op::column_means(ctx, x, mean);
    matrix<T, D> unit(ctx, x.rows(), x.cols(), uninitialized);
    ctx.for_each(x.rows(), x.cols(), detail::centred_at<T, D>{x, mean, unit.view()});
    op::normalize_rows(ctx, unit, unit.view());
    const matrix_view<const T, D> rows = unit.view();
    return {.rows = rows, .changed = std::move(unit)};
  }
  /// dx += d - (mean of the rows of d), d = (dy - y (y . dy)) / |x - m|, nothing where x is the mean: every row takes
  /// part in the mean of its side.
  template <Scalar T, Device D>
  void prepare_backward(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y, const_matrix<T, D> dy,
                        matrix_view<T, D> dx) const {
    const scratch_scope scope(ctx);
    const auto mean = scratch_vector<T>(ctx, x.cols());
    const auto centred = scratch_matrix<T>(ctx, x.rows(), x.cols()), d = scratch_matrix<T>(ctx, x.rows(), x.cols());
    op::column_means<D, T>(ctx, x, mean);
    ctx.for_each(x.rows(), x.cols(), detail::centred_at<T, D>{x, mean, centred});
    ctx.zero(d.data(), d.size() * static_cast<index_t>(sizeof(T)));
    using rows = matrix_view<const T, D>;
    ctx.for_each_row(x.rows(), x.cols(), detail::unit_gradient_row<T, D, rows>{centred, y, dy, d});
    op::column_means<D, T>(ctx, d, mean);
    ctx.for_each(x.rows(), x.cols(), detail::add_centred_at<T, D>{d, mean, dx});
  }
};

}  // namespace kindred::similarity
