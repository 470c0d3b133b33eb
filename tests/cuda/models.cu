// SPDX-License-Identifier: Apache-2.0
// Models of networks: a GPU against the host.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/generative/corr_ae.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/model/cmpl.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/model/mcsm.hpp>

#include "cuda/model_rows.hpp"

using namespace kindred;

namespace {

/// Both views through every model after two epochs.
template <Device D>
std::vector<double> modelled() {
  context<D> ctx;
  const index_t n = 96;
  const matrix<float, D> x(ctx, n, 6, view_rows<float>(0, n, 6, 0)), y(ctx, n, 5, view_rows<float>(0, n, 5, 1));
  const auto labels = labels_of(n);
  const auto perceptron = [](index_t in, index_t out) {
    return layer::sequential(layer::linear(in, 8), layer::relu{}, layer::linear(8, out));
  };
  const auto f = perceptron(6, 3), g = perceptron(5, 3);
  const model::training_options training{.epochs = 2, .batch = 32, .rate = 1e-3, .seed = 4};
  std::vector<double> all;
  const auto collect = [&](const auto& learned) {
    append(all, learned.first(ctx, x));
    append(all, learned.second(ctx, y));
  };
  collect(model::dcca{f, g, {.training = training}}.fit(ctx, x, y));
  collect(model::deep_sm{f, g, {.training = training}}.fit(ctx, x, y, labels));
  collect(model::cmpl{f, g, {.training = training}}.fit(ctx, x, y, labels));
  collect(generative::corr_ae{f,
                              g,
                              perceptron(3, 6),
                              perceptron(3, 5),
                              {.decoded = generative::decoded::both, .correspondence = 0.5, .training = training}}
              .fit(ctx, x, y));
  // texts of one to three words
  std::vector<index_t> offsets{0};
  for (index_t i = 0; i < n; ++i) offsets.push_back(offsets.back() + 1 + i % 3);
  batch<float, D> regions(ctx, n, 4, 6);
  const auto of_regions = view_rows<float>(0, 4 * n, 6, 2);
  ctx.copy_from_host(regions.view().values.data(), of_regions.data(), 4 * n * 6 * index_t(sizeof(float)));
  const batch<float, D> words(ctx, matrix<float, D>(ctx, offsets.back(), 5, view_rows<float>(0, offsets.back(), 5, 3)),
                              offsets);
  const model::sequence_and_row pictures(regions, x), texts(words, y);
  const model::mcsm attentive{model::mcsm_regions(6, 4, 3, 0.5), model::mcsm_sentence(5, 3), model::mcsm_picture(6, 3),
                              model::mcsm_words(5, 4, 3, 0.5), model::mcsm_options{.training = training}};
  const auto spaces = attentive.fit(ctx, pictures, texts, labels);
  append(all, spaces.first(ctx, pictures));
  append(all, spaces.second(ctx, texts));
  append(all, spaces.first_attention(ctx, pictures));
  append(all, spaces.second_attention(ctx, texts));
  return all;
}

}  // namespace

TEST_CASE("models learn on the GPU what they learn on the host") { agree(modelled<cpu>(), modelled<cuda>(), 1e-3); }
