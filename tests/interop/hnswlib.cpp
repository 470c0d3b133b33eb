// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/core/random.hpp>
#include <kindred/interop/hnswlib.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <thread>
#include <vector>

using namespace kindred;
using interop::hnswlib_index;

static_assert(index::Index<hnswlib_index<>>);
static_assert(index::Index<hnswlib_index<similarity::negative_euclidean>>);

namespace {

matrix<float, cpu> noise(context<cpu>& ctx, index_t n, index_t d, std::uint64_t seed) {
  matrix<float, cpu> x(ctx, n, d);
  for (index_t i = 0; i < n * d; ++i)
    x.data()[i] = static_cast<float>(random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.5);
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("hnswlib finds nine of ten of the exact search's, with its scores to the last bit and its order", S,
                   similarity::cosine, similarity::dot, similarity::negative_euclidean) {
  context<cpu> ctx(2);
  const index_t n = 3000, d = 16, q = 100, k = 10;
  const auto x = noise(ctx, n, d, 1), queries = noise(ctx, q, d, 2);
  hnswlib_index<S> graph(ctx, d, {}, {.search_width = 100});
  index::flat<float, cpu, S> exact(ctx, d);
  graph.add(ctx, x.view().middle_rows(0, 1000));
  graph.add(ctx, x.view().middle_rows(1000, n - 1000));
  exact.add(ctx, x);
  CHECK(graph.size() == n);
  CHECK(graph.dimension() == d);
  const auto found = graph.search(ctx, queries, k), all = exact.search(ctx, queries, n);
  index_t right = 0;
  for (index_t i = 0; i < q; ++i) {
    index_t at = 0;  // the hits stand in the list of all rows in the same order, with the same scores
    for (index_t j = 0; j < k; ++j) {
      const index_t id = found.ids.view()(i, j);
      while (at < n && all.ids.view()(i, at) != id) ++at;
      REQUIRE(at < n);
      CHECK(found.scores.view()(i, j) == all.scores.view()(i, at));
      right += at < k ? 1 : 0;
    }
  }
  MESSAGE("recall@10 ", static_cast<double>(right) / static_cast<double>(q * k));
  CHECK(right > q * k * 9 / 10);
  graph.set_search_width(n);  // everything that can be reached: exact but for what the graph cut off
  const auto wide = graph.search(ctx, queries, k);
  index_t same = 0;
  for (index_t i = 0; i < q; ++i)
    for (index_t j = 0; j < k; ++j) same += wide.ids.view()(i, j) == all.ids.view()(i, j) ? 1 : 0;
  CHECK(same > q * k * 99 / 100);
}

TEST_CASE("hits of hnswlib do not depend on the number of threads, on how rows were divided or on other queries") {
  context<cpu> one(1), three(3);
  const index_t n = 500, d = 8;
  const auto x = noise(one, n, d, 3);
  hnswlib_index<> whole(one, d), parts(one, d);
  whole.add(one, x);
  parts.reserve(200);
  for (index_t first = 0; first < n; first += 125) parts.add(three, x.view().middle_rows(first, 125));
  const auto a = whole.search(one, x, 7), b = parts.search(three, x, 7);
  CHECK(a.ids.to_host() == b.ids.to_host());
  CHECK(a.scores.to_host() == b.scores.to_host());
  const auto alone = whole.search(one, x.view().middle_rows(41, 1), 7);
  for (index_t j = 0; j < 7; ++j) CHECK(alone.ids.view()(0, j) == a.ids.view()(41, j));
}

TEST_CASE("a similarity whose sides differ prepares queries and rows each in its way") {
  context<cpu> ctx;
  using bilinear = similarity::bilinear<float, cpu>;
  const bilinear form(ctx, noise(ctx, 4, 6, 1));
  interop::hnswlib_index<bilinear> index(ctx, 6, form);
  index::flat<float, cpu, bilinear> exact(ctx, 6, form);
  const auto rows = noise(ctx, 40, 6, 2), queries = noise(ctx, 5, 4, 3);
  index.add(ctx, rows);
  exact.add(ctx, rows);
  CHECK(index.search(ctx, queries, 5).ids.to_host() == exact.search(ctx, queries, 5).ids.to_host());
  CHECK_THROWS_AS(index.search(ctx, rows, 1), shape_error);
}

TEST_CASE("equal rows come by id, missing places have id -1, and odd sizes are fine") {
  context<cpu> ctx;
  hnswlib_index<similarity::negative_euclidean> index(ctx, 2);
  const matrix<float, cpu> rows(ctx, 5, 2, std::vector<float>{1, 1, 0, 0, 1, 1, 0, 0, 1, 1}), none(ctx, 0, 2);
  CHECK(index.search(ctx, rows, 2).ids.to_host() == std::vector<index_t>(10, -1));
  index.add(ctx, none);
  index.add(ctx, rows);
  const auto hits = index.search(ctx, rows.view().middle_rows(0, 1), 7);
  CHECK(hits.ids.to_host() == std::vector<index_t>{0, 2, 4, 1, 3, -1, -1});
  CHECK(hits.scores.view()(0, 2) == 0);
  CHECK(hits.scores.view()(0, 3) == -std::sqrt(2.0f));
  CHECK(hits.scores.view()(0, 6) == -std::numeric_limits<float>::infinity());
  CHECK(index.search(ctx, none, 3).ids.rows() == 0);
  CHECK(index.search(ctx, rows, 0).ids.cols() == 0);
}

TEST_CASE("what hnswlib cannot take is refused by name") {
  context<cpu> ctx;
  CHECK_THROWS_AS(hnswlib_index<>(ctx, 0), argument_error);
  CHECK_THROWS_AS(hnswlib_index<>(ctx, 3, {}, {.links = 1}), argument_error);
  CHECK_THROWS_AS(hnswlib_index<>(ctx, 3, {}, {.construction_width = 0}), argument_error);
  CHECK_THROWS_AS(hnswlib_index<>(ctx, 3, {}, {.search_width = 0}), argument_error);
  hnswlib_index<> index(ctx, 2);
  const matrix<float, cpu> wide(ctx, 1, 3),
      bad(ctx, 1, 2, std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()});
  CHECK_THROWS_AS(index.add(ctx, wide), shape_error);
  CHECK_THROWS_AS(index.search(ctx, wide, 1), shape_error);
  CHECK_THROWS_AS(index.search(ctx, matrix<float, cpu>(ctx, 1, 2), -1), argument_error);
  try {
    index.add(ctx, bad);
    CHECK(false);
  } catch (const argument_error& e) {
    CHECK(std::string(e.what()).find("hnswlib_index::add: row 0 has nan in column 1") != std::string::npos);
  }
  CHECK_THROWS_AS(index.search(ctx, bad, 1), argument_error);
  CHECK(index.size() == 0);
}

TEST_CASE("many threads search one graph at once") {
  context<cpu> ctx;
  hnswlib_index<> index(ctx, 8);
  const auto x = noise(ctx, 400, 8, 5);
  index.add(ctx, x);
  const auto want = index.search(ctx, x, 5).ids.to_host();
  std::vector<int> same(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < same.size(); ++t)
    threads.emplace_back([&, t] {
      context<cpu> mine;
      same[t] = index.search(mine, x, 5).ids.to_host() == want;
    });
  for (auto& t : threads) t.join();
  CHECK(same == std::vector<int>(4, 1));
}

TEST_CASE("hits of hnswlib are in the right order for points far from the origin") {
  context<cpu> ctx;
  index_t right = 0;
  for (index_t i = 0; i < 100; ++i) {
    const float a = 4000000 + 37 * static_cast<float>(i), b = 2000000 + 91 * static_cast<float>(i), c = 4000000;
    hnswlib_index<similarity::negative_euclidean> index(ctx, 3);
    index.add(ctx, matrix<float, cpu>(ctx, 2, 3, std::vector<float>{a + 300, b - 400, c, a + 6, b, c + 8}));
    const auto hits = index.search(ctx, matrix<float, cpu>(ctx, 1, 3, std::vector<float>{a, b, c}), 2);
    right += hits.scores.to_host() == std::vector<float>{-10, -500};
  }
  CHECK(right == 100);
}
