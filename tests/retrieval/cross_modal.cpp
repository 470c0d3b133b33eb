// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/semantic.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>

#include "io/files.hpp"
#include "parts.hpp"

using namespace kindred;
using parts::digits;

namespace {

constexpr index_t n = 60, p = 6, q = 4;

/// Two views of four classes, exact numbers with noise of their own.
struct views {
  std::vector<label_t> labels;
  std::vector<double> first, second;

  explicit views(std::uint64_t seed) {
    const auto noise_p = digits<double>(n * p, seed), noise_q = digits<double>(n * q, seed + 1);
    for (std::size_t i = 0; i < n; ++i) {
      labels.push_back(static_cast<label_t>(i % 4));
      for (std::size_t c = 0; c < p; ++c) first.push_back(noise_p[i * p + c] / 8 + (c % 4 == i % 4 ? 3 : 0));
      for (std::size_t c = 0; c < q; ++c) second.push_back(noise_q[i * q + c] / 8 + (c == (i + 1) % 4 ? 3 : 0));
    }
  }
  template <class T, Device D>
  static matrix<T, D> on(context<D>& ctx, const std::vector<double>& numbers, index_t cols) {
    return {ctx, static_cast<index_t>(numbers.size()) / cols, cols, std::vector<T>(numbers.begin(), numbers.end())};
  }
};

template <class Hits>
auto bytes(const Hits& hits) {
  return std::pair(hits.ids.to_host(), hits.scores.to_host());
}

}  // namespace

TEST_CASE_TEMPLATE("cross_modal is encoders, learner, similarity and index one after the other", D, cpu, emu) {
  context<D> ctx;
  const views train(1), test(7);
  const auto x = views::on<float>(ctx, train.first, p), y = views::on<float>(ctx, train.second, q);
  const auto a = views::on<float>(ctx, test.first, p), b = views::on<float>(ctx, test.second, q);
  const projection::cca learner{.dimensions = 3, .ridge = 1e-3};
  auto engine = retrieval::cross_modal{learner}.fit(ctx, x, y);
  CHECK(engine.dimensions() == 3);
  CHECK(engine.first_gallery().size() == 0);
  CHECK(engine.first_to_second(ctx, a, 1).ids.to_host() == std::vector<index_t>(n, -1));
  engine.add_first(ctx, a);
  engine.add_second(ctx, b);

  // the same by hand
  const auto cca = learner.fit(ctx, x, y);
  const auto u = cca.first(ctx, a), v = cca.second(ctx, b);
  CHECK(engine.project_first(ctx, a).to_host() == u.to_host());
  CHECK(engine.project_second(ctx, b).to_host() == v.to_host());
  index::flat<float, D, similarity::cosine> firsts(ctx, 3), seconds(ctx, 3);
  firsts.add(ctx, u);
  seconds.add(ctx, v);
  CHECK(bytes(engine.first_to_second(ctx, a, 5)) == bytes(seconds.search(ctx, u, 5)));
  CHECK(bytes(engine.second_to_first(ctx, b, 5)) == bytes(firsts.search(ctx, v, 5)));
  CHECK(bytes(engine.first_to_first(ctx, a, 5)) == bytes(firsts.search(ctx, u, 5)));
  CHECK(bytes(engine.second_to_second(ctx, b, 5)) == bytes(seconds.search(ctx, v, 5)));
  const auto even = [](index_t id) { return id % 2 == 0; };
  CHECK(bytes(engine.first_to_second(ctx, a, 5, even)) == bytes(seconds.search(ctx, u, 5, even)));

  const vector<label_t, D> labels(ctx, test.labels);
  const relation::same_label relevant(labels, labels);
  const auto both = engine.evaluate(ctx, a, b, relevant, metric::average_precision{});
  CHECK(both.forward[0] ==
        retrieval::evaluate(ctx, similarity::cosine{}, u, v, relevant, metric::average_precision{})[0]);
  CHECK(both.backward[0] ==
        retrieval::evaluate(ctx, similarity::cosine{}, v, u, relevant, metric::average_precision{})[0]);
  CHECK(both.forward[0] > 0.9);  // the classes lie far apart
}

TEST_CASE("a learner that subtracts means answers what can be worked out by hand, in float and double") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    context<cpu> ctx;
    const std::vector<T> x{0, 0, 4, 0, 0, 4, 4, 4};          // mean (2, 2)
    const std::vector<T> y{10, 10, 12, 10, 10, 12, 12, 12};  // mean (11, 11)
    const matrix<T, cpu> first(ctx, 4, 2, x), second(ctx, 4, 2, y);
    auto engine =
        retrieval::cross_modal{parts::centring{}, similarity::negative_squared_euclidean{}}.fit(ctx, first, second);
    engine.add_second(ctx, second);
    const std::vector<T> asked{3, 3};  // (1, 1) in the common space, where the last of the second is
    const auto found = engine.first_to_second(ctx, matrix<T, cpu>(ctx, 1, 2, asked), 4);
    CHECK(found.ids.to_host() == std::vector<index_t>{3, 1, 2, 0});
    CHECK(found.scores.to_host() == std::vector<T>{0, -4, -4, -8});
  };
  check(float());
  check(double());
}

TEST_CASE("a learner from labels takes them as a std::vector, a span or an array") {
  context<cpu> ctx;
  const views train(1), test(7);
  const auto x = views::on<double>(ctx, train.first, p), y = views::on<double>(ctx, train.second, q);
  const auto a = views::on<double>(ctx, test.first, p), b = views::on<double>(ctx, test.second, q);
  const retrieval::cross_modal pipeline{projection::semantic{}};
  const auto engine = pipeline.fit(ctx, x, y, train.labels);
  CHECK(engine.dimensions() == 4);
  const vector<label_t, cpu> array(ctx, train.labels);
  const auto u = engine.project_first(ctx, a).to_host();
  CHECK(pipeline.fit(ctx, x, y, std::span<const label_t>(train.labels)).project_first(ctx, a).to_host() == u);
  CHECK(pipeline.fit(ctx, x, y, array).project_first(ctx, a).to_host() == u);
  CHECK(pipeline.fit(ctx, x, y, array.view()).project_first(ctx, a).to_host() == u);
  for (std::size_t i = 0; i < n; ++i)  // posteriors: the own class is the most probable
    for (std::size_t c = 0; c < 4; ++c) CHECK(u[i * 4 + c] <= u[i * 4 + i % 4]);
  const temporary_folder folder;
  engine.save(folder / "semantic");
  CHECK(pipeline.load<double>(ctx, folder / "semantic").project_second(ctx, b).to_host() ==
        engine.project_second(ctx, b).to_host());
}

TEST_CASE("texts on one side, rows on the other, and an index of the user's own") {
  context<cpu> ctx;
  const std::vector<std::string> words{"a", "bb", "ccc", "abcd"};
  const matrix<float, cpu> rows(ctx, 4, 4, std::vector<float>{1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 1, 1, 1, 1});
  const retrieval::cross_modal pipeline{parts::centring{}, parts::twice_dot{}, encoder::features{}, parts::letters{}};
  auto engine = pipeline.fit(ctx, rows, words);  // equal letters give equal rows, so both sides coincide
  engine.add_first(ctx, rows);
  engine.add_second(ctx, words);
  CHECK(bytes(engine.second_to_first(ctx, words, 4)) == bytes(engine.first_to_second(ctx, rows, 4)));
  const temporary_folder folder;
  engine.save(folder / "texts");
  CHECK(bytes(pipeline.load(ctx, folder / "texts").second_to_first(ctx, words, 4)) ==
        bytes(engine.second_to_first(ctx, words, 4)));

  const retrieval::cross_modal differences{parts::centring{}, similarity::cosine{}, encoder::features{},
                                           parts::letters{}, parts::hamming_search{}};
  auto other = differences.fit(ctx, rows, words);
  other.add_first(ctx, rows);
  CHECK(other.second_to_first(ctx, words, 1).ids.to_host() == std::vector<index_t>{0, 1, 2, 3});
}

TEST_CASE("the same bytes from 1, 2 and 4 threads, after loading and from the mapped file") {
  const temporary_folder folder;
  const std::string path = folder / "pairs.engine";
  const views train(1), test(7);
  const retrieval::cross_modal pipeline{projection::cca{}};
  std::vector<float> scores;
  std::string file;
  for (const int threads : {1, 2, 4}) {
    context<cpu> ctx(threads);
    const auto a = views::on<float>(ctx, test.first, p), b = views::on<float>(ctx, test.second, q);
    auto engine = pipeline.fit(ctx, views::on<float>(ctx, train.first, p), views::on<float>(ctx, train.second, q));
    engine.add_first(ctx, a);
    engine.add_second(ctx, b);
    engine.save(path);
    const auto found = engine.first_to_second(ctx, a, 9), back = engine.second_to_first(ctx, b, 9);
    if (threads == 1) {
      scores = found.scores.to_host();
      file = bytes_of(path);
    }
    CHECK(found.scores.to_host() == scores);
    CHECK(bytes_of(path) == file);
    const auto loaded = pipeline.load(ctx, path), mapped = pipeline.open(ctx, path);
    CHECK(bytes(loaded.first_to_second(ctx, a, 9)) == bytes(found));
    CHECK(bytes(mapped.first_to_second(ctx, a, 9)) == bytes(found));
    CHECK(bytes(loaded.second_to_first(ctx, b, 9)) == bytes(back));
    CHECK(bytes(mapped.second_to_first(ctx, b, 9)) == bytes(back));
    loaded.save(folder / "again");
    CHECK(bytes_of(folder / "again") == file);
  }
}

TEST_CASE("a file of other parts is refused, and both are named") {
  context<cpu> ctx;
  const temporary_folder folder;
  const std::string path = folder / "pairs";
  const views train(1);
  const auto x = views::on<float>(ctx, train.first, p), y = views::on<float>(ctx, train.second, q);
  const projection::cca learner;
  retrieval::cross_modal{learner}.fit(ctx, x, y).save(path);
  const auto says = [&](const auto& pipeline, const char* what) {
    CHECK(contains(refusal([&] { pipeline.load(ctx, path); }), path + ": " + what));
  };
  says(retrieval::cross_modal{learner, similarity::dot{}}, "similarity is 'cosine', expected 'dot'");
  says(retrieval::cross_modal{learner, similarity::cosine{}, encoder::features{}, parts::letters{}},
       "second is 'features', expected 'letters'");
  says(retrieval::cross_modal{learner, similarity::cosine{}, parts::letters{}},
       "first is 'features', expected 'letters'");
  says(retrieval::cross_modal{projection::semantic{}},
       "metadata projection.type: expected semantic_projection 1, got linear_projection 1");
  CHECK(contains(refusal([&] { retrieval::cross_modal{learner}.load<double>(ctx, path); }), "not of type double"));
  learner.fit(ctx, x, y).save(path);
  says(retrieval::cross_modal{learner}, "type is 'linear_projection 1', expected 'cross_modal 1'");
}

TEST_CASE("NaN is refused when learning, adding, asking and evaluating") {
  context<cpu> ctx;
  views train(1);
  const auto x = views::on<float>(ctx, train.first, p), y = views::on<float>(ctx, train.second, q);
  train.second[2 * q + 1] = std::numeric_limits<double>::quiet_NaN();
  const auto bad = views::on<float>(ctx, train.second, q);
  const retrieval::cross_modal pipeline{projection::cca{}};
  CHECK_THROWS_AS(pipeline.fit(ctx, x, bad), argument_error);
  auto engine = pipeline.fit(ctx, x, y);
  CHECK_THROWS_AS(engine.add_second(ctx, bad), argument_error);
  CHECK(engine.second_gallery().size() == 0);
  CHECK_THROWS_WITH_AS(engine.second_to_first(ctx, bad, 1), doctest::Contains("row 2 has"), argument_error);
  const vector<label_t, cpu> labels(ctx, train.labels);
  const relation::same_label relevant(labels, labels);
  CHECK_THROWS_AS(engine.evaluate(ctx, x, bad, relevant, metric::average_precision{}), argument_error);
}

TEST_CASE("items that do not pair, or rows of another length, are refused at run time") {
  context<cpu> ctx;
  const views train(1);
  const auto x = views::on<float>(ctx, train.first, p), y = views::on<float>(ctx, train.second, q);
  CHECK_THROWS_AS(retrieval::cross_modal{projection::cca{}}.fit(ctx, x, y.view().middle_rows(0, 7)), shape_error);
  auto engine = retrieval::cross_modal{projection::cca{}}.fit(ctx, x, y);
  CHECK_THROWS_AS(engine.add_first(ctx, y), shape_error);
  CHECK_THROWS_AS(engine.first_to_second(ctx, y, 1), shape_error);
  CHECK(engine.first_to_second(ctx, x.view().middle_rows(0, 0), 3).ids.rows() == 0);
}
