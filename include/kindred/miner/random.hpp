// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

/// Every positive with negatives drawn alike, with replacement.
///
/// Draw k of anchor a takes random::uniform(seed, a, k); k counts through the positives in the order of their columns
/// and through the draws of each.
///
/// Complexity   two passes over the row per draw.
/// Determinism  the same triplets for equal scores, relation and seed, on every device.
struct random {
  std::uint64_t seed = 0;    ///< reseeded every step by trainers
  index_t per_positive = 1;  ///< negatives drawn for each positive

  random reseeded(std::uint64_t other) const { return {other, per_positive}; }

  /// Throws argument_error for less than one draw.
  void check() const { expect_at_least("miner::random", "per_positive", per_positive, 1); }

  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    const auto weight = [&](index_t j) -> index_t { return is_negative(scores, relation, anchor, j) ? 1 : 0; };
    const index_t negatives = g.reduce(scores.cols(), index_t(0), plus{}, weight);
    if (negatives == 0) return;
    std::uint64_t draw = 0;
    for (index_t p = 0; p < scores.cols(); ++p) {
      if (!is_positive(scores, relation, anchor, p)) continue;
      for (index_t i = 0; i < per_positive; ++i) {
        const double u = kindred::random::uniform(seed, static_cast<std::uint64_t>(anchor), draw++);
        emit(p, detail::drawn_column(g, scores.cols(), negatives, u, weight));
      }
    }
  }
};
static_assert(Miner<random>);

}  // namespace kindred::miner
