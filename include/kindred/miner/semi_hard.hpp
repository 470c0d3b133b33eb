// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/choice.hpp>

namespace kindred::miner {

/// Every positive with the closest negative behind it; where no negative is behind it, with the farthest one.
///
/// n(p) = argmax over negatives with s(a, n) < s(a, p) of s(a, n), else argmin over negatives of s(a, n)
///
/// The smallest column of equals. Without falls_back a positive that has no negative behind it gives nothing.
///
/// Complexity   one pass over the row per positive, and one for the farthest negative.
/// Determinism  no draws.
/// Reference    Schroff, Kalenichenko, Philbin 2015 (FaceNet); the fallback is TensorFlow's triplet_semihard_loss.
///              pytorch-metric-learning calls another rule semihard: see margin_band
struct semi_hard {
  bool falls_back = true;  ///< the farthest negative stands in where none is behind the positive

  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    index_t farthest = -1;
    if (falls_back) {
      farthest = detail::first_column<T>(
                     g, scores.cols(), [&](index_t j) { return detail::is_negative(scores, relation, anchor, j); },
                     [&](index_t j) { return -scores(anchor, j); })
                     .id;
      if (farthest < 0) return;  // no negatives at all
    }
    for (index_t p = 0; p < scores.cols(); ++p) {
      if (!detail::is_positive(scores, relation, anchor, p)) continue;
      const index_t behind = detail::closest_behind(g, anchor, scores, relation, scores(anchor, p)).id;
      const index_t n = behind < 0 ? farthest : behind;
      if (n >= 0) emit(p, n);
    }
  }
};
static_assert(Miner<semi_hard>);

}  // namespace kindred::miner
