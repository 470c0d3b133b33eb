// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <span>
#include <vector>

namespace kindred::projection {

/// k(a, b) = exp(-|a - b|^2 / (2 width^2))
///
/// The median rule: with width 0 a learner takes the median Euclidean distance between the training rows of the view
/// (between all pairs; of more than 2500 rows between 2500 evenly spaced ones; an even number of distances: the mean of
/// the two middle ones; where the median is 0, the mean distance). Other conventions: gamma = 1 / (2 width^2).
struct gaussian_kernel {
  double width = 0;  ///< in units of a distance; 0: the median rule

  static constexpr const char* name = "gaussian_kernel";
  std::vector<double> parameters() const { return {width}; }
  static bool accepts(std::span<const double> p) { return p[0] > 0 && p[0] < 1e300; }
  static gaussian_kernel from_parameters(std::span<const double> p) { return {p[0]}; }

  bool wants_distance() const { return width == 0; }
  gaussian_kernel with_distance(double median) const { return {median}; }
  /// From the inner product of two rows and their squared lengths.
  KINDRED_HD double operator()(double dot, double square_a, double square_b) const {
    const double square = square_a + square_b - 2 * dot;
    return math::exp(square <= 0 ? 0.0 : -square / (2 * width * width));  // NaN stays NaN
  }
};

}  // namespace kindred::projection
