// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/miner/detail/choice.hpp>
#include <kindred/miner/score_distance.hpp>

namespace kindred::miner {

/// Every positive with one negative drawn so that all distances come up: in inverse proportion to how often a distance
/// occurs between points on the unit sphere.
///
/// w(n) = 1 / q(max(d(a, n), cutoff)) where d(a, n) < nonzero_loss_cutoff, else 0
/// log q(d) = (dimensions - 2) log d + (dimensions - 3) / 2 log(1 - d^2 / 4)
///
/// Draw k of anchor a takes random::uniform(seed, a, k), k counting through the positives in the order of their
/// columns. Weights are computed in double, relative to the largest of the anchor, as whole multiples of 2^-40. An
/// anchor whose weights are all 0 draws alike among its negatives.
///
/// dimensions  of the embeddings; scores do not tell
///
/// Complexity   O(columns) logarithms and exponentials per draw.
/// Determinism  the same triplets for equal scores, relation and seed, but where math::exp and math::log of two devices
///              differ in the last bit.
/// Reference    Wu, Manmatha, Smola, Kraehenbuehl 2017, "Sampling matters in deep embedding learning", section 4;
///              differs from their code: a row without weight draws among the negatives, not among all.
///              pytorch-metric-learning subtracts one maximum for the whole matrix instead of one per anchor.
struct distance_weighted {
  index_t dimensions = 128;          ///< numbers in a row of the embeddings
  double cutoff = 0.5;               ///< smaller distances weigh as much as this one
  double nonzero_loss_cutoff = 1.4;  ///< from here on a loss is 0 anyhow: margin loss's beta + margin
  scores_are scores_mean = scores_are::inner_products;  ///< how distances follow from scores
  std::uint64_t seed = 0;                               ///< reseeded every step by trainers

  distance_weighted reseeded(std::uint64_t other) const {
    distance_weighted copy = *this;
    copy.seed = other;
    return copy;
  }

  /// Throws argument_error for fewer than 2 dimensions and cutoffs that are not above 0.
  void check() const {
    expect_at_least("miner::distance_weighted", "dimensions", dimensions, 2);
    expect_positive("miner::distance_weighted", "cutoff", cutoff);
    expect_positive("miner::distance_weighted", "nonzero_loss_cutoff", nonzero_loss_cutoff);
  }

  /// log w of a distance; -infinity for weight 0.
  KINDRED_HD double log_weight(double distance) const {
    if (!(distance < nonzero_loss_cutoff)) return -infinity<double>;
    const double d = distance < cutoff ? cutoff : distance, rest = 1 - d * d / 4;
    if (!(rest > 0)) return -infinity<double>;
    return static_cast<double>(2 - dimensions) * math::log(d) -
           static_cast<double>(dimensions - 3) / 2 * math::log(rest);
  }

  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    const index_t columns = scores.cols();
    const auto log_weight_at = [&](index_t j) {
      return is_negative(scores, relation, anchor, j)
                 ? log_weight(static_cast<double>(distance_of(scores_mean, scores(anchor, j)).distance))
                 : -infinity<double>;
    };
    const double most = g.reduce(columns, -infinity<double>, maximum{}, log_weight_at);
    const bool alike = !(most > -infinity<double>);
    const auto weight = [&](index_t j) -> index_t {
      if (alike) return is_negative(scores, relation, anchor, j) ? 1 : 0;
      return static_cast<index_t>(math::exp(log_weight_at(j) - most) * 0x1.0p40);
    };
    const index_t total = g.reduce(columns, index_t(0), plus{}, weight);
    if (total == 0) return;  // no negatives
    std::uint64_t draw = 0;
    for (index_t p = 0; p < columns; ++p) {
      if (!is_positive(scores, relation, anchor, p)) continue;
      const double u = kindred::random::uniform(seed, static_cast<std::uint64_t>(anchor), draw++);
      emit(p, detail::drawn_column(g, columns, total, u, weight));
    }
  }
};
static_assert(Miner<distance_weighted>);

}  // namespace kindred::miner
