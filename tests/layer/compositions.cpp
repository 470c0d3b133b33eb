// SPDX-License-Identifier: Apache-2.0
#include <kindred/layer/activation.hpp>
#include <kindred/layer/block_diagonal.hpp>
#include <kindred/layer/concatenate.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;

TEST_CASE("compositions have the right gradients") {
  const std::vector<items> batches{items::vectors(3, 2), items::vectors(0, 2), items::ragged({2, 0, 3}, 2)};
  using layer::linear;
  check_layer(layer::residual(layer::sequential(linear(2, 3), layer::tanh(), linear(3, 2))), batches);
  check_layer(layer::residual(linear(2, 3), linear(2, 3)), batches);
  check_layer(layer::residual(layer::tanh()), batches);
  check_layer(layer::concatenate(linear(2, 3), layer::tanh(), layer::sequential(layer::dropout(0.3), linear(2, 1))),
              batches);
  // parts without weights in front, behind and alone
  check_layer(layer::sequential(layer::tanh(), linear(2, 3), layer::tanh()), batches);
  check_layer(layer::sequential(layer::tanh()), batches);
  check_layer(layer::block_diagonal(linear(1, 3), linear(1, 2)), batches);
  check_layer(layer::sequential(layer::concatenate(layer::mean_pool(), layer::max_pool()), linear(4, 2)), batches);
}
TEST_CASE("block_diagonal is a linear layer with zeros off the blocks") {
  context<cpu> ctx;
  const layer::block_diagonal blocks(layer::linear(2, 3), layer::linear(3, 1));
  const layer::linear whole(5, 4);
  vector<double, cpu> weights(ctx, blocks.parameter_count()), full(ctx, whole.parameter_count()), none(ctx, 0);
  blocks.initialize(ctx, weights.view(), none.view(), 3);
  // x_1 W_1 in the first three columns, x_2 W_2 in the last
  const auto w = weights.view();
  const auto f = whole.split(full.view());
  for (index_t r = 0; r < 2; ++r)
    for (index_t c = 0; c < 3; ++c) f.weight(r, c) = w(3 * r + c);
  for (index_t c = 0; c < 3; ++c) f.bias(c) = w(6 + c);
  for (index_t r = 0; r < 3; ++r) f.weight(2 + r, 3) = w(9 + r);
  f.bias(3) = w(12);
  const layer_items<cpu> x(ctx, items::vectors(4, 5));
  matrix<double, cpu> a(ctx, 4, 4), b(ctx, 4, 4);
  blocks.forward(ctx, layer::forward_pass<double, cpu>{weights.view(), {}, x.view<batch_view>(), a.view(), {}});
  whole.forward(ctx, layer::forward_pass<double, cpu>{full.view(), {}, x.view<batch_view>(), b.view(), {}});
  for (index_t i = 0; i < 16; ++i) CHECK(a.data()[i] == doctest::Approx(b.data()[i]).epsilon(1e-12));
  std::string names;
  blocks.parameters([&](const char* name, index_t, index_t, index_t) { names += std::string(name) + " "; });
  CHECK(names == "first.weight first.bias second.weight second.bias ");
  CHECK(blocks.description() == "block_diagonal(linear(2, 3), linear(3, 1))");
  CHECK_THROWS_AS(static_cast<void>(blocks.output(shape::vectors(1, 4))), shape_error);
}

TEST_CASE("a classifier of sentences has the right gradients") {
  check_layer<tokens>(
      layer::sequential(layer::embedding(6, 3), layer::lstm(3, 2), layer::mean_pool(), layer::linear(2, 2)),
      {items::words({3, 0, 2}, {2, 0, 2, 1, 5})});
}

TEST_CASE("sizes that are shared out give the same bytes on any number of threads") {
  const layer::sequential chain(layer::embedding(500, 64), layer::lstm(64, 64), layer::mean_pool(),
                                layer::linear(64, 32));
  std::vector<index_t> lengths;
  std::vector<label_t> words;
  for (index_t i = 0; i < 60; ++i) {
    lengths.push_back(i % 13);
    for (index_t k = 0; k < i % 13; ++k) words.push_back(static_cast<label_t>((7 * i + 3 * k * k) % 500));
  }
  const items in = items::words(lengths, words);
  const auto passed = [&](int threads) {
    context<cpu> ctx(threads);
    const layer_items<cpu> x(ctx, in);
    const auto view = x.view<tokens>();
    const shape out = chain.output(in.shape);
    vector<double, cpu> weights(ctx, chain.parameter_count()), dweights(ctx, chain.parameter_count()), buffers(ctx, 0),
        cache(ctx, chain.cache_size(in.shape));
    matrix<double, cpu> y(ctx, out.rows, out.cols);
    chain.initialize(ctx, weights.view(), buffers.view(), 1);
    chain.forward(
        ctx, layer::forward_pass<double, cpu, tokens>{weights.view(), buffers.view(), view, y.view(), cache.view()});
    chain.backward(ctx, layer::backward_pass<double, cpu, tokens>{weights.view(),
                                                                  buffers.view(),
                                                                  view,
                                                                  std::as_const(y).view(),
                                                                  std::as_const(y).view(),
                                                                  {},
                                                                  dweights.view(),
                                                                  cache.view()});
    auto all = y.to_host();
    for (const double v : dweights.to_host()) all.push_back(v);
    return all;
  };
  const auto one = passed(1);
  CHECK(passed(2) == one);
  CHECK(passed(3) == one);
}
