// SPDX-License-Identifier: Apache-2.0
// Similarities with parameters: bilinear, centred_cosine, fused, adaptive_fused.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/similarity/adaptive_fused.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/fused.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <limits>

#include "matrix_fixture.hpp"

using namespace kindred;
using namespace kindred::similarity;

static_assert(TwoSidedSimilarity<bilinear<float, cpu>> && !ProductSimilarity<bilinear<float, cpu>>);
static_assert(TwoSidedSimilarity<centred_cosine, double, emu> && !TwoSidedSimilarity<cosine>);
static_assert(Similarity<fused<cosine>> && !ProductSimilarity<fused<cosine>>);
static_assert(Similarity<adaptive_fused<cosine>> && !DifferentiableSimilarity<adaptive_fused<cosine>>);
static_assert(different_widths<bilinear<float, cpu>>() && !different_widths<fused<cosine>>());

namespace {

constexpr double broken_number = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();

matrix<double, cpu> given(context<cpu>& ctx, const char* name) {
  return matrix_fixture(ctx, "similarity/scores.tsv", name);
}
matrix<double, cpu> composed(context<cpu>& ctx, const char* name) {
  return matrix_fixture(ctx, "similarity/composed.tsv", name);
}
template <class T, class D>
matrix<T, D> on(context<D>& ctx, const matrix<double, cpu>& m) {
  const auto values = m.to_host();
  return matrix<T, D>(ctx, m.rows(), m.cols(), std::vector<T>(values.begin(), values.end()));
}

template <class T, class D>
void check(const matrix<T, D>& found, const matrix<double, cpu>& wanted, double scale) {
  const auto got = found.to_host();
  REQUIRE(found.rows() == wanted.rows());
  REQUIRE(found.cols() == wanted.cols());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(std::abs(static_cast<double>(got[i]) - wanted.data()[i]) <= scale * std::numeric_limits<T>::epsilon());
}

/// All of them on one device against the fixtures, and the other way round.
template <class T, class D>
void compare(context<D>& ctx) {
  context<cpu> host;
  const auto a = on<T>(ctx, given(host, "a")), b = on<T>(ctx, given(host, "b"));
  const auto form = on<T>(ctx, composed(host, "form")), rows = on<T>(ctx, composed(host, "short"));
  const bilinear<T, D> through(ctx, form);
  check(through.score(ctx, a, rows), composed(host, "bilinear"), 2000);
  const auto back = through.reversed().score(ctx, rows, a).to_host(), there = through.score(ctx, a, rows).to_host();
  for (std::size_t i = 0; i < 7; ++i)
    for (std::size_t j = 0; j < 9; ++j)
      CHECK(static_cast<double>(back[j * 7 + i]) ==
            doctest::Approx(static_cast<double>(there[i * 9 + j])).epsilon(1e-3));

  const centred_cosine centred(composed(host, "mean_a").to_host(), composed(host, "mean_b").to_host());
  check(centred.score(ctx, a, b), composed(host, "centred_cosine"), 16);
  const auto turned = centred.reversed().score(ctx, b, a).to_host(), straight = centred.score(ctx, a, b).to_host();
  for (std::size_t i = 0; i < 7; ++i)
    for (std::size_t j = 0; j < 9; ++j)
      CHECK(static_cast<double>(turned[j * 7 + i]) ==
            doctest::Approx(static_cast<double>(straight[i * 9 + j])).epsilon(1e-5));

  // a distance of 0 is a root of rounding
  const fused<cosine, negative_euclidean> both{.weight = 0.3};
  check(both.score(ctx, a, b), composed(host, "fused"), std::is_same_v<T, float> ? 3000 : 1e8);
  const adaptive_fused<cosine, negative_euclidean> weighed{.weight = 0.3};
  check(weighed.score(ctx, a, b), composed(host, "adaptive"), std::is_same_v<T, float> ? 3e4 : 1e9);
  check(weighed.reversed().score(ctx, b, a), composed(host, "adaptive_back"), std::is_same_v<T, float> ? 3e4 : 1e9);
  const fused<cosine, dot> halves{.weight = 0.6, .first_columns = 20};
  check(halves.score(ctx, a, b), composed(host, "fused_halves"), 40);
}

std::vector<double> adaptive_rows(context<cpu>& ctx, const std::vector<double>& first,
                                  const std::vector<double>& second, double weight) {
  const auto n = static_cast<index_t>(first.size());
  matrix<double, cpu> out(ctx, 1, n, first);
  const matrix<double, cpu> others(ctx, 1, n, second);
  adaptive_fuse<double, cpu>(ctx, out, others, weight, out.view());
  return out.to_host();
}
std::vector<double> fused_rows(context<cpu>& ctx, const std::vector<double>& first, const std::vector<double>& second,
                               double weight) {
  const auto n = static_cast<index_t>(first.size());
  matrix<double, cpu> out(ctx, 1, n);
  fuse<double, cpu>(ctx, matrix<double, cpu>(ctx, 1, n, first), matrix<double, cpu>(ctx, 1, n, second), weight,
                    out.view());
  return out.to_host();
}

}  // namespace

TEST_CASE("bilinear, centred_cosine, fused and adaptive_fused are NumPy's on cpu and emu") {
  context<cpu> ctx(2);
  context<emu> up, down(lane_order::descending);
  compare<float>(ctx);
  compare<double>(ctx);
  compare<float>(up);
  compare<double>(down);
}

TEST_CASE("centred_cosine with the means of the sets is normalized_correlation, with means of zero cosine") {
  context<cpu> ctx;
  const auto a = given(ctx, "a"), b = given(ctx, "b");
  const auto sets = centred_cosine::from_sets(ctx, a, b).score(ctx, a, b).to_host();
  const auto wanted = normalized_correlation{}.score(ctx, a, b).to_host();
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(sets[i] == doctest::Approx(wanted[i]).epsilon(1e-13));
  const std::vector<double> zero(33, 0);
  CHECK(centred_cosine(zero, zero).score(ctx, a, b).to_host() == cosine{}.score(ctx, a, b).to_host());
  // a row that is the mean
  CHECK(centred_cosine(std::vector<double>{1, 2}, std::vector<double>{0, 0})
            .score(ctx, matrix<double, cpu>(ctx, 1, 2, std::vector<double>{1, 2}),
                   matrix<double, cpu>(ctx, 1, 2, std::vector<double>{3, 4}))
            .to_host() == std::vector<double>{0});
}

TEST_CASE("a score has the same bits alone, in a band and for any threads") {
  context<cpu> ctx, many(4);
  const auto a = on<float>(ctx, given(ctx, "a")), b = on<float>(ctx, given(ctx, "b"));
  const auto form = on<float>(ctx, composed(ctx, "form")), rows = on<float>(ctx, composed(ctx, "short"));
  const auto compared = [&](const auto& similarity, const matrix<float, cpu>& gallery) {
    const auto whole = similarity.score(ctx, a, gallery).to_host();
    CHECK(similarity.score(many, a, gallery).to_host() == whole);
    for (index_t i = 0; i < 7; ++i) {
      const auto alone = similarity.score(ctx, a.view().middle_rows(i, 1), gallery).to_host();
      for (std::size_t j = 0; j < 9; ++j) CHECK(alone[j] == whole[static_cast<std::size_t>(i) * 9 + j]);
    }
  };
  compared(bilinear<float, cpu>(ctx, form), rows);
  compared(centred_cosine(composed(ctx, "mean_a").to_host(), composed(ctx, "mean_b").to_host()), b);
  compared(fused<cosine, negative_euclidean>{.weight = 0.3}, b);
  compared(adaptive_fused<cosine, dot>{.first_columns = 20}, b);
}

TEST_CASE("fusing: equal scores say nothing, NaN stays, infinities are the ends, the range may be that of the type") {
  context<cpu> ctx;
  CHECK(fused_rows(ctx, {1, 3, 2}, {5, 5, 5}, 0.25) == std::vector<double>{0, 0.25, 0.125});
  CHECK(fused_rows(ctx, {7, 7}, {5, 5}, 0.5) == std::vector<double>{0, 0});
  CHECK(fused_rows(ctx, {1, 3}, {4, 2}, 1) == std::vector<double>{0, 1});
  const auto with_nan = fused_rows(ctx, {1, broken_number, 3, 2}, {0, 1, 0, 0}, 0.5);
  CHECK(std::isnan(with_nan[1]));
  CHECK(with_nan[0] == 0);
  CHECK(with_nan[2] == 0.5);
  CHECK(with_nan[3] == 0.25);
  CHECK(fused_rows(ctx, {1, infinite, 3, -infinite}, {0, 0, 0, 0}, 1) == std::vector<double>{0, 1, 1, 0});
  CHECK(fused_rows(ctx, {-1.7e308, 0, 1.7e308}, {0, 0, 0}, 1) == std::vector<double>{0, 0.5, 1});
  const auto none = fused_rows(ctx, {broken_number, broken_number}, {1, 2}, 0.5);
  CHECK((std::isnan(none[0]) && std::isnan(none[1])));
  CHECK(fused_rows(ctx, {}, {}, 0.5).empty());
}

TEST_CASE("adaptive fusing: ties share a weight, equal scores are a factor, NaN stays, infinities count whole") {
  context<cpu> ctx;
  using row = std::vector<double>;
  // u: 0, 1, 1/2, 1 and 0, 1, 0, 1; the second and the fourth candidate tie in both
  CHECK(adaptive_rows(ctx, {1, 3, 2, 3}, {4, 8, 4, 8}, 0.25) ==
        row{0, 0.25 * 8 + 0.75 * 3, 0.25 * 0.5 * 4, 0.25 * 8 + 0.75 * 3});
  CHECK(adaptive_rows(ctx, {1, 3}, {-4, -2}, 0.5) == row{0, 0.5 * -2 + 0.5 * 3});
  CHECK(adaptive_rows(ctx, {1, 3, 2}, {5, 5, 5}, 0.5) == row{0, 2.5, 1.25});
  CHECK(adaptive_rows(ctx, {1, 3, 2}, {-5, -5, -5}, 0.5) == row{0, -2.5, -1.25});
  CHECK(adaptive_rows(ctx, {7, 7}, {5, 5}, 0.5) == row{0, 0});
  CHECK(adaptive_rows(ctx, {1, 3}, {4, 2}, 1) == row{0, 2});
  CHECK(adaptive_rows(ctx, {1, 3}, {4, 2}, 0) == row{1, 0});
  for (const double weight : row{0, 0.5, 1}) {
    const auto broken = adaptive_rows(ctx, {1, broken_number, 3, 2}, {0, 1, 0, broken_number}, weight);
    CHECK((std::isnan(broken[1]) && std::isnan(broken[3]) && broken[0] == 0 && broken[2] == 0));
  }
  // the second's u of the infinite ones is 0, so that a plain product would be NaN
  const row ends{1, infinite, 3, -infinite}, level{2, 2, 4, 2};
  CHECK(adaptive_rows(ctx, ends, level, 0.5) == row{0, infinite, 0.5 * 4 + 0.5 * 3, -infinite});
  CHECK(adaptive_rows(ctx, level, ends, 0.5) == row{0, infinite, 0.5 * 3 + 0.5 * 4, -infinite});
  CHECK(adaptive_rows(ctx, ends, level, 1) == row{0, 2, 4, 0});  // a share of 0: only how they weigh
  CHECK(adaptive_rows(ctx, {-1.7e308, 0, 1.7e308}, {1, 1, 1}, 1) == row{0, 0.5, 1});
  CHECK(adaptive_rows(ctx, {}, {}, 0.5).empty());
  CHECK_THROWS_WITH_AS(adaptive_rows(ctx, {1}, {1}, -0.1), doctest::Contains("weight -0.1"), argument_error);
  CHECK_THROWS_AS(adaptive_rows(ctx, {1, 2}, {1}, 0.5), shape_error);
  CHECK_THROWS_WITH_AS(adaptive_fused<cosine>{.first_columns = 34}.score(ctx, given(ctx, "a"), given(ctx, "b")),
                       doctest::Contains("adaptive_fused: 34 first columns"), argument_error);
}

TEST_CASE("NaN in a row reaches all its scores and no others") {
  context<cpu> ctx;
  auto a = given(ctx, "a");
  a.view()(2, 5) = broken_number;
  const auto check_rows = [&](const matrix<double, cpu>& scores) {
    for (index_t i = 0; i < scores.rows(); ++i)
      for (index_t j = 0; j < scores.cols(); ++j) CHECK(std::isnan(scores.view()(i, j)) == (i == 2));
  };
  const auto b = given(ctx, "b");
  check_rows(bilinear<double, cpu>(ctx, composed(ctx, "form")).score(ctx, a, composed(ctx, "short")));
  check_rows(centred_cosine(std::vector<double>(33, 1), std::vector<double>(33, 1)).score(ctx, a, b));
  check_rows(fused<cosine, dot>{}.score(ctx, a, b));
}

TEST_CASE("parameters that are not finite or do not fit are refused by name") {
  context<cpu> ctx;
  const auto a = given(ctx, "a"), b = given(ctx, "b");
  auto form = composed(ctx, "form");
  const bilinear<double, cpu> through(ctx, form);
  CHECK_THROWS_WITH_AS(through.score(ctx, a, b), doctest::Contains("rows of 33 numbers on the right of 33 x 12"),
                       shape_error);
  CHECK_THROWS_WITH_AS(through.reversed().score(ctx, a, b),
                       doctest::Contains("rows of 33 numbers on the left of 12 x 33"), shape_error);
  form.view()(4, 7) = infinite;
  CHECK_THROWS_WITH_AS((bilinear<double, cpu>(ctx, form)), doctest::Contains("row 4, column 7 is inf"), argument_error);
  CHECK_THROWS_WITH_AS(centred_cosine({0, broken_number}, {0, 0}), doctest::Contains("first mean, column 1 is nan"),
                       argument_error);
  CHECK_THROWS_AS(centred_cosine({0, 1}, {0}), shape_error);
  CHECK_THROWS_WITH_AS(centred_cosine({0, 1}, {0, 1}).score(ctx, a, b), doctest::Contains("means of 2"), shape_error);
  CHECK_THROWS_WITH_AS(centred_cosine::from_sets(ctx, a, b.view().middle_rows(0, 0)), doctest::Contains("7 and 0 rows"),
                       argument_error);
  CHECK_THROWS_WITH_AS(fused<cosine>{.weight = 1.5}.score(ctx, a, b), doctest::Contains("weight 1.5"), argument_error);
  CHECK_THROWS_WITH_AS(fused<cosine>{.weight = broken_number}.score(ctx, a, b), doctest::Contains("weight nan"),
                       argument_error);
  CHECK_THROWS_WITH_AS(fused<cosine>{.first_columns = 34}.score(ctx, a, b), doctest::Contains("34 first columns"),
                       argument_error);
  CHECK_THROWS_AS(fused<cosine>{}.score(ctx, a, b.view().middle_cols(0, 3)), shape_error);
  CHECK_THROWS_AS(fused_rows(ctx, {1, 2}, {1}, 0.5), shape_error);
}
