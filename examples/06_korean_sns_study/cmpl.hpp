// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/bidirectional_lstm.hpp>
#include <kindred/model/cmpl.hpp>

#include "row_networks.hpp"

namespace sns {

/// CMPL: two layers for images; for texts a recurrent network over their words, or two layers over their rows.
template <kindred::Device D>
learned cmpl(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  namespace layer = kindred::layer;
  namespace model = kindred::model;
  const network_setting& n = of.network;
  const auto images = on_device(ctx, data.train.images), test_images = on_device(ctx, data.test.images);
  const auto training = training_of(of, how);
  network_setting wide = n;
  wide.hidden = 4 * n.hidden;  // of rows; those of words have n.hidden units in each direction
  const auto of_images = two_layers(images.cols(), wide, n.dimensions);
  const auto fitted_to = [&](const auto& of_texts, const auto& texts, const auto& test_texts) {
    how.begin(training.epochs);
    const auto fitted = model::cmpl{of_images, of_texts, {.training = training}}.fit(
        ctx, images, texts, data.train.labels, told_by_epochs(how));
    return learned{.test = {on_host(fitted.first(ctx, test_images)), on_host(fitted.second(ctx, test_texts))}};
  };
  if (n.words) {
    const auto of_words = layer::sequential(
        kindred::encoder::bidirectional_lstm(data.train.words.cols, {.width = n.hidden, .dropout = n.dropout}),
        layer::linear(2 * n.hidden, n.dimensions));
    return fitted_to(of_words, on_device(ctx, data.train.words), on_device(ctx, data.test.words));
  }
  auto out = fitted_to(two_layers(data.train.texts.cols, wide, n.dimensions), on_device(ctx, data.train.texts),
                       on_device(ctx, data.test.texts));
  if (data.train.words.empty()) out.note = "texts as rows through two layers: the data have no words";
  return out;
}

}  // namespace sns
