// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/config.hpp>
#include <kindred/core/option.hpp>
#include <span>

namespace kindred::projection {

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

}  // namespace kindred::projection
