// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness.hpp"
#include "matrix_fixture.hpp"

// Stored values and gradients from tests/reference/loss_pairs.py.
namespace loss_test {

inline std::vector<double> given(const std::string& name) {
  context<cpu> ctx;
  return matrix_fixture(ctx, "loss/pairs.txt", name).to_host();
}
inline std::vector<double> operator+(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline bool close(double a, double b) { return std::abs(a - b) <= 1e-11 * (1 + std::abs(a) + std::abs(b)); }

/// The outcome is that of the reference.
inline void check_fixture(const outcome& found, const std::string& name) {
  CAPTURE(name);
  const double value = given(name)[0];
  CAPTURE(found.value);
  CAPTURE(value);
  CHECK(close(found.value, value));
  const std::vector<double> gradient = given(name + ".gradient");
  REQUIRE(found.gradient.size() == gradient.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    CAPTURE(i);
    CAPTURE(found.gradient[i]);
    CAPTURE(gradient[i]);
    CHECK(close(found.gradient[i], gradient[i]));
  }
}

/// Largest error of the gradient against fourth-order central differences, which reach below 1e-8 where those of second
/// order stop.
inline double gradient_error(const subject& s, std::vector<double> x) {
  const std::vector<double> analytic = evaluate(s, x).gradient;
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double kept = x[i], step = 1e-3;
    const auto at = [&](double steps) {
      x[i] = kept + steps * step;
      return evaluate(s, x).value;
    };
    const double numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
    x[i] = kept;
    const double error = std::abs(numeric - analytic[i]) / std::max(1.0, std::abs(numeric) + std::abs(analytic[i]));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

}  // namespace loss_test
