// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
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
