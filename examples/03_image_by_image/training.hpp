// SPDX-License-Identifier: Apache-2.0
// Training of one encoder with one loss: a template on the device.
#pragma once

#include <chrono>
#include <kindred/encoder/convolutional.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/train/siamese.hpp>

#include "daml.hpp"
#include "epochs.hpp"
#include "losses_made.hpp"

namespace image {

template <kindred::Device D>
trained train(kindred::context<D>& ctx, const loss_kind& kind, const picture_set& set, const settings& how,
              presentation::progress& told) {
  if (kind.name == std::string("daml")) return train_daml<D>(ctx, kind, set, how, told);
  const auto start = std::chrono::steady_clock::now();
  const auto picture = kindred::shape::pictures(1, set.height, set.width, set.channels);
  auto encoder = kindred::encoder::make(ctx, kindred::encoder::conv4(picture, how.width, how.dimension),
                                        kindred::random::bits(how.seed, 0, 0), picture);
  const rate_over_time encoder_rate = falling_rate(set, how);
  rate_over_time loss_rate = encoder_rate;
  loss_rate.rate *= own_rate(kind.name);
  const any_loss<D> loss = make_loss<D>(kind.name, {set.train.classes(), how.dimension, how.miner});
  kindred::train::siamese trainer(ctx, encoder, loss, encoder_rate, loss_rate, {.seed = how.seed});
  trained out;
  out.curve = over_epochs(ctx, kind, set, how, trainer, told);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out.embeddings = in_bands(ctx, set.test, set, how.dimension,
                            [&](const auto& pictures, auto vectors) { encoder.encode(ctx, pictures, vectors); });
  return out;
}

}  // namespace image
