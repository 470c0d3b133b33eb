// SPDX-License-Identifier: Apache-2.0
// Steps and codes against NumPy (tests/reference/model_bimodal_autoencoder.py), the unrolled network against its
// machines, learning on two sides that share known factors.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/generative/bimodal_autoencoder.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/concept.hpp>
#include <kindred/similarity/cosine.hpp>

#include "io/files.hpp"
#include "matrix_fixture.hpp"
#include "model/shared_factors.hpp"

using namespace kindred;
using generative::rbm_visible;
using learned = generative::bimodal_autoencoder_model<float, cpu>;

namespace {

context<cpu>& host() {
  static context<cpu> ctx(2);
  return ctx;
}
matrix<double, cpu> stored(const std::string& name) {
  return matrix_fixture(host(), "model/bimodal_autoencoder.txt", name);
}
void near(vector_view<const double, cpu> found, const std::string& name) {
  const auto expected = stored(name).to_host();
  CAPTURE(name);
  REQUIRE(found.size() == static_cast<index_t>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(found.data()[i] - expected[i]) < 1e-12);
}

void near(const matrix<double, cpu>& found, const std::string& name) { near(as_vector(found.view()), name); }

/// Share of items whose own partner is among the ten nearest, both ways.
double found_among_ten(const matrix<float, cpu>& a, const matrix<float, cpu>& b) {
  const auto scores = similarity::cosine{}.score(host(), a, b);
  const index_t n = a.rows();
  index_t count = 0;
  for (index_t i = 0; i < n; ++i) {
    index_t row = 0, column = 0;
    for (index_t j = 0; j < n; ++j) {
      row += scores.view()(i, j) > scores.view()(i, i) ? 1 : 0;
      column += scores.view()(j, i) > scores.view()(i, i) ? 1 : 0;
    }
    count += (row < 10 ? 1 : 0) + (column < 10 ? 1 : 0);
  }
  return static_cast<double>(count) / static_cast<double>(2 * n);
}

/// Pairs that share four bits. Four binary columns of the first side show each; of the second three words that come
/// where it is on and three where it is off, so that documents are alike in length. `expected`: share of each word, the
/// bits known.
struct bits_and_words {
  matrix<float, cpu> x, y, shares, expected;

  bits_and_words(index_t n, std::uint64_t seed)
      : x(host(), n, 16), y(host(), n, 24), shares(host(), n, 24), expected(host(), n, 24) {
    for (index_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::uint64_t>(i);
      const auto on = [&](index_t bit) { return random::uniform(seed, static_cast<std::uint64_t>(bit), at) < 0.5; };
      const auto drawn = [&](index_t c) { return random::uniform(seed, 10, 40 * at + static_cast<std::uint64_t>(c)); };
      for (index_t c = 0; c < 16; ++c) x.view()(i, c) = (drawn(c) < 0.1) != on(c / 4) ? 1 : 0;
      float words = 0;
      for (index_t c = 0; c < 24; ++c) {
        const bool comes = on(c / 6) == (c % 6 < 3);
        words += y.view()(i, c) = static_cast<float>(std::floor(drawn(16 + c) * (comes ? 7 : 2)));  // mean 3 or 0.5
        expected.view()(i, c) = (comes ? 3 : 0.5f) / 42;
      }
      for (index_t c = 0; c < 24; ++c) shares.view()(i, c) = y.view()(i, c) / words;
    }
  }
};

/// Correlation of a column with its truth, mean over the columns.
double correlation(const matrix<float, cpu>& a, const matrix<float, cpu>& b) {
  double result = 0;
  const auto n = static_cast<double>(a.rows());
  for (index_t c = 0; c < a.cols(); ++c) {
    double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
    for (index_t i = 0; i < a.rows(); ++i) ma += a.view()(i, c) / n, mb += b.view()(i, c) / n;
    for (index_t i = 0; i < a.rows(); ++i) {
      const double u = a.view()(i, c) - ma, v = b.view()(i, c) - mb;
      ab += u * v, aa += u * u, bb += v * v;
    }
    result += ab / std::sqrt(aa * bb) / static_cast<double>(a.cols());
  }
  return result;
}

}  // namespace

TEST_CASE("two steps over whole pairs and pairs with a side missing, and codes, are those of the formulas") {
  using network = generative::bimodal_autoencoder_model<double, cpu>;
  const auto x = stored("x"), y = stored("y"), first = stored("weights"), last = stored("learned");
  auto left = generative::detail::side_of<double>(host(), x.view(), rbm_visible::gaussian);
  auto right = generative::detail::side_of<double>(host(), y.view(), rbm_visible::replicated_softmax);
  matrix<double, cpu> a(host(), 5, 3), b(host(), 5, 4);
  left.read(host(), x, a.view());
  right.read(host(), y, b.view());
  const network::widths sizes{3, 4, 2, 3, 2};
  auto to_code = encoder::make<double>(host(), sizes.to_code());
  auto to_rows = encoder::make<double>(host(), sizes.to_rows());
  auto unasked = encoder::make<double>(host(), layer::linear(2, 1));
  const index_t half = to_code.weights().size();
  REQUIRE(first.cols() == half + to_rows.weights().size());
  std::copy(first.data(), first.data() + half, to_code.weights().begin());
  std::copy(first.data() + half, first.data() + first.cols(), to_rows.weights().begin());
  generative::bimodal_autoencoder_trainer trainer(
      host(), to_code, to_rows, unasked, optimizer::sgd{.rate = 0.1, .momentum = 0.5},
      {.reconstruction = 7,
       .classification = 0,
       .first = generative::detail::error_of(rbm_visible::gaussian),
       .second = generative::detail::error_of(rbm_visible::replicated_softmax)});
  for (const char* step : {"value_0", "value_1"})
    CHECK(trainer.step(std::as_const(a).view(), std::as_const(b).view(), {}) ==
          doctest::Approx(stored(step).data()[0]).epsilon(1e-12));
  std::vector<double> both(to_code.weights().begin(), to_code.weights().end());
  both.insert(both.end(), to_rows.weights().begin(), to_rows.weights().end());
  near(vector_view<const double, cpu>(both.data(), first.cols()), "learned");
  const network model(std::move(left), std::move(right), std::move(to_code), std::move(to_rows));
  near(model.joint(host(), x, y), "joint");
  near(model.first(host(), x), "first");
  near(model.second(host(), y), "second");
  near(model.second_of_first(host(), x), "second_of_first");
  near(model.first_of_second(host(), y), "first_of_second");
}

TEST_CASE("the unrolled network starts as its three machines") {
  const shared_factors set(host(), 30, 1);
  const bits_and_words other(30, 2);
  for (const bool words : {false, true}) {
    const auto visible = words ? rbm_visible::replicated_softmax : rbm_visible::gaussian;
    const auto& x = words ? other.y : set.x;
    const auto& y = other.x;
    auto left = generative::detail::side_of<float>(host(), x.view(), visible);
    auto right = generative::detail::side_of<float>(host(), y.view(), rbm_visible::bernoulli);
    matrix<float, cpu> rows(host(), 30, x.cols()), hidden(host(), 30, 7), back(host(), 30, 7), there(host(), 30, 16);
    left.read(host(), x, rows.view());
    using machine = generative::rbm<float, cpu>;
    machine m[3] = {{host(), x.cols(), {.hidden = 4, .visible = visible, .deviation = 0.4}},
                    {host(), 16, {.hidden = 3, .deviation = 0.4}},
                    {host(), 7, {.hidden = 5, .deviation = 0.4}}};
    for (int i = 0; i < 3; ++i) m[0].update(host(), rows), m[1].update(host(), y);  // biases that are not 0
    m[0].encode(host(), rows, hidden.view().middle_cols(0, 4));
    m[1].encode(host(), y, hidden.view().middle_cols(4, 3));
    m[2].update(host(), hidden);
    const learned::widths sizes{x.cols(), 16, 4, 3, 5};
    auto to_code = encoder::make(host(), sizes.to_code());
    auto to_rows = encoder::make(host(), sizes.to_rows(), 1);
    generative::detail::unroll(host(), m, {left.length, right.length}, to_code, to_rows);
    const learned net(std::move(left), std::move(right), std::move(to_code), std::move(to_rows));
    const auto codes = net.joint(host(), x, y), wanted = m[2].encode(host(), hidden);
    for (index_t i = 0; i < codes.rows() * 5; ++i)
      CHECK(codes.data()[i] == doctest::Approx(wanted.data()[i]).epsilon(1e-4));
    matrix<float, cpu> one(host(), 30, x.cols()), two(host(), 30, 16), expected(host(), 30, x.cols());
    net.decode(host(), codes, one.view(), two.view());
    m[2].decode(host(), codes, back.view());
    m[1].decode(host(), back.view().middle_cols(4, 3), there.view());
    for (index_t i = 0; i < 30 * 16; ++i) CHECK(two.data()[i] == doctest::Approx(there.data()[i]).epsilon(1e-4));
    if (!words) continue;  // standardized rows are put back, which the fixture checks
    m[0].decode(host(), back.view().middle_cols(0, 4), expected.view());
    for (index_t i = 0; i < 30 * x.cols(); ++i)
      CHECK(one.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-4));
  }
}

TEST_CASE("bimodal_autoencoder finds the partner of an unseen item where linear CCA does not") {
  static_assert(projection::PairedLearner<generative::bimodal_autoencoder>);
  static_assert(projection::Projection<learned, float, cpu>);
  const shared_factors train(host(), 600, 1), test(host(), 300, 2);
  const generative::bimodal_autoencoder learner{
      {.first = {.hidden = 48, .visible = rbm_visible::gaussian, .rate = 0.01},
       .second = {.hidden = 48, .visible = rbm_visible::gaussian, .rate = 0.01},
       .joint = {.hidden = 24},
       .pretraining = 10,
       .training = {.epochs = 60, .batch = 25, .rate = 2e-2, .seed = 1}}};
  const auto model = learner.fit(host(), train.x, train.y);
  const auto cca = projection::cca{.dimensions = 3}.fit(host(), train.x, train.y);
  const double found = found_among_ten(model.first(host(), test.x), model.second(host(), test.y));
  const double linear = found_among_ten(cca.first(host(), test.x), cca.second(host(), test.y));
  MESSAGE("partners among ten of 300: ", found, ", linear CCA ", linear);
  CHECK(model.dimensions() == 24);
  // chance is 1 / 30; what the sides share is bent, so that lines find little of it
  CHECK(found > linear + 0.2);
}

TEST_CASE("bimodal_autoencoder tells words from bits nearly as well as who knows what they share") {
  const bits_and_words train(400, 1), test(200, 2);
  const generative::bimodal_autoencoder learner{
      {.first = {.hidden = 24, .rate = 0.2},
       .second = {.hidden = 24, .visible = rbm_visible::replicated_softmax, .rate = 0.01},
       .joint = {.hidden = 16, .rate = 0.2},
       .pretraining = 10,
       .training = {.epochs = 25, .batch = 40, .rate = 1e-2, .seed = 1}}};
  const auto model = learner.fit(host(), train.x, train.y);
  const auto words = model.second_of_first(host(), test.x);
  const double told = correlation(words, test.shares), best = correlation(test.expected, test.shares);
  MESSAGE("correlation of words with what came ", told, ", of the expected ones ", best);
  // who sees the columns takes the bit of most of four, which are wrong in 1 of 10: 0.028 of the bits are told wrong,
  // which leaves 0.944 of the correlation
  CHECK(told > 0.85 * best);
  for (index_t i = 0; i < 200; ++i) {
    double sum = 0;
    for (const float v : words.view().row(i)) sum += v;
    CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  }
  // and bits from words: a column follows its bit in 9 of 10, so no better than 0.8
  CHECK(correlation(model.first_of_second(host(), test.y), test.x) > 0.7);
}

TEST_CASE("bimodal_autoencoder: the same bytes on any number of threads and from its file; bad options are refused") {
  context<cpu> one(1);
  const bits_and_words set(120, 1);
  generative::bimodal_autoencoder learner{{.first = {.hidden = 6},
                                           .second = {.hidden = 5, .visible = rbm_visible::gaussian, .rate = 0.01},
                                           .joint = {.hidden = 4},
                                           .pretraining = 2,
                                           .training = {.epochs = 2, .batch = 50}}};
  const auto model = learner.fit(host(), set.x, set.y);
  const auto alone = learner.fit(one, set.x, set.y);
  const auto codes = model.first(host(), set.x).to_host(), rows = model.first_of_second(host(), set.y).to_host();
  CHECK(alone.first(one, set.x).to_host() == codes);
  const temporary_folder folder;
  const std::string path = folder / "model";
  model.save(path);
  const auto back = learned::load(host(), path);
  CHECK(back.first(host(), set.x).to_host() == codes);
  CHECK(back.first_of_second(host(), set.y).to_host() == rows);
  back.save(folder / "again");
  CHECK(bytes_of(folder / "again") == bytes_of(path));
  CHECK(contains(refusal([&] { generative::rbm<float, cpu>::load(host(), path); }), "bimodal_autoencoder_model 1"));
  const auto written = [&](index_t hidden, index_t visible) {
    io::safetensors_writer file;
    file.metadata("type", "bimodal_autoencoder_model 1");
    file.add("widths", std::vector<index_t>{16, 24, hidden, 5, 4});
    file.add("visible", std::vector<index_t>{0, visible});
    file.add("lengths", std::vector<double>{1, 1});
    file.write(path);
    return refusal([&] { learned::load(host(), path); });
  };
  CHECK(contains(written(index_t(1) << 50, 1), "encoder.0.first.weight: expected 16 x 1125899906842624"));
  CHECK(contains(written(6, 7), "visible and lengths: 7"));
  index_t calls = 0;
  learner.fit(host(), set.x, set.y, [&](const train::epochs_progress&) { return ++calls < 3; });
  CHECK(calls == 3);

  CHECK_THROWS_AS(model.first(host(), set.y), shape_error);
  CHECK_THROWS_AS(model.joint(host(), set.x, set.y.view().middle_rows(0, 7)), shape_error);
  const matrix<float, cpu> none(host(), 0, 16), silent(host(), 120, 24);
  CHECK(model.first(host(), none).rows() == 0);
  const auto refused = [&](auto change, const char* why) {
    auto bad = learner;
    change(bad.options);
    CHECK_THROWS_WITH_AS(bad.fit(host(), set.x, silent), doctest::Contains(why), argument_error);
  };
  refused([](auto& o) { o.joint.visible = rbm_visible::gaussian; }, "bernoulli");
  refused([](auto& o) { o.pretraining = -1; }, "expected pretraining of at least 0, got -1");
  refused([](auto& o) { o.training.rate = std::nan(""); }, "expected training.rate");
  refused([](auto& o) { o.joint.hidden = 0; }, "hidden");
  refused([](auto& o) { o.second.visible = rbm_visible::replicated_softmax; }, "documents of 0 words");
  CHECK_THROWS_AS(learner.fit(host(), none, set.y), shape_error);
}
