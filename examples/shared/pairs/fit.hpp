// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/op/fill.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/s2upg.hpp>
#include <kindred/projection/semantic.hpp>
#include <kindred/similarity/knn_vote.hpp>
#include <numeric>
#include <vector>

#include "closed_form.hpp"
#include "evaluation.hpp"
#include "features.hpp"

namespace pairs {

/// The pairs of a half on device D.
template <kindred::Device D>
struct device_pairs {
  kindred::matrix<float, D> images, texts;
  kindred::vector<label_t, D> labels;
  std::vector<label_t> host_labels;

  device_pairs(kindred::context<D>& ctx, const features& image_rows, const features& text_rows,
               const std::vector<label_t>& of_pairs)
      : images(ctx, image_rows.rows, image_rows.cols, image_rows.values),
        texts(ctx, text_rows.rows, text_rows.cols, text_rows.values),
        labels(ctx, of_pairs),
        host_labels(of_pairs) {}
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

/// Rows that are to be compared by inner products, one of each side: with a number more for either side all are of one
/// length, and cosine gives that order.
template <kindred::Device D>
embedded_pairs<D> for_products(kindred::context<D>& ctx, const kindred::matrix<float, D>& images,
                               const kindred::matrix<float, D>& texts) {
  const index_t k = images.cols();
  const std::vector<float> values[] = {images.to_host(), texts.to_host()};
  std::vector<double> squares[2];
  double longest = 0;
  for (const int side : {0, 1})
    for (auto v = values[side].begin(); v != values[side].end(); v += k) {
      squares[side].push_back(std::inner_product(v, v + k, v, 0.0));
      longest = std::max(longest, squares[side].back());
    }
  const auto padded = [&](int side) {
    std::vector<float> rows;
    for (std::size_t r = 0; r < squares[side].size(); ++r) {
      const auto v = values[side].begin() + static_cast<std::ptrdiff_t>(r) * k;
      rows.insert(rows.end(), v, v + k);
      const auto rest = static_cast<float>(std::sqrt(longest - squares[side][r]));
      rows.push_back(side == 0 ? rest : 0);
      rows.push_back(side == 0 ? 0 : rest);
    }
    return kindred::matrix<float, D>(ctx, static_cast<index_t>(squares[side].size()), k + 2, rows);
  };
  return {padded(0), padded(1), {}};
}

/// Shares of the classes among the nearest projected training rows, for every number of neighbours that vote.
template <kindred::Device D, class Learner>
std::vector<embedded_pairs<D>> voted(kindred::context<D>& ctx, const Learner& learner, const device_pairs<D>& train,
                                     const device_pairs<D>& other, const std::vector<index_t>& votes) {
  const auto p = learner.fit(ctx, train.images, train.texts, train.host_labels);
  const auto first = p.first(ctx, train.images), second = p.second(ctx, train.texts);
  const auto images = p.first(ctx, other.images), texts = p.second(ctx, other.texts);
  std::vector<embedded_pairs<D>> out;
  for (const index_t k : votes) {
    const kindred::similarity::knn_vote<float, D> vote(ctx, first.view(), second.view(), train.host_labels, k);
    out.push_back(for_products<D>(ctx, vote.votes(ctx, images), vote.votes(ctx, texts)));
  }
  return out;
}
template <kindred::Device D>
std::vector<embedded_pairs<D>> voted(kindred::context<D>& ctx, family of, const fit_setting& s,
                                     const device_pairs<D>& train, const device_pairs<D>& other,
                                     const std::vector<index_t>& votes) {
  namespace projection = kindred::projection;
  if (of == family::s2upg)
    return voted(ctx, projection::s2upg{.gamma = s.gamma, .sigma = s.sigma, .neighbours = s.neighbours}, train, other,
                 votes);
  return voted(ctx, projection::jrl{.gamma = s.gamma, .sigma = s.sigma, .neighbours = s.neighbours}, train, other,
               votes);
}

/// Fits a family to `train` and embeds `other`.
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
    case family::jrl:
    case family::s2upg:
      return std::move(voted(ctx, of, s, train, other, {s.votes}).front());
    case family::jgrhml: {
      const auto p = projection::jgrhml{.alpha = s.alpha, .neighbours = s.neighbours, .gamma_1 = s.gamma}.fit(
          ctx, train.images, train.texts, train.host_labels);
      return for_products<D>(ctx, p.first(ctx, other.images), p.second(ctx, other.texts));
    }
  }
  throw kindred::argument_error("fit_and_embed: no such family");
}

/// Both directions' mAP, averaged, of every cut of one fit.
template <kindred::Device D>
std::vector<double> cut_values(kindred::context<D>& ctx, family of, fit_setting s, const fit_cuts& cuts,
                               const device_pairs<D>& train, const device_pairs<D>& other, std::uint64_t seed) {
  if (of == family::jrl || of == family::s2upg) {
    const kindred::relation::same_label same_class(other.labels, other.labels);
    std::vector<double> values;
    for (const auto& e : voted(ctx, of, s, train, other, cuts.votes))
      values.push_back(mean_average_precision<D>(ctx, e.image_rows(), e.text_rows(), same_class));
    return values;
  }
  s.dimensions = cuts.dimensions.back();
  const auto e = fit_and_embed(ctx, of, s, train, other, seed);
  auto dimensions = cuts.dimensions;
  for (index_t& d : dimensions) d = d > 0 ? d : e.dimensions();
  return scan_powers_and_dimensions(ctx, e, other.labels, cuts.powers, dimensions);
}

}  // namespace pairs
