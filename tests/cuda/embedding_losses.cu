// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/loss/cca_correlation.hpp>
#include <kindred/loss/chunked_info_nce.hpp>
#include <kindred/loss/cmpc.hpp>
#include <kindred/loss/cmpm.hpp>
#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/learnable_temperature.hpp>
#include <kindred/loss/lifted_structure.hpp>
#include <kindred/loss/multi_similarity.hpp>
#include <kindred/loss/n_pair.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/loss/proxy_anchor.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/loss/sigmoid_pair.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/loss/weighted_sum.hpp>
#include <kindred/similarity/cosine.hpp>
#include <vector>

using namespace kindred;

namespace {

constexpr index_t rows = 70, cols = 9, classes = 9;

std::vector<float> numbers(index_t n, std::uint64_t stream) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random::normal(3, stream, i));
  return x;
}

/// The value and all gradients of a loss of any kind on fixed numbers.
template <Device D, class L>
std::vector<float> outcome(const L& loss) {
  context<D> ctx;
  std::vector<label_t> names;
  for (index_t i = 0; i < rows; ++i) names.push_back(static_cast<label_t>(i * i % classes));
  const vector<label_t, D> labels(ctx, names);
  const relation::same_label<D> relation(labels.view(), labels.view());
  const matrix<float, D> a(ctx, rows, cols, numbers(rows * cols, 1)), b(ctx, rows, cols, numbers(rows * cols, 2));
  const matrix<float, D> scores(ctx, rows, rows, numbers(rows * rows, 3));
  matrix<float, D> da(ctx, rows, cols), db(ctx, rows, cols), dscores(ctx, rows, rows);
  vector<float, D> value(ctx, 1);
  index_t count = 0;
  if constexpr (layer::Parametric<L>) count = loss.parameter_count();
  vector<float, D> weights(ctx, count), dweights(ctx, count);
  if constexpr (layer::Parametric<L>) loss.initialize(ctx, weights.view(), vector_view<float, D>(), 4);
  if constexpr (loss::LearnablePairLoss<L>)
    loss(ctx, weights, a, b, relation, da.view(), db.view(), dweights.view(), value.view());
  else if constexpr (loss::LearnableEmbeddingLoss<L>)
    loss(ctx, weights, a, labels, da.view(), dweights.view(), value.view());
  else if constexpr (loss::LearnableScoreLoss<L>)
    loss(ctx, weights, scores, relation, dscores.view(), dweights.view(), value.view());
  else if constexpr (loss::PairLoss<L>)
    loss(ctx, a, b, relation, da.view(), db.view(), value.view());
  else if constexpr (loss::ScoreLoss<L>)
    loss(ctx, scores, relation, dscores.view(), value.view());
  else
    loss(ctx, a, labels, da.view(), value.view());
  std::vector<float> all = value.to_host();
  for (const auto& part : {da.to_host(), db.to_host(), dscores.to_host(), dweights.to_host()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

template <class L>
void agree(const L& loss, float tolerance = 2e-4f) {
  const std::vector<float> host = outcome<cpu>(loss), device = outcome<cuda>(loss);
  REQUIRE(host.size() == device.size());
  CHECK(host[0] != 0);
  for (std::size_t i = 0; i < host.size(); ++i)
    CHECK(std::abs(host[i] - device[i]) <= tolerance * (1 + std::abs(host[i])));
}

}  // namespace

TEST_CASE("losses on scores give on the GPU what they give on the host") {
  agree(loss::info_nce{.temperature = 0.5});
  agree(loss::learnable_temperature(loss::info_nce{.temperature = 1}, {.temperature = 0.5}));
  agree(loss::lifted_structure{});
  agree(loss::multi_similarity{.beta = 5, .select = true});
  agree(loss::sigmoid_pair({.scale = 2, .bias = -1}));
}

TEST_CASE("losses on pairs give on the GPU what they give on the host, also with a step on the host") {
  agree(loss::on_scores<similarity::cosine, loss::info_nce>{});
  agree(loss::chunked_info_nce<similarity::cosine>{.rows = 32});
  agree(loss::n_pair{.l2 = 0.1});
  agree(loss::cmpm{});
  agree(loss::cmpc(classes, cols));
  agree(loss::reconstruction{});
  agree(loss::reconstruction{.kind = loss::reconstruction::error::word_entropy});
  agree(loss::cca_correlation{});
  agree(loss::weighted_sum{loss::cmpm{}, loss::cmpc(classes, cols), 0.5, 2.0});
}

TEST_CASE("losses on labelled rows give on the GPU what they give on the host") {
  agree(loss::softmax_cross_entropy{.smoothing = 0.1});
  agree(loss::proxy_nca(classes, cols, {.scale = 3}));
  agree(loss::proxy_anchor(classes, cols));
}
