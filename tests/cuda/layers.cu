// SPDX-License-Identifier: Apache-2.0
// Layers on the GPU, forward and backward, against the host.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/encoder/bidirectional_lstm.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/attention_pool.hpp>
#include <kindred/layer/concatenate.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/gru.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/last_state.hpp>
#include <kindred/layer/layer_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>

using namespace kindred;

namespace {

constexpr index_t vocabulary = 20, cols = 6;
const std::vector<index_t> offsets{0, 3, 3, 40, 41, 77};

std::vector<float> uniform(index_t n, std::uint64_t stream) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(2 * random::uniform(4, stream, i) - 1);
  return v;
}

/// y, dx and dweights of a chain that starts with an embedding, one after the other.
template <Device D, class L>
std::vector<float> passed(const L& layer, bool ragged) {
  context<D> ctx;
  std::vector<label_t> words(77);
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] = static_cast<label_t>(random::below(vocabulary, 4, 9, i)) - 1;
  const vector<label_t, D> ids(ctx, words);
  const vector<index_t, D> starts(ctx, offsets);
  const tokens<const float, D> x =
      ragged ? tokens<const float, D>(ids.view(), starts.view(), 5, 37) : tokens<const float, D>(ids.view(), {}, 7, 11);
  const shape in = x.shape(), out = layer.output(in);
  vector<float, D> weights(ctx, layer.parameter_count()), buffers(ctx, layer.buffer_count()),
      dweights(ctx, layer.parameter_count()), cache(ctx, layer.cache_size(in));
  matrix<float, D> y(ctx, out.rows, out.cols);
  const matrix<float, D> dy(ctx, out.rows, out.cols, uniform(out.rows * out.cols, 2));
  layer.initialize(ctx, weights.view(), buffers.view(), 3);
  layer.forward(
      ctx, layer::forward_pass<float, D, tokens>{weights.view(), buffers.view(), x, layer::as_batch(y.view(), out, x),
                                                 cache.view(), layer::mode::train, 5});
  layer.backward(ctx, layer::backward_pass<float, D, tokens>{weights.view(),
                                                             buffers.view(),
                                                             x,
                                                             layer::as_batch(std::as_const(y).view(), out, x),
                                                             layer::as_batch(dy.view(), out, x),
                                                             {},
                                                             dweights.view(),
                                                             cache.view(),
                                                             layer::mode::train,
                                                             5});
  std::vector<float> all = y.to_host();
  for (const float v : dweights.to_host()) all.push_back(v);
  return all;
}

template <class... Layers>
void agrees(bool ragged, Layers... layers) {
  const layer::sequential chain(layer::embedding(vocabulary, cols), layers...);
  const auto want = passed<cpu>(chain, ragged), got = passed<cuda>(chain, ragged);
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO(i);
    REQUIRE(std::fabs(got[i] - want[i]) <= 2e-4f * (1 + std::fabs(want[i])));
  }
  CHECK(passed<cuda>(chain, ragged) == got);
}

}  // namespace

TEST_CASE("layers on the GPU give what they give on the host, twice the same bytes") {
  agrees(true, layer::linear{cols, 9}, layer::relu{}, layer::dropout{0.3}, layer::linear{9, 8}, layer::leaky_relu{},
         layer::layer_norm{8}, layer::gelu{}, layer::l2_normalize{}, layer::attention_pool{8, {.hidden = 5}});
  agrees(true, layer::lstm{cols, 8, {.layers = 2, .bidirectional = true}}, layer::last_state{true}, layer::tanh{});
  agrees(true, layer::gru{cols, 8, {.bidirectional = true}}, layer::concatenate{layer::mean_pool{}, layer::max_pool{}});
  agrees(false, layer::residual{layer::sequential{layer::linear{cols, cols}, layer::sigmoid{}}}, layer::flatten{},
         layer::linear{11 * cols, 3});
}

TEST_CASE("encoders of sentences on the GPU give what they give on the host, twice the same bytes") {
  agrees(true, encoder::sentence_cnn(cols, {.windows = {2, 3}, .maps = 20}));
  agrees(false, encoder::sentence_cnn(cols, {.windows = {4}, .maps = 3, .padding = false, .padding_counts = true}));
  agrees(true, encoder::bidirectional_lstm(cols, {.width = 8, .padding_counts = true}));
  agrees(true, layer::attention_pool{cols, {.tanh = true, .dropout = 0.3}});
}
