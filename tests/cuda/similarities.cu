// SPDX-License-Identifier: Apache-2.0
// Gradients of similarities, similarities of bags and optimizers: a GPU against the host.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/optimizer/adadelta.hpp>
#include <kindred/optimizer/adagrad.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/average.hpp>
#include <kindred/optimizer/clip.hpp>
#include <kindred/optimizer/rate_per_part.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/optimizer/schedule.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/similarity/adaptive_fused.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/cross_attention.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/fragment_alignment.hpp>
#include <kindred/similarity/fused.hpp>
#include <kindred/similarity/max_sim.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <vector>

using namespace kindred;

namespace {

using numbers = std::vector<float>;

numbers noise(index_t count, std::uint64_t stream) {
  numbers x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random::uniform(1, stream, i) - 0.5);
  return x;
}

/// Scores and, where there are any, both gradients, one after the other.
template <Device D, class S>
numbers of_rows(context<D>& ctx, const S& similarity) {
  const index_t n = 70, m = 45, d = 37;
  const matrix<float, D> a(ctx, n, d, noise(n * d, 1)), b(ctx, m, d, noise(m * d, 2)),
      weights(ctx, n, m, noise(n * m, 3));
  matrix<float, D> scores(ctx, n, m), da(ctx, n, d), db(ctx, m, d);
  similarity.score(ctx, a, b, scores.view());
  numbers all = scores.to_host();
  if constexpr (similarity::DifferentiableSimilarity<S, float, D>) {
    similarity.backward(ctx, a, b, scores, weights, da.view(), db.view());
    for (const matrix<float, D>* x : {&da, &db}) {
      const numbers host = x->to_host();
      all.insert(all.end(), host.begin(), host.end());
    }
  }
  return all;
}
template <Device D, class S>
numbers of_bags(context<D>& ctx, const S& similarity) {
  std::vector<index_t> first{0}, second{0};
  for (index_t i = 0; i < 30; ++i) {
    first.push_back(first.back() + i % 7);
    second.push_back(second.back() + 40);
  }
  const index_t d = 19;
  const batch<float, D> a(ctx, matrix<float, D>(ctx, first.back(), d, noise(first.back() * d, 1)), first);
  const batch<float, D> b(ctx, matrix<float, D>(ctx, second.back(), d, noise(second.back() * d, 2)), second);
  const matrix<float, D> weights(ctx, 30, 30, noise(900, 3));
  const auto scores = similarity.score(ctx, a, b);
  matrix<float, D> da(ctx, first.back(), d), db(ctx, second.back(), d);
  similarity.backward(ctx, a, b, scores, weights, da.view(), db.view());
  numbers all = scores.to_host();
  for (const matrix<float, D>* x : {&da, &db}) {
    const numbers host = x->to_host();
    all.insert(all.end(), host.begin(), host.end());
  }
  return all;
}
/// Weights after three steps and their average.
template <Device D, class O>
numbers stepped(context<D>& ctx, const O& o) {
  const index_t n = 10000;
  vector<float, D> weights(ctx, noise(n, 1));
  const vector<float, D> gradient(ctx, noise(n, 2));
  typename O::template state<float, D> state(ctx, n);
  const optimizer::average mean{.decay = 0.5};
  optimizer::average::state<float, D> smooth(ctx, n);
  for (int t = 0; t < 3; ++t) {
    o.update(ctx, state, weights.view(), gradient);
    mean.update(ctx, smooth, weights);
  }
  numbers all = weights.to_host();
  mean.swap(ctx, smooth, weights.view());
  const numbers host = weights.to_host();
  all.insert(all.end(), host.begin(), host.end());
  return all;
}

void check_near(const numbers& host, const numbers& device, double tolerance = 2e-4) {
  REQUIRE(host.size() == device.size());
  double furthest = 0, scale = 1;
  for (std::size_t i = 0; i < host.size(); ++i) {
    furthest = std::max(furthest, static_cast<double>(std::abs(host[i] - device[i])));
    scale = std::max(scale, static_cast<double>(std::abs(host[i])));
  }
  CHECK(furthest <= tolerance * scale);
}

}  // namespace

TEST_CASE("similarities and their gradients are those of the host") {
  context<cpu> host;
  context<cuda> device;
  const auto compare = [&](const auto& s) { check_near(of_rows(host, s), of_rows(device, s)); };
  compare(similarity::dot{});
  compare(similarity::cosine{});
  compare(similarity::negative_squared_euclidean{});
  compare(similarity::negative_euclidean{});
  compare(similarity::normalized_correlation{});
  compare(similarity::centred_cosine(std::vector<double>(37, 0.1), std::vector<double>(37, -0.1)));
  compare(similarity::fused<similarity::cosine, similarity::dot>{.weight = 0.3});
  compare(similarity::adaptive_fused<similarity::cosine, similarity::dot>{.weight = 0.3});
  const numbers form = noise(37 * 37, 4);
  check_near(of_rows(host, similarity::bilinear<float, cpu>(host, matrix<float, cpu>(host, 37, 37, form))),
             of_rows(device, similarity::bilinear<float, cuda>(device, matrix<float, cuda>(device, 37, 37, form))));
}

TEST_CASE("similarities of bags and their gradients are those of the host") {
  context<cpu> host;
  context<cuda> device;
  using attention = similarity::cross_attention;
  check_near(of_bags(host, similarity::max_sim{}), of_bags(device, similarity::max_sim{}));
  check_near(of_bags(host, similarity::fragment_alignment{}), of_bags(device, similarity::fragment_alignment{}));
  const attention both{.looks = attention::direction::both};
  check_near(of_bags(host, both), of_bags(device, both));
}

TEST_CASE("optimizers take the host's steps") {
  using namespace optimizer;
  context<cpu> host;
  context<cuda> device;
  const auto compare = [&](const auto& o) { check_near(stepped(host, o), stepped(device, o), 1e-5); };
  compare(scheduled<clip_norm<sgd>, cosine_decay>{{{.momentum = 0.9, .nesterov = true}, 3}, {.period = 4}});
  compare(clip_value<adam>{{.amsgrad = true}, 0.25});
  compare(rate_per_part<adamw>{{}, {{10, 2000, 0.5}}});
  compare(rmsprop{.momentum = 0.5, .centred = true});
  compare(adadelta{});
  compare(adagrad{});
}
