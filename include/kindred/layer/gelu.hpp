// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/pointwise.hpp>

namespace kindred::layer {

/// Which formula gelu computes.
enum class gelu_form : bool {
  exact,  ///< x Phi(x), with the distribution function of the normal distribution
  tanh    ///< x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as BERT and GPT-2 were trained with
};

namespace detail {
struct gelu_value {
  gelu_form form;
  template <class T>
  KINDRED_HD T operator()(T x) const {
    const T z = form == gelu_form::exact
                    ? math::erf(x * static_cast<T>(0.70710678118654752440))
                    : math::tanh(static_cast<T>(0.79788456080286535588) * (x + static_cast<T>(0.044715) * x * x * x));
    return static_cast<T>(0.5) * x * (T(1) + z);
  }
};
struct gelu_derivative {
  gelu_form form;
  template <class T>
  KINDRED_HD T operator()(T x, T dy) const {
    const T half = static_cast<T>(0.5);
    if (form == gelu_form::exact) {
      const T below = half * (T(1) + math::erf(x * static_cast<T>(0.70710678118654752440)));
      return dy * (below + x * static_cast<T>(0.39894228040143267794) * math::exp(-half * x * x));
    }
    const T cube = static_cast<T>(0.044715), scale = static_cast<T>(0.79788456080286535588);
    const T z = math::tanh(scale * (x + cube * x * x * x));
    return dy * half * (T(1) + z + x * (T(1) - z * z) * scale * (T(1) + T(3) * cube * x * x));
  }
};
}  // namespace detail

/// Gaussian error linear unit: y = x Phi(x), dx = dy (Phi(x) + x phi(x)).
///
/// form   exact unless given; see gelu_form
///
/// Complexity   O(numbers), no cache.
/// Determinism  as math::erf, math::tanh and math::exp.
/// Reference    Hendrycks and Gimpel 2016; PyTorch's GELU, without deviation.
struct gelu : pointwise<gelu> {
  static constexpr bool derivative_of_y = false;
  gelu_form form;  ///< the formula

  constexpr explicit gelu(gelu_form f = gelu_form::exact) : form(f) {}
  detail::gelu_value value() const { return {form}; }
  detail::gelu_derivative derivative() const { return {form}; }
  std::string description() const { return form == gelu_form::exact ? "gelu(exact)" : "gelu(tanh)"; }
};
static_assert(Layer<gelu>);

}  // namespace kindred::layer
