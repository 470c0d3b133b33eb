// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>

namespace kindred::loss {

/// max(0, v) of a violation v.
struct hinge {
  static constexpr bool slope_counts = true;  ///< the sum of slopes is the number of active violations

  /// Whether a violation adds to the value.
  template <class T>
  KINDRED_HD static constexpr bool active(T v) {
    return v > T(0);
  }
  template <class T>
  KINDRED_HD static constexpr T value(T v) {
    return v > T(0) ? v : T(0);
  }
  /// Derivative of the value.
  template <class T>
  KINDRED_HD static constexpr T slope(T v) {
    return v > T(0) ? T(1) : T(0);
  }
};

/// log(1 + exp(v)) of a violation v, computed without overflow. Every violation is active.
///
/// Reference  Hermans, Beyer, Leibe 2017; there without a margin
struct soft_margin {
  static constexpr bool slope_counts = false;

  template <class T>
  KINDRED_HD static constexpr bool active(T) {
    return true;
  }
  template <class T>
  KINDRED_HD static T value(T v) {
    return (v > T(0) ? v : T(0)) + math::log1p(math::exp(v > T(0) ? -v : v));
  }
  template <class T>
  KINDRED_HD static T slope(T v) {
    return math::sigmoid(v);
  }
};

}  // namespace kindred::loss
