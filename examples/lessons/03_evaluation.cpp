// SPDX-License-Identifier: Apache-2.0
// Computes ranking metrics of scores that any program made. Items are relevant to a query where they have its label.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate_scores.hpp>
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

  // mAP: ((1/1 + 2/3) / 2 + (1/1 + 2/2 + 3/3) / 3) / 2; recall@2: (1/2 + 2/3) / 2, the share of the relevant items that
  // are among the first 2; hit@2: whether any is, which many papers on images and texts call Recall@2
  const auto [map, recall, hit] = kd::retrieval::evaluate_scores(ctx, scores, kd::relation::same_label(queries, items),
                                                                 kd::metric::average_precision{},
                                                                 kd::metric::recall{.k = 2}, kd::metric::hit{.k = 2});
  std::printf("mAP      %.3f\nrecall@2 %.3f\nhit@2    %.3f\n", map, recall, hit);
}

// It prints
//   mAP      0.917
//   recall@2 0.583
//   hit@2    1.000
