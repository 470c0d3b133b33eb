// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <span>
#include <vector>

namespace kindred::projection {

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
