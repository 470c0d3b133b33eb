// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/math.hpp>
#include <span>
#include <vector>

namespace kindred::projection {

/// A positive semi-definite function of two rows, told by their inner product and squared lengths:
/// k(a . b, a . a, b . b) -> double. To project on a GPU it must be callable there (KINDRED_HD).
template <class K>
concept Kernel = std::copyable<K> && requires(const K& kernel, double v) {
  { kernel(v, v, v) } -> std::convertible_to<double>;
};

/// A Kernel that may take its width from the training rows: when wants_distance(), a learner uses
/// with_distance(median distance between training rows) instead.
template <class K>
concept DistanceKernel = Kernel<K> && requires(const K& kernel, double distance) {
  { kernel.wants_distance() } -> std::convertible_to<bool>;
  { kernel.with_distance(distance) } -> std::same_as<K>;
};

/// A Kernel that can be saved with what it was fitted to: a static name and the numbers it consists of. K{} has as many
/// of them as every other one; accepts() says whether such numbers make a kernel that projects.
template <class K>
concept StoredKernel = Kernel<K> && requires(const K& kernel, std::span<const double> numbers) {
  { K::name } -> std::convertible_to<const char*>;
  { K{}.parameters() } -> std::same_as<std::vector<double>>;
  { K::accepts(numbers) } -> std::convertible_to<bool>;
  { K::from_parameters(numbers) } -> std::same_as<K>;
};

/// k(a, b) = a . b
struct linear_kernel {
  static constexpr const char* name = "linear_kernel";
  std::vector<double> parameters() const { return {}; }
  static bool accepts(std::span<const double>) { return true; }
  static linear_kernel from_parameters(std::span<const double>) { return {}; }

  KINDRED_HD double operator()(double dot, double, double) const { return dot; }
};

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

/// k(a, b) = (scale a . b + offset)^degree
struct polynomial_kernel {
  int degree = 3;     ///< at least 1
  double scale = 1;   ///< > 0; 1 / columns keeps the powers of standardized rows moderate
  double offset = 1;  ///< at least 0; 0 keeps the terms of highest degree only

  static constexpr const char* name = "polynomial_kernel";
  std::vector<double> parameters() const { return {static_cast<double>(degree), scale, offset}; }
  static bool accepts(std::span<const double> p) {
    return p[0] >= 1 && p[0] <= 1000 && p[1] > 0 && p[1] < 1e300 && p[2] >= 0 && p[2] < 1e300;
  }
  static polynomial_kernel from_parameters(std::span<const double> p) { return {static_cast<int>(p[0]), p[1], p[2]}; }

  KINDRED_HD double operator()(double dot, double, double) const {
    double result = 1;
    for (int i = 0; i < degree; ++i) result *= scale * dot + offset;
    return result;
  }
};

}  // namespace kindred::projection
