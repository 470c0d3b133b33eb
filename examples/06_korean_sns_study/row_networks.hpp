// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/corr_ae.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>

#include "device_data.hpp"

namespace sns {

/// Two layers with rectified units between them.
inline auto two_layers(index_t columns, const network_setting& n, index_t outputs) {
  namespace layer = kindred::layer;
  return layer::sequential(layer::linear(columns, n.hidden), layer::relu(), layer::dropout(n.dropout),
                           layer::linear(n.hidden, outputs));
}

inline kindred::model::training_options training_of(const method& of, const learning& how) {
  const network_setting& n = of.network;
  return {.epochs = how.epochs(n), .batch = n.batch, .rate = n.rate, .weight_decay = n.weight_decay, .seed = how.seed};
}

/// DCCA, of whose coordinates the leading ones count, as of CCA's.
template <kindred::Device D>
learned deep_correlation(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  const network_setting& n = of.network;
  const auto training = training_of(of, how);
  how.begin(training.epochs);
  const auto images = on_device(ctx, data.train.images), texts = on_device(ctx, data.train.texts);
  const auto fitted = kindred::model::dcca{two_layers(images.cols(), n, n.dimensions),
                                           two_layers(texts.cols(), n, n.dimensions),
                                           {.ridge = n.ridge, .training = training}}
                          .fit(ctx, images, texts, told_by_epochs(how));
  const auto test_images = fitted.first(ctx, on_device(ctx, data.test.images));
  const auto test_texts = fitted.second(ctx, on_device(ctx, data.test.texts));
  const auto leading = [&](index_t most) {
    const index_t k = most > 0 ? std::min(most, test_images.cols()) : test_images.cols();
    const auto cut = [&](const kindred::matrix<float, D>& m) {
      return features{m.rows(), k, kindred::to_host(ctx, kindred::as_const(m).middle_cols(0, k))};
    };
    return embedded{cut(test_images), cut(test_texts)};
  };
  learned out;
  if (!how.cuts) out.test = leading(of.fit.dimensions);
  for (const index_t k : how.cuts ? how.cuts->dimensions : std::vector<index_t>()) out.cuts.push_back(leading(k));
  return out;
}

/// Networks on rows: dcca, deep_sm, corr_ae.
template <kindred::Device D>
learned row_networks(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  namespace model = kindred::model;
  const network_setting& n = of.network;
  const auto images = on_device(ctx, data.train.images), texts = on_device(ctx, data.train.texts);
  const auto test_images = on_device(ctx, data.test.images), test_texts = on_device(ctx, data.test.texts);
  const auto told = told_by_epochs(how);
  const auto training = training_of(of, how);
  const auto embeddings = [&](const auto& fitted) {
    return learned{.test = {on_host(fitted.first(ctx, test_images)), on_host(fitted.second(ctx, test_texts))}};
  };
  if (of.learner == learner::deep_sm) {
    how.begin(2 * training.epochs);
    const index_t classes = class_count(data.train);
    const auto fitted = model::deep_sm{
        two_layers(images.cols(), n, classes),
        two_layers(texts.cols(), n, classes),
        {.training =
             training}}.fit(ctx, images, texts, data.train.labels, told);
    return embeddings(fitted);
  }
  if (of.learner == learner::dcca) return deep_correlation(ctx, of, data, how);
  how.begin(training.epochs);
  const auto fitted = kindred::generative::corr_ae{
      two_layers(images.cols(), n, n.dimensions),
      two_layers(texts.cols(), n, n.dimensions),
      two_layers(n.dimensions, n, images.cols()),
      two_layers(n.dimensions, n, texts.cols()),
      {.decoded = n.both ? kindred::generative::decoded::both : kindred::generative::decoded::itself,
       .correspondence = n.correspondence,
       .training =
           training}}.fit(ctx, images, texts, told);
  return embeddings(fitted);
}

}  // namespace sns
