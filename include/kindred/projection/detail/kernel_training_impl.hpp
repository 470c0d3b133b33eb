// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/random.hpp>
#include <kindred/linalg/cholesky.hpp>
#include <kindred/linalg/inverse_root.hpp>
#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <kindred/projection/detail/kernel_training.hpp>
#include <kindred/projection/detail/training_impl.hpp>
#include <utility>

namespace kindred::projection::detail {

KINDRED_INLINE kernel_rows with_squares(context<cpu>& host, matrix<double, cpu> rows) {
  vector<double, cpu> squares(host, rows.rows());
  host.for_each(rows.rows(), square_length_at<cpu>{rows.view(), squares.view()});
  return {std::move(rows), std::move(squares)};
}

KINDRED_INLINE kernel_rows selected_rows(context<cpu>& host, const kernel_rows& x, const std::vector<index_t>& which) {
  kernel_rows out{matrix<double, cpu>(host, static_cast<index_t>(which.size()), x.rows.cols(), uninitialized),
                  vector<double, cpu>(host, static_cast<index_t>(which.size()), uninitialized)};
  for (index_t i = 0; i < out.rows.rows(); ++i) {
    const index_t from = which[static_cast<std::size_t>(i)];
    for (index_t c = 0; c < x.rows.cols(); ++c) out.rows.view()(i, c) = x.rows.view()(from, c);
    out.squares.view()(i) = x.squares.view()(from);
  }
  return out;
}

KINDRED_INLINE std::vector<index_t> drawn_positions(index_t n, index_t count, std::uint64_t seed) {
  std::vector<index_t> all(static_cast<std::size_t>(n));
  for (index_t i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = i;
  for (index_t i = 0; i < count; ++i)
    std::swap(all[static_cast<std::size_t>(i)],
              all[static_cast<std::size_t>(i + random::below(n - i, seed, 0, static_cast<std::uint64_t>(i)))]);
  all.resize(static_cast<std::size_t>(count));
  std::sort(all.begin(), all.end());
  return all;
}

template <std::same_as<double> T>
double median_distance(context<cpu>& host, const kernel_rows& x, const char* who, const char* view) {
  const index_t n = x.rows.rows(), m = std::min<index_t>(n, 2500);
  std::vector<index_t> which(static_cast<std::size_t>(m));
  for (index_t i = 0; i < m; ++i) which[static_cast<std::size_t>(i)] = i * n / m;
  const kernel_rows sample = selected_rows(host, x, which);
  const matrix<T, cpu> dots = product(host, sample.rows, transpose::no, sample.rows, transpose::yes);
  std::vector<double> squares;
  squares.reserve(static_cast<std::size_t>(m * (m - 1) / 2));
  double sum = 0;
  for (index_t i = 0; i < m; ++i)
    for (index_t j = 0; j < i; ++j) {
      const double both = sample.squares.view()(i) + sample.squares.view()(j), square = both - 2 * dots.view()(i, j);
      squares.push_back(square > 1e-14 * both ? square : 0);  // below, the difference is rounding
      sum += std::sqrt(squares.back());
    }
  expects<argument_error>(sum > 0, "{}: {} view does not vary", who, view);
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2);
  std::nth_element(squares.begin(), middle, squares.end());
  double median = std::sqrt(*middle);
  if (squares.size() % 2 == 0) median = (median + std::sqrt(*std::max_element(squares.begin(), middle))) / 2;
  return median > 0 ? median : sum / static_cast<double>(squares.size());
}

/// K := H K H, H = I - 1 1'/n; returns the column means before.
KINDRED_INLINE std::vector<double> centre_kernel(context<cpu>& host, matrix_view<double, cpu> k) {
  const index_t n = k.rows();
  std::vector<double> means(static_cast<std::size_t>(n), 0);
  double* const mean = means.data();
  // K is symmetric: rows for columns
  host.for_each_row(n, n, [=](const auto&, index_t r) {
    double sum = 0;
    for (index_t c = 0; c < n; ++c) sum += k(r, c);
    mean[r] = sum / static_cast<double>(n);
  });
  double grand = 0;
  for (index_t i = 0; i < n; ++i) grand += mean[i];
  grand /= static_cast<double>(n);
  host.for_each(n, n, [=](index_t r, index_t c) { k(r, c) = (k(r, c) - (mean[r] + mean[c])) + grand; });
  return means;
}

/// Subtracts the column means of `a`; with centred coefficients only the training kernel's column means remain to be
/// subtracted from a projection: means' a.
KINDRED_INLINE std::vector<double> centred_coefficients(matrix_view<double, cpu> a, const std::vector<double>& means) {
  std::vector<double> offsets(static_cast<std::size_t>(a.cols()), 0);
  for (index_t j = 0; j < a.cols(); ++j) {
    double mean = 0;
    for (index_t i = 0; i < a.rows(); ++i) mean += a(i, j);
    mean /= static_cast<double>(a.rows());
    for (index_t i = 0; i < a.rows(); ++i) {
      a(i, j) -= mean;
      offsets[static_cast<std::size_t>(j)] += means[static_cast<std::size_t>(i)] * a(i, j);
    }
  }
  return offsets;
}

template <std::same_as<double> T>
linalg::cholesky<T> regularized(context<cpu>& host, matrix<T, cpu> k, double ridge, const char* who, const char* view) {
  for (index_t i = 0; i < k.rows(); ++i) k.view()(i, i) += ridge;
  linalg::cholesky<T> factor(host, std::move(k));
  expects<argument_error>(factor.positive_definite(),
                          "{}: the kernel of the {} view is not positive semi-definite (or not finite) at row {}", who,
                          view, factor.failed_at());
  return factor;
}

template <std::same_as<double> T>
kernel_pairs dense_bach_jordan(context<cpu>& host, matrix<T, cpu> x, matrix<T, cpu> y, double ridge, index_t dimensions,
                               std::uint64_t seed, const char* who) {
  const index_t n = x.rows(), k = dimensions > 0 ? std::min(dimensions, n - 1) : n - 1;
  const std::vector<double> means_x = centre_kernel(host, x.view()), means_y = centre_kernel(host, y.view());
  const linalg::cholesky<T> a = regularized(host, std::move(x), ridge, who, "first");
  const linalg::cholesky<T> b = regularized(host, std::move(y), ridge, who, "second");
  // R = K (K + ridge)^-1 = I - ridge (K + ridge)^-1; the wanted triplets are those of R_x R_y
  const auto shrink = [&](const linalg::cholesky<T>& factor, matrix_view<T, cpu> v) {
    matrix<T, cpu> solved(host, v.rows(), v.cols(), uninitialized);
    for (index_t i = 0; i < v.rows(); ++i)
      for (index_t j = 0; j < v.cols(); ++j) solved.view()(i, j) = v(i, j);
    factor.solve(host, solved.view());
    for (index_t i = 0; i < v.rows(); ++i)
      for (index_t j = 0; j < v.cols(); ++j) v(i, j) -= ridge * solved.view()(i, j);
  };
  const auto apply = [&](matrix_view<const T, cpu> in, matrix_view<T, cpu> out) {
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < in.cols(); ++j) out(i, j) = in(i, j);
    shrink(a, out);
    shrink(b, out);
    shrink(b, out);
    shrink(a, out);
  };
  kernel_pairs pairs{matrix<T, cpu>(host, n, k), matrix<T, cpu>(host, n, k), {}, {}, {}};
  vector<T, cpu> squares(host, k);
  linalg::leading_eigen(host, n, apply, squares.view(), pairs.first.view(),
                        {.block = 0, .tolerance = 1e-13, .seed = seed});
  pairs.second = pairs.first.clone();
  shrink(a, pairs.second.view());
  shrink(b, pairs.second.view());
  for (index_t j = 0; j < k; ++j) {
    const double value = std::sqrt(std::max(squares.view()(j), 0.0));
    pairs.values.push_back(value);
    for (index_t i = 0; i < n; ++i) pairs.second.view()(i, j) /= value > 0 ? value : 1;
  }
  a.solve(host, pairs.first.view());
  b.solve(host, pairs.second.view());
  pairs.first_offsets = centred_coefficients(pairs.first.view(), means_x);
  pairs.second_offsets = centred_coefficients(pairs.second.view(), means_y);
  return pairs;
}

template <std::same_as<double> T>
kernel_pairs dense_hardoon(context<cpu>& host, matrix<T, cpu> x, matrix<T, cpu> y, double ridge, index_t dimensions,
                           const char* who) {
  const std::vector<double> means_x = centre_kernel(host, x.view()), means_y = centre_kernel(host, y.view());
  const directions a = directions_of_covariance(host, x, who, "first");
  const directions b = directions_of_covariance(host, y, who, "second");
  // K = U E U': scores U (E / (E + ridge))^1/2 u have unit length, coefficients U (E (E + ridge))^-1/2 u give them
  const auto scales = [ridge](const directions& d, bool coefficients) {
    std::vector<double> out = d.variances;
    for (double& e : out) e = coefficients ? 1 / std::sqrt(e * (e + ridge)) : std::sqrt(e / (e + ridge));
    return out;
  };
  matrix<T, cpu> between = product(host, a.basis, transpose::yes, b.basis, transpose::no);
  scale_both(between.view(), scales(a, false), scales(b, false));
  paired_weights found = singular_pairs(host, between, dimensions);
  const std::vector<double> ones(found.values.size(), 1);
  scale_both(found.first.view(), scales(a, true), ones);
  scale_both(found.second.view(), scales(b, true), ones);
  kernel_pairs pairs{product(host, a.basis, transpose::no, found.first, transpose::no),
                     product(host, b.basis, transpose::no, found.second, transpose::no),
                     {},
                     {},
                     std::move(found.values)};
  pairs.first_offsets = centred_coefficients(pairs.first.view(), means_x);
  pairs.second_offsets = centred_coefficients(pairs.second.view(), means_y);
  return pairs;
}

template <std::same_as<double> T>
kernel_features nystroem_features(context<cpu>& host, std::vector<index_t> landmarks, const matrix<T, cpu>& across,
                                  const matrix<T, cpu>& within) {
  matrix<T, cpu> root(host, within.rows(), within.rows(), uninitialized);
  linalg::inverse_root(host, within, 1e-12, root.view());
  matrix<T, cpu> values = product(host, across, transpose::no, root, transpose::no);
  return {std::move(landmarks), std::move(values), std::move(root)};
}

KINDRED_INLINE incomplete_cholesky::incomplete_cholesky(context<cpu>& host, std::vector<double> diagonal, index_t most,
                                                        double precision)
    : host_(&host),
      residual_(std::move(diagonal)),
      least_(precision * *std::max_element(residual_.begin(), residual_.end())),
      factor_(host, static_cast<index_t>(residual_.size()), most) {}

KINDRED_INLINE index_t incomplete_cholesky::next() const {
  if (static_cast<index_t>(pivots_.size()) == factor_.cols()) return -1;
  const auto largest = std::max_element(residual_.begin(), residual_.end());
  return *largest > std::max(least_, 0.0) ? largest - residual_.begin() : -1;
}

KINDRED_INLINE void incomplete_cholesky::add(const matrix<double, cpu>& column) {
  const index_t pivot = next(), j = static_cast<index_t>(pivots_.size());
  const double diagonal = std::sqrt(residual_[static_cast<std::size_t>(pivot)]);
  const matrix_view<double, cpu> f = factor_.view();
  const matrix_view<const double, cpu> k = column.view();
  double* const residual = residual_.data();
  host_->for_each_row(f.rows(), j + 1, [=](const auto&, index_t i) {
    double value = k(i, 0);
    for (index_t c = 0; c < j; ++c) value -= f(i, c) * f(pivot, c);
    if (i != pivot) {
      f(i, j) = value / diagonal;
      residual[i] -= f(i, j) * f(i, j);
    }
  });
  f(pivot, j) = diagonal;
  for (const index_t used : pivots_) f(used, j) = 0;  // exactly 0 but for rounding
  residual[pivot] = 0;
  for (const index_t used : pivots_) residual[used] = 0;
  pivots_.push_back(pivot);
}

KINDRED_INLINE kernel_features incomplete_cholesky::features() const {
  const index_t m = static_cast<index_t>(pivots_.size());
  // K_pp = L L' at the pivots p, so k(x, p) L'^-1 are the features of any x
  matrix<double, cpu> inverse(*host_, m, m);
  const auto l = [&](index_t i, index_t j) { return factor_.view()(pivots_[static_cast<std::size_t>(i)], j); };
  for (index_t i = m - 1; i >= 0; --i) {
    double* const row = &inverse.view()(i, 0);
    row[i] = 1;
    for (index_t r = i + 1; r < m; ++r) {
      const double factor = l(r, i);
      const double* const below = &inverse.view()(r, 0);
      for (index_t c = r; c < m; ++c) row[c] -= factor * below[c];
    }
    for (index_t c = i; c < m; ++c) row[c] /= l(i, i);
  }
  return {pivots_, leading_columns(*host_, factor_, m), std::move(inverse)};
}

template <std::same_as<double> T>
kernel_pairs feature_pairs(context<cpu>& host, const kernel_features& x, const kernel_features& y, double ridge,
                           bool hardoon, index_t dimensions, const char* who) {
  const double divisor = static_cast<double>(x.values.rows() - 1);
  const matrix_view<const double, cpu> views[] = {x.values.view(), y.values.view()};
  const training_set set = training_of<double, cpu>(host, host, views, 0, who);
  // e: eigenvalue of the centred kernel
  paired_weights found = whitened_pairs(host, set, dimensions, who, [=](double variance, double) {
    const double e = variance * divisor;
    return std::sqrt(divisor) * (hardoon ? 1 / std::sqrt(e + ridge) : std::sqrt(e) / (e + ridge));
  });
  const auto offsets = [&](const std::vector<double>& means, matrix_view<T, cpu> weights) {
    std::vector<double> out(static_cast<std::size_t>(weights.cols()), 0);
    for (index_t i = 0; i < weights.rows(); ++i)
      for (index_t j = 0; j < weights.cols(); ++j) {
        weights(i, j) /= std::sqrt(divisor);
        out[static_cast<std::size_t>(j)] += means[static_cast<std::size_t>(i)] * weights(i, j);
      }
    return out;
  };
  std::vector<double> offsets_x = offsets(set.views[0].means, found.first.view());
  std::vector<double> offsets_y = offsets(set.views[1].means, found.second.view());
  return {product(host, x.to_coefficients, transpose::no, found.first, transpose::no),
          product(host, y.to_coefficients, transpose::no, found.second, transpose::no), std::move(offsets_x),
          std::move(offsets_y), std::move(found.values)};
}

KINDRED_INLINE void finish(context<cpu>& host, kernel_pairs& pairs, double power) {
  std::size_t k = 0;
  while (k < pairs.values.size() && pairs.values[k] > 1e-6 * pairs.values[0]) ++k;
  pairs.values.resize(k);
  pairs.first_offsets.resize(k);
  pairs.second_offsets.resize(k);
  pairs.first = leading_columns(host, pairs.first, static_cast<index_t>(k));
  pairs.second = leading_columns(host, pairs.second, static_cast<index_t>(k));
  std::vector<double> factors(k);
  for (std::size_t j = 0; j < k; ++j) {
    factors[j] = sign_of_column(pairs.first, static_cast<index_t>(j)) * power_of(pairs.values[j], power, j);
    pairs.first_offsets[j] *= factors[j];
    pairs.second_offsets[j] *= factors[j];
  }
  scale_both(pairs.first.view(), std::vector<double>(static_cast<std::size_t>(pairs.first.rows()), 1), factors);
  scale_both(pairs.second.view(), std::vector<double>(static_cast<std::size_t>(pairs.second.rows()), 1), factors);
}

}  // namespace kindred::projection::detail
