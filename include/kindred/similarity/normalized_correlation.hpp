// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::similarity {

namespace detail {

/// Sums of 256 rows each, in double; the cutting depends on the number of rows only.
inline constexpr index_t rows_per_sum = 256;

template <class T, class D>
struct column_part_at {
  matrix_view<const T, D> x;
  matrix_view<double, D> parts;
  KINDRED_HD void operator()(index_t part, index_t c) const {
    const index_t first = part * rows_per_sum;
    const index_t end = first + rows_per_sum < x.rows() ? first + rows_per_sum : x.rows();
    double sum = 0;
    for (index_t r = first; r < end; ++r) sum += static_cast<double>(x(r, c));
    parts(part, c) = sum;
  }
};
template <class T, class D>
struct column_mean_at {
  matrix_view<const double, D> parts;
  index_t rows;
  vector_view<T, D> mean;
  KINDRED_HD void operator()(index_t c) const {
    double sum = 0;
    for (index_t part = 0; part < parts.rows(); ++part) sum += parts(part, c);
    mean(c) = static_cast<T>(sum / static_cast<double>(rows));
  }
};

}  // namespace detail

/// Cosine after the mean of each side's own set is taken away.
///
/// s(a, b) = (a - m_a) . (b - m_b) / (|a - m_a| |b - m_b|), in [-1, 1] up to rounding; 0 where a - m_a or b - m_b is all
///           zeros. m_a is the mean of all rows on the side of a, m_b that of the side of b
///
/// Transductive: the score of two items depends on which other items are asked about or searched, and a query alone is
/// its own mean and scores 0 everywhere. That is how the papers evaluate. To use the means of a training set instead,
/// subtract them (a fitted projection does) and take `cosine`.
///
/// Complexity   a copy of each side, O((n + m) d) to make.
/// Determinism  the same bits for any number of threads; another order of the rows may round the means differently.
/// Errors       shape_error as product_form::score. NaN in one row spoils the mean and with it all scores.
/// Reference    Pereira et al. 2014, "NC".
struct normalized_correlation : product_form<normalized_correlation> {
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = false;

  /// A copy, centred by its own mean, with rows of length 1; rows of zeros stay.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& matrix) const {
    using T = typename M::value_type;
    const matrix_view<const T, D> x = as_const(matrix);
    const scratch_scope scope(ctx);
    const auto mean = scratch_vector<T>(ctx, x.cols());
    const auto parts =
        scratch_matrix<double>(ctx, (x.rows() + detail::rows_per_sum - 1) / detail::rows_per_sum, x.cols());
    ctx.for_each(parts.rows(), parts.cols(), detail::column_part_at<T, D>{x, parts});
    ctx.for_each(x.cols(), detail::column_mean_at<T, D>{parts, x.rows(), mean});
    return detail::unit_rows<T, D>(ctx, x, mean);
  }
};

}  // namespace kindred::similarity
