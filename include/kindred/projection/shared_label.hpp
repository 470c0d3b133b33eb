// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <span>

namespace kindred::projection {

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

}  // namespace kindred::projection
