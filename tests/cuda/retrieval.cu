// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/expected.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/metric/tie_order.hpp>
#include <kindred/op/top_k.hpp>
#include <kindred/relation/graded.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/relation/without_self.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>

using namespace kindred;

namespace {

struct both {
  std::array<double, 2> by_label;
  std::array<double, 2> by_pair;
  std::array<double, 1> by_distance, by_angle;
};

/// Rows of small whole numbers, whose products every device computes exactly, with many ties.
template <Device D>
both evaluated(index_t n, index_t d, index_t memory) {
  std::vector<float> x(static_cast<std::size_t>(n * d)), y(x.size());
  std::vector<label_t> labels(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(random::below(7, 1, 1, i)) - 3;
    y[i] = static_cast<float>(random::below(7, 1, 2, i)) - 3;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<label_t>(random::below(9, 1, 3, i));
  context<D> ctx;
  const matrix<float, D> a(ctx, n, d, x), b(ctx, n, d, y);
  const vector<label_t, D> l(ctx, labels);
  const relation::same_label own(l, l, true);
  const retrieval::evaluate_options options{.memory = memory};
  const metric::average_precision ap;
  return {retrieval::evaluate(ctx, similarity::dot{}, a, b, own, options, ap, metric::hit{.k = 10}),
          retrieval::evaluate(ctx, similarity::dot{}, a, b, relation::paired{}, options, ap, metric::hit{.k = 10}),
          retrieval::evaluate(ctx, similarity::negative_euclidean{}, a, b, own, options, ap),
          retrieval::evaluate(ctx, similarity::cosine{}, a, b, own, options, ap)};
}

/// Ties and grades, of whole rankings and of search results.
template <Device D>
std::vector<double> detailed(index_t n, index_t memory) {
  const index_t d = 3;
  std::vector<float> x(static_cast<std::size_t>(n * d)), g(static_cast<std::size_t>(n * n));
  std::vector<index_t> ids(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random::below(5, 1, 1, i)) - 2;
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = static_cast<float>(random::below(6, 1, 2, i)) - 2;
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<index_t>(i) / 2;
  context<D> ctx;
  const matrix<float, D> a(ctx, n, d, x), grades(ctx, n, n, g);
  const vector<index_t, D> own(ctx, ids);
  const relation::without_self relevant{relation::graded(grades), own, own};
  matrix<float, D> scores(ctx, n, n);
  similarity::dot{}.template score<float, D>(ctx, a, a, scores.view());
  const metric::expected fair{metric::ndcg{.top = 10, .gain = metric::gain::exponential}};
  const metric::tie_order worst{metric::ties::pessimistic, metric::average_precision{}};
  const auto whole = retrieval::evaluate(ctx, similarity::dot{}, a, a, relevant, {.memory = memory}, metric::ndcg{},
                                         fair, metric::expected_average_precision{}, worst);
  const auto listed = retrieval::evaluate_hits(ctx, op::top_k(ctx, scores, std::min<index_t>(n, 20)), n, relevant,
                                               metric::ndcg{.top = 20}, fair, worst);
  std::vector<double> all(whole.begin(), whole.end());
  all.insert(all.end(), listed.begin(), listed.end());
  return all;
}

}  // namespace

TEST_CASE("ties and grades on the GPU are the host's, to the last bit") {
  for (const index_t n : {1, 2, 33, 300}) {
    const auto want = detailed<cpu>(n, 1 << 20);
    for (const index_t memory : {1, 100000, 1 << 26}) CHECK(detailed<cuda>(n, memory) == want);
  }
}

TEST_CASE("the GPU's metrics are the host's, to the last bit where scores are exact") {
  for (const index_t n : {1, 2, 33, 700}) {
    const both want = evaluated<cpu>(n, 5, 1 << 20);
    for (const index_t memory : {1, 100000, 1 << 26}) {
      const both got = evaluated<cuda>(n, 5, memory);
      CHECK(got.by_label == want.by_label);
      CHECK(got.by_pair == want.by_pair);
      CHECK(got.by_distance == want.by_distance);
      CHECK(got.by_angle[0] == doctest::Approx(want.by_angle[0]).epsilon(0.02));
    }
  }
}
