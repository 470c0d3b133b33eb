// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/op/fill.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/pca.hpp>
#include <vector>

#include "data.hpp"
#include "grid.hpp"

namespace study {

/// The pairs of a half on device D.
template <kindred::Device D>
struct device_pairs {
  kindred::matrix<float, D> images, texts;
  kindred::vector<label_t, D> labels;

  device_pairs(kindred::context<D>& ctx, const half& h)
      : images(ctx, h.images.rows, h.images.cols, h.images.values),
        texts(ctx, h.texts.rows, h.texts.cols, h.texts.values),
        labels(ctx, h.labels) {}
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
  }
  throw kindred::argument_error("fit_and_embed: no such family");
}

}  // namespace study
