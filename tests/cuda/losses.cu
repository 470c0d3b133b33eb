// SPDX-License-Identifier: Apache-2.0
// Miners and the losses on triplets and pairs, on the GPU as on the host.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/loss/contrastive.hpp>
#include <kindred/loss/margin.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/miner/batch_hard.hpp>
#include <kindred/miner/easy.hpp>
#include <kindred/miner/graph.hpp>
#include <kindred/miner/margin_band.hpp>
#include <kindred/miner/multi_similarity.hpp>
#include <kindred/miner/random.hpp>
#include <vector>

using namespace kindred;

namespace {

constexpr index_t n = 70;

/// Multiples of 1/64: exact everywhere, so that miners choose alike, and with ties.
std::vector<float> scores() {
  std::vector<float> s(static_cast<std::size_t>(n * n));
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = static_cast<float>(random::below(129, 1, 0, i)) / 64 - 1;
  return s;
}
std::vector<label_t> classes() {
  std::vector<label_t> labels;
  for (index_t i = 0; i < n; ++i) labels.push_back(static_cast<label_t>(i % 6));
  return labels;
}

/// Value, gradient of the scores, gradient of the weights.
template <Device D, class L>
std::vector<float> evaluated(const L& loss) {
  context<D> ctx;
  const matrix<float, D> s(ctx, n, n, scores());
  const vector<label_t, D> labels(ctx, classes());
  const relation::same_label<D> relation(labels.view(), labels.view(), true);
  matrix<float, D> ds(ctx, n, n);
  vector<float, D> value(ctx, 1);
  std::vector<float> out, last;
  if constexpr (layer::Parametric<L>) {
    vector<float, D> weights(ctx, loss.parameter_count()), dweights(ctx, loss.parameter_count());
    loss.initialize(ctx, weights.view(), vector_view<float, D>(), 1);
    loss(ctx, weights, s, relation, ds.view(), dweights, value.view());
    last = dweights.to_host();
  } else {
    loss(ctx, s, relation, ds.view(), value.view());
  }
  out = ds.to_host();
  out.insert(out.end(), last.begin(), last.end());
  out.push_back(value.to_host()[0]);
  return out;
}

template <class L>
void check(const L& loss) {
  const std::vector<float> want = evaluated<cpu>(loss), got = evaluated<cuda>(loss);
  REQUIRE(want.size() == got.size());
  CHECK(want.back() > 0);
  for (std::size_t i = 0; i < want.size(); ++i)
    if (!(got[i] == doctest::Approx(want[i]).epsilon(1e-4))) CHECK(got[i] == want[i]);
}

}  // namespace

TEST_CASE("triplet losses of every miner on the GPU are the host's") {
  check(loss::batch_all{});
  check(loss::triplet<miner::all, loss::soft_margin>{});
  check(loss::triplet<miner::margin_band>{});
  check(loss::triplet<miner::multi_similarity>{});
  check(loss::triplet<miner::semi_hard>{});
  check(loss::triplet<miner::batch_hard>{});
  check(loss::triplet<miner::easy>{});
  check(loss::triplet<miner::random>{});
}

TEST_CASE("contrastive, bidirectional margin and margin losses on the GPU are the host's") {
  check(loss::contrastive{.positive_score = 1, .negative_score = 0});
  check(loss::bidirectional_margin<>{});
  check(loss::margin<>{.classes = 6, .nu = 0.1, .miner = {.dimensions = 8}});
}

TEST_CASE("the graph miner on the GPU draws the host's triplets") {
  // edges between neighbours on a circle of 6 nodes; labels are nodes
  std::vector<index_t> offsets{0}, items;
  for (index_t i = 0; i < 6; ++i) {
    const index_t a = (i + 5) % 6, b = (i + 1) % 6;
    items.push_back(a < b ? a : b);
    items.push_back(a < b ? b : a);
    offsets.push_back(2 * (i + 1));
  }
  context<cpu> host;
  context<cuda> device;
  const vector<index_t, cpu> host_offsets(host, offsets), host_items(host, items);
  const vector<index_t, cuda> device_offsets(device, offsets), device_items(device, items);
  const relation::csr<cpu> here(host_offsets.view(), host_items.view(), 6);
  const relation::csr<cuda> there(device_offsets.view(), device_items.view(), 6);
  using on_host = loss::triplet<miner::graph<cpu>>;
  using on_device = loss::triplet<miner::graph<cuda>>;
  const std::vector<float> want = evaluated<cpu>(on_host{0.2, loss::reduction::mean, {here}});
  CHECK(want.back() > 0);
  const std::vector<float> got = evaluated<cuda>(on_device{0.2, loss::reduction::mean, {there}});
  for (std::size_t i = 0; i < want.size(); ++i)
    if (!(got[i] == doctest::Approx(want[i]).epsilon(1e-4))) CHECK(got[i] == want[i]);
}
