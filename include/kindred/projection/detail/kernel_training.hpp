// SPDX-License-Identifier: Apache-2.0
/// @file
/// What kcca does on the host, in double, once its kernels are numbers.
#pragma once

#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/kernel_map.hpp>

namespace kindred::projection::detail {

/// Standardized training rows of one view with their squared lengths.
struct kernel_rows {
  matrix<double, cpu> rows;
  vector<double, cpu> squares;
};
kernel_rows with_squares(context<cpu>& host, matrix<double, cpu> rows);

/// The median rule of gaussian_kernel. Errors: argument_error when all rows are equal.
template <std::same_as<double> T = double>
double median_distance(context<cpu>& host, const kernel_rows& x, const char* who, const char* view);

/// rows(a) x rows(b) kernel values.
template <class K>
matrix<double, cpu> kernel_matrix(context<cpu>& host, const kernel_rows& a, const kernel_rows& b, const K& kernel) {
  matrix<double, cpu> values = product(host, a.rows, transpose::no, b.rows, transpose::yes);
  host.for_each(values.rows(), values.cols(),
                kernel_at<K, cpu>{kernel, values.view(), a.squares.view(), b.squares.view()});
  return values;
}

/// Rows `which` of x.
kernel_rows selected_rows(context<cpu>& host, const kernel_rows& x, const std::vector<index_t>& which);

/// `count` of n positions, drawn without repetition, ascending.
std::vector<index_t> drawn_positions(index_t n, index_t count, std::uint64_t seed);

/// Coefficients of both views over their landmarks, and the regularized correlations.
struct kernel_pairs {
  matrix<double, cpu> first, second;  // m x k
  std::vector<double> first_offsets, second_offsets, values;
};

/// Both constraints need `ridge` = n kappa > 0. Kernel matrices come uncentred and are used up.
template <std::same_as<double> T = double>
kernel_pairs dense_bach_jordan(context<cpu>& host, matrix<T, cpu> x, matrix<T, cpu> y, double ridge, index_t dimensions,
                               std::uint64_t seed, const char* who);
template <std::same_as<double> T = double>
kernel_pairs dense_hardoon(context<cpu>& host, matrix<T, cpu> x, matrix<T, cpu> y, double ridge, index_t dimensions,
                           const char* who);

/// Explicit features whose inner products stand for the kernel; `to_coefficients` turns weights of the features into
/// coefficients over the landmarks.
struct kernel_features {
  std::vector<index_t> landmarks;
  matrix<double, cpu> values;           // n x m
  matrix<double, cpu> to_coefficients;  // m x m
};
template <std::same_as<double> T = double>
kernel_pairs feature_pairs(context<cpu>& host, const kernel_features& x, const kernel_features& y, double ridge,
                           bool hardoon, index_t dimensions, const char* who);

/// Kzz^-1/2 applied to K_nz.
template <std::same_as<double> T = double>
kernel_features nystroem_features(context<cpu>& host, std::vector<index_t> landmarks, const matrix<T, cpu>& across,
                                  const matrix<T, cpu>& within);

/// Incomplete Cholesky factor of a kernel matrix of which only the diagonal and the pivots' columns are computed: the
/// next pivot is the row with the largest residual, of several the first.
class incomplete_cholesky {
 public:
  incomplete_cholesky(context<cpu>& host, std::vector<double> diagonal, index_t most, double precision);
  /// The next pivot, or -1 when the residual is small or there are enough.
  index_t next() const;
  /// Takes the column of the kernel matrix that next() named.
  void add(const matrix<double, cpu>& column);
  kernel_features features() const;

 private:
  context<cpu>* host_;
  std::vector<double> residual_;
  double least_;
  matrix<double, cpu> factor_;  // n x most
  std::vector<index_t> pivots_;
};

template <class K>
kernel_features cholesky_features(context<cpu>& host, const kernel_rows& x, const K& kernel, index_t most,
                                  double precision) {
  std::vector<double> diagonal(static_cast<std::size_t>(x.rows.rows()));
  for (std::size_t i = 0; i < diagonal.size(); ++i) {
    const double square = x.squares.data()[i];
    diagonal[i] = kernel(square, square, square);
  }
  incomplete_cholesky factor(host, std::move(diagonal), most, precision);
  for (index_t pivot = factor.next(); pivot >= 0; pivot = factor.next())
    factor.add(kernel_matrix(host, x, selected_rows(host, x, {pivot}), kernel));
  return factor.features();
}

/// Fixes signs (the coefficient of largest magnitude of each first column is positive), drops pairs whose value is at
/// most 1e-6 of the largest one, multiplies by value^power.
void finish(context<cpu>& host, kernel_pairs& pairs, double power);

}  // namespace kindred::projection::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/kernel_training_impl.hpp>
#endif
