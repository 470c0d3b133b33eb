// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

/// The closest positive, so that a class may keep several shapes, with a hard negative: one triplet per anchor.
///
/// p = argmax over positives of s(a, p)
/// n = semi_hard  argmax over negatives with s(a, n) < s(a, p); nothing where there is none
///     hard       argmax over negatives of s(a, n)
///
/// The smallest column of equals.
///
/// Complexity   two passes over the row.
/// Determinism  no draws.
/// Reference    Xuan, Stylianou, Pless 2020, "Improved embeddings with easy positive triplet mining" (EPSHN, EPHN);
///              pytorch-metric-learning's BatchEasyHardMiner. Its TripletMarginMiner("easy") is something else:
///              triplets that satisfy the margin, at which a hinge is 0.
struct easy {
  enum class negative : bool { semi_hard, hard };
  negative negatives = negative::semi_hard;

  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    const auto p = detail::first_column<T>(
        g, scores.cols(), [&](index_t j) { return is_positive(scores, relation, anchor, j); },
        [&](index_t j) { return scores(anchor, j); });
    if (p.id < 0) return;
    const index_t n = negatives == negative::hard ? detail::closest_negative(g, anchor, scores, relation).id
                                                  : detail::closest_behind(g, anchor, scores, relation, p.score);
    if (n >= 0) emit(p.id, n);
  }
};
static_assert(Miner<easy>);

}  // namespace kindred::miner
