// SPDX-License-Identifier: Apache-2.0
#include <kindred/loss/cca_correlation.hpp>
#include <kindred/loss/chunked_info_nce.hpp>
#include <kindred/loss/cmpc.hpp>
#include <kindred/loss/cmpm.hpp>
#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/learnable_temperature.hpp>
#include <kindred/loss/lifted_structure.hpp>
#include <kindred/loss/multi_similarity.hpp>
#include <kindred/loss/n_pair.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/loss/sigmoid_pair.hpp>
#include <kindred/loss/weighted_sum.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "fixture.hpp"
#include "late_lane.hpp"

using namespace kindred;
using namespace loss_test;

namespace {

const std::vector<label_t> labels{0, 0, 0, 1, 1, 2, 2, 3};  // class 3 has no positives
const std::vector<label_t> rows{0, 0, 1, 2, 3, 1}, cols{1, 0, 0, 2, 2, 4, 1};
const std::vector<label_t> groups{0, 1, 2, 0, 1, 3};

static_assert(loss::PairLoss<loss::on_scores<similarity::cosine, loss::info_nce>>);
static_assert(loss::EmbeddingLoss<loss::on_scores<similarity::cosine, loss::info_nce>>);
static_assert(loss::LearnablePairLoss<loss::on_scores<similarity::cosine, loss::sigmoid_pair>>);
static_assert(loss::LearnableEmbeddingLoss<loss::on_scores<similarity::cosine, loss::sigmoid_pair>>);
static_assert(loss::PairLoss<loss::chunked_info_nce<similarity::cosine>>);
static_assert(loss::LearnableScoreLoss<loss::learnable_temperature<loss::info_nce>>);
static_assert(loss::PairLoss<loss::weighted_sum<loss::cmpm, loss::cca_correlation>>);

/// What a ScoreLoss without a parameter does on bad batches: nothing, and NaN where NaN came.
template <class L>
void check_bad_batches(const L& l, bool zero_without_positives = true) {
  const auto is_nothing = [](const outcome& found) {
    CHECK(found.value == 0);
    for (const double g : found.gradient) CHECK(g == 0);
  };
  is_nothing(check_agreement(score_loss(l, {}), {}));
  is_nothing(check_agreement(score_loss(l, {4}), {0.3}));
  if (zero_without_positives) is_nothing(check_agreement(score_loss(l, {0, 1, 2}), numbers(9, 1)));
  const outcome one_class = check_agreement(score_loss(l, {5, 5, 5}), numbers(9, 1));
  CHECK(std::isfinite(one_class.value));
  std::vector<double> broken = numbers(16, 1);
  broken[2] = not_a_number<double>;
  CHECK(std::isnan(check_agreement(score_loss(l, {0, 0, 1, 1}), broken).value));
  std::vector<double> huge = numbers(16, 1, 1e4);  // e^10000 is no number
  const outcome large = check_agreement(score_loss(l, {0, 0, 1, 1}), huge);
  CHECK(std::isfinite(large.value));
  for (const double g : large.gradient) CHECK(std::isfinite(g));
}

}  // namespace

TEST_CASE("info_nce equals NT-Xent, CLIP and the formula over several positives in both directions") {
  check_fixture(check_loss(score_loss(loss::info_nce{.temperature = 0.2, .symmetric = false}, labels), given("scores")),
                "nt_xent");
  check_fixture(check_loss(score_loss(loss::info_nce{.temperature = 0.1}, 5, 5, relation::paired{}), given("paired")),
                "clip");
  check_fixture(check_loss(score_loss(loss::info_nce{.temperature = 0.3}, rows, cols), given("wide")), "wide_nce");
}

TEST_CASE("info_nce of bad batches is 0, and NaN where NaN came") {
  check_bad_batches(loss::info_nce{});
  check_bad_batches(loss::info_nce{.symmetric = false});
  CHECK_THROWS_AS(evaluate(score_loss(loss::info_nce{.temperature = 0}, labels), given("scores")), argument_error);
  context<cpu> ctx;
  matrix<double, cpu> scores(ctx, 2, 3), turned(ctx, 3, 2);
  vector<double, cpu> value(ctx, 1), values(ctx, 2);
  const vector<label_t, cpu> two(ctx, 2);
  const relation::same_label of_two(two, two);
  CHECK_THROWS_AS(loss::info_nce{}(ctx, scores, relation::paired{}, turned.view(), value.view()), shape_error);
  CHECK_THROWS_AS(loss::info_nce{}(ctx, scores, relation::paired{}, scores.view(), values.view()), shape_error);
  CHECK_THROWS_AS(loss::info_nce{}(ctx, scores, of_two, scores.view(), value.view()), shape_error);
}

TEST_CASE("learnable_temperature equals CLIP with its scale, and behind the clamp passes only what leads back") {
  const loss::learnable_temperature clip(loss::info_nce{.temperature = 1}, {.temperature = 0.5});
  const subject s = score_loss(clip, 5, 5, relation::paired{});
  check_fixture(check_loss(s, given("paired") + std::vector<double>{2.0}), "clip_learned");
  context<cpu> ctx;
  vector<double, cpu> weights(ctx, 1);
  clip.initialize(ctx, weights.view(), vector_view<double, cpu>(), 0);
  CHECK(weights.to_host()[0] == doctest::Approx(std::log(2.0)));
  // random scores want a lower scale, so its gradient is above 0 and stays; negated ones want a higher one
  const outcome at = evaluate(s, given("paired") + std::vector<double>{std::log(100.0)});
  const outcome beyond = evaluate(s, given("paired") + std::vector<double>{7.0});
  CHECK(beyond.value == doctest::Approx(at.value));
  CHECK(beyond.gradient.back() == doctest::Approx(at.gradient.back()));
  CHECK(beyond.gradient.back() > 0);
  std::vector<double> diagonal(25);
  for (std::size_t i = 0; i < 25; i += 6) diagonal[i] = 0.01;
  CHECK(evaluate(s, diagonal + std::vector<double>{4.0}).gradient.back() < 0);
  CHECK(evaluate(s, diagonal + std::vector<double>{7.0}).gradient.back() == 0);
  CHECK(check_agreement(score_loss(clip, 0, 0, relation::paired{}), {2.0}).value == 0);
}

TEST_CASE("chunked_info_nce equals info_nce on all scores for every size of chunk, with less memory") {
  using chunked = loss::chunked_info_nce<similarity::cosine>;
  const std::vector<double> x = numbers((6 + 7) * 4, 3);
  for (const bool symmetric : {true, false}) {
    const loss::info_nce nce{.temperature = 0.3, .symmetric = symmetric};
    const outcome whole =
        check_loss(pair_loss(loss::on_scores<similarity::cosine, loss::info_nce>{.loss = nce}, rows, 4, cols, 4), x);
    for (const index_t chunk : {1, 2, 4, 256}) {
      const outcome found = check_agreement(pair_loss(chunked{.loss = nce, .rows = chunk}, rows, 4, cols, 4), x);
      CHECK(found.value == whole.value);
      for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(found.gradient[i] - whole.gradient[i]) < 1e-15);
      for (std::size_t i = 0; i < 24; ++i) CHECK(found.gradient[i] == whole.gradient[i]);  // da, to the last bit
    }
  }
  check_loss(siamese_loss(chunked{.loss = {.temperature = 0.3}, .rows = 3}, labels, 3), numbers(24, 4));
  CHECK(check_agreement(siamese_loss(chunked{}, {}, 3), {}).value == 0);
  CHECK_THROWS_AS(evaluate(siamese_loss(chunked{.rows = 0}, labels, 3), numbers(24, 4)), argument_error);

  context<cpu> ctx;
  const index_t n = 2048;
  const matrix<double, cpu> a(ctx, n, 8, numbers(n * 8, 1)), b(ctx, n, 8, numbers(n * 8, 2));
  matrix<double, cpu> da(ctx, n, 8), db(ctx, n, 8);
  vector<double, cpu> value(ctx, 1);
  chunked{.rows = 64}(ctx, a.view(), b.view(), relation::paired{}, da.view(), db.view(), value.view());
  CHECK(ctx.scratch().capacity() < 8 * 1024 * 1024);  // all scores would be 32 MiB
}

TEST_CASE("n_pair on embeddings equals the paper's formula with the weight of the norms, and info_nce on scores") {
  const subject on_rows = pair_loss(loss::n_pair{.l2 = 0.1}, 6, 4, 6, 4, relation::paired{});
  check_fixture(check_loss(on_rows, given("a") + given("b")), "n_pair");
  check_loss(siamese_loss(loss::n_pair{}, labels, 3), numbers(24, 5));
  const outcome scores = check_loss(score_loss(loss::n_pair{}, rows, cols), given("wide"));
  const outcome same =
      evaluate(score_loss(loss::info_nce{.temperature = 1, .symmetric = false}, rows, cols), given("wide"));
  CHECK(same_bytes(scores, same));
  check_bad_batches(loss::n_pair{});
  CHECK(check_agreement(siamese_loss(loss::n_pair{}, {}, 3), {}).value == 0);
}

TEST_CASE("lifted_structure equals pytorch-metric-learning's, and its gradient through distances is exact") {
  std::vector<double> scores = given("scores");
  for (double& s : scores) s -= 1.5;
  const outcome found = check_loss(score_loss(loss::lifted_structure{}, labels), scores);
  const std::vector<double> library = given("lifted.gradient");
  CHECK(close(found.value, given("lifted")[0]));
  // the library spreads the push over rows, the paper over rows and columns of a symmetric matrix: their sums agree
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t j = 0; j < 8; ++j)
      CHECK(close(found.gradient[8 * i + j] + found.gradient[8 * j + i], library[8 * i + j] + library[8 * j + i]));
  using on_rows = loss::on_scores<similarity::negative_euclidean, loss::lifted_structure>;
  const outcome siamese = check_loss(siamese_loss(on_rows{}, labels, 3), numbers(24, 6));
  const outcome labelled = check_loss(embedding_loss(on_rows{}, labels, 3), numbers(24, 6));
  CHECK(same_bytes(siamese, labelled));
  check_loss(score_loss(loss::lifted_structure{.margin = 0.5}, rows, cols), numbers(42, 2, 1, -1.5));
  check_bad_batches(loss::lifted_structure{});
  // one class: no negatives, the logarithm is 0, what remains is half the mean squared distance
  std::vector<double> d{0, -1, -2, -1, 0, -3, -2, -3, 0};
  CHECK(evaluate(score_loss(loss::lifted_structure{}, {5, 5, 5}), d).value == doctest::Approx(14.0 / 6));
}

TEST_CASE("multi_similarity equals pytorch-metric-learning's, with and without its choice of pairs") {
  check_fixture(check_loss(score_loss(loss::multi_similarity{}, labels), given("scores")), "multi_similarity");
  check_fixture(check_loss(score_loss(loss::multi_similarity{.select = true}, labels), given("scores")),
                "multi_similarity_selected");
  check_bad_batches(loss::multi_similarity{.select = true});
  check_bad_batches(loss::multi_similarity{}, false);
  // without positives only the negatives speak, as the formula says
  const outcome apart = check_loss(score_loss(loss::multi_similarity{}, {0, 1}), {0, 0.6, 0.4, 0});
  CHECK(apart.value == doctest::Approx((std::log1p(std::exp(5.0)) + std::log1p(std::exp(-5.0))) / 100));
  CHECK_THROWS_AS(evaluate(score_loss(loss::multi_similarity{.alpha = 0}, labels), given("scores")), argument_error);
}

TEST_CASE("sigmoid_pair equals the formula of SigLIP with its gradient for scale and bias") {
  const loss::sigmoid_pair siglip;
  check_fixture(check_loss(score_loss(siglip, rows, cols), given("wide") + std::vector<double>{1.3, -0.7}), "sigmoid");
  check_loss(score_loss(siglip, labels), given("scores") + std::vector<double>{0.5, -1});  // ignores the diagonal
  context<cpu> ctx;
  vector<double, cpu> weights(ctx, 2);
  siglip.initialize(ctx, weights.view(), vector_view<double, cpu>(), 0);
  CHECK(weights.to_host()[0] == doctest::Approx(std::log(10.0)));
  CHECK(weights.to_host()[1] == -10);
  CHECK(check_agreement(score_loss(siglip, {}), {1, 0}).value == 0);
  CHECK(check_agreement(score_loss(siglip, {1}, {1}), {0, 1, 0}).value == doctest::Approx(std::log(2.0)));
  CHECK(check_agreement(score_loss(siglip, {1}, {2}), {500, 1, 0}).value == doctest::Approx(500 * std::exp(1.0)));
  CHECK(std::isnan(check_agreement(score_loss(siglip, {1}, {2}), {not_a_number<double>, 1, 0}).value));
  CHECK_THROWS_AS(loss::sigmoid_pair({.scale = 0}), argument_error);
  using on_rows = loss::on_scores<similarity::cosine, loss::sigmoid_pair>;
  check_loss(siamese_loss(on_rows{}, labels, 3), numbers(24, 7) + std::vector<double>{0.5, -1});
}

TEST_CASE("cmpm equals the paper's formula with raw rows and unit directions, gradient below 1e-8") {
  const subject s = pair_loss(loss::cmpm{}, groups, 4, groups, 4);
  const std::vector<double> x = given("a") + given("b");
  const outcome found = check_loss(s, x);
  check_fixture(found, "cmpm");
  CHECK(gradient_error(s, x) < 1e-8);
  check_loss(siamese_loss(loss::cmpm{}, labels, 3), numbers(24, 8));
  CHECK(check_agreement(siamese_loss(loss::cmpm{}, {}, 3), {}).value == 0);
  CHECK(check_agreement(siamese_loss(loss::cmpm{}, {1}, 2), {1, 2}).value == 0);
  CHECK(check_agreement(siamese_loss(loss::cmpm{}, {0, 1, 2}, 2), numbers(6, 1)).value == 0);
  CHECK(check_agreement(pair_loss(loss::cmpm{}, {1}, 2, {1}, 2), {1, 2, 3, 4}).value ==
        doctest::Approx(0).epsilon(1e-7));
  CHECK(std::isnan(check_agreement(pair_loss(loss::cmpm{}, {1}, 1, {1}, 1), {1, not_a_number<double>}).value));
  CHECK_THROWS_AS(evaluate(pair_loss(loss::cmpm{.epsilon = 0}, {1}, 1, {1}, 1), {1, 1}), argument_error);
}

TEST_CASE("cca_correlation equals the trace norm, its square and its leading part, gradient below 1e-8") {
  const std::vector<double> x = given("x") + given("y");
  const auto of = [](loss::cca_correlation l) { return pair_loss(l, 12, 4, 12, 3, relation::paired{}); };
  const std::pair<loss::cca_correlation, const char*> kinds[] = {
      {{}, "cca"}, {{.squared = true}, "cca_squared"}, {{.directions = 2}, "cca_leading"}};
  for (const auto& [l, name] : kinds) {
    check_fixture(check_loss(of(l), x), name);
    CHECK(gradient_error(of(l), x) < 1e-8);
  }
  // without a ridge a view is perfectly correlated with any full-rank map of itself
  std::vector<double> twice = given("x");
  for (std::size_t i = 0; i < 48; ++i) twice.push_back(3 * twice[i] + (i % 4 == 0 ? twice[i + 1] : 5));
  const outcome same = evaluate(pair_loss(loss::cca_correlation{.ridge = 0}, 12, 4, 12, 4, relation::paired{}), twice);
  CHECK(same.value == doctest::Approx(-4));
}

TEST_CASE("cca_correlation refuses batches that are not larger than their width, NaN and a negative ridge") {
  const auto run = [](loss::cca_correlation l, index_t n, index_t p, std::vector<double> x) {
    return evaluate(pair_loss(l, n, p, n, p, relation::paired{}), x);
  };
  CHECK_THROWS_AS(run({}, 4, 4, numbers(32, 1)), shape_error);
  CHECK_THROWS_AS(run({}, 1, 1, numbers(2, 1)), shape_error);
  CHECK_THROWS_AS(run({}, 0, 2, {}), shape_error);
  CHECK(run({}, 5, 4, numbers(40, 1)).value < -3);
  std::vector<double> broken = numbers(40, 1);
  broken[3] = not_a_number<double>;
  CHECK_THROWS_AS(run({}, 5, 4, broken), argument_error);
  CHECK_THROWS_AS(run({.ridge = -1}, 5, 4, numbers(40, 1)), argument_error);
  // constant columns have no direction: with no ridge they take no part
  std::vector<double> flat = numbers(24, 2);
  for (std::size_t i = 0; i < 24; i += 2) flat[i] = 1;
  const outcome found = run({.ridge = 0}, 6, 2, flat);
  CHECK(found.value > -1.0001);
  for (const double g : found.gradient) CHECK(std::isfinite(g));
}

TEST_CASE("losses made of losses pass a new seed on") {
  struct drawing : loss::n_pair {
    std::uint64_t seed = 0;
    drawing reseeded(std::uint64_t s) const {
      drawing copy = *this;
      copy.seed = s;
      return copy;
    }
  };
  const loss::on_scores<similarity::cosine, drawing> scored{};
  const loss::weighted_sum<drawing, drawing> sum{};
  CHECK(miner::reseeded(scored, 7).loss.seed == 7);
  CHECK(miner::reseeded(loss::learnable_temperature(drawing{}), 7).loss.seed == 7);
  CHECK(miner::reseeded(sum, 7).first.seed != miner::reseeded(sum, 7).second.seed);
  CHECK(miner::reseeded(loss::on_scores<similarity::cosine, loss::info_nce>{}, 7).loss.temperature == 0.07);
}

TEST_CASE("weighted_sum adds values and gradients of any kind of loss") {
  const loss::weighted_sum both{loss::info_nce{}, loss::multi_similarity{}, 0.5, -2.0};
  const std::vector<double> x = given("scores");
  const outcome found = check_loss(score_loss(both, labels), x), one = evaluate(score_loss(both.first, labels), x),
                two = evaluate(score_loss(both.second, labels), x);
  CHECK(close(found.value, 0.5 * one.value - 2 * two.value));
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(close(found.gradient[i], 0.5 * one.gradient[i] - 2 * two.gradient[i]));
  const loss::weighted_sum pairs{loss::cmpm{}, loss::n_pair{}, 0.1, 1.0};
  check_loss(siamese_loss(pairs, labels, 3), numbers(24, 9));
  // CMPL: one part learns
  const loss::weighted_sum cmpl{loss::cmpm{}, loss::cmpc(4, 3), 0.5, 2.0};
  static_assert(loss::LearnablePairLoss<std::remove_const_t<decltype(cmpl)>>);
  const std::vector<double> y = numbers(24 + 12, 10);
  const outcome learned = check_loss(siamese_loss(cmpl, labels, 3), y),
                classes = evaluate(siamese_loss(cmpl.second, labels, 3), y);
  for (std::size_t i = 24; i < y.size(); ++i) CHECK(close(learned.gradient[i], 2 * classes.gradient[i]));
  std::string names;
  cmpl.parameters([&](const std::string& name, index_t, index_t, index_t) { names += name; });
  CHECK(names == "1.weight");
  CHECK(cmpl.description() == "weighted_sum(-, cmpc(4, 3))");
}

TEST_CASE("numeric options of losses with exponentials are refused where they, or what they become in T, cannot be") {
  context<cpu> ctx;
  matrix<float, cpu> s(ctx, 2, 2), ds(ctx, 2, 2);
  vector<float, cpu> value(ctx, 1);
  const auto refuses = [&](const auto& loss, const char* expected) {
    CHECK_THROWS_WITH_AS(loss(ctx, as_const(s), relation::paired{}, ds.view(), value.view()),
                         doctest::Contains(expected), argument_error);
  };
  const double nan = loss_test::detail::nan;
  refuses(loss::info_nce{.temperature = 0}, "loss::info_nce: expected temperature above 0, got 0");
  refuses(loss::info_nce{.temperature = nan}, "loss::info_nce: expected temperature above 0, got nan");
  refuses(loss::info_nce{.temperature = 1e-50},
          "loss::info_nce: expected temperature in [1.17549435e-38, 3.40282347e+38], got 1e-50");
  refuses(loss::multi_similarity{.beta = HUGE_VAL}, "loss::multi_similarity: expected beta in [");
  refuses(loss::multi_similarity{.base = nan}, "loss::multi_similarity: expected a finite base, got nan");
  refuses(loss::lifted_structure{.margin = nan}, "loss::lifted_structure: expected a finite margin, got nan");
  CHECK_THROWS_WITH_AS(loss::learnable_temperature(loss::info_nce{}, {.smallest_temperature = nan}),
                       doctest::Contains("expected smallest_temperature above 0, got nan"), argument_error);
  CHECK_THROWS_WITH_AS(loss::sigmoid_pair({.bias = nan}), doctest::Contains("expected a finite bias, got nan"),
                       argument_error);
}

TEST_CASE("values of cross entropies do not depend on when a lane reads a score that becomes its gradient") {
  context<cpu> ctx;
  const index_t n = 3, classes = 9;
  const std::vector<double> start = numbers(n * classes, 12);
  const vector<label_t, cpu> own(ctx, std::vector<label_t>{0, 1, 8});
  const vector<double, cpu> one(ctx, std::vector<double>{1});
  const auto values = [&](auto run) {
    matrix<double, cpu> cosines(ctx, n, classes, start);
    vector<double, cpu> totals(ctx, n);
    run(loss::detail::proxy_nca_row<double, cpu>{cosines.view(), own.view(), one.view(), 2.0, 1.0, 0.0, false,
                                                 totals.view()});
    std::vector<double> all = totals.to_host();
    loss_test::detail::append(all, cosines.to_host());
    return all;
  };
  const auto expected = values([&](auto body) { ctx.for_each_row(n, classes, body); });
  const auto late = values([&](auto body) { late_lane::for_each_row(n, body); });
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(late[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}
