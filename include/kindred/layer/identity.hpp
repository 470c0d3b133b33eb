// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

namespace detail {
struct identity_value {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return x;
  }
};
struct identity_derivative {
  template <class T>
  KINDRED_HD T operator()(T, T dy) const {
    return dy;
  }
};
}  // namespace detail

/// y = x: the shortcut of residual, or what stands for a layer that is left out.
///
/// Complexity   O(numbers), no cache.
/// Determinism  bit-equal on every device.
struct identity : pointwise<identity> {
  static constexpr bool derivative_of_y = true;
  detail::identity_value value() const { return {}; }
  detail::identity_derivative derivative() const { return {}; }
  std::string description() const { return "identity()"; }
};
static_assert(Layer<identity>);

}  // namespace kindred::layer
