// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/engine.hpp>
#include <limits>
#include <type_traits>

#include "io/files.hpp"
#include "parts.hpp"

using namespace kindred;
using parts::digits;

namespace {

constexpr index_t columns = 5, items = 40, asked = 7;

/// Ids of the k best rows by dot product, equal scores by id, from a plain loop.
std::vector<index_t> best_by_dot(const std::vector<float>& queries, const std::vector<float>& gallery, index_t k) {
  std::vector<index_t> ids;
  for (std::size_t q = 0; q < queries.size() / columns; ++q) {
    std::vector<std::pair<float, index_t>> found;
    for (std::size_t i = 0; i < gallery.size() / columns; ++i) {
      float score = 0;
      for (std::size_t c = 0; c < columns; ++c) score += queries[q * columns + c] * gallery[i * columns + c];
      found.emplace_back(-score, static_cast<index_t>(i));
    }
    std::sort(found.begin(), found.end());
    for (std::size_t j = 0; j < static_cast<std::size_t>(k); ++j)
      ids.push_back(j < found.size() ? found[j].second : -1);
  }
  return ids;
}

template <class D>
struct world {
  context<D> ctx;
  std::vector<float> rows = digits<float>(items * columns, 1), wanted = digits<float>(asked * columns, 2);
  matrix<float, D> gallery{ctx, items, columns, rows}, queries{ctx, asked, columns, wanted};
  retrieval::engine<encoder::features, index::flat<float, D, similarity::dot>> engine{
      ctx, encoder::features{.columns = columns}, similarity::dot{}};
};

template <class Hits>
auto bytes(const Hits& hits) {
  return std::pair(hits.ids.to_host(), hits.scores.to_host());
}

}  // namespace

TEST_CASE_TEMPLATE("an engine finds what a plain loop finds, ties by id", D, cpu, emu) {
  world<D> w;
  w.engine.add(w.ctx, w.gallery);
  CHECK(w.engine.size() == items);
  CHECK(w.engine.dimension() == columns);
  CHECK(w.engine.search(w.ctx, w.queries, 9).ids.to_host() == best_by_dot(w.wanted, w.rows, 9));
}

TEST_CASE("what the parts are follows from the arguments") {
  context<cpu> ctx;
  retrieval::engine a(ctx, encoder::features{.columns = 3});
  CHECK(std::is_same_v<decltype(a), retrieval::engine<encoder::features, index::flat<float, cpu, similarity::cosine>>>);
  retrieval::engine b(encoder::features{}, index::flat<double, cpu>(ctx, 3));
  CHECK(std::is_same_v<decltype(b), retrieval::engine<encoder::features, index::flat<double, cpu>>>);
  retrieval::engine c(ctx, encoder::features{.columns = 3}, similarity::cosine{}, parts::hamming_search{});
  CHECK(std::is_same_v<decltype(c), retrieval::engine<encoder::features, parts::hamming_index>>);
  CHECK_THROWS_WITH_AS(retrieval::engine(ctx, encoder::features{}), doctest::Contains("an encoder of 0 dimensions"),
                       argument_error);
  CHECK_THROWS_WITH_AS(retrieval::engine(encoder::features{.columns = 4}, index::flat<float, cpu>(ctx, 3)),
                       doctest::Contains("an encoder of 4 dimensions but an index of 3"), shape_error);
}

TEST_CASE("empty galleries, no queries, k beyond the gallery and k below 0 are defined") {
  world<cpu> w;
  const auto nothing = w.engine.search(w.ctx, w.queries, 2);
  CHECK(nothing.ids.to_host() == std::vector<index_t>(2 * asked, -1));
  CHECK(nothing.scores.to_host() == std::vector<float>(2 * asked, -infinity<float>));
  const std::vector<label_t> labels(items);
  const vector<label_t, cpu> some(w.ctx, std::span(labels).first(asked)), all(w.ctx, labels);
  const relation::same_label relevant(some, all);
  CHECK_THROWS_WITH_AS(w.engine.evaluate(w.ctx, w.queries, relevant, metric::average_precision{}),
                       doctest::Contains("the gallery is empty"), argument_error);
  w.engine.add(w.ctx, w.gallery);
  CHECK(w.engine.search(w.ctx, w.queries, items + 3).ids.to_host() == best_by_dot(w.wanted, w.rows, items + 3));
  CHECK(w.engine.search(w.ctx, w.queries, 0).ids.cols() == 0);
  CHECK_THROWS_AS(w.engine.search(w.ctx, w.queries, -1), argument_error);
  const matrix<float, cpu> none(w.ctx, 0, columns), narrow(w.ctx, 2, columns - 1);
  CHECK(w.engine.search(w.ctx, none, 3).ids.rows() == 0);
  CHECK_THROWS_WITH_AS(w.engine.evaluate(w.ctx, none, relevant, metric::average_precision{}),
                       doctest::Contains("no queries"), argument_error);
  CHECK_THROWS_AS(w.engine.add(w.ctx, narrow), shape_error);
  CHECK_THROWS_AS(w.engine.search(w.ctx, narrow, 1), shape_error);
  w.engine.add(w.ctx, none);
  CHECK(w.engine.size() == items);
}

TEST_CASE("NaN and infinity are refused by row and column, and nothing is added") {
  world<cpu> w;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), infinity<float>}) {
    auto numbers = w.rows;
    numbers[3 * columns + 2] = bad;
    const matrix<float, cpu> x(w.ctx, items, columns, numbers);
    CHECK_THROWS_WITH_AS(w.engine.add(w.ctx, x), doctest::Contains("row 3 has"), argument_error);
    CHECK_THROWS_WITH_AS(w.engine.search(w.ctx, x, 1), doctest::Contains("in column 2"), argument_error);
    CHECK(w.engine.size() == 0);
  }
}

TEST_CASE("ids and filters go through to the index") {
  world<cpu> w;
  std::vector<index_t> ids;
  for (index_t i = 0; i < items; ++i) ids.push_back(1000 - i);
  w.engine.add(w.ctx, w.gallery, ids);
  const auto odd = w.engine.search(w.ctx, w.queries, items, [](index_t id) { return id % 2 == 1; });
  for (const index_t id : odd.ids.to_host()) CHECK((id == -1 || id % 2 == 1));
  CHECK(w.engine.index().remove(w.ctx, std::vector<index_t>{1000}) == 1);
  CHECK(w.engine.size() == items - 1);
}

TEST_CASE("metrics are those of the whole ranking, for any memory and any number of threads") {
  world<cpu> w;
  w.engine.add(w.ctx, w.gallery);
  const auto numbers = digits<label_t>(items, 3), own = digits<label_t>(asked, 4);
  const vector<label_t, cpu> labels(w.ctx, numbers), mine(w.ctx, own);
  const relation::same_label relevant(mine, labels);
  // a plain loop over the ranking of a plain loop
  const auto ranking = best_by_dot(w.wanted, w.rows, items);
  double sum = 0;
  for (std::size_t q = 0; q < asked; ++q) {
    double precisions = 0, found = 0;
    for (std::size_t j = 0; j < items; ++j)
      if (numbers[static_cast<std::size_t>(ranking[q * items + j])] == own[q])
        precisions += ++found / static_cast<double>(j + 1);
    sum += precisions / found;
  }
  const auto [map, recall] =
      w.engine.evaluate(w.ctx, w.queries, relevant, metric::average_precision{}, metric::recall{.k = 10});
  CHECK(map == doctest::Approx(sum / asked).epsilon(1e-12));
  const auto whole = retrieval::evaluate(w.ctx, similarity::dot{}, w.queries, w.gallery, relevant,
                                         metric::average_precision{}, metric::recall{.k = 10});
  CHECK(map == whole[0]);
  CHECK(recall == whole[1]);
  index_t calls = 0, last = 0;
  const retrieval::evaluate_options narrow{.memory = 1,
                                           .progress = [&](index_t done, index_t) { ++calls, last = done; }};
  for (const int threads : {1, 2, 4}) {
    context<cpu> ctx(threads);
    CHECK(w.engine.evaluate(ctx, w.queries, relevant, narrow, metric::average_precision{})[0] == map);
  }
  CHECK(calls == 3 * asked);
  CHECK(last == asked);
  const relation::same_label others(labels, labels);
  CHECK_THROWS_WITH_AS(w.engine.evaluate(w.ctx, w.queries, others, metric::average_precision{}),
                       doctest::Contains("7 queries and 40 gallery items but a relation about 40 and 40"), shape_error);
}

TEST_CASE("the same bytes from 1, 2 and 4 threads, alone or in a batch, after loading and from the mapped file") {
  context<cpu> ctx;
  const temporary_folder folder;
  const std::string path = folder / "rows.engine";
  const matrix<float, cpu> gallery(ctx, 300, 33, digits<float>(300 * 33, 1)),
      queries(ctx, 9, 33, digits<float>(9 * 33, 2));
  retrieval::engine engine(ctx, encoder::features{.columns = 33});
  engine.add(ctx, gallery);
  const auto found = bytes(engine.search(ctx, queries, 12));
  engine.save(path);
  const std::string file = bytes_of(path);
  using type = decltype(engine);
  for (const int threads : {1, 2, 4}) {
    context<cpu> own(threads);
    const type loaded = type::load(own, path), mapped = type::open(own, path);
    CHECK(bytes(engine.search(own, queries, 12)) == found);
    CHECK(bytes(loaded.search(own, queries, 12)) == found);
    CHECK(bytes(mapped.search(own, queries, 12)) == found);
    const auto alone = loaded.search(own, queries.view().middle_rows(4, 1), 12);
    CHECK(alone.ids.to_host() == std::vector<index_t>(found.first.begin() + 48, found.first.begin() + 60));
    loaded.save(folder / "again");
    CHECK(bytes_of(folder / "again") == file);
  }
  auto grown = type::open(ctx, path);
  grown.add(ctx, queries);
  CHECK(grown.size() == 309);
  CHECK(bytes_of(path) == file);
}

TEST_CASE("pictures: an encoder with options is saved with them") {
  context<cpu> ctx;
  const temporary_folder folder;
  constexpr index_t side = 8;
  const matrix<float, cpu> pixels(ctx, 6 * side * side, 1, digits<float>(6 * side * side, 5));
  const batch_view<const float, cpu> pictures{pixels.view(), {}, 6, side * side, side};
  retrieval::engine engine(ctx, encoder::patch_descriptor{.rows = 2, .cols = 2, .channels = 1, .white = 3});
  engine.add(ctx, pictures);
  const auto found = engine.search(ctx, pictures, 2);
  for (index_t i = 0; i < 6; ++i) CHECK(found.ids.view()(i, 0) == i);  // each is closest to itself
  engine.save(folder / "pictures");
  const auto loaded = decltype(engine)::load(ctx, folder / "pictures");
  CHECK(loaded.encoder().rows == 2);
  CHECK(bytes(loaded.search(ctx, pictures, 2)) == bytes(found));
}

TEST_CASE("an encoder, a similarity and an index of the user's own drop in") {
  context<cpu> ctx;
  const std::vector<std::string> words{"abba", "dad", "cab", "baba", "add"};
  retrieval::engine engine(ctx, parts::letters{}, parts::twice_dot{});
  engine.add(ctx, words);
  const auto found = engine.search(ctx, std::vector<std::string>{"dd"}, 5);
  // the letter d: dad 2, add 2, others 0; scores are (2 x) . (2 q)
  CHECK(found.ids.to_host() == std::vector<index_t>{1, 4, 0, 2, 3});
  CHECK(found.scores.to_host() == std::vector<float>{16, 16, 0, 0, 0});
  const temporary_folder folder;
  engine.save(folder / "words");
  CHECK(bytes(decltype(engine)::load(ctx, folder / "words").search(ctx, std::vector<std::string>{"dd"}, 5)) ==
        bytes(found));

  retrieval::engine differences(ctx, parts::letters{}, similarity::dot{}, parts::hamming_search{});
  differences.add(ctx, words);
  // letter counts of dad and add are equal; abba, cab and baba share none of (1, 0, 0, 2) but none of c
  const auto close = differences.search(ctx, std::vector<std::string>{"dad"}, 2);
  CHECK(close.ids.to_host() == std::vector<index_t>{1, 4});
  CHECK(close.scores.to_host() == std::vector<float>{0, 0});
  const std::vector<label_t> one{1}, kinds{0, 1, 0, 0, 1};
  const vector<label_t, cpu> mine(ctx, one), labels(ctx, kinds);
  CHECK(differences.evaluate(ctx, std::vector<std::string>{"dad"}, relation::same_label(mine, labels),
                             metric::average_precision{})[0] == 1);
}

TEST_CASE("a file of other parts is refused, and both are named") {
  context<cpu> ctx;
  const temporary_folder folder;
  const std::string path = folder / "engine";
  world<cpu> w;
  w.engine.add(w.ctx, w.gallery);
  w.engine.save(path);
  using rows = retrieval::engine<encoder::features, index::flat<float, cpu, similarity::cosine>>;
  CHECK(contains(refusal([&] { rows::load(ctx, path); }), "similarity is 'dot', expected 'cosine'"));
  using pictures = retrieval::engine<encoder::patch_descriptor, index::flat<float, cpu, similarity::dot>>;
  CHECK(contains(refusal([&] { pictures::load(ctx, path); }),
                 path + ": encoder is 'features', expected 'patch_descriptor'"));
  using doubles = retrieval::engine<encoder::features, index::flat<double, cpu, similarity::dot>>;
  CHECK(contains(refusal([&] { doubles::load(ctx, path); }), "not of type double"));
  w.engine.index().save(folder / "index");
  CHECK(contains(refusal([&] { rows::load(ctx, folder / "index"); }), "type is 'flat 1', expected 'engine 1'"));
  CHECK(contains(refusal([&] { rows::load(ctx, folder / "none"); }), "none"));
  {
    io::safetensors_writer file;
    file.metadata("type", "engine 1");
    file.metadata("encoder", "features");
    encoder::features{.columns = columns + 1}.save(file, "encoder.");
    w.engine.index().save(file, "index.");
    file.write(path);
  }
  using dots = decltype(w.engine);
  CHECK(contains(refusal([&] { dots::load(ctx, path); }), "index: got vectors of 5 values, expected 6"));
}
