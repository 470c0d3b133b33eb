// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/core/permutation.hpp>
#include <kindred/core/random.hpp>
#include <vector>

namespace numbers = kindred::random;
using kindred::index_t;

namespace {

/// Chi-square of `draws` values of `draw(i)` in {0, ..., bins - 1} against equal shares.
template <class F>
double chi_square(int bins, int draws, F draw) {
  std::vector<int> seen(static_cast<std::size_t>(bins), 0);
  for (int i = 0; i < draws; ++i) ++seen[static_cast<std::size_t>(draw(static_cast<std::uint64_t>(i)))];
  const double expected = static_cast<double>(draws) / bins;
  double sum = 0;
  for (const int s : seen) sum += (s - expected) * (s - expected) / expected;
  return sum;
}

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

TEST_CASE("the first numbers of a stream never change") {
  static_assert(numbers::bits(0, 0, 0) == 0xA706DD2F4D197E6Full);
  CHECK(numbers::bits(0, 0, 0) == 0xA706DD2F4D197E6Full);
  CHECK(numbers::bits(0, 0, 1) == 0xB382A305F4414F5Eull);
  CHECK(numbers::bits(0, 1, 0) == 0x46B73E79F0C37C00ull);
  CHECK(numbers::bits(1, 0, 0) == 0x5E41AB087439611Eull);
  CHECK(numbers::bits(123, 45, 678) == 0xB605CC668718ADE4ull);
  CHECK(numbers::uniform(7, 0, 0) == 0.72150818060497024);
  CHECK(numbers::below(10, 7, 0, 0) == 7);
  CHECK(numbers::normal(7, 0, 0) == doctest::Approx(-0.94225766538407629).epsilon(1e-14));
  CHECK(numbers::normal(7, 0, 1) == doctest::Approx(-1.0013831968636933).epsilon(1e-14));
  CHECK(numbers::permutation(8, 7) == std::vector<index_t>{0, 3, 4, 2, 5, 1, 6, 7});
}

TEST_CASE("uniform numbers fill [0, 1) evenly for neighbouring seeds, streams and positions") {
  // 255 degrees of freedom: mean 255, standard deviation 22.6; 6 of them either way
  const auto even = [](auto draw) {
    const double value = chi_square(256, 100000, draw);
    CHECK(value > 120);
    CHECK(value < 390);
  };
  const auto bin = [](double u) { return static_cast<int>(u * 256); };
  even([&](std::uint64_t i) { return bin(numbers::uniform(1, 0, i)); });
  even([&](std::uint64_t i) { return bin(numbers::uniform(1, i, 0)); });
  even([&](std::uint64_t i) { return bin(numbers::uniform(i, 0, 0)); });
  even([&](std::uint64_t i) {
    const double u = std::ldexp(numbers::uniform(5, 3, i), 20);
    return bin(u - std::floor(u));
  });
  // pairs of neighbours: 16 x 16 cells
  even([&](std::uint64_t i) {
    return static_cast<int>(numbers::uniform(2, 0, 2 * i) * 16) * 16 +
           static_cast<int>(numbers::uniform(2, 0, 2 * i + 1) * 16);
  });
  even([&](std::uint64_t i) { return static_cast<int>(numbers::below(256, 9, 1, i)); });
}

TEST_CASE("uniform numbers have the moments of the uniform distribution") {
  const int n = 200000;
  double mean = 0, square = 0;
  for (int i = 0; i < n; ++i) {
    const double u = numbers::uniform(11, 2, static_cast<std::uint64_t>(i));
    CHECK_UNARY(u >= 0 && u < 1);
    mean += u / n;
    square += u * u / n;
  }
  CHECK(std::fabs(mean - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
  CHECK(std::fabs(square - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / n));
}

TEST_CASE("streams and seeds are uncorrelated") {
  const int n = 100000;
  double streams = 0, seeds = 0, steps = 0;
  for (int k = 0; k < n; ++k) {
    const auto i = static_cast<std::uint64_t>(k);
    const double u = numbers::uniform(1, 0, i) - 0.5;
    streams += u * (numbers::uniform(1, 1, i) - 0.5);
    seeds += u * (numbers::uniform(2, 0, i) - 0.5);
    steps += u * (numbers::uniform(1, 0, i + 1) - 0.5);
  }
  const double deviation = std::sqrt(static_cast<double>(n)) / 12;  // of a sum of n products of independent ones
  CHECK(std::fabs(streams) < 5 * deviation);
  CHECK(std::fabs(seeds) < 5 * deviation);
  CHECK(std::fabs(steps) < 5 * deviation);
}

TEST_CASE("normal numbers follow the normal distribution") {
  const int n = 200000;
  double moment[5] = {0, 0, 0, 0, 0};
  for (int i = 0; i < n; ++i) {
    const double x = numbers::normal(3, 1, static_cast<std::uint64_t>(i));
    for (int k = 1; k <= 4; ++k) moment[k] += std::pow(x, k) / n;
  }
  CHECK(std::fabs(moment[1]) < 5 * std::sqrt(1.0 / n));
  CHECK(std::fabs(moment[2] - 1) < 5 * std::sqrt(2.0 / n));
  CHECK(std::fabs(moment[3]) < 5 * std::sqrt(15.0 / n));
  CHECK(std::fabs(moment[4] - 3) < 5 * std::sqrt(96.0 / n));
  const double value = chi_square(256, 100000, [](std::uint64_t i) {
    return static_cast<int>(256 * normal_distribution(numbers::normal(4, 0, i)));
  });
  CHECK(value > 120);
  CHECK(value < 390);
}

TEST_CASE("a normal number is the Box-Muller transform of two uniform numbers") {
  const double pi = 3.14159265358979323846;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double u = numbers::uniform(5, 6, 2 * i), v = numbers::uniform(5, 6, 2 * i + 1);
    CHECK(numbers::normal(5, 6, i) ==
          doctest::Approx(std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * pi * v)).epsilon(1e-12));
  }
}

TEST_CASE("below() reaches both ends and never leaves the range") {
  bool first = false, last = false;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const index_t x = numbers::below(7, 1, 1, i);
    CHECK_UNARY(x >= 0 && x < 7);
    first = first || x == 0;
    last = last || x == 6;
    CHECK(numbers::below(1, 1, 1, i) == 0);
  }
  CHECK(first);
  CHECK(last);
}

TEST_CASE("a permutation holds every number once and puts each anywhere") {
  for (const index_t n : {0, 1, 2, 31, 1000}) {
    auto p = numbers::permutation(n, 42, 3);
    std::sort(p.begin(), p.end());
    REQUIRE(static_cast<index_t>(p.size()) == n);
    for (index_t i = 0; i < n; ++i) CHECK(p[static_cast<std::size_t>(i)] == i);
  }
  CHECK(numbers::permutation(100, 1) == numbers::permutation(100, 1));
  CHECK(numbers::permutation(100, 1) != numbers::permutation(100, 2));
  CHECK_THROWS_AS(numbers::permutation(-1, 1), kindred::argument_error);
  // the 24 orders of 4 elements: 23 degrees of freedom, mean 23, standard deviation 6.8
  const double value = chi_square(24, 24000, [](std::uint64_t seed) {
    const auto p = numbers::permutation(4, seed);
    int code = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      int smaller = 0;
      for (std::size_t j = i + 1; j < 4; ++j) smaller += p[j] < p[i] ? 1 : 0;
      code = code * static_cast<int>(4 - i) + smaller;
    }
    return code;
  });
  CHECK(value > 4);
  CHECK(value < 64);
}
