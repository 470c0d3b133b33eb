// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <limits>
#include <vector>

namespace kindred::linalg {

namespace detail {

/// Columns of the eigenvector matrix that one chunk of work holds in cache.
inline constexpr index_t eigen_panel = 32;

using eigen_lanes = double __attribute__((vector_size(64)));

KINDRED_INLINE double dot(const double* a, const double* b, index_t n) {
  eigen_lanes sum{};
  index_t i = 0;
  for (; i + 8 <= n; i += 8) {
    eigen_lanes x, y;
    std::memcpy(&x, a + i, sizeof x);
    std::memcpy(&y, b + i, sizeof y);
    sum += x * y;
  }
  double total = ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

/// row -= x a + y b
KINDRED_INLINE void subtract_both(double* row, double x, const double* a, double y, const double* b, index_t n) {
  index_t i = 0;
  for (; i + 8 <= n; i += 8) {
    eigen_lanes r, s, t;
    std::memcpy(&r, row + i, sizeof r);
    std::memcpy(&s, a + i, sizeof s);
    std::memcpy(&t, b + i, sizeof t);
    r -= x * s + y * t;
    std::memcpy(row + i, &r, sizeof r);
  }
  for (; i < n; ++i) row[i] -= x * a[i] + y * b[i];
}

/// A rotation of the neighbouring eigenvectors `at` and `at + 1`.
struct plane_rotation {
  index_t at;
  double c, s;
};

/// Reduces the symmetric `a` to tridiagonal form. On return row k of `a` holds the Householder vector of step k in its
/// elements k + 1.. and `beta(k)` its factor: H_k = I - beta v v'.
KINDRED_INLINE void tridiagonalize(context<cpu>& ctx, matrix_view<double, cpu> a, double* d, double* e, double* beta) {
  const index_t n = a.rows();
  const scratch_scope scope(ctx);
  // vectors of the update that is still owed to the rows below, and the product of this step
  double* v_before = ctx.scratch().take<double>(n);
  double* const w = ctx.scratch().take<double>(n);
  double* const p = ctx.scratch().take<double>(n);
  std::fill(v_before, v_before + n, 0.0);
  std::fill(w, w + n, 0.0);
  for (index_t k = 0; k < n; ++k) {
    double* const row = &a(k, 0);
    if (k > 0) subtract_both(row + k, v_before[k], w + k, w[k], v_before + k, n - k);
    d[k] = row[k];
    beta[k] = 0;
    if (k + 1 >= n) break;
    // v and beta so that H maps row[k+1..] onto a multiple of the first axis
    double* const v = row + k + 1;
    const index_t rest = n - k - 1;
    double largest = 0;
    for (index_t i = 1; i < rest; ++i) largest = std::max(largest, std::abs(v[i]));
    if (largest == 0) {
      e[k] = v[0];
      std::fill(v, v + rest, 0.0);
    } else {
      largest = std::max(largest, std::abs(v[0]));
      const double inverse = 1 / largest;
      for (index_t i = 0; i < rest; ++i) v[i] *= inverse;
      const double norm = std::sqrt(dot(v, v, rest)), image = v[0] > 0 ? -norm : norm;
      e[k] = image * largest;
      const double first = v[0] - image;
      v[0] = 1;
      for (index_t i = 1; i < rest; ++i) v[i] /= first;
      beta[k] = -first / image;
    }
    const double b = beta[k];
    const double* const v_now = v;
    ctx.for_each_row(rest, rest, [=](const auto&, index_t r) {
      const index_t i = k + 1 + r;
      double* const mine = &a(i, k + 1);
      if (k > 0) subtract_both(mine, v_before[i], w + k + 1, w[i], v_before + k + 1, rest);
      p[i] = b * dot(mine, v_now, rest);
    });
    const double half = 0.5 * b * dot(p + k + 1, v, rest);
    for (index_t i = 0; i < rest; ++i) {
      w[k + 1 + i] = p[k + 1 + i] - half * v[i];
      v_before[k + 1 + i] = v[i];
    }
  }
}

/// One panel of the orthogonal matrix of the reduction: columns [first, first + eigen_panel), element (r, c) at
/// panel[r * eigen_panel + c - first].
KINDRED_INLINE void orthogonal_panel(matrix_view<const double, cpu> a, const double* beta, index_t first,
                                     double* panel) {
  const index_t n = a.rows();
  constexpr index_t width = eigen_panel;
  std::fill(panel, panel + n * width, 0.0);
  for (index_t c = first; c < std::min(first + width, n); ++c) panel[c * width + (c - first)] = 1;
  for (index_t k = n - 2; k >= 0; --k) {
    if (beta[k] == 0 || k + 1 > first + width) continue;
    const double* const v = &a(k, k + 1);
    double sum[width] = {};
    for (index_t i = k + 1; i < n; ++i) {
      const double f = v[i - k - 1];
      const double* const q = panel + i * width;
      for (index_t c = 0; c < width; ++c) sum[c] += f * q[c];
    }
    for (index_t c = 0; c < width; ++c) sum[c] *= beta[k];
    for (index_t i = k + 1; i < n; ++i) {
      const double f = v[i - k - 1];
      double* const q = panel + i * width;
      for (index_t c = 0; c < width; ++c) q[c] -= f * sum[c];
    }
  }
}

/// Diagonalizes the tridiagonal matrix (d, e) and hands the rotations to `apply(first, count)` in batches.
template <class Apply>
void diagonalize(index_t n, double* d, double* e, std::vector<plane_rotation>& rotations, Apply apply) {
  constexpr std::size_t batch = 1 << 15;
  constexpr double precision = std::numeric_limits<double>::epsilon();
  rotations.reserve(batch + static_cast<std::size_t>(n));
  for (index_t l = 0; l < n; ++l) {
    for (int step = 0;; ++step) {
      index_t m = l;
      while (m + 1 < n && std::abs(e[m]) > precision * (std::abs(d[m]) + std::abs(d[m + 1]))) ++m;
      if (m == l) break;
      expects<argument_error>(step < 200, "linalg::symmetric_eigen: no convergence at eigenvalue {} of {}", l, n);
      // the shift is the eigenvalue of the leading 2 x 2 block that lies closer to d[l]
      const double q = (d[l + 1] - d[l]) / (2 * e[l]);
      double g = d[m] - d[l] + e[l] / (q + std::copysign(std::hypot(q, 1.0), q));
      double s = 1, c = 1, shift = 0;
      index_t i = m - 1;
      for (; i >= l; --i) {
        const double f = s * e[i], b = c * e[i], r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {  // the matrix falls apart here
          d[i + 1] -= shift;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        const double before = d[i + 1] - shift, t = (d[i] - before) * s + 2 * c * b;
        shift = s * t;
        d[i + 1] = before + shift;
        g = c * t - b;
        rotations.push_back({i, c, s});
      }
      if (i < l) {
        d[l] -= shift;
        e[l] = g;
        e[m] = 0;
      }
      if (rotations.size() >= batch) {
        apply();
        rotations.clear();
      }
    }
  }
  apply();
  rotations.clear();
}

}  // namespace detail

KINDRED_INLINE void symmetric_eigen(context<cpu>& ctx, const_matrix<double, cpu> a, vector_view<double, cpu> values,
                                    matrix_view<double, cpu> vectors) {
  const index_t n = a.rows();
  expects(a.cols() == n && values.size() == n && vectors.rows() == n && vectors.cols() == n,
          "linalg::symmetric_eigen: a is {} x {}, values {}, vectors {} x {}", a.rows(), a.cols(), values.size(),
          vectors.rows(), vectors.cols());
  if (n == 0) return;
  double largest = 0;
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c <= r; ++c) {
      expects<argument_error>(std::isfinite(a(r, c)), "linalg::symmetric_eigen: element ({}, {}) is {}", r, c, a(r, c));
      largest = std::max(largest, std::abs(a(r, c)));
    }
  // a power of two, so that scaling neither rounds nor lets squares overflow
  int exponent = 0;
  std::frexp(largest, &exponent);

  const scratch_scope scope(ctx);
  constexpr index_t width = detail::eigen_panel;
  const index_t panels = (n + width - 1) / width;
  const matrix_view<double, cpu> work = scratch_matrix<double>(ctx, n, n);
  double* const d = ctx.scratch().take<double>(n);
  double* const e = ctx.scratch().take<double>(n);
  double* const beta = ctx.scratch().take<double>(n);
  double* const basis = ctx.scratch().take<double>(panels * n * width);
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c <= r; ++c) work(r, c) = work(c, r) = std::ldexp(a(r, c), -exponent);
  std::fill(e, e + n, 0.0);
  detail::tridiagonalize(ctx, work, d, e, beta);

  // The columns of the orthogonal matrix Q are independent of one another, the rotations mix columns of Q: so turn
  // Q around, and every panel of its rows takes all rotations by itself.
  double* const columns = ctx.scratch().take<double>(panels * n * width);
  ctx.pool().run(panels, [&](index_t panel, int) {
    detail::orthogonal_panel(work, beta, panel * width, columns + panel * n * width);
  });
  ctx.pool().run(panels, [&](index_t panel, int) {
    double* const mine = basis + panel * n * width;
    for (index_t j = 0; j < n; ++j) {
      const double* const from = columns + j / width * n * width + j % width;
      for (index_t r = 0; r < width; ++r) {
        const index_t row = panel * width + r;
        mine[j * width + r] = row < n ? from[row * width] : 0;
      }
    }
  });
  std::vector<detail::plane_rotation> rotations;
  detail::diagonalize(n, d, e, rotations, [&] {
    const auto rotate = [&](index_t panel, int) {
      double* const mine = basis + panel * n * width;
      for (const auto& [at, c, s] : rotations) {
        double* const x = mine + at * width;
        double* const y = x + width;
        for (index_t r = 0; r < width; ++r) {
          const double p = x[r], q = y[r];
          y[r] = s * p + c * q;
          x[r] = c * p - s * q;
        }
      }
    };
    if (static_cast<index_t>(rotations.size()) * n < (1 << 16))
      for (index_t panel = 0; panel < panels; ++panel) rotate(panel, 0);
    else
      ctx.pool().run(panels, rotate);
  });

  std::vector<index_t> order(static_cast<std::size_t>(n));
  for (index_t j = 0; j < n; ++j) order[static_cast<std::size_t>(j)] = j;
  std::sort(order.begin(), order.end(), [d](index_t i, index_t j) { return ahead(d[i], i, d[j], j); });
  for (index_t j = 0; j < n; ++j) {
    const index_t from = order[static_cast<std::size_t>(j)];
    const auto entry = [&](index_t r) { return basis[r / width * n * width + from * width + r % width]; };
    index_t peak = 0;
    for (index_t r = 1; r < n; ++r)
      if (std::abs(entry(r)) > std::abs(entry(peak))) peak = r;
    const double sign = entry(peak) < 0 ? -1 : 1;
    for (index_t r = 0; r < n; ++r) vectors(r, j) = sign * entry(r);
    values(j) = std::ldexp(d[from], exponent);
  }
}

}  // namespace kindred::linalg
