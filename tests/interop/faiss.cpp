// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <faiss/IndexIVFFlat.h>

#include <kindred/core/random.hpp>
#include <kindred/interop/faiss.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <vector>

using namespace kindred;
using interop::faiss_index;

static_assert(index::Index<faiss_index<>>);
static_assert(index::Index<faiss_index<similarity::negative_euclidean>>);

namespace {

matrix<float, cpu> noise(context<cpu>& ctx, index_t n, index_t d, std::uint64_t seed) {
  matrix<float, cpu> x(ctx, n, d);
  for (index_t i = 0; i < n * d; ++i)
    x.data()[i] = static_cast<float>(random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.5);
  return x;
}

}  // namespace

TEST_CASE_TEMPLATE("exact search by faiss has the ids of index::flat and its scores but for rounding", S,
                   similarity::cosine, similarity::dot, similarity::negative_euclidean) {
  context<cpu> ctx(2);
  const index_t n = 700, d = 16, q = 40, k = 10;
  const auto x = noise(ctx, n, d + 3, 1), queries = noise(ctx, q, d, 2);
  faiss_index<S> theirs(ctx, d);
  index::flat<float, cpu, S> ours(ctx, d);
  theirs.add(ctx, x.view().middle_cols(1, d));  // rows that do not lie one behind the other
  ours.add(ctx, x.view().middle_cols(1, d));
  CHECK(theirs.size() == n);
  CHECK(theirs.dimension() == d);
  const auto a = theirs.search(ctx, queries, k), b = ours.search(ctx, queries, k);
  CHECK(a.ids.to_host() == b.ids.to_host());
  for (index_t i = 0; i < q; ++i)
    for (index_t j = 0; j < k; ++j) {
      CHECK(a.scores.view()(i, j) == doctest::Approx(b.scores.view()(i, j)).epsilon(1e-4));
      if (j > 0) CHECK(a.scores.view()(i, j) <= a.scores.view()(i, j - 1));
    }
}

TEST_CASE("an index of faiss's own is trained, filled and searched behind the concept") {
  context<cpu> ctx;
  const index_t n = 2000, d = 8;
  const auto x = noise(ctx, n, d, 3);
  auto lists = std::make_unique<::faiss::IndexIVFFlat>(new ::faiss::IndexFlat(d, ::faiss::METRIC_INNER_PRODUCT), d, 10,
                                                       ::faiss::METRIC_INNER_PRODUCT);
  lists->own_fields = true;
  lists->nprobe = 5;
  faiss_index<similarity::cosine> index(std::move(lists));
  CHECK_THROWS_AS(index.add(ctx, x), argument_error);  // not trained
  index.train(ctx, x);
  index.add(ctx, x);
  const auto hits = index.search(ctx, x, 1);
  index_t own = 0;
  for (index_t i = 0; i < n; ++i) own += hits.ids.view()(i, 0) == i ? 1 : 0;
  CHECK(own == n);  // the list of a row itself is the first that is looked through
  CHECK_THROWS_AS(faiss_index<similarity::negative_euclidean>(std::make_unique<::faiss::IndexFlatIP>(4)),
                  argument_error);
  CHECK_THROWS_AS(faiss_index<>(std::unique_ptr<::faiss::Index>()), argument_error);
}

TEST_CASE("a similarity whose sides differ prepares queries and rows each in its way") {
  context<cpu> ctx;
  using bilinear = similarity::bilinear<float, cpu>;
  const bilinear form(ctx, noise(ctx, 4, 6, 1));
  interop::faiss_index<bilinear> index(ctx, 6, form);
  index::flat<float, cpu, bilinear> exact(ctx, 6, form);
  const auto rows = noise(ctx, 40, 6, 2), queries = noise(ctx, 5, 4, 3);
  index.add(ctx, rows);
  exact.add(ctx, rows);
  CHECK(index.search(ctx, queries, 5).ids.to_host() == exact.search(ctx, queries, 5).ids.to_host());
  CHECK_THROWS_AS(index.search(ctx, rows, 1), shape_error);
}

TEST_CASE("equal rows come by id, missing places have id -1, and odd sizes are fine") {
  context<cpu> ctx;
  faiss_index<similarity::negative_euclidean> index(ctx, 2);
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

TEST_CASE("what is not finite or of another size is refused by name") {
  context<cpu> ctx;
  CHECK_THROWS_AS(faiss_index<>(ctx, 0), argument_error);
  faiss_index<> index(ctx, 2);
  const matrix<float, cpu> wide(ctx, 1, 3),
      bad(ctx, 1, 2, std::vector<float>{1, std::numeric_limits<float>::infinity()});
  CHECK_THROWS_AS(index.add(ctx, wide), shape_error);
  CHECK_THROWS_AS(index.search(ctx, wide, 1), shape_error);
  CHECK_THROWS_AS(index.search(ctx, matrix<float, cpu>(ctx, 1, 2), -1), argument_error);
  try {
    index.add(ctx, bad);
    CHECK(false);
  } catch (const argument_error& e) {
    CHECK(std::string(e.what()).find("faiss_index::add: row 0 has inf in column 1") != std::string::npos);
  }
  CHECK_THROWS_AS(index.search(ctx, bad, 1), argument_error);
  CHECK(index.size() == 0);
}
