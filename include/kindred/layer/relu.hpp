// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

namespace detail {
// written so that NaN stays NaN
struct relu_value {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return x <= T(0) ? T(0) : x;
  }
};
struct relu_derivative {
  template <class T>
  KINDRED_HD T operator()(T y, T dy) const {
    return y <= T(0) ? T(0) : dy;
  }
};
}  // namespace detail

/// Rectifier: y = max(x, 0), dx = dy where x > 0, else 0; the derivative at 0 is 0. NaN stays NaN.
///
/// Complexity   O(numbers), no cache.
/// Determinism  bit-equal on every device.
/// Reference    PyTorch's ReLU, without deviation.
struct relu : pointwise<relu> {
  static constexpr bool derivative_of_y = true;
  detail::relu_value value() const { return {}; }
  detail::relu_derivative derivative() const { return {}; }
  std::string description() const { return "relu()"; }
};
static_assert(Layer<relu>);

}  // namespace kindred::layer
