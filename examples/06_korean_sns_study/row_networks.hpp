// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <closed_form.hpp>
#include <evaluation.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/relu.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/model/corr_ae.hpp>
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

/// DCCA, whose number of dimensions is chosen on the validation part as CCA's is: networks fitted to the rest say which, then
/// others learn from all.
template <kindred::Device D>
learned deep_correlation(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  const network_setting& n = of.network;
  const auto training = training_of(of, how);
  how.begin(2 * training.epochs);
  const auto fitted_to = [&](const half& learn, const half& other) {
    const auto images = on_device(ctx, learn.images), texts = on_device(ctx, learn.texts);
    const auto fitted = kindred::model::dcca{
        two_layers(images.cols(), n, n.dimensions),
        two_layers(texts.cols(), n, n.dimensions),
        {.training =
             training}}.fit(ctx, images, texts, told_by_epochs(how));
    return pairs::embedded_pairs<D>{fitted.first(ctx, on_device(ctx, other.images)),
                                    fitted.second(ctx, on_device(ctx, other.texts)), fitted.top().correlations()};
  };
  const half validation = data.train.gather(data.validation);
  const auto tried = fitted_to(data.train.gather(data.learn), validation);
  const auto dimensions =
      pairs::dimension_grid(pairs::family::cca, data.train.size(), n.dimensions, class_count(data.train));
  const auto values = pairs::scan_powers_and_dimensions(ctx, tried, kindred::vector<label_t, D>(ctx, validation.labels),
                                                        {0}, dimensions);
  const auto best = std::max_element(values.begin(), values.end());
  const index_t k = std::min(dimensions[static_cast<std::size_t>(best - values.begin())], n.dimensions);
  const auto e = fitted_to(data.train, data.test);
  const auto leading = [&](const kindred::matrix<float, D>& m) {
    return features{m.rows(), k, kindred::to_host(ctx, kindred::as_const(m).middle_cols(0, k))};
  };
  return {.test = {leading(e.images), leading(e.texts)},
          .chosen = {{"dimensions", static_cast<double>(k)}},
          .validation = *best};
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
  const auto fitted = model::corr_ae{
      two_layers(images.cols(), n, n.dimensions),
      two_layers(texts.cols(), n, n.dimensions),
      two_layers(n.dimensions, n, images.cols()),
      two_layers(n.dimensions, n, texts.cols()),
      {.training =
           training}}.fit(ctx, images, texts, told);
  return embeddings(fitted);
}

}  // namespace sns
