// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the learners of maps into the space of the classes share.
#pragma once

#include <cmath>
#include <kindred/core/random.hpp>
#include <kindred/projection/detail/graph_training_impl.hpp>
#include <limits>

namespace kindred::projection::detail {

KINDRED_INLINE matrix<double, cpu> uniform_start(context<cpu>& host, index_t rows, index_t cols, std::uint64_t seed) {
  matrix<double, cpu> p(host, rows, cols, uninitialized);
  for (index_t i = 0; i < rows * cols; ++i) p.data()[i] = random::uniform(seed, 0, static_cast<std::uint64_t>(i));
  return p;
}

/// The length of row i of p; not below 1e-12, so that rows that vanish stay there.
KINDRED_INLINE double row_length(const_matrix<double, cpu> p, index_t i) {
  double square = 0;
  for (index_t j = 0; j < p.cols(); ++j) square += p(i, j) * p(i, j);
  return std::sqrt(square);
}
KINDRED_INLINE double row_lengths(const_matrix<double, cpu> p) {
  double sum = 0;
  for (index_t i = 0; i < p.rows(); ++i) sum += row_length(p, i);
  return sum;
}

/// Throws argument_error where the labelled rows of a view are all alike, or squares of their values overflow.
KINDRED_INLINE void expect_variation(const graph_set& set, const char* who) {
  for (const graph_view* view : {&set.first, &set.second}) {
    const char* const name = view == &set.first ? "first" : "second";
    double sum = 0;
    for (index_t r = 0; r < set.labelled(); ++r)
      for (const double v : view->rows.view().row(r)) sum += v * v;
    expects<argument_error>(sum <= std::numeric_limits<double>::max(),
                            "{}: the values of the {} view are too large, their squares sum to {}", who, name, sum);
    expects<argument_error>(sum > 0, "{}: {} view does not vary", who, name);
  }
}

/// system(i, i) += gamma / (2 |row i of p|): half the gradient of gamma |p|_2,1 at p. Rows that vanish stay where they
/// are.
KINDRED_INLINE void add_row_ridge(matrix_view<double, cpu> system, double gamma, const_matrix<double, cpu> p) {
  for (index_t i = 0; i < system.rows(); ++i) system(i, i) += gamma / (2 * std::max(row_length(p, i), 1e-12));
}

/// tr(a' b)
KINDRED_INLINE double inner(const_matrix<double, cpu> a, const_matrix<double, cpu> b) {
  double sum = 0;
  for (index_t i = 0; i < a.rows(); ++i)
    for (index_t j = 0; j < a.cols(); ++j) sum += a(i, j) * b(i, j);
  return sum;
}
/// tr(p' a p)
KINDRED_INLINE double quadratic(context<cpu>& host, const_matrix<double, cpu> p, const_matrix<double, cpu> a) {
  return inner(p, product(host, a, transpose::no, p, transpose::no));
}

}  // namespace kindred::projection::detail
