// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/op/fill.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/semantic.hpp>
#include <vector>

#include "data.hpp"
#include "grid.hpp"

namespace study {

/// The pairs of a half on device D.
template <kindred::Device D>
struct device_pairs {
  kindred::matrix<float, D> images, texts;
  kindred::vector<label_t, D> labels;
  std::vector<label_t> host_labels;

  device_pairs(kindred::context<D>& ctx, const half& h)
      : images(ctx, h.images.rows, h.images.cols, h.images.values),
        texts(ctx, h.texts.rows, h.texts.cols, h.texts.values),
        labels(ctx, h.labels),
        host_labels(h.labels) {}
};

template <kindred::Device D>
using rows_view = kindred::matrix_view<const float, D>;

/// Images and texts as points of one space, and the correlation of each of its coordinates (empty where a method has
/// none).
template <kindred::Device D>
struct embedded_pairs {
  kindred::matrix<float, D> images, texts;
  std::vector<double> correlations;

  index_t dimensions() const { return std::min(images.cols(), texts.cols()); }
  rows_view<D> image_rows() const { return images.view().cols(0, dimensions()); }
  rows_view<D> text_rows() const { return texts.view().cols(0, dimensions()); }
};

template <kindred::Device D, class Projection>
embedded_pairs<D> projected(kindred::context<D>& ctx, const Projection& p, const device_pairs<D>& pairs,
                            std::vector<double> correlations) {
  return {p.first(ctx, pairs.images), p.second(ctx, pairs.texts), std::move(correlations)};
}

/// `other` in the space of class posteriors, less the mean of the training pairs there: by cosine then normalized
/// correlation with means that no test item has a part in.
template <kindred::Device D>
embedded_pairs<D> posteriors(kindred::context<D>& ctx, const kindred::projection::semantic& learner,
                             const device_pairs<D>& train, const device_pairs<D>& other) {
  const auto p = learner.fit(ctx, train.images, train.texts, train.host_labels);
  const auto centred = [&](kindred::matrix<float, D> rows, const kindred::matrix<float, D>& of_training) {
    kindred::vector<float, D> mean(ctx, rows.cols()), ones(ctx, std::vector<float>(std::size_t(rows.cols()), 1.0f));
    kindred::op::column_means(ctx, of_training, mean.view());
    kindred::op::standardize_columns(ctx, rows, mean, ones, rows.view());
    return rows;
  };
  return {centred(p.first(ctx, other.images), p.first(ctx, train.images)),
          centred(p.second(ctx, other.texts), p.second(ctx, train.texts)),
          {}};
}

/// Fits a family to `train` and gives the embeddings of `other`.
template <kindred::Device D>
embedded_pairs<D> fit_and_embed(kindred::context<D>& ctx, family of, const fit_setting& s, const device_pairs<D>& train,
                                const device_pairs<D>& other, std::uint64_t seed) {
  namespace projection = kindred::projection;
  switch (of) {
    case family::random: {
      constexpr index_t dimensions = 16;
      kindred::matrix<float, D> images(ctx, other.images.rows(), dimensions),
          texts(ctx, other.texts.rows(), dimensions);
      kindred::op::fill_normal(ctx, images.view(), 0, 1, seed, 0);
      kindred::op::fill_normal(ctx, texts.view(), 0, 1, seed, 1);
      return {std::move(images), std::move(texts), {}};
    }
    case family::pca: {
      const projection::pca pca{.dimensions = s.dimensions, .standardize = s.standardize};
      return {
          pca.fit(ctx, train.images).first(ctx, other.images), pca.fit(ctx, train.texts).first(ctx, other.texts), {}};
    }
    case family::cfa: {
      const auto p =
          projection::cfa{.dimensions = s.dimensions, .standardize = s.standardize}.fit(ctx, train.images, train.texts);
      return projected(ctx, p, other, {});
    }
    case family::pls: {
      const auto p =
          projection::pls{.dimensions = s.dimensions, .standardize = s.standardize}.fit(ctx, train.images, train.texts);
      return projected(ctx, p, other, {});
    }
    case family::cca: {
      const auto p =
          projection::cca{.dimensions = s.dimensions, .ridge = s.ridge, .standardize = s.standardize, .power = s.power}
              .fit(ctx, train.images, train.texts);
      return projected(ctx, p, other, p.correlations());
    }
    case family::kcca: {
      // on many rows by kernel columns at chosen rows, else with the whole kernel matrices
      const auto solver = s.size > 0 ? projection::kcca_solver::incomplete_cholesky : projection::kcca_solver::dense;
      const auto p = projection::kcca<>{.dimensions = s.dimensions,
                                        .kappa = s.kappa,
                                        .standardize = s.standardize,
                                        .solver = solver,
                                        .landmarks = std::max<index_t>(s.size, 1),
                                        .seed = seed,
                                        .power = s.power}
                         .fit(ctx, train.images, train.texts);
      return projected(ctx, p, other, p.correlations());
    }
    case family::mcca: {
      const auto p =
          projection::multiview_cca{
              .dimensions = s.dimensions, .ridge = s.ridge, .standardize = s.standardize, .power = s.power}
              .fit(ctx, train.images, train.texts, train.host_labels);
      return projected(ctx, p, other, p.eigenvalues());
    }
    case family::ml_cca: {
      const auto p =
          projection::ml_cca<>{
              .dimensions = s.dimensions, .ridge = s.ridge, .standardize = s.standardize, .power = s.power}
              .fit(ctx, train.images, train.texts, train.host_labels);
      return projected(ctx, p, other, p.correlations());
    }
    case family::sm:
      return posteriors(ctx, projection::semantic{.c = s.c, .standardize = s.standardize}, train, other);
    case family::scm:
      return posteriors(
          ctx, projection::semantic{.c = s.c, .correlation = projection::cca{.dimensions = s.below, .ridge = s.ridge}},
          train, other);
  }
  throw kindred::argument_error("fit_and_embed: no such family");
}

}  // namespace study
