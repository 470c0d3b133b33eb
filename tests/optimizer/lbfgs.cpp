// SPDX-License-Identifier: Apache-2.0
// L-BFGS against minima in closed form and against Newton's method (tests/reference/optimizer_lbfgs.py).
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/optimizer/lbfgs.hpp>
#include <limits>
#include <string>
#include <vector>

#include "matrix_fixture.hpp"

using namespace kindred;
using optimizer::lbfgs;
using optimizer::lbfgs_stop;
using input = vector_view<const double, cpu>;
using output = vector_view<double, cpu>;

namespace {

template <class F>
optimizer::lbfgs_result minimize(const lbfgs& method, std::vector<double>& x, const F& f) {
  return method.minimize({x.data(), static_cast<index_t>(x.size())}, f);
}

double rosenbrock(input x, output g) {
  double value = 0;
  for (index_t i = 0; i < x.size(); ++i) g(i) = 0;
  for (index_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x(i + 1) - x(i) * x(i), b = 1 - x(i);
    value += 100 * a * a + b * b;
    g(i) += -400 * a * x(i) - 2 * b;
    g(i + 1) += 200 * a;
  }
  return value;
}

double beale(input x, output g) {
  double value = 0;
  g(0) = g(1) = 0;
  const double wanted[] = {1.5, 2.25, 2.625};
  for (int k = 1; k <= 3; ++k) {
    const double power = std::pow(x(1), k), r = wanted[k - 1] - x(0) * (1 - power);
    value += r * r;
    g(0) += -2 * r * (1 - power);
    g(1) += 2 * r * x(0) * k * std::pow(x(1), k - 1);
  }
  return value;
}

/// sum over i of scale^(i / (n - 1)) (x_i - i)^2 / 2
auto ellipsoid(double scale) {
  return [scale](input x, output g) {
    double value = 0;
    for (index_t i = 0; i < x.size(); ++i) {
      const double w = std::pow(scale, static_cast<double>(i) / static_cast<double>(x.size() - 1));
      g(i) = w * (x(i) - static_cast<double>(i));
      value += g(i) * (x(i) - static_cast<double>(i)) / 2;
    }
    return value;
  };
}

}  // namespace

TEST_CASE("quadratic functions of any condition and scale are minimized to rounding") {
  for (const double scale : {1.0, 1e2, 1e4}) {
    CAPTURE(scale);
    std::vector<double> x(40, -3);
    const auto found = minimize({.max_iterations = 5000, .gradient_tolerance = 1e-10}, x, ellipsoid(scale));
    CHECK(found.stop == lbfgs_stop::gradient);
    CHECK(found.gradient_norm <= 1e-10);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(x[i] - static_cast<double>(i)) < 1e-9);
  }
  for (const double unit : {1e-12, 1e12}) {  // units of the value
    std::vector<double> x(40, -3);
    const auto f = [unit](input at, output g) {
      const double value = ellipsoid(100)(at, g);
      for (double& v : g) v *= unit;
      return value * unit;
    };
    const auto found = minimize({.gradient_tolerance = 1e-9 * unit}, x, f);
    CHECK(found.stop == lbfgs_stop::gradient);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(x[i] - static_cast<double>(i)) < 1e-8);
  }
}

TEST_CASE("a minimum far above zero is found as exactly as one at zero") {
  // values differ from 1e6 by less than its rounding long before the gradient is this small
  std::vector<double> x(40, -3);
  const auto f = [](input at, output g) { return ellipsoid(1e3)(at, g) + 1e6; };
  const auto found = minimize({.gradient_tolerance = 1e-10}, x, f);
  CHECK(found.stop == lbfgs_stop::gradient);
  CHECK(found.value == doctest::Approx(1e6).epsilon(1e-15));
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(x[i] - static_cast<double>(i)) < 1e-9);
}

TEST_CASE("Rosenbrock's and Beale's functions lead to their minima from the usual starts") {
  std::vector<double> x{-1.2, 1};
  auto found = minimize({.gradient_tolerance = 1e-10}, x, rosenbrock);
  CHECK(found.stop == lbfgs_stop::gradient);
  CHECK(found.iterations < 60);
  CHECK(found.value < 1e-20);
  for (const double v : x) CHECK(std::abs(v - 1) < 1e-9);
  std::vector<double> many(100);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = i % 2 == 0 ? -1.2 : 1;
  found = minimize({.max_iterations = 5000, .gradient_tolerance = 1e-9}, many, rosenbrock);
  CHECK(found.stop == lbfgs_stop::gradient);
  std::vector<double> g(100);
  CHECK(rosenbrock({many.data(), 100}, {g.data(), 100}) == found.value);
  for (std::size_t start = 0; start < 2; ++start) {
    x = start == 0 ? std::vector<double>{1, 1} : std::vector<double>{0, 0};
    found = minimize({.gradient_tolerance = 1e-10}, x, beale);
    CHECK(found.stop == lbfgs_stop::gradient);
    CHECK(std::abs(x[0] - 3) < 1e-8);
    CHECK(std::abs(x[1] - 0.5) < 1e-8);
  }
}

TEST_CASE("a regularized log-sum-exp and a robust fit equal Newton's method") {
  context<cpu> ctx;
  const auto load = [&](const std::string& name) { return matrix_fixture(ctx, "optimizer/lbfgs.txt", name).to_host(); };
  const auto compare = [&](const std::string& name, std::size_t n, const auto& f) {
    CAPTURE(name);
    for (const index_t history : {1, 3, 10}) {
      std::vector<double> x(n, 0);
      const auto found = minimize({.history = history, .gradient_tolerance = 1e-11}, x, f);
      const auto expected = load(name + "_x");
      CHECK(found.stop == lbfgs_stop::gradient);
      CHECK(found.value == doctest::Approx(load(name + "_value")[0]).epsilon(1e-14));
      for (std::size_t i = 0; i < n; ++i) CHECK(std::abs(x[i] - expected[i]) < 1e-9);
    }
  };
  const auto a = load("log_sum_a"), b = load("log_sum_b"), c = load("robust_c"), d = load("robust_d");
  const auto row = [](const std::vector<double>& m, std::size_t i, input x) {
    double sum = 0;
    for (index_t j = 0; j < x.size(); ++j)
      sum += m[i * static_cast<std::size_t>(x.size()) + static_cast<std::size_t>(j)] * x(j);
    return sum;
  };
  compare("log_sum", 8, [&](input x, output g) {
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < b.size(); ++i) sum += std::exp(row(a, i, x) - b[i]);
    for (index_t j = 0; j < 8; ++j) {
      g(j) = x(j) / 10;
      square += x(j) * x(j);
      for (std::size_t i = 0; i < b.size(); ++i)
        g(j) += std::exp(row(a, i, x) - b[i]) / sum * a[i * 8 + static_cast<std::size_t>(j)];
    }
    return std::log(sum) + square / 20;
  });
  compare("robust", 5, [&](input x, output g) {
    double value = 0;
    for (index_t j = 0; j < 5; ++j) {
      g(j) = x(j);
      value += x(j) * x(j) / 2;
    }
    for (std::size_t i = 0; i < d.size(); ++i) {
      const double r = row(c, i, x) - d[i], root = std::sqrt(1 + r * r);
      value += root - 1;
      for (index_t j = 0; j < 5; ++j) g(j) += r / root * c[i * 5 + static_cast<std::size_t>(j)];
    }
    return value;
  });
}

TEST_CASE(
    "every step lowers the value, the result describes the point it gives, and each line search looks only a few "
    "times") {
  double before = std::numeric_limits<double>::infinity();
  for (index_t steps = 0; steps < 30; ++steps) {
    std::vector<double> at{-1.2, 1}, g(2);
    const auto found = minimize({.max_iterations = steps, .gradient_tolerance = 0}, at, rosenbrock);
    CHECK(found.stop == lbfgs_stop::iterations);
    CHECK(found.iterations == steps);
    CHECK(found.evaluations <= 1 + 4 * steps);
    CHECK(found.value <= before);
    CHECK(rosenbrock({at.data(), 2}, {g.data(), 2}) == found.value);
    CHECK(std::max(std::abs(g[0]), std::abs(g[1])) == found.gradient_norm);
    before = found.value;
  }
}

TEST_CASE("what is not finite is stepped back from") {
  // -log(x) + x on x > 0, NaN elsewhere; the minimum is 1
  const auto barrier = [](input x, output g) {
    g(0) = 1 - 1 / x(0);
    return x(0) - std::log(x(0));
  };
  for (const double start : {1e-3, 0.5, 300.0}) {
    std::vector<double> x{start};
    const auto found = minimize({.gradient_tolerance = 1e-12}, x, barrier);
    CHECK(found.stop == lbfgs_stop::gradient);
    CHECK(std::abs(x[0] - 1) < 1e-11);
  }
}

TEST_CASE("the reason for stopping is told") {
  std::vector<double> x{-1.2, 1};
  CHECK(minimize({.max_iterations = 3}, x, rosenbrock).stop == lbfgs_stop::iterations);
  x = {-1.2, 1};
  const auto slow = minimize({.gradient_tolerance = 0, .decrease_tolerance = 1e-6}, x, rosenbrock);
  CHECK(slow.stop == lbfgs_stop::decrease);
  CHECK(slow.value < 1e-3);
  std::vector<double> there{1, 1};
  const auto nothing = minimize({}, there, rosenbrock);
  CHECK(nothing.stop == lbfgs_stop::gradient);
  CHECK(nothing.iterations == 0);
  CHECK(nothing.evaluations == 1);
  CHECK(there == std::vector<double>{1, 1});
  // a gradient with the wrong sign: no step lowers the value, and x stays
  std::vector<double> wrong{2};
  const auto lost = minimize({}, wrong, [](input at, output g) {
    g(0) = -2 * at(0);
    return at(0) * at(0);
  });
  CHECK(lost.stop == lbfgs_stop::line_search);
  CHECK(lost.iterations <= 50);
  CHECK(std::abs(wrong[0] - 2) < 1e-7);
  // a tolerance below what rounding allows ends as well
  std::vector<double> at(40, -3);
  const auto exact = minimize({.max_iterations = 100000, .gradient_tolerance = 0}, at, ellipsoid(100));
  CHECK(exact.stop != lbfgs_stop::iterations);
  CHECK(exact.gradient_norm < 1e-11);
  std::vector<double> none;
  CHECK(minimize({}, none, [](input, output) { return 7.0; }).value == 7);
}

TEST_CASE("the same bytes every time") {
  const auto run = [] {
    std::vector<double> x(25);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = random::uniform(5, 0, i) * 4 - 2;
    minimize({.max_iterations = 70}, x, rosenbrock);
    return x;
  };
  const auto one = run(), two = run();
  CHECK(std::memcmp(one.data(), two.data(), one.size() * sizeof(double)) == 0);
}

TEST_CASE("starts that are not finite, options out of range and exceptions are passed on") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> x{1, nan};
  CHECK_THROWS_WITH_AS(minimize({}, x, rosenbrock), doctest::Contains("at the start the value is nan"), argument_error);
  x = {1, 2};
  CHECK_THROWS_AS(minimize({.history = 0}, x, rosenbrock), argument_error);
  CHECK_THROWS_AS(minimize({.max_iterations = -1}, x, rosenbrock), argument_error);
  CHECK_THROWS_AS(minimize({.gradient_tolerance = nan}, x, rosenbrock), argument_error);
  CHECK_THROWS_AS(minimize({.decrease_tolerance = -1}, x, rosenbrock), argument_error);
  CHECK_THROWS_AS(minimize({.max_evaluations = 0}, x, rosenbrock), argument_error);
  CHECK_THROWS_WITH_AS(minimize({}, x, [](input, output) -> double { throw io_error("gone"); }), "gone", io_error);
  CHECK(x == std::vector<double>{1, 2});
}
