// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <span>
#include <vector>

namespace kindred::projection {

/// k(a, b) = a . b
struct linear_kernel {
  static constexpr const char* name = "linear_kernel";
  std::vector<double> parameters() const { return {}; }
  static bool accepts(std::span<const double>) { return true; }
  static linear_kernel from_parameters(std::span<const double>) { return {}; }

  KINDRED_HD double operator()(double dot, double, double) const { return dot; }
};

}  // namespace kindred::projection
