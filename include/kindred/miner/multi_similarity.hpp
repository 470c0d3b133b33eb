// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

namespace detail {
template <class S>
struct chosen_by_bounds {
  S lowest_positive, highest_negative;
  S epsilon;
  KINDRED_HD constexpr bool keeps_positive(S score) const { return score - epsilon < highest_negative; }
  KINDRED_HD constexpr bool keeps_negative(S score) const { return score + epsilon > lowest_positive; }
  KINDRED_HD constexpr bool operator()(S positive, S negative) const {
    return keeps_positive(positive) && keeps_negative(negative);
  }
};
}  // namespace detail

/// Pairs that say something beside the other pairs of their anchor: positives that are not clearly closer than the
/// closest negative, negatives that are not clearly farther than the farthest positive.
///
/// keep p where s(a, p) - epsilon < max over n of s(a, n);   keep n where s(a, n) + epsilon > min over p of s(a, p)
///
/// Emits every kept positive with every kept negative. chooser() also answers for single pairs, keeps_positive(score)
/// and keeps_negative(score), for losses on pairs.
///
/// Complexity   two passes over the row, then O(kept positives x kept negatives) triplets per anchor.
/// Determinism  no draws.
/// Reference    Wang et al. 2019, "Multi-similarity loss with general pair weighting", section 3.3
struct multi_similarity {
  double epsilon = 0.1;  ///< in units of the scores

  /// Throws argument_error for an epsilon that is not finite.
  void check() const { expect_finite("miner::multi_similarity", "epsilon", epsilon); }

  template <class G, class T, class D, class R>
  KINDRED_HD detail::chosen_by_bounds<T> chooser(const G& g, index_t anchor, matrix_view<const T, D> scores,
                                                 const R& relation) const {
    const T lowest = g.reduce(scores.cols(), infinity<T>, minimum{}, [&](index_t j) {
      return is_positive(scores, relation, anchor, j) ? scores(anchor, j) : infinity<T>;
    });
    const T highest = g.reduce(scores.cols(), -infinity<T>, maximum{}, [&](index_t j) {
      return is_negative(scores, relation, anchor, j) ? scores(anchor, j) : -infinity<T>;
    });
    return {lowest, highest, static_cast<T>(epsilon)};
  }
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    detail::emit_chosen(g, anchor, scores, relation, chooser(g, anchor, scores, relation), emit);
  }
};
static_assert(ChoosingMiner<multi_similarity>);

}  // namespace kindred::miner
