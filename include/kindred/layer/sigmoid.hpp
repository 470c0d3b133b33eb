// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

namespace detail {
struct sigmoid_value {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return math::sigmoid(x);
  }
};
struct sigmoid_derivative {
  template <class T>
  KINDRED_HD T operator()(T y, T dy) const {
    return dy * y * (T(1) - y);
  }
};
}  // namespace detail

/// Logistic function: y = 1 / (1 + exp(-x)), dx = dy y (1 - y).
///
/// Complexity   O(numbers), no cache.
/// Determinism  as math::sigmoid.
/// Reference    PyTorch's Sigmoid, without deviation.
struct sigmoid : pointwise<sigmoid> {
  static constexpr bool derivative_of_y = true;
  detail::sigmoid_value value() const { return {}; }
  detail::sigmoid_derivative derivative() const { return {}; }
  std::string description() const { return "sigmoid()"; }
};
static_assert(Layer<sigmoid>);

}  // namespace kindred::layer
