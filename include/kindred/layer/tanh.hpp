// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

namespace detail {
struct tanh_value {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return math::tanh(x);
  }
};
struct tanh_derivative {
  template <class T>
  KINDRED_HD T operator()(T y, T dy) const {
    return dy * (T(1) - y * y);
  }
};
}  // namespace detail

/// Hyperbolic tangent: y = tanh(x), dx = dy (1 - y^2).
///
/// Complexity   O(numbers), no cache.
/// Determinism  as math::tanh.
/// Reference    PyTorch's Tanh, without deviation.
struct tanh : pointwise<tanh> {
  static constexpr bool derivative_of_y = true;
  detail::tanh_value value() const { return {}; }
  detail::tanh_derivative derivative() const { return {}; }
  std::string description() const { return "tanh()"; }
};
static_assert(Layer<tanh>);

}  // namespace kindred::layer
