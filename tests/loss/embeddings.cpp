// SPDX-License-Identifier: Apache-2.0
#include <kindred/loss/cmpc.hpp>
#include <kindred/loss/proxy_anchor.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/relation/paired.hpp>

#include "fixture.hpp"

using namespace kindred;
using namespace loss_test;

namespace {

const std::vector<label_t> groups{0, 1, 2, 0, 1, 3};

void check_nothing(const outcome& found) {
  CHECK(found.value == 0);
  for (const double g : found.gradient) CHECK(g == 0);
}

/// The flat weights a loss starts from.
template <class L>
std::vector<double> start_of(const L& l, std::uint64_t seed) {
  context<cpu> ctx;
  vector<double, cpu> weights(ctx, l.parameter_count());
  l.initialize(ctx, weights.view(), vector_view<double, cpu>(), seed);
  return weights.to_host();
}

}  // namespace

TEST_CASE("softmax_cross_entropy equals PyTorch's, with label smoothing and rows without a label") {
  const std::vector<label_t> labels{0, 3, -100, 2, 1, 1};
  check_fixture(check_loss(embedding_loss(loss::softmax_cross_entropy{}, labels, 4), given("a")), "cross_entropy");
  check_fixture(check_loss(embedding_loss(loss::softmax_cross_entropy{.smoothing = 0.1}, labels, 4), given("a")),
                "cross_entropy_smoothed");
}

TEST_CASE("softmax_cross_entropy without labels, rows or a second class is 0; NaN and huge logits") {
  const loss::softmax_cross_entropy l{.smoothing = 0.1};
  check_nothing(check_agreement(embedding_loss(l, {}, 4), {}));
  check_nothing(check_agreement(embedding_loss(l, {-1, 4}, 4), numbers(8, 1)));
  check_nothing(check_agreement(embedding_loss(l, {0, 0}, 1), {3, -2}));
  CHECK(check_agreement(embedding_loss(l, {1}, 2), {0, 0}).value == doctest::Approx(std::log(2.0)));
  CHECK(std::isnan(check_agreement(embedding_loss(l, {1}, 2), {0, not_a_number<double>}).value));
  CHECK(check_agreement(embedding_loss(loss::softmax_cross_entropy{}, {1}, 2), {1e5, 0}).value == 1e5);
  CHECK_THROWS_AS(evaluate(embedding_loss(loss::softmax_cross_entropy{.smoothing = 2}, {1}, 2), {0, 0}),
                  argument_error);
}

TEST_CASE("proxy_nca equals the paper's formula, public code's and pytorch-metric-learning's") {
  const std::vector<double> x = given("a") + given("proxies");
  const auto of = [](loss::proxy_nca_options o) { return embedding_loss(loss::proxy_nca(4, 4, o), groups, 4); };
  check_fixture(check_loss(of({}), x), "proxy_nca");
  check_fixture(check_loss(of({.scale = 3, .smoothing = 0.1, .positive_in_denominator = true}), x),
                "proxy_nca_smoothed");
  check_fixture(check_loss(of({.scale = 3, .positive_in_denominator = true}), x), "proxy_nca_library");
}

TEST_CASE("proxy_anchor equals pytorch-metric-learning's, also where a class has no row") {
  check_fixture(check_loss(embedding_loss(loss::proxy_anchor(5, 4), groups, 4), given("a") + given("five_proxies")),
                "proxy_anchor");
}

TEST_CASE("losses on proxies: rows without a label take no part, one class and no rows are defined, NaN shows") {
  const auto check = [](const auto& many, const auto& single) {
    const std::vector<double> proxies = start_of(many, 1), proxy = start_of(single, 1), rows = numbers(9, 2);
    CHECK(start_of(many, 1) == proxies);
    CHECK(start_of(many, 2) != proxies);
    check_nothing(check_agreement(embedding_loss(many, {-1, 7, 4}, 3), rows + proxies));
    const outcome without =
        check_loss(embedding_loss(many, {0, -1, 2}, 3), rows + proxies);  // the middle row is not there
    const std::vector<double> kept{rows[0], rows[1], rows[2], rows[6], rows[7], rows[8]};
    CHECK(close(evaluate(embedding_loss(many, {0, 2}, 3), kept + proxies).value, without.value));
    CHECK(std::isfinite(check_loss(embedding_loss(single, {0, 0}, 3), numbers(6, 3) + proxy).value));
    CHECK(std::isfinite(check_loss(embedding_loss(many, {1}, 3), numbers(3, 3) + proxies).value));
    CHECK(std::isfinite(check_agreement(embedding_loss(many, {1}, 3), std::vector<double>{0, 0, 0} + proxies).value));
    CHECK(std::isnan(
        check_agreement(embedding_loss(many, {1}, 3), std::vector<double>{0, not_a_number<double>, 0} + proxies)
            .value));
    CHECK_THROWS_AS(evaluate(embedding_loss(many, {0}, 2), numbers(2, 1) + proxies), shape_error);
    context<cpu> ctx;
    const matrix<double, cpu> x(ctx, 1, 3);
    matrix<double, cpu> dx(ctx, 1, 3);
    const vector<label_t, cpu> label(ctx, 1);
    vector<double, cpu> value(ctx, 1), short_weights(ctx, 11);
    CHECK_THROWS_AS(many(ctx, short_weights, x, label, dx.view(), vector_view<double, cpu>(), value.view()),
                    shape_error);
  };
  check(loss::proxy_nca(4, 3), loss::proxy_nca(1, 3));
  check(loss::proxy_anchor(4, 3), loss::proxy_anchor(1, 3));
  check_nothing(check_agreement(embedding_loss(loss::proxy_nca(4, 3), {}, 3), numbers(12, 1)));
  check_nothing(check_agreement(embedding_loss(loss::proxy_anchor(4, 3), {}, 3), numbers(12, 1)));
  check_nothing(check_agreement(embedding_loss(loss::proxy_nca(1, 3), {0, 0}, 3), numbers(9, 1)));
  CHECK_THROWS_AS(loss::proxy_nca(4, 3, {.scale = 0}), argument_error);
  CHECK_THROWS_AS(loss::proxy_anchor(4, 3, {.alpha = 0}), argument_error);
  CHECK(loss::proxy_nca(4, 3).description() == "proxy_nca(4, 3)");
}

TEST_CASE("cmpc equals the paper's formula, for two sides and for one") {
  const subject s = pair_loss(loss::cmpc(4, 4), groups, 4, groups, 4);
  check_fixture(check_loss(s, given("a") + given("b") + given("proxies")), "cmpc");
  CHECK(gradient_error(s, given("a") + given("b") + given("proxies")) < 1e-8);
  check_loss(siamese_loss(loss::cmpc(4, 3, {.smoothing = 0.1}), groups, 3), numbers(18 + 12, 4));
  check_nothing(check_agreement(siamese_loss(loss::cmpc(4, 3), {}, 3), numbers(12, 1)));
  check_nothing(check_agreement(siamese_loss(loss::cmpc(4, 3), {-1, 9}, 3), numbers(6 + 12, 1)));
  check_nothing(check_agreement(siamese_loss(loss::cmpc(1, 3), {0, 0}, 3), numbers(6 + 3, 1)));
  check_loss(siamese_loss(loss::cmpc(4, 3), {2}, 3), numbers(3 + 12, 1));
  std::vector<double> broken = numbers(6 + 12, 1);
  broken[1] = not_a_number<double>;
  CHECK(std::isnan(check_agreement(siamese_loss(loss::cmpc(4, 3), {0, 1}, 3), broken).value));
  CHECK_THROWS_AS(evaluate(pair_loss(loss::cmpc(4, 3), {0, 1}, 3, {0}, 3), numbers(9 + 12, 1)), shape_error);
}

TEST_CASE("reconstruction equals PyTorch's mean squared error and cross entropies, and gives both gradients") {
  using loss::reconstruction;
  const auto of = [](reconstruction l) { return pair_loss(l, 6, 4, 6, 4, relation::paired{}); };
  check_fixture(check_loss(of({}), given("a") + given("b")), "squares");
  check_fixture(check_loss(of({.per_row = true}), given("a") + given("b")), "squares_per_row");
  outcome entropy = check_loss(of({.kind = reconstruction::error::binary_entropy}), given("a") + given("targets"));
  entropy.gradient.resize(24);  // the reference takes the targets as given
  check_fixture(entropy, "binary_entropy");
  std::vector<double> counts = given("targets");
  for (double& c : counts) c *= 5;
  outcome words = check_loss(of({.kind = reconstruction::error::word_entropy, .per_row = true}), given("a") + counts);
  words.gradient.resize(24);
  check_fixture(words, "word_entropy");
  const auto at = [](double logit, double target) {
    return check_agreement(
        pair_loss(reconstruction{.kind = reconstruction::error::binary_entropy}, 1, 1, 1, 1, relation::paired{}),
        {logit, target});
  };
  CHECK(at(1000, 1).value == 0);
  CHECK(at(-1000, 1).value == 1000);
  CHECK(std::isnan(at(not_a_number<double>, 1).value));
  check_nothing(check_agreement(pair_loss(reconstruction{}, 0, 4, 0, 4, relation::paired{}), {}));
  CHECK(check_agreement(siamese_loss(reconstruction{}, {0, 1}, 2), numbers(4, 1)).value == 0);
  CHECK_THROWS_AS(evaluate(pair_loss(reconstruction{}, 1, 2, 1, 3, relation::paired{}), numbers(5, 1)), shape_error);

  context<cpu> ctx;  // the form without a relation, the original fixed
  const matrix<double, cpu> a(ctx, 6, 4, given("a")), b(ctx, 6, 4, given("b"));
  matrix<double, cpu> da(ctx, 6, 4);
  vector<double, cpu> value(ctx, 1);
  reconstruction{}(ctx, a.view(), b.view(), da.view(), matrix_view<double, cpu>(), value.view());
  const std::vector<double> gradient = evaluate(of({}), given("a") + given("b")).gradient;
  CHECK(da.to_host() == std::vector<double>(gradient.begin(), gradient.begin() + 24));
}
