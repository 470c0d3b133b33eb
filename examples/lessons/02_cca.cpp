// SPDX-License-Identifier: Apache-2.0
// Learns a common space of two kinds of features from pairs, by canonical correlation analysis. In that space a row of
// one kind finds its partner among rows of the other kind that were not in the training set.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kd = kindred;
using kd::cpu;

// Mixes the same hidden values into `columns` features, with noise: what a sensor shows of a thing.
kd::matrix<float, cpu> seen(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& hidden, kd::index_t columns,
                            std::uint64_t seed) {
  kd::matrix<float, cpu> mixing(ctx, hidden.cols(), columns), features(ctx, hidden.rows(), columns);
  kd::op::fill_normal(ctx, mixing.view(), 0, 1, seed);
  kd::op::fill_normal(ctx, features.view(), 0, 1, seed + 1);
  ctx.gemm<float>(1, hidden.view(), kd::transpose::no, mixing.view(), kd::transpose::no, 1, features.view());
  return features;
}

int main() {
  kd::context<cpu> ctx;
  kd::matrix<float, cpu> hidden(ctx, 300, 4);
  kd::op::fill_normal(ctx, hidden.view(), 0, 1, 1);
  const auto images = seen(ctx, hidden, 20, 2),
             texts = seen(ctx, hidden, 12, 4);  // row i of texts belongs to row i of images

  const auto train = [](const auto& x) { return x.view().middle_rows(0, 200); };
  const auto test = [](const auto& x) { return x.view().middle_rows(200, 100); };
  const auto cca = kd::projection::cca{.dimensions = 4}.fit(ctx, train(images), train(texts));
  for (const double rho : cca.correlations()) std::printf("canonical correlation %.2f\n", rho);

  const auto a = cca.first(ctx, test(images)), b = cca.second(ctx, test(texts));  // 100 x 4 each
  const auto [found] =
      kd::retrieval::evaluate(ctx, kd::similarity::cosine{}, a, b, kd::relation::paired{}, kd::metric::hit{.k = 5});
  std::printf("partner among the first 5 of 100: %.2f\n", found);
}

// It prints
//   canonical correlation 0.97
//   canonical correlation 0.95
//   canonical correlation 0.88
//   canonical correlation 0.83
//   partner among the first 5 of 100: 0.71
