// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <vector>

namespace kindred::linalg {

namespace detail {

inline constexpr index_t moment_rows = 256;  // rows of one partial sum

/// Row `chunk` of `sums`: over the rows of the chunk, x - origin of every column, or its square. Without origins row 0
/// of x is one. The lanes share out the columns, so that memory is read in the order in which it lies.
template <class T, class D, bool square>
struct partial_moments {
  matrix_view<const T, D> x;
  vector_view<const double, D> origins;
  matrix_view<double, D> sums;
  template <class G>
  KINDRED_HD void operator()(const G& group, index_t chunk) const {
    const index_t begin = chunk * moment_rows;
    const index_t end = begin + moment_rows < x.rows() ? begin + moment_rows : x.rows();
    const auto self = *this;
    for (index_t r = begin; r < end; ++r)
      group.for_each(x.cols(), [self, begin, chunk, r](index_t c) {
        const double v =
            static_cast<double>(self.x(r, c)) - (self.origins ? self.origins(c) : static_cast<double>(self.x(0, c)));
        self.sums(chunk, c) = (r == begin ? 0.0 : self.sums(chunk, c)) + (square ? v * v : v);
      });
  }
};

/// origin + sum of the partial sums / divisor
template <class T, class D>
struct whole_moment {
  matrix_view<const double, D> sums;
  matrix_view<const T, D> x;
  double divisor;
  bool around_first_row;
  vector_view<double, D> out;
  KINDRED_HD void operator()(index_t c) const {
    double sum = 0;
    for (index_t i = 0; i < sums.rows(); ++i) sum += sums(i, c);
    out(c) = (around_first_row ? static_cast<double>(x(0, c)) : 0.0) + sum / divisor;
  }
};

template <bool square, class T, Device D>
std::vector<double> column_moment(context<D>& ctx, matrix_view<const T, D> x, vector_view<const double, D> origins,
                                  double divisor) {
  const index_t chunks = (x.rows() + moment_rows - 1) / moment_rows;
  const scratch_scope scope(ctx);
  const matrix_view<double, D> sums = scratch_matrix<double>(ctx, chunks, x.cols());
  vector<double, D> out(ctx, x.cols());
  ctx.for_each_row(chunks, x.cols() * moment_rows, partial_moments<T, D, square>{x, origins, sums});
  ctx.for_each(x.cols(), whole_moment<T, D>{sums, x, divisor, !square, out.view()});
  return out.to_host();
}

}  // namespace detail

/// Mean of every column, in double.
///
/// mean(c) = x(0, c) + sum over r of (x(r, c) - x(0, c)) / n
///
/// Summing around the first row keeps the digits of columns far from 0 and makes the mean of a constant column exact.
///
/// x        n x p on any device, n >= 1
/// returns  p means on the host; NaN or infinite where a column holds NaN or infinity
///
/// Complexity   one pass over x.
/// Determinism  partial sums over 256 rows each, then over those: the same bytes for any number of threads.
/// Errors       shape_error when there is no row.
template <class T, Device D>
std::vector<double> column_means(context<D>& ctx, matrix_view<T, D> x) {
  expects(x.rows() > 0, "linalg::column_means: no row in {} columns", x.cols());
  return detail::column_moment<false, std::remove_const_t<T>, D>(ctx, x, {}, static_cast<double>(x.rows()));
}

/// Variance of every column around given means, with divisor n - 1, in double; 0 for one row.
///
/// Complexity, Determinism  as column_means.
/// Errors                   shape_error when there is no row or not one mean per column.
template <class T, Device D>
std::vector<double> column_variances(context<D>& ctx, matrix_view<T, D> x, const std::vector<double>& means) {
  expects(x.rows() > 0 && static_cast<index_t>(means.size()) == x.cols(),
          "linalg::column_variances: {} x {} and {} means", x.rows(), x.cols(), means.size());
  const vector<double, D> origins(ctx, means);
  const double divisor = x.rows() > 1 ? static_cast<double>(x.rows() - 1) : 1.0;
  return detail::column_moment<true, std::remove_const_t<T>, D>(ctx, x, origins.view(), divisor);
}

}  // namespace kindred::linalg
