// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/core/math.hpp>
#include <kindred/core/random.hpp>
#include <limits>

namespace math = kindred::math;

namespace {

/// |got - want| in units in the last place of T at `want`; 1e9 where NaN, infinities or overflow do not match.
template <class T>
double ulps(T got, long double want) {
  using limits = std::numeric_limits<T>;
  const T rounded = static_cast<T>(want);
  if (std::isnan(got) || std::isnan(rounded)) return std::isnan(got) && std::isnan(rounded) ? 0 : 1e9;
  if (std::isinf(got) || std::isinf(rounded)) return got == rounded ? 0 : 1e9;
  int exponent = 0;
  std::frexp(rounded, &exponent);
  if (rounded == 0 || exponent < limits::min_exponent) exponent = limits::min_exponent;
  return static_cast<double>(std::fabs(static_cast<long double>(got) - want) /
                             std::ldexp(1.0L, exponent - limits::digits));
}

/// The largest error over evenly spread arguments of [low, high] and over all powers of two that lie there.
template <class T, class F, class G>
double worst(F mine, G exact, double low, double high) {
  using limits = std::numeric_limits<T>;
  double most = 0;
  const auto test = [&](T x) {
    if (static_cast<double>(x) < low || static_cast<double>(x) > high) return;
    const double error = ulps<T>(mine(x), exact(static_cast<long double>(x)));
    if (error > most) most = error;
  };
  for (std::uint64_t i = 0; i < 60000; ++i)
    test(static_cast<T>(low + (high - low) * kindred::random::uniform(1, 0, i)));
  std::uint64_t i = 0;
  for (int e = limits::min_exponent - limits::digits; e < limits::max_exponent; ++e) {
    for (int k = 0; k < 30; ++k) {
      const T x = static_cast<T>(std::ldexp(1 + kindred::random::uniform(2, 0, i++), e));
      test(x);
      test(-x);
    }
  }
  return most;
}

}  // namespace

#define WORST(name, exact, low, high) \
  worst<T>([](T x) { return math::name(x); }, [](long double x) { return exact; }, low, high)

TEST_CASE_TEMPLATE("elementary functions stay within their documented errors", T, float, double) {
  const bool single = sizeof(T) == 4;
  CHECK(WORST(exp, std::exp(x), -800, 800) < 1.2);
  CHECK(WORST(exp, std::exp(x), -110, 95) < 1.2);
  CHECK(WORST(exp, std::exp(x), -1, 1) < 1.2);
  CHECK(WORST(expm1, std::expm1(x), -110, 800) < 3);
  CHECK(WORST(expm1, std::expm1(x), -1, 1) < 3);
  CHECK(WORST(log, std::log(x), 0, 1e308) < 1);
  CHECK(WORST(log, std::log(x), 0.4, 3) < 1);
  CHECK(WORST(log1p, std::log1p(x), -1, 1e308) < 2);
  CHECK(WORST(log1p, std::log1p(x), -1, 2) < 2);
  CHECK(WORST(tanh, std::tanh(x), -30, 30) < 3);
  CHECK(WORST(tanh, std::tanh(x), -1, 1) < 3);
  CHECK(WORST(sigmoid, 1 / (1 + std::exp(-x)), single ? -87 : -708, 800) < 3);
  CHECK(WORST(sigmoid, 1 / (1 + std::exp(-x)), -10, 10) < 3);
  CHECK(WORST(erf, std::erf(x), -8, 8) < 2);
  CHECK(WORST(erf, std::erf(x), -1.2, 1.2) < 2);
  CHECK(WORST(sqrt, std::sqrt(x), 0, 1e308) <= 0.5);
}

TEST_CASE_TEMPLATE("elementary functions have the limits of the real functions at special values", T, float, double) {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const T least = std::numeric_limits<T>::denorm_min(), most = std::numeric_limits<T>::max();

  CHECK(math::exp(-inf) == T(0));
  CHECK(math::exp(inf) == inf);
  CHECK(math::exp(T(1000)) == inf);
  CHECK(math::exp(T(-1000)) == T(0));
  CHECK(math::exp(most) == inf);
  CHECK(math::exp(-most) == T(0));
  CHECK(math::exp(T(0)) == T(1));
  CHECK(math::exp(T(-0.0)) == T(1));
  CHECK(math::exp(least) == T(1));
  const T edge = sizeof(T) == 4 ? T(-103) : T(-744.5);  // the result is the smallest denormal or twice it
  CHECK(math::exp(edge) > T(0));
  CHECK(math::exp(edge) <= 2 * least);

  CHECK(math::expm1(-inf) == T(-1));
  CHECK(math::expm1(inf) == inf);
  CHECK(math::expm1(T(0)) == T(0));
  CHECK(math::expm1(least) == least);

  CHECK(math::log(T(0)) == -inf);
  CHECK(math::log(T(-0.0)) == -inf);
  CHECK(math::log(T(1)) == T(0));
  CHECK(math::log(inf) == inf);
  CHECK(std::isnan(math::log(T(-1))));
  CHECK(std::isnan(math::log(-inf)));
  CHECK(std::isnan(math::log(-least)));
  CHECK(math::log(least) == doctest::Approx(std::log(least)).epsilon(1e-7));
  CHECK(math::log(most) == doctest::Approx(std::log(most)).epsilon(1e-7));

  CHECK(math::log1p(T(-1)) == -inf);
  CHECK(math::log1p(inf) == inf);
  CHECK(math::log1p(T(0)) == T(0));
  CHECK(math::log1p(least) == least);
  CHECK(std::isnan(math::log1p(T(-1.5))));

  CHECK(math::tanh(inf) == T(1));
  CHECK(math::tanh(-inf) == T(-1));
  CHECK(math::tanh(least) == least);
  CHECK(std::signbit(math::tanh(T(-0.0))));

  CHECK(math::sigmoid(inf) == T(1));
  CHECK(math::sigmoid(-inf) == T(0));
  CHECK(math::sigmoid(T(0)) == T(0.5));

  CHECK(math::erf(inf) == T(1));
  CHECK(math::erf(-inf) == T(-1));
  CHECK(std::signbit(math::erf(T(-0.0))));

  CHECK(math::sqrt(inf) == inf);
  CHECK(math::sqrt(T(0)) == T(0));
  CHECK(std::isnan(math::sqrt(T(-1))));

  CHECK(std::isnan(math::exp(nan)));
  CHECK(std::isnan(math::expm1(nan)));
  CHECK(std::isnan(math::log(nan)));
  CHECK(std::isnan(math::log1p(nan)));
  CHECK(std::isnan(math::tanh(nan)));
  CHECK(std::isnan(math::sigmoid(nan)));
  CHECK(std::isnan(math::erf(nan)));
  CHECK(std::isnan(math::sqrt(nan)));
}

TEST_CASE_TEMPLATE("odd functions are odd to the bit and none leaves [-1, 1]", T, float, double) {
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const T x = static_cast<T>(12 * kindred::random::uniform(3, 0, i));
    CHECK(math::tanh(-x) == -math::tanh(x));
    CHECK(math::erf(-x) == -math::erf(x));
    CHECK(math::tanh(x) <= T(1));
    CHECK(math::erf(x) <= T(1));
    CHECK(math::sigmoid(x) <= T(1));
  }
}
