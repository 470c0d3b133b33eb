// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/bimodal_autoencoder.hpp>
#include <kindred/generative/cmdn.hpp>

#include "device_data.hpp"

namespace sns {

/// Boltzmann machines over rows and what stands on them: bimodal_autoencoder, multimodal_dbn, cmdn. Codes are compared
/// after standardization by the training half's: the units are not negative, and the cosine of what all have in common
/// says little. (The authors' code of cmdn standardizes by the test half's.)
template <kindred::Device D>
learned learn_generative(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  namespace model = kindred::model;
  using kindred::generative::rbm_options;
  using kindred::generative::rbm_visible;
  const network_setting& n = of.network;
  const auto images = on_device(ctx, data.train.images), texts = on_device(ctx, data.train.texts);
  const auto test_images = on_device(ctx, data.test.images), test_texts = on_device(ctx, data.test.texts);
  const index_t epochs = how.epochs(n);
  const auto told = told_by_epochs(how);
  const auto codes = [&](const auto& fitted) {
    embedded train{on_host(fitted.first(ctx, images)), on_host(fitted.second(ctx, texts))};
    learned out{.test = {on_host(fitted.first(ctx, test_images)), on_host(fitted.second(ctx, test_texts))}};
    standardize(train.images.values, out.test.images.values, train.images.cols);
    standardize(train.texts.values, out.test.texts.values, train.texts.cols);
    return out;
  };
  const model::training_options training{
      .epochs = epochs, .batch = n.batch, .rate = n.rate, .weight_decay = n.weight_decay, .seed = how.seed};
  const rbm_options lower{.hidden = n.hidden, .visible = rbm_visible::gaussian, .rate = 0.005};
  const kindred::generative::multimodal_dbn_side side{.lower = lower, .upper = {.hidden = n.hidden / 2}};
  if (of.learner == learner::bimodal_autoencoder) {
    how.begin(4 * epochs);
    return codes(kindred::generative::bimodal_autoencoder{{.first = lower,
                                                           .second = lower,
                                                           .joint = {.hidden = n.dimensions},
                                                           .pretraining = epochs,
                                                           .training = training}}
                     .fit(ctx, images, texts, told));
  }
  const kindred::generative::multimodal_dbn_options belief{.first = side,
                                                           .second = side,
                                                           .joint = {.hidden = n.hidden},
                                                           .epochs = epochs,
                                                           .batch = n.batch,
                                                           .seed = how.seed};
  if (of.learner == learner::multimodal_dbn) {
    how.begin(5 * epochs);
    return codes(kindred::generative::multimodal_dbn{belief}.fit(ctx, images, texts, told));
  }
  // 5 machines, 2 autoencoders of two layers and both together, 2 joint machines, 2 classifiers, 3 stages
  how.begin((5 + 6 + 2 + 2 + 3) * epochs);
  const kindred::generative::stacked_autoencoder_options alone{
      .network = {.hidden = {n.hidden, n.hidden / 2}}, .pretraining = training, .fine_tuning = training};
  return codes(kindred::generative::cmdn{{.first = alone,
                                          .second = alone,
                                          .belief = belief,
                                          .joint = {.hidden = n.hidden},
                                          .hidden = n.hidden,
                                          .classifier = training,
                                          .stages = {2 * n.dimensions, n.dimensions, n.dimensions},
                                          .stage = training,
                                          .seed = how.seed}}
                   .fit(ctx, images, texts, data.train.labels, told));
}

}  // namespace sns
