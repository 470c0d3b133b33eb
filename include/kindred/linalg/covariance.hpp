// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/linalg/column_moments.hpp>

namespace kindred::linalg {

namespace detail {

/// Element (r, c) of `out` = x - mean.
template <class T, class D>
struct centre_at {
  matrix_view<const T, D> x;
  vector_view<const double, D> means;
  matrix_view<double, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const { out(r, c) = static_cast<double>(x(r, c)) - means(c); }
};

}  // namespace detail

/// Writes x minus the means of its columns, in double, to `out`, which has the shape of x.
template <Scalar T, Device D>
void centre(context<D>& ctx, matrix_view<const T, D> x, std::type_identity_t<vector_view<const double, D>> means,
            matrix_view<double, D> out) {
  expects(out.rows() == x.rows() && out.cols() == x.cols() && means.size() == x.cols(),
          "linalg::centre: expected {} means and an output of {} x {}, got {} and {} x {}", x.cols(), x.rows(),
          x.cols(), means.size(), out.rows(), out.cols());
  ctx.for_each(x.rows(), x.cols(), detail::centre_at<T, D>{x, means, out});
}

namespace detail {

inline constexpr index_t covariance_rows = 1024;  // rows that are centred and multiplied at a time
inline constexpr index_t covariance_cols = 128;   // columns of one piece of a symmetric product

/// Adds x'y of one chunk; of a symmetric product the blocks below and on the diagonal.
template <Device D>
void add_product(context<D>& ctx, matrix_view<const double, D> x, matrix_view<const double, D> y, bool symmetric,
                 double beta, matrix_view<double, D> sums) {
  if (!symmetric) {
    ctx.template gemm<double>(1.0, x, transpose::yes, y, transpose::no, beta, sums);
    return;
  }
  for (index_t c = 0; c < x.cols(); c += covariance_cols) {
    const index_t here = covariance_cols < x.cols() - c ? covariance_cols : x.cols() - c, rest = x.cols() - c;
    ctx.template gemm<double>(1.0, x.middle_cols(c, rest), transpose::yes, x.middle_cols(c, here), transpose::no, beta,
                              sums.middle_rows(c, rest).middle_cols(c, here));
  }
}

}  // namespace detail

/// Covariance of the columns of x with those of y, in double, on the host.
///
/// c(i, j) = sum over r of (x(r, i) - mean_x(i)) (y(r, j) - mean_y(j)) / (n - 1)
///
/// x, y            n x p and n x q on one device, float or double, n >= 2
/// mean_x, mean_y  p and q numbers, usually column_means()
/// returns         p x q, owned by `host`; for the form with one matrix symmetric to the last bit
///
/// Centred rows are multiplied on the device 1024 at a time, so memory is 1024 (p + q) + p q numbers whatever n is.
///
/// Complexity   2 n p q operations, n p (p + 128) for the symmetric form.
/// Determinism  the order of sums depends on the shapes alone; on cpu the same bytes for any number of threads.
/// Errors       shape_error when rows or means do not fit, or with fewer than two rows.
template <class T, class U, Device D>
matrix<double, cpu> covariance(context<cpu>& host, context<D>& ctx, matrix_view<T, D> x,
                               const std::vector<double>& mean_x, matrix_view<U, D> y,
                               const std::vector<double>& mean_y, bool symmetric = false) {
  using X = std::remove_const_t<T>;
  using Y = std::remove_const_t<U>;
  const index_t n = x.rows(), p = x.cols(), q = y.cols();
  expects(n == y.rows(), "linalg::covariance: {} rows and {} rows", n, y.rows());
  expects(n >= 2, "linalg::covariance: {} rows, 2 are needed", n);
  expects(static_cast<index_t>(mean_x.size()) == p && static_cast<index_t>(mean_y.size()) == q,
          "linalg::covariance: {} and {} columns but {} and {} means", p, q, mean_x.size(), mean_y.size());
  const vector<double, D> origin_x(ctx, mean_x), origin_y(ctx, mean_y);
  matrix<double, D> sums(ctx, p, q);
  const index_t chunk = n < detail::covariance_rows ? n : detail::covariance_rows;
  const scratch_scope scope(ctx);
  const matrix_view<double, D> centred_x = scratch_matrix<double>(ctx, chunk, p);
  const matrix_view<double, D> centred_y = symmetric ? centred_x : scratch_matrix<double>(ctx, chunk, q);
  for (index_t r = 0; r < n; r += chunk) {
    const index_t here = chunk < n - r ? chunk : n - r;
    ctx.for_each(here, p, detail::centre_at<X, D>{x.middle_rows(r, here), origin_x.view(), centred_x});
    if (!symmetric) ctx.for_each(here, q, detail::centre_at<Y, D>{y.middle_rows(r, here), origin_y.view(), centred_y});
    detail::add_product<D>(ctx, centred_x.middle_rows(0, here), centred_y.middle_rows(0, here), symmetric,
                           r == 0 ? 0.0 : 1.0, sums.view());
  }
  matrix<double, cpu> c(host, p, q, sums.to_host());
  const double scale = 1.0 / static_cast<double>(n - 1);
  const matrix_view<double, cpu> v = c.view();
  for (index_t i = 0; i < p; ++i)
    for (index_t j = 0; j < q; ++j) v(i, j) = symmetric && j > i ? 0.0 : v(i, j) * scale;
  if (symmetric)
    for (index_t i = 0; i < p; ++i)
      for (index_t j = i + 1; j < p; ++j) v(i, j) = v(j, i);
  return c;
}

/// Covariance of the columns of x with each other; see above.
template <class T, Device D>
matrix<double, cpu> covariance(context<cpu>& host, context<D>& ctx, matrix_view<T, D> x,
                               const std::vector<double>& means) {
  return covariance(host, ctx, x, means, x, means, true);
}

}  // namespace kindred::linalg
