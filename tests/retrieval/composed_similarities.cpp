// SPDX-License-Identifier: Apache-2.0
// Rankings by similarities that treat both sides differently or look at the whole gallery.
#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/fused.hpp>

using namespace kindred;

namespace {

matrix<double, cpu> noise(context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  matrix<double, cpu> m(ctx, rows, cols);
  for (index_t i = 0; i < rows * cols; ++i) m.data()[i] = random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.3;
  return m;
}

/// Mean average precision of rows of scores by sorting.
double ranked(const std::vector<double>& scores, const std::vector<label_t>& queries,
              const std::vector<label_t>& gallery) {
  double sum = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t g = 0; g < gallery.size(); ++g) order.emplace_back(-scores[q * gallery.size() + g], g);
    std::sort(order.begin(), order.end());
    double hits = 0, precision = 0;
    for (std::size_t r = 0; r < order.size(); ++r)
      if (gallery[order[r].second] == queries[q]) precision += ++hits / static_cast<double>(r + 1);
    sum += precision / hits;
  }
  return sum / static_cast<double>(queries.size());
}

}  // namespace

TEST_CASE("both directions of bilinear, centred_cosine and fused, in bands of any size") {
  context<cpu> ctx(2);
  const index_t n = 40, m = 33;
  const auto a = noise(ctx, n, 12, 1), b = noise(ctx, m, 7, 2), c = noise(ctx, m, 12, 3), form = noise(ctx, 12, 7, 4);
  std::vector<label_t> left, right;
  for (index_t i = 0; i < n; ++i) left.push_back(static_cast<label_t>(i * 7 % 5));
  for (index_t i = 0; i < m; ++i) right.push_back(static_cast<label_t>(i % 5));
  const vector<label_t, cpu> left_labels(ctx, left), right_labels(ctx, right);
  const relation::same_label same(left_labels, right_labels);
  const auto check = [&](const auto& similarity, const matrix<double, cpu>& gallery) {
    const double forward = ranked(similarity.score(ctx, a, gallery).to_host(), left, right);
    const double backward = ranked(similarity::reversed(similarity).score(ctx, gallery, a).to_host(), right, left);
    for (const index_t memory : {1, 5000, 1 << 20}) {
      const auto found =
          retrieval::evaluate_both(ctx, similarity, a, gallery, same, {.memory = memory}, metric::average_precision{});
      CHECK(found.forward[0] == doctest::Approx(forward).epsilon(1e-14));
      CHECK(found.backward[0] == doctest::Approx(backward).epsilon(1e-14));
    }
  };
  check(similarity::bilinear<double, cpu>(ctx, form), b);
  check(similarity::centred_cosine(std::vector<double>(12, 0.4), std::vector<double>(12, -0.2)), c);
  check(similarity::fused<similarity::cosine, similarity::negative_euclidean>{.weight = 0.3}, c);
  check(similarity::fused<similarity::cosine>{.weight = 0.8, .first_columns = 4}, c);
  // transposed the one-sided way the widths do not fit
  CHECK_THROWS_AS(retrieval::evaluate(ctx, similarity::bilinear<double, cpu>(ctx, form), b, a,
                                      relation::same_label(right_labels, left_labels), metric::average_precision{}),
                  shape_error);
}

TEST_CASE("rows that are not finite are refused before fused sees them") {
  context<cpu> ctx;
  auto a = noise(ctx, 6, 3, 1);
  const auto b = noise(ctx, 6, 3, 2);
  const vector<label_t, cpu> labels(ctx, std::vector<label_t>(6));
  a.view()(4, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(retrieval::evaluate(ctx, similarity::fused<similarity::cosine>{}, a, b,
                                           relation::same_label(labels, labels), metric::average_precision{}),
                       doctest::Contains("row 4 of the queries"), argument_error);
}
