// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/core/group.hpp>
#include <kindred/core/random.hpp>
#include <limits>
#include <vector>

using namespace kindred;

namespace {
const index_t lengths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 1000};
}

TEST_CASE_TEMPLATE("a group visits every index once", G, lane_group<1>, lane_group<16>, lane_group<32>) {
  const G g;
  for (const index_t n : lengths) {
    std::vector<int> seen(static_cast<std::size_t>(n), 0);
    g.for_each(n, [&](index_t i) { ++seen[static_cast<std::size_t>(i)]; });
    CHECK(std::count(seen.begin(), seen.end(), 1) == n);
  }
  int times = 0;
  g.once([&] { ++times; });
  CHECK(times == 1);
}

TEST_CASE_TEMPLATE("reduce gives sums, extremes and the best item of any number of values", G, lane_group<1>,
                   lane_group<16>, lane_group<32>) {
  const G g;
  for (const index_t n : lengths) {
    CAPTURE(n);
    const auto value = [](index_t i) { return random::below(1000, 1, 2, static_cast<std::uint64_t>(i)); };
    index_t sum = 0, most = -1, least = 1000;
    scored<double> first{0, -1};
    for (index_t i = 0; i < n; ++i) {
      sum += value(i);
      most = std::max(most, value(i));
      least = std::min(least, value(i));
      if (first.id < 0 || static_cast<double>(value(i)) > first.score) first = {static_cast<double>(value(i)), i};
    }
    CHECK(g.reduce(n, index_t(0), plus{}, value) == sum);
    CHECK(g.reduce(n, index_t(-1), maximum{}, value) == most);
    CHECK(g.reduce(n, index_t(1000), minimum{}, value) == least);
    const auto found = g.reduce(n, scored<double>{0, -1}, best{}, [&](index_t i) {
      return scored<double>{static_cast<double>(value(i)), i};
    });
    CHECK(found.id == first.id);
    if (n > 0) CHECK(found.score == first.score);
  }
}

TEST_CASE("a sum has the same bits every time and little error") {
  const auto value = [](index_t i) { return static_cast<float>(random::uniform(1, 0, static_cast<std::uint64_t>(i))); };
  double exact = 0;
  for (index_t i = 0; i < 1000; ++i) exact += static_cast<double>(value(i));
  const float sum = lane_group<16>{}.reduce(1000, 0.0f, plus{}, value);
  CHECK(sum == lane_group<16>{}.reduce(1000, 0.0f, plus{}, value));
  CHECK(std::fabs(static_cast<double>(sum) - exact) < 1e-4);
}

TEST_CASE_TEMPLATE("scan hands out the sum of what stands before and returns the total", G, lane_group<1>,
                   lane_group<16>) {
  for (const index_t n : lengths) {
    std::vector<index_t> before(static_cast<std::size_t>(n), -1);
    const index_t total = G{}.scan(
        n, [](index_t i) { return i % 3; }, [&](index_t i, index_t sum) { before[static_cast<std::size_t>(i)] = sum; });
    index_t sum = 0;
    for (index_t i = 0; i < n; ++i) {
      CHECK(before[static_cast<std::size_t>(i)] == sum);
      sum += i % 3;
    }
    CHECK(total == sum);
  }
}

TEST_CASE("count adds one per index to its bin and skips negative bins") {
  index_t bins[3] = {5, 0, 0};
  lane_group<16>{}.count(10, bins, [](index_t i) { return i == 9 ? -1 : i % 3; });
  CHECK(bins[0] == 8);
  CHECK(bins[1] == 3);
  CHECK(bins[2] == 3);
}

TEST_CASE("rankings go by score downwards, then by id upwards, NaN last") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const std::vector<scored<double>> ranking{{inf, 4},  {2, 0},    {2, 9},   {0.0, 1},
                                            {-0.0, 2}, {-inf, 3}, {nan, 5}, {nan, 6}};
  for (std::size_t i = 0; i < ranking.size(); ++i)
    for (std::size_t j = 0; j < ranking.size(); ++j) {
      CHECK(ahead(ranking[i].score, ranking[i].id, ranking[j].score, ranking[j].id) == (i < j));
      CHECK(best{}(ranking[i], ranking[j]).id == ranking[std::min(i, j)].id);
    }
  CHECK(best{}(scored<double>{1, -1}, scored<double>{nan, 7}).id == 7);
  CHECK(best{}(scored<double>{nan, 7}, scored<double>{1, -1}).id == 7);
}
