// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>

namespace kindred::check {

/// Where an analytic gradient is furthest from the numeric one.
struct gradient_comparison {
  double error = 0;     ///< largest |analytic - numeric| / max(1, |analytic| + |numeric|); NaN where a value is NaN
  index_t at = -1;      ///< position of that element, -1 for no elements
  double analytic = 0;  ///< the value given there
  double numeric = 0;   ///< the central difference there
};

/// Compares a gradient with central differences: numeric_i = (f(x + step e_i) - f(x - step e_i)) / (2 step).
///
/// f          returns a double computed from the current contents of x
/// x          elements f reads, in host memory; restored on return
/// analytic   the gradient of f at x to be checked, one element per element of x
/// step       at 1e-6 and values near 1, a right gradient of a smooth function comes to about 1e-9; 1e-6 is the limit
///            that every layer of the library keeps. Functions with kinks are checked away from them.
///
/// Complexity   two calls of f per element.
/// Errors       shape_error if analytic and x differ in size; argument_error for a step that is not above 0.
template <class F>
gradient_comparison compare_gradient(F&& f, std::span<double> x, std::span<const double> analytic, double step = 1e-6) {
  expects(x.size() == analytic.size(), "check::compare_gradient: {} elements but a gradient of {}", x.size(),
          analytic.size());
  expects<argument_error>(step > 0, "check::compare_gradient: step {}", step);
  gradient_comparison worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double kept = x[i];
    x[i] = kept + step;
    const double up = f();
    x[i] = kept - step;
    const double down = f();
    x[i] = kept;
    const double numeric = (up - down) / (2 * step);
    const double scale = std::abs(numeric) + std::abs(analytic[i]);
    const double error = std::abs(numeric - analytic[i]) / (scale > 1 ? scale : 1);
    // written so that a NaN is kept and reported
    if (worst.at < 0 || !(error <= worst.error)) worst = {error, static_cast<index_t>(i), analytic[i], numeric};
    if (error != error) break;
  }
  return worst;
}

/// The error of compare_gradient() alone.
template <class F>
double gradient_error(F&& f, std::span<double> x, std::span<const double> analytic, double step = 1e-6) {
  return compare_gradient(f, x, analytic, step).error;
}

}  // namespace kindred::check
