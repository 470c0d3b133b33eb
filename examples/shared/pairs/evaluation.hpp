// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>
#include <span>
#include <utility>
#include <vector>

#include "pair_results.hpp"

namespace pairs {

using kindred::index_t;
using kindred::label_t;

template <kindred::Device D>
using rows_view = kindred::matrix_view<const float, D>;

/// Images and texts as points of one space, and the correlation of each of its coordinates (empty where a method has
/// none).
template <kindred::Device D>
struct embedded_pairs {
  kindred::matrix<float, D> images, texts;
  std::vector<double> correlations;

  index_t dimensions() const { return std::min(images.cols(), texts.cols()); }
  rows_view<D> image_rows() const { return images.view().middle_cols(0, dimensions()); }
  rows_view<D> text_rows() const { return texts.view().middle_cols(0, dimensions()); }
};

/// Both directions' mAP, averaged.
template <kindred::Device D>
double mean_average_precision(kindred::context<D>& ctx, rows_view<D> images, rows_view<D> texts,
                              const kindred::relation::same_label<D>& same_class) {
  const auto both = kindred::retrieval::evaluate_both(ctx, kindred::similarity::cosine{}, images, texts, same_class,
                                                      kindred::metric::average_precision{});
  return (both.forward[0] + both.backward[0]) / 2;
}

/// Mean average precision of every (power, dimensions) of one fit on one fold, powers outermost.
template <kindred::Device D>
std::vector<double> scan_powers_and_dimensions(kindred::context<D>& ctx, const embedded_pairs<D>& e,
                                               const kindred::vector<label_t, D>& labels,
                                               const std::vector<double>& powers,
                                               const std::vector<index_t>& dimensions) {
  const kindred::relation::same_label same_class(labels, labels);
  const index_t most = e.dimensions();
  kindred::matrix<float, D> images(ctx, e.images.rows(), most), texts(ctx, e.texts.rows(), most);
  const kindred::vector<float, D> zeros(ctx, most);
  std::vector<double> values;
  for (const double power : powers) {
    std::vector<float> divisors(static_cast<std::size_t>(most), 1.0f);
    for (std::size_t j = 0; j < divisors.size() && j < e.correlations.size(); ++j)
      divisors[j] = static_cast<float>(std::pow(e.correlations[j], -power));
    const kindred::vector<float, D> scales(ctx, divisors);
    kindred::op::standardize_columns(ctx, e.image_rows(), zeros, scales, images.view());
    kindred::op::standardize_columns(ctx, e.text_rows(), zeros, scales, texts.view());
    for (const index_t wanted : dimensions) {
      const index_t k = std::min(wanted, most);
      values.push_back(mean_average_precision<D>(ctx, kindred::as_const(images).middle_cols(0, k),
                                                 kindred::as_const(texts).middle_cols(0, k), same_class));
    }
  }
  return values;
}

/// All that is reported about one direction, from one pass over the rankings.
template <kindred::Device D, class Similarity = kindred::similarity::cosine>
direction evaluated(kindred::context<D>& ctx, rows_view<D> queries, rows_view<D> gallery,
                    const kindred::relation::same_label<D>& same_class, const Similarity& similarity = {}) {
  namespace metric = kindred::metric;
  direction d;
  metric::precision_recall_curve curve(direction::recall_levels);
  kindred::retrieval::evaluate_each(ctx, similarity, queries, gallery, same_class, {},
                                    [&](index_t, std::span<const index_t> ranks, index_t items) {
                                      d.average_precision += metric::average_precision{}(ranks, items);
                                      d.hit_1 += metric::hit{.k = 1}(ranks, items);
                                      d.hit_5 += metric::hit{.k = 5}(ranks, items);
                                      d.hit_10 += metric::hit{.k = 10}(ranks, items);
                                      curve.add(ranks);
                                    });
  for (double* sum : {&d.average_precision, &d.hit_1, &d.hit_5, &d.hit_10}) *sum /= static_cast<double>(queries.rows());
  const auto points = curve.curve();
  for (std::size_t i = 0; i < points.size(); ++i) d.precision[i] = points[i].precision;
  return d;
}

template <kindred::Device D, class Similarity = kindred::similarity::cosine>
both_directions evaluated(kindred::context<D>& ctx, const embedded_pairs<D>& e,
                          const kindred::vector<label_t, D>& labels, const Similarity& similarity = {}) {
  const kindred::relation::same_label same_class(labels, labels);
  return {evaluated<D>(ctx, e.image_rows(), e.text_rows(), same_class, similarity),
          evaluated<D>(ctx, e.text_rows(), e.image_rows(), same_class, similarity)};
}

}  // namespace pairs
