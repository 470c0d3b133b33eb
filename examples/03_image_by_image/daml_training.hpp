// SPDX-License-Identifier: Apache-2.0
// Definition of train_daml: a template on the device.
#pragma once

#include <chrono>
#include <kindred/encoder/network.hpp>
#include <kindred/generative/daml_trainer.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/similarity/dot.hpp>

#include "daml.hpp"
#include "epochs.hpp"

namespace image {

/// encoder::conv4 up to its linear layer: the features that negatives are made of.
inline auto convolutions(index_t channels, index_t width) {
  using namespace kindred::layer;
  const auto convolution = [width](index_t in) { return conv2d(in, width, 3, {.padding = 1, .bias = false}); };
  return sequential(convolution(channels), batch_norm(width), relu{}, pool2d<>(2),  //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2),     //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2),     //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2), flatten{});
}

template <kindred::Device D>
trained train_daml(kindred::context<D>& ctx, const loss_kind& kind, const picture_set& set, const settings& how,
                   presentation::progress& told) {
  namespace kd = kindred;
  namespace layer = kindred::layer;
  kd::expects<kd::argument_error>(set.links.empty(), "--graph: the loss daml needs classes");
  const auto start = std::chrono::steady_clock::now();
  const auto seed = [&](std::uint64_t part) { return kd::random::bits(how.seed, 0, part); };
  const auto picture = kd::shape::pictures(1, set.height, set.width, set.channels);
  auto front = kd::encoder::make(ctx, convolutions(set.channels, how.width), seed(0), picture);
  const index_t features = front.dimension();
  auto head =
      kd::encoder::make(ctx, layer::sequential(layer::linear{features, how.dimension}, layer::l2_normalize{}), seed(1));
  auto generator = kd::encoder::make(
      ctx, layer::sequential(layer::linear{3 * features, 512}, layer::relu{}, layer::linear{512, features}), seed(2));
  const rate_over_time rate = falling_rate(set, how);
  const auto steps = static_cast<index_t>(rate.schedule.period);
  const kd::loss::on_scores<kd::similarity::dot, kd::loss::triplet<>> loss{{}, {.margin = 0.1}};
  kd::generative::daml_trainer trainer(
      ctx, front, head, generator, loss, rate, rate,
      {.pretrain_encoder = steps / 4, .pretrain_generator = steps / 20, .seed = how.seed});
  trained out;
  out.curve = over_epochs(ctx, kind, set, how, trainer, told);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out.embeddings = in_bands(ctx, set.test, set, how.dimension, [&](const auto& pictures, auto vectors) {
    kd::matrix<float, D> middle(ctx, vectors.rows(), features);
    front.encode(ctx, pictures, middle.view());
    head.encode(ctx, middle, vectors);
  });
  return out;
}

}  // namespace image
