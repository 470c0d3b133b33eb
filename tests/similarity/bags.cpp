// SPDX-License-Identifier: Apache-2.0
// Similarities of bags of rows: max_sim, fragment_alignment, cross_attention. Fixtures:
// tests/reference/similarity_bags.py.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/core/random.hpp>
#include <kindred/similarity/cross_attention.hpp>
#include <kindred/similarity/fragment_alignment.hpp>
#include <kindred/similarity/max_sim.hpp>
#include <limits>
#include <string>

#include "matrix_fixture.hpp"

using namespace kindred;
using namespace kindred::similarity;

static_assert(DifferentiableBagSimilarity<max_sim, double, emu>);
static_assert(DifferentiableBagSimilarity<fragment_alignment, double, emu>);
static_assert(DifferentiableBagSimilarity<cross_attention, double, emu>);

namespace {

using numbers = std::vector<double>;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

numbers noise(index_t count, std::uint64_t seed) {
  numbers x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = random::uniform(seed, 0, i) - 0.5;
  return x;
}
numbers fixture(const std::string& name) {
  context<cpu> ctx;
  return matrix_fixture(ctx, "similarity/bags.txt", name).to_host();
}

/// Bags on either side, and the weights whose sum with the scores is the value.
struct problem {
  index_t cols;
  std::vector<index_t> a_offsets, b_offsets;
  numbers a, b, weights;
  index_t items_a() const { return static_cast<index_t>(a_offsets.size()) - 1; }
  index_t items_b() const { return static_cast<index_t>(b_offsets.size()) - 1; }
};
problem random_problem(index_t cols, std::vector<index_t> a, std::vector<index_t> b) {
  problem p{cols, std::move(a), std::move(b), {}, {}, {}};
  p.a = noise(cols * p.a_offsets.back(), 1);
  p.b = noise(cols * p.b_offsets.back(), 2);
  p.weights = noise(p.items_a() * p.items_b(), 3);
  return p;
}

struct gradients {
  numbers a, b;
};
/// A similarity on a device without its type. `together`: b is a, and both gradients go into one view.
struct subject {
  std::function<numbers(const problem&)> scores;
  std::function<gradients(const problem&, bool together)> backward;
};
template <class S, class D>
subject on(context<D>& ctx, S s) {
  const auto of_rows = [&ctx](const numbers& x, const std::vector<index_t>& offsets, index_t cols) {
    return batch<double, D>(ctx, matrix<double, D>(ctx, offsets.back(), cols, x), offsets);
  };
  return {[=, &ctx](const problem& p) {
            return s.score(ctx, of_rows(p.a, p.a_offsets, p.cols), of_rows(p.b, p.b_offsets, p.cols)).to_host();
          },
          [=, &ctx](const problem& p, bool together) {
            const auto a = of_rows(p.a, p.a_offsets, p.cols), b = of_rows(p.b, p.b_offsets, p.cols);
            const auto scores = s.score(ctx, a, b);
            const matrix<double, D> weights(ctx, p.items_a(), p.items_b(), p.weights);
            // added to 2 in every place, so that an overwritten gradient shows
            matrix<double, D> da(ctx, p.a_offsets.back(), p.cols, numbers(p.a.size(), 2));
            matrix<double, D> db(ctx, p.b_offsets.back(), p.cols, numbers(p.b.size(), 2));
            s.backward(ctx, a, b, scores, weights, da.view(), together ? da.view() : db.view());
            gradients g{da.to_host(), db.to_host()};
            for (double& v : g.a) v -= 2;
            for (double& v : g.b) v -= 2;
            return g;
          }};
}

struct machines {
  context<cpu> one{1}, two{2};
  context<emu> up, down{lane_order::descending};
  template <class S>
  std::vector<subject> of(S s) {
    return {on(one, s), on(two, s), on(up, s), on(down, s)};
  }
};

void check_near(const numbers& found, const numbers& wanted, double tolerance) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - wanted[i]) <= tolerance);
}

/// Values and gradients of the fixture, differences on other bags, bytes for any threads and lane order.
void compare(const std::string& name, const std::vector<subject>& subjects) {
  CAPTURE(name);
  problem stored{4, {0, 3, 4, 9}, {0, 2, 6, 7}, fixture("a"), fixture("b"), fixture("weights")};
  problem other = random_problem(5, {0, 2, 2, 5, 6}, {0, 3, 4, 4});  // an empty bag on either side
  problem siamese = random_problem(3, {0, 2, 3, 6}, {0, 2, 3, 6});
  std::vector<gradients> found;
  for (const subject& s : subjects) {
    check_near(s.scores(stored), fixture(name), 1e-12);
    const gradients g = s.backward(stored, false);
    check_near(g.a, fixture(name + "_da"), 1e-11);
    check_near(g.b, fixture(name + "_db"), 1e-11);

    const auto value = [&](const problem& p) {
      const numbers scores = s.scores(p);
      double sum = 0;
      for (std::size_t i = 0; i < scores.size(); ++i) sum += scores[i] * p.weights[i];
      return sum;
    };
    found.push_back(s.backward(other, false));
    CHECK(check::gradient_error([&] { return value(other); }, other.a, found.back().a) < 1e-6);
    CHECK(check::gradient_error([&] { return value(other); }, other.b, found.back().b) < 1e-6);
    const numbers scores = s.scores(other);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(scores[3 * i + 2] == 0);
      if (i < 3) CHECK(scores[3 + i] == 0);
    }
    siamese.b = siamese.a;
    const gradients both = s.backward(siamese, true);
    const auto with_itself = [&] {
      siamese.b = siamese.a;
      return value(siamese);
    };
    CHECK(check::gradient_error(with_itself, siamese.a, both.a) < 1e-6);
    CHECK(both.b == numbers(both.b.size(), 0));
  }
  CHECK(found[0].a == found[1].a);
  CHECK(found[0].b == found[1].b);
  CHECK(found[2].a == found[3].a);
  CHECK(found[2].b == found[3].b);
}

using attention = cross_attention;

}  // namespace

TEST_CASE("similarities of bags have PyTorch's scores and gradients on cpu and emu") {
  machines m;
  compare("max_sim", m.of(max_sim{}));
  compare("max_sim_mean_reversed", m.of(max_sim{.mean = true}.reversed()));
  using fragments = fragment_alignment;
  compare("fragments", m.of(fragments{}));
  compare("fragments_both", m.of(fragments{.divided_by = fragments::divisor::both, .smoothing = 5}));
  compare("fragments_all_reversed", m.of(fragments{.smoothing = 2, .only_positive = false}.reversed()));
  compare("attention", m.of(attention{}));
  compare("attention_first",
          m.of(attention{.looks = attention::direction::first_looks, .temperature = 4, .sharpness = 5}));
  compare("attention_mean", m.of(attention{.looks = attention::direction::first_looks,
                                           .temperature = 1,
                                           .normalization = attention::normalizer::none,
                                           .aggregate = attention::aggregation::mean}));
  compare("attention_largest", m.of(attention{.temperature = 2,
                                              .normalization = attention::normalizer::l2,
                                              .aggregate = attention::aggregation::largest}));
  compare("attention_both", m.of(attention{.looks = attention::direction::both,
                                           .temperature = 3,
                                           .normalization = attention::normalizer::l2,
                                           .aggregate = attention::aggregation::sum}));
}

TEST_CASE("a pair of bags scores the same bits alone, in a batch of several tiles and on two threads") {
  context<cpu> one(1), two(2);
  // more rows than a tile on either side
  std::vector<index_t> a{0}, b{0};
  for (std::size_t i = 0; i < 120; ++i) {
    a.push_back(a.back() + 5 + static_cast<index_t>(i % 9));
    b.push_back(b.back() + static_cast<index_t>(i % 40));
  }
  REQUIRE(a.back() > similarity::detail::bag_tile_rows);
  REQUIRE(b.back() > similarity::detail::bag_tile_columns);
  const problem all = random_problem(7, a, b);
  const auto compare = [&](auto s) {
    const numbers scores = on(one, s).scores(all);
    CHECK(scores == on(two, s).scores(all));
    const gradients g = on(one, s).backward(all, false), h = on(two, s).backward(all, false);
    CHECK(g.a == h.a);
    CHECK(g.b == h.b);
    for (const std::size_t i : {0u, 77u, 119u})
      for (const std::size_t j : {1u, 78u, 119u}) {
        const auto bag = [](const numbers& x, const std::vector<index_t>& offsets, std::size_t k) {
          return numbers(x.begin() + 7 * offsets[k], x.begin() + 7 * offsets[k + 1]);
        };
        const problem pair{7, {0, a[i + 1] - a[i]}, {0, b[j + 1] - b[j]}, bag(all.a, a, i), bag(all.b, b, j), {1}};
        CHECK(on(one, s).scores(pair)[0] == scores[i * 120 + j]);
      }
    const problem turned{7, b, a, all.b, all.a, {}};
    const numbers back = on(one, s.reversed()).scores(turned);
    bool equal = true;
    for (std::size_t i = 0; i < 120; ++i)
      for (std::size_t j = 0; j < 120; ++j) equal = equal && back[j * 120 + i] == scores[i * 120 + j];
    CHECK(equal);
  };
  compare(max_sim{});
  compare(fragment_alignment{});
  compare(attention{.looks = attention::direction::both});
}

TEST_CASE("matrices are bags of one row; batches of equal lengths need no offsets; some gradients are not wanted") {
  context<cpu> ctx;
  const matrix<double, cpu> a(ctx, 2, 2, numbers{3, 4, 1, 0}), b(ctx, 3, 2, numbers{1, 0, 0, 2, -1, -1});
  matrix<double, cpu> scores(ctx, 2, 3);
  max_sim{}.score(ctx, a.view(), b.view(), scores.view());
  CHECK(scores.to_host() == numbers{3, 8, -7, 1, 0, -1});
  // of one row each, all attention goes to it: the cosine
  attention{}.score(ctx, a.view(), b.view(), scores.view());
  check_near(scores.to_host(), numbers{0.6, 0.8, -1.4 / std::sqrt(2.0), 1, 0, -1 / std::sqrt(2.0)}, 1e-15);
  const batch_view<const double, cpu> pair(a.view(), {}, 1, 2), three(b.view(), {}, 1, 3);
  matrix<double, cpu> one(ctx, 1, 1), da(ctx, 2, 2), db(ctx, 3, 2);
  const matrix<double, cpu> weight(ctx, 1, 1, numbers{1});
  max_sim{}.score(ctx, pair, three, one.view());
  CHECK(one.to_host() == numbers{9});
  max_sim{}.backward(ctx, pair, three, one, weight, da.view(), {});
  CHECK(da.to_host() == numbers{0, 2, 1, 0});
  const matrix_view<double, cpu> absent;
  max_sim{}.backward(ctx, pair, three, one, weight, absent, db.view());
  CHECK(db.to_host() == numbers{1, 0, 3, 4, 0, 0});
  attention{.looks = attention::direction::both}.backward(ctx, pair, three, one, weight, absent, absent);
}

TEST_CASE("no bags, empty bags, rows of zeros and NaN have defined scores and gradients") {
  machines m;
  const attention mean{.looks = attention::direction::both, .aggregate = attention::aggregation::mean};
  for (const auto& subjects : {m.of(max_sim{}), m.of(fragment_alignment{}), m.of(mean)})
    for (const subject& s : subjects) {
      CHECK(s.scores(random_problem(3, {0}, {0, 2})).empty());
      CHECK(s.scores(random_problem(3, {0, 2, 2}, {0})).empty());
      CHECK(s.scores(random_problem(3, {0, 0, 0}, {0, 2, 3})) == numbers(4, 0));
      CHECK(s.scores(random_problem(3, {0, 0}, {0, 0})) == numbers{0});
      CHECK(s.backward(random_problem(3, {0, 0, 0}, {0, 2, 3}), false).b == numbers(9, 0));
      problem zeros = random_problem(2, {0, 2}, {0, 2, 3});
      zeros.a.assign(4, 0);
      CHECK(s.scores(zeros) == numbers{0, 0});
      const gradients g = s.backward(zeros, false);
      for (const double v : g.a) CHECK(std::isfinite(v));
      for (const double v : g.b) CHECK(v == 0);
      problem broken = random_problem(2, {0, 2, 3}, {0, 2});
      broken.a[0] = no_number;
      const numbers scores = s.scores(broken);
      CHECK(scores[0] != scores[0]);
      CHECK(scores[1] == scores[1]);
    }
}

TEST_CASE("what does not fit is refused, by name") {
  context<cpu> ctx;
  const matrix<double, cpu> a(ctx, 4, 2), narrow(ctx, 4, 3);
  matrix<double, cpu> scores(ctx, 2, 4), room(ctx, 4, 4), small(ctx, 2, 2);
  const std::vector<index_t> falling{0, 3, 1}, short_one{0, 1, 3};
  const vector<index_t, cpu> down(ctx, falling), few(ctx, short_one);
  const auto bags = [&](const vector<index_t, cpu>& offsets) {
    return batch_view<const double, cpu>(a.view(), offsets.view(), 2, 3);
  };
  CHECK_THROWS_WITH_AS(max_sim{}.score(ctx, bags(down), a.view(), scores.view()), doctest::Contains("offset 2"),
                       shape_error);
  CHECK_THROWS_WITH_AS(max_sim{}.score(ctx, bags(few), a.view(), scores.view()), doctest::Contains("from 0 to 3 of 4"),
                       shape_error);
  CHECK_THROWS_WITH_AS(attention{}.score(ctx, a.view(), narrow.view(), room.view()), doctest::Contains("numbers"),
                       shape_error);
  CHECK_THROWS_WITH_AS(attention{}.score(ctx, a.view(), a.view(), scores.view()), doctest::Contains("scores of 4 x 4"),
                       shape_error);
  const matrix<double, cpu> square(ctx, 4, 4);
  CHECK_THROWS_AS(max_sim{}.backward(ctx, a.view(), a.view(), square, square, small.view(), {}), shape_error);
  CHECK_THROWS_AS((attention{.temperature = -1}.score(ctx, a.view(), a.view(), room.view())), argument_error);
  CHECK_THROWS_AS((attention{.sharpness = 0}.score(ctx, a.view(), a.view(), room.view())), argument_error);
  CHECK_THROWS_AS((fragment_alignment{.smoothing = no_number}.score(ctx, a.view(), a.view(), room.view())),
                  argument_error);
}
