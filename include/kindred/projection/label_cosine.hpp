// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/config.hpp>
#include <span>

namespace kindred::projection {

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
