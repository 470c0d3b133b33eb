// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

/// The farthest positive with the closest negative: one triplet per anchor.
///
/// p = argmin over positives of s(a, p),   n = argmax over negatives of s(a, n);   the smallest column of equals
///
/// An anchor without a positive or without a negative gives nothing.
///
/// Complexity   two passes over the row.
/// Determinism  no draws.
/// Reference    Hermans, Beyer, Leibe 2017, "batch hard"
struct batch_hard {
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    const auto p = detail::first_column<T>(
        g, scores.cols(), [&](index_t j) { return is_positive(scores, relation, anchor, j); },
        [&](index_t j) { return -scores(anchor, j); });
    const auto n = detail::closest_negative(g, anchor, scores, relation);
    if (p.id >= 0 && n.id >= 0) emit(p.id, n.id);
  }
};
static_assert(Miner<batch_hard>);

}  // namespace kindred::miner
