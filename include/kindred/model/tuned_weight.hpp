// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/metric/average_precision.hpp>
#include <kindred/model/mcsm.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>

namespace kindred::model {

/// The weight of the fusion that is best on validation pairs, which no number that is reported may come from.
///
///   spaces.set_weight(model::tuned_weight(ctx, spaces, validation_pictures, validation_posts, validation_labels));
///
/// maximizes   the mean of both directions' mean average precision by labels, over the weights 0, 1/steps, ..., 1
///
/// model    two spaces; its own weight is not looked at
/// x, y     validation pairs; label i belongs to item i of both
/// steps    at least 1
///
/// Of equal weights the one nearest to 1/2 is taken, then the smaller.
///
/// Complexity   encoding once; 2 (steps + 1) rankings of n items by n.
/// Determinism  that of the model.
/// Errors       argument_error for no pairs or no steps; shape_error where labels do not fit.
/// Reference    the code of Peng, Qi and Yuan 2018 (MCSM) sweeps 0, 0.01, ..., 1 on the test labels.
template <class Regions, class Sentence, class Picture, class Words, Scalar T, Device D>
double tuned_weight(context<D>& ctx, const mcsm_model<Regions, Sentence, Picture, Words, T, D>& model,
                    const std::type_identity_t<sequence_and_row<T, D>>& x,
                    const std::type_identity_t<sequence_and_row<T, D>>& y, std::span<const label_t> labels,
                    index_t steps = 20) {
  expects<argument_error>(steps > 0, "model::tuned_weight: {} steps", steps);
  expects(static_cast<index_t>(labels.size()) == x.items() && x.items() == y.items(),
          "model::tuned_weight: {} and {} items but {} labels", x.items(), y.items(), labels.size());
  const auto a = model.first(ctx, x), b = model.second(ctx, y);
  const vector<label_t, D> classes(ctx, labels);
  const relation::same_label<D> relevant(classes.view(), classes.view());
  auto similarity = model.similarity();
  double best = -1, weight = 0.5;
  const auto from_half = [](double w) { return std::abs(w - 0.5); };
  for (index_t i = 0; i <= steps; ++i) {
    similarity.weight = static_cast<double>(i) / static_cast<double>(steps);
    const auto found = retrieval::evaluate_both(ctx, similarity, a, b, relevant, metric::average_precision{});
    const double score = found.forward[0] + found.backward[0];
    if (score > best || (score == best && from_half(similarity.weight) < from_half(weight))) {
      best = score;
      weight = similarity.weight;
    }
  }
  return weight;
}

}  // namespace kindred::model
