// SPDX-License-Identifier: Apache-2.0
// Computes ranking metrics of scores that any program made. Items are relevant to a query where they have its label.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/op/rank.hpp>
#include <kindred/relation/same_label.hpp>
#include <vector>

namespace kd = kindred;
using kd::cpu;

int main() {
  kd::context<cpu> ctx;
  const kd::matrix<float, cpu> scores(ctx, 2, 5,  // 2 queries x 5 items, higher is closer
                                      std::vector<float>{0.9f, 0.8f, 0.7f, 0.6f, 0.5f,  //
                                                         0.1f, 0.7f, 0.2f, 0.9f, 0.3f});
  const kd::vector<kd::label_t, cpu> queries(ctx, std::vector<kd::label_t>{0, 1});
  const kd::vector<kd::label_t, cpu> items(ctx, std::vector<kd::label_t>{0, 1, 0, 1, 1});

  const auto ranks = kd::op::rank(ctx, scores, kd::relation::same_label(queries, items));
  for (kd::index_t q = 0; q < ranks.queries(); ++q) {
    std::printf("query %d: relevant items at rank", static_cast<int>(q));
    for (const kd::index_t rank : ranks.of(q)) std::printf(" %d", static_cast<int>(rank));
    std::printf("\n");
  }

  const auto mean = [&](const auto& metric) {
    std::vector<double> values;
    for (kd::index_t q = 0; q < ranks.queries(); ++q)
      values.push_back(kd::metric::evaluate(metric, {.ranks = ranks.of(q), .items = scores.cols()}));
    return kd::metric::aggregate(metric, values);
  };
  std::printf("mAP      %.3f\n",
              mean(kd::metric::average_precision{}));                // ((1/1 + 2/3) / 2 + (1/1 + 2/2 + 3/3) / 3) / 2
  std::printf("recall@2 %.3f\n", mean(kd::metric::recall{.k = 2}));  // (1/2 + 2/3) / 2: share of the relevant items
  std::printf("hit@2    %.3f\n", mean(kd::metric::hit{.k = 2}));     // any relevant item: "Recall@K" of many papers
}

// It prints
//   query 0: relevant items at rank 1 3
//   query 1: relevant items at rank 1 2 3
//   mAP      0.917
//   recall@2 0.583
//   hit@2    1.000
