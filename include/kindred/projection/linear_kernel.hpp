// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>

namespace kindred::projection {

/// k(a, b) = a . b
struct linear_kernel {
  KINDRED_HD double operator()(double dot, double, double) const { return dot; }
};

}  // namespace kindred::projection
