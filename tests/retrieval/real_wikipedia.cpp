// SPDX-License-Identifier: Apache-2.0
// Metrics of the CCA ranking of the Wikipedia articles of Rasiwasia et al. 2010 (7 dimensions, ridge 1e-6 of the mean
// variance, cosine, 693 x 693) against values computed by an independent NumPy program with stable descending sorts.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/expected.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/normalized_correlation.hpp>

#include "real_data.hpp"

using namespace kindred;
using metric::divisor;

namespace {

struct embedded {
  matrix<double, cpu> images, texts;
  vector<label_t, cpu> labels;
};

embedded embed(context<cpu>& ctx) {
  const std::string folder = real_data("wikipedia_rasiwasia2010") + "/";
  const auto load = [&](const char* name) { return io::load_matrix<double>(ctx, folder + name + ".npy"); };
  const auto cca = projection::cca{.dimensions = 7, .ridge = 1e-6}.fit(ctx, load("train_images"), load("train_texts"));
  return {cca.first(ctx, load("test_images")), cca.second(ctx, load("test_texts")),
          io::load_vector<label_t>(ctx, folder + "test_labels.npy")};
}

/// Average precision as the released code of CMPL has it: a hit behind rank 1 is not counted in its own precision. A
/// metric of one's own.
struct off_by_one {
  double operator()(std::span<const index_t> ranks, index_t) const {
    double sum = 0;
    for (std::size_t j = 0; j < ranks.size(); ++j)
      sum += static_cast<double>(ranks[j] == 1 ? 1 : j) / static_cast<double>(ranks[j]);
    return ranks.empty() ? 0 : sum / static_cast<double>(ranks.size());
  }
};

template <std::size_t N>
void check(const std::array<double, N>& values, const std::array<double, N>& printed, double half_digit) {
  for (std::size_t i = 0; i < N; ++i) {
    CAPTURE(i);
    CHECK(std::abs(values[i] - printed[i]) <= half_digit);
  }
}

}  // namespace

TEST_CASE("the metrics of the CCA ranking by class are the published digits, in both directions") {
  context<cpu> ctx(2);
  const embedded e = embed(ctx);
  const auto both = retrieval::evaluate_both(
      ctx, similarity::cosine{}, e.images, e.texts, relation::same_label(e.labels, e.labels),
      metric::average_precision{}, metric::average_precision{.top = 50, .divisor = divisor::hits},
      metric::average_precision{.top = 50, .divisor = divisor::reachable}, metric::average_precision{.top = 50},
      metric::hit{.k = 1}, metric::hit{.k = 5}, metric::hit{.k = 10}, metric::recall{.k = 5}, metric::recall{.k = 10},
      metric::precision{.k = 1}, metric::precision{.k = 5}, metric::precision{.k = 10}, metric::precision{.k = 50},
      metric::r_precision{}, metric::average_precision_at_r{}, metric::reciprocal_rank{}, metric::median_rank{},
      metric::ndcg{.top = 10}, metric::ndcg{.top = 50}, off_by_one{});
  check(both.forward, {0.2463, 0.2640, 0.1365, 0.0848, 0.1977, 0.4286, 0.5094, 0.0142, 0.0293, 0.1977,
                       0.2141, 0.2206, 0.2201, 0.2112, 0.1211, 0.3096, 9,      0.2167, 0.2206, 0.2317},
        5.1e-5);
  check(both.backward, {0.2007, 0.3448, 0.1026, 0.0629, 0.3882, 0.7388, 0.9019, 0.0218, 0.0400, 0.3882,
                        0.3408, 0.3113, 0.2374, 0.2124, 0.0799, 0.5498, 2,      0.3274, 0.2608, 0.1838},
        5.1e-5);
}

TEST_CASE("the metrics of the CCA ranking by pair are the published digits, in both directions") {
  context<cpu> ctx;
  const embedded e = embed(ctx);
  const auto both =
      retrieval::evaluate_both(ctx, similarity::cosine{}, e.images, e.texts, relation::paired{}, metric::hit{.k = 1},
                               metric::hit{.k = 5}, metric::hit{.k = 10}, metric::median_rank{}, metric::mean_rank{});
  check(both.forward, {0.0029, 0.0159, 0.0289, 196, 239.5}, 5.1e-2);
  check(both.backward, {0.0043, 0.0260, 0.0418, 188, 236.5}, 5.1e-2);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::abs(both.forward[i] - std::array{0.0029, 0.0159, 0.0289}[i]) <= 5.1e-5);
    CHECK(std::abs(both.backward[i] - std::array{0.0043, 0.0260, 0.0418}[i]) <= 5.1e-5);
  }
}

TEST_CASE("normalized correlation and Euclidean distance rank the articles as published") {
  context<cpu> ctx;
  const embedded e = embed(ctx);
  const relation::same_label relevant(e.labels, e.labels);
  const auto nc = retrieval::evaluate_both(ctx, similarity::normalized_correlation{}, e.images, e.texts, relevant,
                                           metric::average_precision{});
  CHECK(std::abs(nc.forward[0] - 0.2466) <= 5.1e-5);
  CHECK(std::abs(nc.backward[0] - 0.2015) <= 5.1e-5);
  const auto euclidean = retrieval::evaluate_both(ctx, similarity::negative_euclidean{}, e.images, e.texts, relevant,
                                                  metric::average_precision{});
  CHECK(std::abs(euclidean.forward[0] - 0.2181) <= 5.1e-5);
  CHECK(std::abs(euclidean.backward[0] - 0.1822) <= 5.1e-5);
}

TEST_CASE("search results and expectations over ties repeat the numbers of the CCA ranking") {
  context<cpu> ctx(2);
  const embedded e = embed(ctx);
  const relation::same_label relevant(e.labels, e.labels);
  matrix<double, cpu> scores(ctx, e.images.rows(), e.texts.rows());
  similarity::cosine{}.score<double, cpu>(ctx, e.images, e.texts, scores.view());
  const auto listed = retrieval::evaluate_hits(
      ctx, op::top_k(ctx, scores, 50), e.texts.rows(), relevant, metric::average_precision{.top = 50},
      metric::average_precision{.top = 50, .divisor = divisor::hits}, metric::recall{.k = 10},
      metric::precision{.k = 50}, metric::ndcg{.top = 10}, metric::ndcg{.top = 50}, metric::hit{.k = 5});
  check(listed, {0.0848, 0.2640, 0.0293, 0.2201, 0.2167, 0.2206, 0.4286}, 5.1e-5);
  // no score of a relevant item is shared by an item of another class here
  const auto [expected, plain] = retrieval::evaluate(ctx, similarity::cosine{}, e.images, e.texts, relevant,
                                                     metric::expected_average_precision{}, metric::average_precision{});
  CHECK(std::abs(expected - plain) < 1e-4);
  CHECK(std::abs(expected - 0.2463) <= 5.1e-5);
}
