// SPDX-License-Identifier: Apache-2.0
// Losses on triplets and pairs of scores: triplet with its miners, batch_all, contrastive, bidirectional_margin,
// margin. Fixtures of pytorch-metric-learning and of formulas in float64: tests/reference/loss_triplet.py.
#include <doctest/doctest.h>

#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/loss/contrastive.hpp>
#include <kindred/loss/margin.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/miner/all.hpp>
#include <kindred/miner/batch_hard.hpp>
#include <kindred/miner/easy.hpp>
#include <kindred/miner/margin_band.hpp>
#include <kindred/miner/multi_similarity.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/relation/paired.hpp>

#include "loss/harness.hpp"
#include "matrix_fixture.hpp"

using namespace loss_test;

namespace {

struct named {
  const char* name;
  subject loss;
  index_t weights = 0;

  /// Scores, and weights behind them for a loss that learns.
  std::vector<double> with_weights(std::vector<double> scores) const {
    for (index_t c = 0; c < weights; ++c) scores.push_back(1.0 + 0.1 * static_cast<double>(c));
    return scores;
  }
};

/// The subjects of all cases, made once: every loss is compiled and used through them alone.
const std::vector<label_t> labels{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4};

template <class L>
subject on_labels(L loss, std::vector<label_t> of = labels) {
  return score_loss(loss, std::move(of));
}

/// A miner without its faster form.
template <class M>
struct one_by_one {
  M miner = {};
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    miner(g, anchor, scores, relation, emit);
  }
};
static_assert(miner::Miner<one_by_one<miner::all>> && !miner::ChoosingMiner<one_by_one<miner::all>>);
static_assert(miner::SearchingMiner<miner::semi_hard> && !miner::SearchingMiner<one_by_one<miner::semi_hard>>);

/// Every kind of loss of this file under one set of labels.
std::vector<named> every_loss(const std::vector<label_t>& of) {
  using namespace loss;
  return {
      {"batch_all", on_labels(batch_all{}, of)},
      {"batch_all one by one", on_labels(triplet<one_by_one<miner::all>>{}, of)},
      {"soft_margin", on_labels(triplet<miner::all, soft_margin>{.margin = 0.2}, of)},
      {"semi_hard", on_labels(triplet<>{}, of)},
      {"contrastive", on_labels(contrastive{.positive_score = 0.9, .negative_score = 0.1}, of)},
      {"max of violations", on_labels(bidirectional_margin<>{}, of)},
      {"sum of violations", on_labels(bidirectional_margin<miner::all>{}, of)},
      {"random", on_labels(bidirectional_margin<miner::random>{}, of)},
      {"margin", on_labels(loss::margin<miner::all>{.classes = 5, .nu = 0.1}, of), 5},
      {"distance weighted margin", on_labels(loss::margin<>{.nu = 0.1, .miner = {.dimensions = 4}}, of), 1},
  };
}

std::vector<double> fixture(const std::string& name) {
  context<cpu> ctx;
  return matrix_fixture(ctx, "loss/triplet.txt", name).to_host();
}

void check_fixture(const std::string& name, const subject& s, std::vector<double> x,
                   const char* more_gradient = nullptr) {
  CAPTURE(name);
  const outcome found = evaluate(s, x);
  CHECK(found.value == doctest::Approx(fixture(name)[0]).epsilon(1e-12));
  std::vector<double> want = fixture(name + ".gradient");
  if (more_gradient) loss_test::detail::append(want, fixture(name + more_gradient));
  REQUIRE(want.size() == found.gradient.size());
  double worst = 0;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(want[i] - found.gradient[i]));
  CHECK(worst < 1e-13);
}

std::vector<double> with(std::vector<double> x, const std::vector<double>& more) {
  loss_test::detail::append(x, more);
  return x;
}

}  // namespace

TEST_CASE("losses on triplets and pairs equal pytorch-metric-learning and the formulas of their papers") {
  using namespace loss;
  const std::vector<double> scores = fixture("scores");
  check_fixture("batch_all", on_labels(batch_all{}), scores);
  check_fixture("batch_all", on_labels(triplet<one_by_one<miner::all>>{}), scores);
  check_fixture("soft_margin", on_labels(triplet<miner::all, soft_margin>{.margin = 0.2}), scores);
  check_fixture("margin_band", on_labels(triplet<miner::margin_band>{}), scores);
  check_fixture("batch_hard", on_labels(triplet<miner::batch_hard>{}), scores);
  check_fixture("easy", on_labels(triplet<miner::easy>{}), scores);
  check_fixture("easy_hard", on_labels(triplet<miner::easy>{.miner = {miner::easy::negative::hard}}), scores);
  check_fixture("multi_similarity", on_labels(triplet<miner::multi_similarity>{}), scores);
  check_fixture("semi_hard", on_labels(triplet<>{}), scores);
  check_fixture("semi_hard_mean", on_labels(triplet<>{.reduction = reduction::mean}), scores);
  check_fixture("contrastive_cosine", on_labels(contrastive{.positive_score = 0.9, .negative_score = 0.1}), scores);
  check_fixture("contrastive_distance", on_labels(contrastive{.negative_score = -0.4}), scores);
  check_fixture("contrastive_squared",
                on_labels(contrastive{.negative_score = -0.4, .squared = true, .reduction = reduction::mean}), scores);
  const std::vector<double> paired = fixture("paired"), beta = fixture("beta");
  check_fixture("max_of_violations", score_loss(bidirectional_margin<>{}, 5, 5, relation::paired{}), paired);
  check_fixture("sum_of_violations", score_loss(bidirectional_margin<miner::all>{}, 5, 5, relation::paired{}), paired);
  check_fixture("margin", on_labels(loss::margin<miner::all>{.classes = 5}), with(scores, beta), ".dbeta");
  check_fixture("margin_nu", on_labels(loss::margin<miner::all>{.classes = 5, .nu = 0.1}), with(scores, beta),
                ".dbeta");
  check_fixture("margin_one", on_labels(loss::margin<miner::all>{.nu = 0.1}), with(scores, {1.1}), ".dbeta");
}

TEST_CASE("gradients of losses on triplets and pairs agree with central differences on every device") {
  const std::vector<double> scores = fixture("scores");
  for (const named& l : every_loss(labels)) {
    CAPTURE(l.name);
    const outcome found = check_loss(l.loss, l.with_weights(scores));
    CHECK(found.value > 0);
  }
}

TEST_CASE("rows that are no multiple of a vector register give the same loss one by one and by whole rows") {
  for (const index_t n : {1, 2, 15, 16, 17, 31, 33, 70}) {
    CAPTURE(n);
    std::vector<label_t> of;
    for (index_t i = 0; i < n; ++i) of.push_back(static_cast<label_t>(i * 7 % 5));
    std::vector<double> x = numbers(n * n, 3, 0.4);
    for (std::size_t i = 0; i < x.size(); i += 11) x[i] = std::round(x[i] * 4) / 4;  // ties
    if (n > 15) x[5] = loss_test::detail::nan, x[77] = -infinity<double>, x[78] = infinity<double>;
    const auto same = [&](const subject& slow, const subject& fast) {
      const outcome one = check_agreement(slow, x), whole = check_agreement(fast, x);
      if (one.value < infinity<double>)
        CHECK(whole.value == doctest::Approx(one.value).epsilon(1e-13));
      else
        CHECK(whole.value == one.value);
      double worst = 0;
      for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(one.gradient[i] - whole.gradient[i]));
      CHECK(worst < 1e-13);
    };
    using namespace loss;
    for (const auto r : {reduction::mean_of_active, reduction::mean, reduction::sum}) {
      same(score_loss(triplet<one_by_one<miner::all>>{.reduction = r}, of), score_loss(batch_all{.reduction = r}, of));
      for (const bool falls_back : {true, false})
        same(score_loss(triplet<one_by_one<miner::semi_hard>>{.reduction = r, .miner = {{falls_back}}}, of),
             score_loss(triplet<>{.reduction = r, .miner = {falls_back}}, of));
    }
    same(score_loss(bidirectional_margin<one_by_one<miner::hardest_negative>>{}, of),
         score_loss(bidirectional_margin<>{}, of));
  }
}

TEST_CASE("the mean over all triplets and the sum differ from the mean over active ones by their counts") {
  const std::vector<double> scores = fixture("scores");
  // counted here by three loops
  double sum = 0;
  index_t active = 0, all = 0;
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t p = 0; p < 12; ++p)
      for (std::size_t n = 0; n < 12; ++n) {
        if (a == p || labels[a] != labels[p] || labels[a] == labels[n]) continue;
        const double v = 0.2 - scores[12 * a + p] + scores[12 * a + n];
        ++all;
        active += v > 0;
        sum += std::max(0.0, v);
      }
  CHECK(active < all);
  // the margin loss has two terms per triplet
  const auto margin_loss = [&](loss::reduction r) {
    return evaluate(on_labels(loss::margin<miner::all>{.reduction = r}), with(scores, {1.2})).value;
  };
  CHECK(margin_loss(loss::reduction::mean) ==
        doctest::Approx(margin_loss(loss::reduction::sum) / static_cast<double>(2 * all)));
  const auto value = [&](loss::reduction r) {
    return evaluate(on_labels(loss::batch_all{.reduction = r}), scores).value;
  };
  CHECK(value(loss::reduction::sum) == doctest::Approx(sum));
  CHECK(value(loss::reduction::mean) == doctest::Approx(sum / static_cast<double>(all)));
  CHECK(value(loss::reduction::mean_of_active) == doctest::Approx(sum / static_cast<double>(active)));
}

TEST_CASE("pictures with several captions: each direction sees its own positives and negatives") {
  // 2 pictures with 2 captions each; the terms written out
  const std::vector<double> s{0.5, 0.3, 0.4, -0.1, 0.2, 0.6, 0.7, 0.15};
  const double m = 0.2;
  const auto hinge = [](double v) { return std::max(0.0, v); };
  const double rows = hinge(m - 0.5 + 0.4) + hinge(m - 0.3 + 0.4) + hinge(m - 0.7 + 0.6) + hinge(m - 0.15 + 0.6);
  const double columns = hinge(m - 0.5 + 0.2) + hinge(m - 0.3 + 0.6) + hinge(m - 0.7 + 0.4) + hinge(m - 0.15 - 0.1);
  const auto found =
      check_loss(score_loss(loss::bidirectional_margin<>{}, 2, 4, relation::paired{.columns_per_item = 2}), s);
  CHECK(found.value == doctest::Approx(rows + columns));
}

TEST_CASE("violations that overflow an exponential leave the soft margin finite") {
  const std::vector<double> far{0, -2000, 2000, -2000, 0, 2000, 2000, 2000, 0};
  const outcome found =
      check_agreement(score_loss(loss::triplet<miner::all, loss::soft_margin>{.margin = 0}, {0, 0, 1}), far);
  CHECK(found.value == doctest::Approx(4000));
  CHECK(found.gradient[1] == doctest::Approx(-0.5));
  const std::vector<double> near{0, 2000, -2000, 2000, 0, -2000, -2000, -2000, 0};
  CHECK(evaluate(score_loss(loss::triplet<miner::all, loss::soft_margin>{.margin = 0}, {0, 0, 1}), near).value == 0);
}

TEST_CASE("a loss that draws gives other triplets for other seeds and the same for one seed") {
  const std::vector<double> scores = fixture("scores");
  const loss::bidirectional_margin<miner::random> loss;
  CHECK(miner::reseeded(loss, 7).miner.seed == 7);
  CHECK(miner::reseeded(loss::triplet<miner::random>{}, 7).miner.seed == 7);
  CHECK(miner::reseeded(loss::margin<>{}, 7).miner.seed == 7);
  const auto value = [&](std::uint64_t seed) { return evaluate(on_labels(loss.reseeded(seed)), scores).value; };
  CHECK(value(1) == value(1));
  CHECK(value(1) != value(2));
  // the two directions of one symmetric matrix draw different numbers, else their sum would be symmetric too
  const auto gradient = evaluate(on_labels(loss), scores).gradient;
  bool symmetric = true;
  for (std::size_t r = 0; r < 12; ++r)
    for (std::size_t c = 0; c < 12; ++c) symmetric = symmetric && gradient[12 * r + c] == gradient[12 * c + r];
  CHECK_FALSE(symmetric);
}

TEST_CASE("one class, no positives, one row and no rows: value and gradient are 0") {
  for (const auto& of : std::vector<std::vector<label_t>>{{0, 0, 0, 0}, {0, 1, 2, 3}, {0}, {}}) {
    CAPTURE(of.size());
    const auto n = static_cast<index_t>(of.size());
    for (const named& l : every_loss(of)) {
      CAPTURE(l.name);
      const outcome found = check_agreement(l.loss, l.with_weights(numbers(n * n, 5)));
      if (std::string(l.name) == "contrastive" && n > 1) {
        CHECK(found.value > 0);  // the part that there is
        continue;
      }
      CHECK(found.value == 0);
      for (const double g : found.gradient) CHECK(g == 0);
    }
  }
}

TEST_CASE("one class: contrastive pulls together, no positives: it pushes apart") {
  const std::vector<double> x{9, 0.2, 0.4, 9};
  CHECK(evaluate(score_loss(loss::contrastive{.positive_score = 1}, {0, 0}), x).value == doctest::Approx(0.7));
  CHECK(evaluate(score_loss(loss::contrastive{.negative_score = 0}, {0, 1}), x).value == doctest::Approx(0.3));
}

TEST_CASE("NaN scores are in no triplet; contrastive shows them") {
  std::vector<double> x = fixture("scores");
  for (std::size_t i = 0; i < x.size(); i += 5) x[i] = loss_test::detail::nan;
  for (const named& l : every_loss(labels)) {
    CAPTURE(l.name);
    const outcome found = check_agreement(l.loss, l.with_weights(x));
    if (std::string(l.name) == "contrastive") {
      CHECK(std::isnan(found.value));
      continue;
    }
    CHECK(std::isfinite(found.value));
    for (std::size_t i = 0; i < found.gradient.size(); ++i) {
      CHECK(std::isfinite(found.gradient[i]));
      if (i < x.size() && std::isnan(x[i])) CHECK(found.gradient[i] == 0);
    }
  }
  std::fill(x.begin(), x.end(), loss_test::detail::nan);
  for (const named& l : every_loss(labels)) {
    if (std::string(l.name) == "contrastive") continue;
    CAPTURE(l.name);
    CHECK(evaluate(l.loss, l.with_weights(x)).value == 0);
  }
}

TEST_CASE("a NaN of a pair that nobody looks at does not show in contrastive") {
  std::vector<double> x{loss_test::detail::nan, 0.2, 0.4, loss_test::detail::nan};
  CHECK(evaluate(score_loss(loss::contrastive{.positive_score = 1}, {0, 0}), x).value == doctest::Approx(0.7));
}

TEST_CASE("anchors whose label is no class are in no term of the margin loss") {
  const loss::margin<miner::all> loss{.classes = 2};
  const std::vector<double> x{9, 0.5, 0.1, 0.5, 9, 0.2, 0.1, 0.2, 9, 1.2, 1.2};
  const outcome found = check_agreement(score_loss(loss, {7, 7, 0}), x);
  CHECK(found.value == 0);
  CHECK_THROWS_AS(evaluate(score_loss(loss, 2, 2, relation::paired{}), std::vector<double>{1, 2, 3, 4, 1, 1}),
                  argument_error);
}

TEST_CASE("shapes that do not fit are refused in one sentence") {
  context<cpu> ctx;
  matrix<double, cpu> s(ctx, 3, 3), ds(ctx, 3, 2), fits(ctx, 3, 3);
  vector<double, cpu> value(ctx, 1), two(ctx, 2);
  const relation::paired r;
  CHECK_THROWS_AS(loss::batch_all{}(ctx, s.view(), r, ds.view(), value.view()), shape_error);
  CHECK_THROWS_AS(loss::bidirectional_margin<>{}(ctx, s.view(), r, ds.view(), value.view()), shape_error);
  CHECK_THROWS_AS(loss::bidirectional_margin<>{}(ctx, s.view(), r, fits.view(), two.view()), shape_error);
  CHECK_THROWS_AS(loss::contrastive{}(ctx, s.view(), r, ds.view(), value.view()), shape_error);
  CHECK_THROWS_AS(loss::margin<miner::all>{}(ctx, two.view(), s.view(), r, fits.view(), {}, value.view()), shape_error);
}

TEST_CASE("the margin loss starts its betas where it is told and lists them") {
  context<cpu> ctx;
  const loss::margin<> loss{.classes = 3, .beta = 0.7};
  vector<double, cpu> weights(ctx, loss.parameter_count());
  loss.initialize(ctx, weights.view(), vector_view<double, cpu>(), 1);
  CHECK(weights.to_host() == std::vector<double>{0.7, 0.7, 0.7});
  std::string listed;
  loss.parameters([&](const char* name, index_t offset, index_t rows, index_t cols) {
    listed += std::string(name) + std::to_string(offset) + std::to_string(rows) + std::to_string(cols);
  });
  CHECK(listed == "beta013");
}

TEST_CASE("numeric options of losses and miners that cannot be are refused before anything is computed") {
  context<cpu> ctx;
  matrix<float, cpu> s(ctx, 2, 2), ds(ctx, 2, 2);
  vector<float, cpu> value(ctx, 1);
  const vector<label_t, cpu> two(ctx, std::vector<label_t>{0, 1});
  const relation::same_label<cpu> r(two.view(), two.view(), true);
  const auto refuses = [&](const auto& loss, const char* expected) {
    CHECK_THROWS_WITH_AS(loss(ctx, as_const(s), r, ds.view(), value.view()), doctest::Contains(expected),
                         argument_error);
  };
  const double not_a_number = loss_test::detail::nan, infinite = HUGE_VAL;
  refuses(loss::triplet<>{.margin = not_a_number}, "loss::triplet: expected a finite margin, got nan");
  refuses(loss::triplet<>{.margin = 1e39},
          "loss::triplet: expected a finite margin, got 1e+39");  // a float cannot hold it
  refuses(loss::bidirectional_margin<>{.margin = infinite},
          "loss::bidirectional_margin: expected a finite margin, got inf");
  refuses(loss::contrastive{.positive_score = not_a_number},
          "loss::contrastive: expected a finite positive_score, got nan");
  refuses(loss::contrastive{.negative_score = -infinite},
          "loss::contrastive: expected a finite negative_score, got -inf");
  using distances = loss::triplet<miner::distance_weighted>;
  refuses(distances{.miner = {.dimensions = 1}}, "miner::distance_weighted: expected dimensions of at least 2, got 1");
  refuses(distances{.miner = {.cutoff = not_a_number}}, "miner::distance_weighted: expected cutoff above 0, got nan");
  refuses(loss::triplet<miner::margin_band>{.miner = {.margin = 0}},
          "miner::margin_band: expected margin above 0, got 0");
  refuses(loss::triplet<miner::multi_similarity>{.miner = {.epsilon = not_a_number}},
          "miner::multi_similarity: expected a finite epsilon, got nan");
  refuses(loss::triplet<miner::random>{.miner = {.per_positive = 0}},
          "miner::random: expected per_positive of at least 1, got 0");
  const vector<float, cpu> beta(ctx, 1);
  CHECK_THROWS_WITH_AS(
      loss::margin<miner::all>{.alpha = not_a_number}(ctx, beta.view(), as_const(s), r, ds.view(), {}, value.view()),
      doctest::Contains("loss::margin: expected alpha to be finite and at least 0, got nan"), argument_error);
}
