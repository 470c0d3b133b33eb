// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
namespace similarity = kd::similarity;

static_assert(kd::index::Index<kd::index::flat<>>);
static_assert(kd::index::Index<kd::index::flat<double, emu, similarity::cosine>, double, emu>);

namespace {

std::vector<float> noise(index_t n, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(kd::random::uniform(seed, 0, i) - 0.5);
  return v;
}

double similarity_of(const float* a, const float* b, index_t d, similarity::dot) {
  double sum = 0;
  for (index_t i = 0; i < d; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}
double similarity_of(const float* a, const float* b, index_t d, similarity::cosine) {
  const similarity::dot dot;
  return similarity_of(a, b, d, dot) / std::sqrt(similarity_of(a, a, d, dot) * similarity_of(b, b, d, dot));
}
double similarity_of(const float* a, const float* b, index_t d, similarity::negative_squared_euclidean) {
  double sum = 0;
  for (index_t i = 0; i < d; ++i) sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
  return -sum;
}
double similarity_of(const float* a, const float* b, index_t d, similarity::negative_euclidean) {
  return -std::sqrt(-similarity_of(a, b, d, similarity::negative_squared_euclidean()));
}

template <class D, class S>
void check_against_loops() {
  kd::context<D> ctx;
  const index_t n = 140, d = 9, q = 6, k = 150;
  const auto rows = noise(n * d, 1), asked = noise(q * d, 2);
  kd::index::flat<float, D, S> index(ctx, d);
  const kd::matrix<float, D> first(ctx, 100, d, std::span(rows).first(100 * d)),
      rest(ctx, 40, d, std::span(rows).last(40 * d));
  index.add(ctx, first);
  index.add(ctx, rest);
  CHECK(index.size() == n);
  CHECK(index.dimension() == d);
  const auto hits = index.search(ctx, kd::matrix<float, D>(ctx, q, d, asked), k);
  const auto ids = hits.ids.to_host();
  const auto scores = hits.scores.to_host();
  for (index_t i = 0; i < q; ++i) {
    std::vector<bool> seen(static_cast<std::size_t>(n));
    for (index_t j = 0; j < k; ++j) {
      const auto at = static_cast<std::size_t>(i * k + j);
      if (j >= n) {
        CHECK(ids[at] == -1);
        CHECK(scores[at] == -std::numeric_limits<float>::infinity());
        continue;
      }
      REQUIRE(ids[at] >= 0);
      REQUIRE(ids[at] < n);
      CHECK_FALSE(seen[static_cast<std::size_t>(ids[at])]);
      seen[static_cast<std::size_t>(ids[at])] = true;
      if (j > 0) CHECK(scores[at] <= scores[at - 1]);
      CHECK(static_cast<double>(scores[at]) ==
            doctest::Approx(similarity_of(asked.data() + i * d, rows.data() + ids[at] * d, d, S())).epsilon(1e-5));
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("a search lists all rows once, in order, with the scores of loops in double", S, similarity::dot,
                   similarity::cosine, similarity::negative_squared_euclidean, similarity::negative_euclidean) {
  check_against_loops<cpu, S>();
  check_against_loops<emu, S>();
}

TEST_CASE("an empty index, no queries and k of 0 are fine") {
  kd::context<cpu> ctx;
  kd::index::flat<float, cpu, similarity::negative_euclidean> index(ctx, 4);
  const kd::matrix<float, cpu> none(ctx, 0, 4), two(ctx, 2, 4);
  index.add(ctx, none);
  CHECK(index.size() == 0);
  const auto nothing = index.search(ctx, two, 3);
  CHECK(nothing.ids.to_host() == std::vector<index_t>(6, -1));
  CHECK(nothing.scores.to_host() == std::vector<float>(6, -std::numeric_limits<float>::infinity()));
  index.add(ctx, two);
  CHECK(index.search(ctx, none, 3).ids.rows() == 0);
  CHECK(index.search(ctx, two, 0).ids.cols() == 0);
  CHECK(index.search(ctx, two, 3).ids.to_host() == std::vector<index_t>{0, 1, -1, 0, 1, -1});
}

TEST_CASE("how rows were divided into calls of add cannot be seen, strided ones neither") {
  kd::context<cpu> ctx(2);
  const index_t n = 333, d = 12;
  const auto rows = noise(n * (d + 3), 3);
  const kd::matrix_view<const float, cpu> all(rows.data(), n, d, d + 3);
  kd::index::flat<float, cpu, similarity::cosine> whole(ctx, d), parts(ctx, d);
  whole.add(ctx, all);
  for (index_t first = 0; first < n; first += 10)
    parts.add(ctx, all.middle_rows(first, std::min<index_t>(10, n - first)));
  const auto a = whole.search(ctx, all.middle_rows(0, 40), 20), b = parts.search(ctx, all.middle_rows(0, 40), 20);
  CHECK(a.ids.to_host() == b.ids.to_host());
  CHECK(a.scores.to_host() == b.scores.to_host());
}

TEST_CASE("a predicate leaves rows out, and a query can leave itself out") {
  kd::context<cpu> ctx;
  const index_t n = 50, d = 5;
  kd::index::flat<float, cpu, similarity::negative_squared_euclidean> index(ctx, d);
  const kd::matrix<float, cpu> x(ctx, n, d, noise(n * d, 4));
  index.add(ctx, x);
  const auto even = index.search(ctx, x, 25, [](index_t id) { return id % 2 == 0; });
  for (const index_t id : even.ids.to_host()) CHECK(id % 2 == 0);
  std::vector<index_t> own(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<index_t>(i);
  const kd::vector<index_t, cpu> excluded(ctx, own);
  const auto with = index.search(ctx, x, 3), without = index.search(ctx, x, 2, {.keep = {}, .excluded = excluded});
  for (index_t i = 0; i < n; ++i) {
    CHECK(with.ids.view()(i, 0) == i);
    CHECK(with.scores.view()(i, 0) == 0);
    CHECK(without.ids.view()(i, 0) == with.ids.view()(i, 1));
    CHECK(without.ids.view()(i, 1) == with.ids.view()(i, 2));
  }
}

TEST_CASE_TEMPLATE("rows and queries that are not finite are refused by name and change nothing", D, cpu, emu) {
  kd::context<D> ctx;
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  const auto message = [](auto f) -> std::string {
    try {
      f();
    } catch (const kd::argument_error& e) {
      return e.what();
    }
    return "";
  };
  for (const float bad : {nan, inf, -inf}) {
    kd::index::flat<float, D, similarity::cosine> index(ctx, 2);
    const kd::matrix<float, D> good(ctx, 1, 2, std::vector<float>{1, 2});
    const kd::matrix<float, D> x(ctx, 3, 2, std::vector<float>{1, 2, 3, 4, 5, bad});
    index.add(ctx, good);
    CHECK(message([&] { index.add(ctx, x); }).find("add: row 2 has ") != std::string::npos);
    CHECK(message([&] { index.add(ctx, x); }).find(" in column 1, ") != std::string::npos);
    CHECK(index.size() == 1);
    CHECK(message([&] { index.search(ctx, x, 1); }).find("::search: row 2 has ") != std::string::npos);
    CHECK(message([&] { index.range_search(ctx, x, 0.0f); }).find("::range_search: row 2 has ") != std::string::npos);
  }
  kd::index::flat<float, D, similarity::negative_squared_euclidean> distances(ctx, 2);
  const kd::matrix<float, D> large(ctx, 1, 2, std::vector<float>{1e20f, 0});
  CHECK(message([&] { distances.add(ctx, large); }).find("row 0 is too large") != std::string::npos);
}

TEST_CASE("wrong sizes are refused") {
  kd::context<cpu> ctx;
  kd::index::flat<> index(ctx, 3);
  const kd::matrix<float, cpu> narrow(ctx, 2, 2), x(ctx, 2, 3);
  CHECK_THROWS_AS(index.add(ctx, narrow), kd::shape_error);
  index.add(ctx, x);
  CHECK_THROWS_AS(index.search(ctx, narrow, 1), kd::shape_error);
  CHECK_THROWS_AS(index.search(ctx, x, -1), kd::argument_error);
  kd::matrix<index_t, cpu> ids(ctx, 2, 2);
  kd::matrix<float, cpu> scores(ctx, 2, 1);
  CHECK_THROWS_AS(index.search(ctx, x, 2, ids.view(), scores.view()), kd::shape_error);
  CHECK_THROWS_AS(kd::index::flat<>(ctx, 0), kd::argument_error);
}

TEST_CASE("points some million metres from the origin have the right neighbours, at their distances") {
  kd::context<cpu> ctx;
  index_t wrong = 0;
  for (index_t i = 0; i < 100; ++i) {
    const float a = 4000000 + 37 * static_cast<float>(i), b = 2000000 + 91 * static_cast<float>(i),
                c = 4000000 - 53 * static_cast<float>(i);
    const kd::matrix<float, cpu> query(ctx, 1, 3, std::vector<float>{a, b, c});
    kd::index::flat<float, cpu, similarity::negative_euclidean> index(ctx, 3);
    index.add(ctx, kd::matrix<float, cpu>(ctx, 2, 3, std::vector<float>{a + 300, b - 400, c, a + 6, b, c + 8}));
    const auto hits = index.search(ctx, query, 2);
    wrong += hits.ids.to_host() != std::vector<index_t>{1, 0} || hits.scores.to_host() != std::vector<float>{-10, -500};
    wrong += index.range_search(ctx, query, -10.0f).ids != std::vector<index_t>{1};
  }
  CHECK(wrong == 0);
}

TEST_CASE("an index takes its own rows, and one that was moved from is empty") {
  kd::context<cpu> ctx;
  kd::index::flat<> index(ctx, 2);
  index.add(ctx, kd::matrix<float, cpu>(ctx, 2, 2, std::vector<float>{1, 2, 3, 4}));
  index.replace(ctx, index.rows().rows, std::vector<index_t>{1, 0});
  index.add(ctx, index.rows().rows);
  const std::vector<index_t> between{7, 9};
  index.add(ctx, index.rows().rows.middle_rows(1, 2), between);
  CHECK(kd::to_host(ctx, index.rows().rows) == std::vector<float>{3, 4, 1, 2, 3, 4, 1, 2, 1, 2, 3, 4});
  auto taken = std::move(index);
  CHECK(taken.size() == 6);
  const kd::matrix<float, cpu> query(ctx, 1, 2, std::vector<float>{1, 0});
  CHECK(index.size() == 0);
  CHECK(index.ids().size() == 0);
  CHECK(index.search(ctx, query, 1).ids.to_host() == std::vector<index_t>{-1});
  index.add(ctx, query);
  CHECK(index.search(ctx, query, 1).scores.to_host() == std::vector<float>{1});
}

TEST_CASE("sizes that no memory holds are refused") {
  kd::context<cpu> ctx;
  CHECK_THROWS_AS(kd::index::flat<>(ctx, index_t(1) << 62), kd::argument_error);
  kd::index::flat<> index(ctx, 4);
  CHECK_THROWS_AS(index.reserve(index_t(1) << 60), kd::argument_error);
  CHECK_THROWS_AS(index.search(ctx, kd::matrix<float, cpu>(ctx, 3, 4), index_t(1) << 62), kd::argument_error);
}

TEST_CASE("many threads search one index at once, each with its own context") {
  kd::context<cpu> ctx(2);
  const index_t n = 2000, d = 16, q = 70, k = 9;
  const auto asked = noise(q * d, 6);
  kd::index::flat<float, cpu, similarity::negative_euclidean> index(ctx, d);
  index.add(ctx, kd::matrix<float, cpu>(ctx, n, d, noise(n * d, 5)));
  const auto expected = index.search(ctx, kd::matrix_view<const float, cpu>(asked.data(), q, d), k);
  const auto ids = expected.ids.to_host();
  const auto scores = expected.scores.to_host();
  std::vector<int> same(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < same.size(); ++t)
    threads.emplace_back([&, t] {
      kd::context<cpu> mine(1 + static_cast<int>(t) % 2);
      for (int round = 0; round < 3; ++round) {
        const auto hits = index.search(mine, kd::matrix_view<const float, cpu>(asked.data(), q, d), k);
        same[t] += hits.ids.to_host() == ids && hits.scores.to_host() == scores;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(same == std::vector<int>(4, 3));
}
