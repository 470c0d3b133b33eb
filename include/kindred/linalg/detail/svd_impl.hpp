// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <kindred/linalg/detail/symmetric_eigen_impl.hpp>
#include <kindred/linalg/svd.hpp>
#include <limits>

namespace kindred::linalg {

namespace detail {

/// a . b, summed in eight places that the compiler can keep in vector registers.
KINDRED_INLINE double dot(const double* a, const double* b, index_t n) {
  return lane_group<8>{}.reduce(n, 0.0, plus{}, [=](index_t i) { return a[i] * b[i]; });
}

/// Rotates the rows x and y.
KINDRED_INLINE void rotate(double* x, double* y, index_t n, double c, double s) {
  for (index_t i = 0; i < n; ++i) {
    const double p = x[i], q = y[i];
    x[i] = c * p - s * q;
    y[i] = s * p + c * q;
  }
}

/// Makes the rows of `b` orthogonal to each other by rotations, which `v` takes too. Rows shorter than `noise` stay.
template <std::same_as<double> T>
void orthogonalize(context<cpu>& ctx, matrix_view<T, cpu> b, matrix_view<T, cpu> v, double noise) {
  const index_t r = b.rows();
  const scratch_scope scope(ctx);
  const matrix_view<T, cpu> gram = scratch_matrix<T>(ctx, r, r);
  const double tolerance = std::numeric_limits<double>::epsilon() * (4 + std::sqrt(static_cast<double>(b.cols())));
  for (int sweep = 0; sweep < 30; ++sweep) {
    ctx.gemm<T>(1, b, transpose::no, b, transpose::yes, 0, gram);
    bool done = true;
    for (index_t i = 0; i < r; ++i)
      for (index_t j = i + 1; j < r; ++j) {
        const double p = gram(i, i), q = gram(j, j), g = gram(i, j);
        if (!(std::min(p, q) > noise * noise) || std::abs(g) <= tolerance * std::sqrt(p) * std::sqrt(q)) continue;
        done = false;
        const double z = (q - p) / (2 * g), t = std::copysign(1.0, z) / (std::abs(z) + std::hypot(1.0, z));
        const double c = 1 / std::sqrt(1 + t * t), s = c * t;
        rotate(&b(i, 0), &b(j, 0), b.cols(), c, s);
        rotate(&v(i, 0), &v(j, 0), v.cols(), c, s);
        rotate(&gram(i, 0), &gram(j, 0), r, c, s);
        for (index_t k = 0; k < r; ++k) {
          const double x = gram(k, i), y = gram(k, j);
          gram(k, i) = c * x - s * y;
          gram(k, j) = s * x + c * y;
        }
      }
    if (done) return;
  }
}

/// Removes from `x` its parts along the first `count` rows of `rows`, twice, and gives it unit length. False when next
/// to nothing is left of it.
KINDRED_INLINE bool orthonormal_to(matrix_view<const double, cpu> rows, index_t count, double* x) {
  const index_t n = rows.cols();
  const double before = std::sqrt(dot(x, x, n));
  if (!(before > 0)) return false;
  for (index_t i = 0; i < n; ++i) x[i] /= before;
  for (int pass = 0; pass < 2; ++pass)
    for (index_t k = 0; k < count; ++k) {
      const double f = dot(&rows(k, 0), x, n);
      for (index_t i = 0; i < n; ++i) x[i] -= f * rows(k, i);
    }
  const double after = std::sqrt(dot(x, x, n));
  if (after < 1e-3) return false;
  for (index_t i = 0; i < n; ++i) x[i] /= after;
  return true;
}

}  // namespace detail

template <std::same_as<double> T>
void svd(context<cpu>& ctx, const_matrix<T, cpu> a, matrix_view<T, cpu> u, vector_view<T, cpu> values,
         matrix_view<T, cpu> v) {
  const index_t m = a.rows(), n = a.cols(), r = std::min(m, n), longer = std::max(m, n);
  expects(u.rows() == m && u.cols() == r && values.size() == r && v.rows() == n && v.cols() == r,
          "linalg::svd: a is {} x {}, u {} x {}, values {}, v {} x {}", m, n, u.rows(), u.cols(), values.size(),
          v.rows(), v.cols());
  if (r == 0) return;
  double largest = 0;
  for (index_t i = 0; i < m; ++i)
    for (index_t j = 0; j < n; ++j) {
      expects<argument_error>(std::isfinite(a(i, j)), "linalg::svd: element ({}, {}) is {}", i, j, a(i, j));
      largest = std::max(largest, std::abs(a(i, j)));
    }
  int exponent = 0;
  std::frexp(largest, &exponent);

  const scratch_scope scope(ctx);
  // short_rows = the scaled matrix or its transpose, r rows of `longer` numbers
  const bool tall = m >= n;
  const matrix_view<T, cpu> short_rows = scratch_matrix<T>(ctx, r, longer);
  for (index_t i = 0; i < m; ++i)
    for (index_t j = 0; j < n; ++j) (tall ? short_rows(j, i) : short_rows(i, j)) = std::ldexp(a(i, j), -exponent);
  const matrix_view<T, cpu> gram = scratch_matrix<T>(ctx, r, r);
  const matrix_view<T, cpu> basis = scratch_matrix<T>(ctx, r, r);
  const vector_view<T, cpu> squares = scratch_vector<T>(ctx, r);
  ctx.gemm<T>(1, short_rows, transpose::no, short_rows, transpose::yes, 0, gram);
  symmetric_eigen(ctx, gram, squares, basis);

  // rows of b: the singular vectors of the longer side times their values; rows of w: those of the shorter side
  const matrix_view<T, cpu> b = scratch_matrix<T>(ctx, r, longer);
  const matrix_view<T, cpu> w = scratch_matrix<T>(ctx, r, r);
  ctx.gemm<T>(1, basis, transpose::yes, short_rows, transpose::no, 0, b);
  for (index_t i = 0; i < r; ++i)
    for (index_t j = 0; j < r; ++j) w(i, j) = basis(j, i);
  const double noise = std::sqrt(std::max(squares(0), 0.0)) * static_cast<double>(r) * 1e-15;
  detail::orthogonalize(ctx, b, w, noise);

  std::vector<double> length(static_cast<std::size_t>(r));
  std::vector<index_t> order(static_cast<std::size_t>(r));
  for (index_t i = 0; i < r; ++i) {
    length[static_cast<std::size_t>(i)] = std::sqrt(detail::dot(&b(i, 0), &b(i, 0), longer));
    order[static_cast<std::size_t>(i)] = i;
  }
  const auto length_of = [&](index_t i) { return length[static_cast<std::size_t>(i)]; };
  std::sort(order.begin(), order.end(), [&](index_t i, index_t j) { return ahead(length_of(i), i, length_of(j), j); });

  const matrix_view<T, cpu> unit = short_rows;  // no longer needed
  index_t next_axis = 0;
  for (index_t k = 0; k < r; ++k) {
    const index_t from = order[static_cast<std::size_t>(k)];
    values(k) = std::ldexp(length_of(from), exponent);
    double* const x = &unit(k, 0);
    std::memcpy(x, &b(from, 0), static_cast<std::size_t>(longer) * sizeof(double));
    if (length_of(from) > noise)
      for (index_t i = 0; i < longer; ++i) x[i] /= length_of(from);
    else
      for (bool found = detail::orthonormal_to(unit, k, x); !found; ++next_axis) {
        std::fill(x, x + longer, 0.0);
        x[next_axis] = 1;
        found = detail::orthonormal_to(unit, k, x);
      }
    const matrix_view<T, cpu> left = tall ? unit : w;
    const index_t left_row = tall ? k : from;
    index_t peak = 0;
    for (index_t i = 1; i < m; ++i)
      if (std::abs(left(left_row, i)) > std::abs(left(left_row, peak))) peak = i;
    const double sign = left(left_row, peak) < 0 ? -1 : 1;
    for (index_t i = 0; i < m; ++i) u(i, k) = sign * (tall ? unit(k, i) : w(from, i));
    for (index_t i = 0; i < n; ++i) v(i, k) = sign * (tall ? w(from, i) : unit(k, i));
  }
}

}  // namespace kindred::linalg
