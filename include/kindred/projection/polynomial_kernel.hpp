// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>

namespace kindred::projection {

/// k(a, b) = (scale a . b + offset)^degree
struct polynomial_kernel {
  int degree = 3;     ///< at least 1
  double scale = 1;   ///< > 0; 1 / columns keeps the powers of standardized rows moderate
  double offset = 1;  ///< at least 0; 0 keeps the terms of highest degree only

  KINDRED_HD double operator()(double dot, double, double) const {
    double result = 1;
    for (int i = 0; i < degree; ++i) result *= scale * dot + offset;
    return result;
  }
};

}  // namespace kindred::projection
