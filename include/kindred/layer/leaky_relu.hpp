// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

namespace detail {
struct leaky_relu_value {
  double slope;
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return x > T(0) ? x : x * static_cast<T>(slope);
  }
};
struct leaky_relu_derivative {
  double slope;
  template <class T>
  KINDRED_HD T operator()(T x, T dy) const {
    return x > T(0) ? dy : dy * static_cast<T>(slope);
  }
};
}  // namespace detail

/// Rectifier that lets a part of the negative numbers through.
///
/// y = x for x > 0, else slope x;   dx = dy for x > 0, else slope dy, which is also the derivative at 0
///
/// slope   any number, 0.01 unless given
///
/// Complexity   O(numbers), no cache.
/// Determinism  bit-equal on every device.
/// Reference    PyTorch's LeakyReLU, without deviation.
struct leaky_relu : pointwise<leaky_relu> {
  static constexpr bool derivative_of_y = false;
  double slope;  ///< factor of negative numbers

  constexpr explicit leaky_relu(double s = 0.01) : slope(s) {}
  detail::leaky_relu_value value() const { return {slope}; }
  detail::leaky_relu_derivative derivative() const { return {slope}; }
  std::string description() const { return "leaky_relu(" + shown(slope) + ")"; }
};
static_assert(Layer<leaky_relu>);

}  // namespace kindred::layer
