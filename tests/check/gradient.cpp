// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/check/gradient.hpp>
#include <vector>

namespace kd = kindred;

TEST_CASE("the right gradient of a smooth function has an error far below the limit") {
  std::vector<double> x{0.3, -1.2, 2.0};
  const auto f = [&] { return std::sin(x[0]) * x[1] + std::exp(x[2] / 3); };
  const std::vector<double> gradient{std::cos(0.3) * -1.2, std::sin(0.3), std::exp(2.0 / 3) / 3};
  CHECK(kd::check::gradient_error(f, x, gradient) < 1e-8);
  CHECK(x == std::vector<double>{0.3, -1.2, 2.0});
}

TEST_CASE("a wrong element is named with both of its values") {
  std::vector<double> x{1, 2, 3};
  const auto f = [&] { return x[0] * x[0] + x[1] * x[1] + x[2] * x[2]; };
  const auto found = kd::check::compare_gradient(f, x, std::vector<double>{2, 4.5, 6});
  CHECK(found.at == 1);
  CHECK(found.analytic == 4.5);
  CHECK(found.numeric == doctest::Approx(4));
  CHECK(found.error == doctest::Approx(0.5 / 8.5));
}

TEST_CASE("NaN in the gradient is an error, not a pass") {
  std::vector<double> x{1, 2};
  const auto f = [&] { return x[0] + x[1]; };
  const double error = kd::check::gradient_error(f, x, std::vector<double>{std::nan(""), 1});
  CHECK_FALSE(error < 1e-6);
}

TEST_CASE("no elements have no error; sizes and steps are checked") {
  std::vector<double> none, one{1};
  CHECK(kd::check::gradient_error([] { return 0.0; }, none, none) == 0);
  CHECK_THROWS_AS(kd::check::gradient_error([] { return 0.0; }, one, none), kd::shape_error);
  CHECK_THROWS_AS(kd::check::gradient_error([] { return 0.0; }, one, one, 0), kd::argument_error);
}
