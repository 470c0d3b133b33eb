// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/option.hpp>
#include <kindred/projection/detail/label_groups.hpp>
#include <span>

namespace kindred::projection {

/// How alike two items are by their labels: f(z_i, z_j) -> a finite double of at least 0, from rows of a label matrix
/// (class labels: rows with a single 1).
template <class F>
concept LabelSimilarity = std::copyable<F> && requires(const F& f, std::span<const double> z) {
  { f(z, z) } -> std::convertible_to<double>;
};

/// 1 where two items have a label in common, else 0: of class labels, whether the classes are the same.
///
/// f(a, b) = 1 if a . b > 0
struct shared_label {
  double operator()(std::span<const double> a, std::span<const double> b) const {
    double dot = 0;
    for (std::size_t i = 0; i < a.size(); ++i) dot += a[i] * b[i];
    return dot > 0 ? 1 : 0;
  }
};

/// Class labels as a view of their own: one column for each distinct label, ascending, 1 where a row has it, else 0.
///
/// labels   n of any values
/// returns  n x classes on the device of ctx
///
/// Complexity   O(n log classes + n classes) on the host.
/// Determinism  exact.
template <Scalar T, Device D>
matrix<T, D> label_indicators(context<D>& ctx, std::span<const label_t> labels) {
  const detail::label_groups groups(labels);
  const auto classes = static_cast<std::size_t>(groups.count());
  std::vector<T> values(labels.size() * classes, T(0));
  for (std::size_t i = 0; i < labels.size(); ++i)
    values[i * classes + static_cast<std::size_t>(groups.of(static_cast<index_t>(i)))] = T(1);
  return matrix<T, D>(ctx, groups.rows(), groups.count(), values);
}

/// Falls off with the distance of two label vectors, which is not squared.
///
/// f(a, b) = exp(-|a - b| / width)
///
/// Reference  the weights of the authors' fast ml-CCA.
struct label_decay {
  double width = 1;  ///< > 0

  double operator()(std::span<const double> a, std::span<const double> b) const {
    expect_positive("projection::label_decay", "width", width);
    double square = 0;
    for (std::size_t i = 0; i < a.size(); ++i) square += (a[i] - b[i]) * (a[i] - b[i]);
    return std::exp(-std::sqrt(square) / width);
  }
};

/// Cosine of two label vectors; 0 where one has no label.
///
/// f(a, b) = a . b / (|a| |b|)
struct label_cosine {
  double operator()(std::span<const double> a, std::span<const double> b) const {
    double dot = 0, square_a = 0, square_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      dot += a[i] * b[i];
      square_a += a[i] * a[i];
      square_b += b[i] * b[i];
    }
    return square_a > 0 && square_b > 0 ? dot / (std::sqrt(square_a) * std::sqrt(square_b)) : 0;
  }
};

}  // namespace kindred::projection
