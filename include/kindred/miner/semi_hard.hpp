// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

namespace detail {
template <class T>
struct find_behind {
  const T* row;
  index_t columns, farthest;
  template <class G>
  KINDRED_HD index_t operator()(const G& g, T score) const {
    // two plain reductions, because one over (score, column) is not vectorized
    const T closest =
        g.reduce(columns, -infinity<T>, maximum{}, [&](index_t j) { return row[j] < score ? row[j] : -infinity<T>; });
    return closest > -infinity<T> ? first_equal(g, row, columns, closest) : farthest;
  }
};
}  // namespace detail

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

  template <class G, class T, class D>
  KINDRED_HD detail::find_behind<T> finder(const G& g, vector_view<const T, D> negatives) const {
    const T* const row = negatives.data();
    const index_t columns = negatives.size();
    index_t farthest = -1;
    if (falls_back) {
      const T lowest = g.reduce(columns, infinity<T>, minimum{},
                                [&](index_t j) { return row[j] > -infinity<T> ? row[j] : infinity<T>; });
      farthest = detail::first_equal(g, row, columns, lowest);
    }
    return {row, columns, farthest};
  }
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    index_t farthest = -1;
    if (falls_back) {
      farthest = detail::first_column<T>(
                     g, scores.cols(), [&](index_t j) { return is_negative(scores, relation, anchor, j); },
                     [&](index_t j) { return -scores(anchor, j); })
                     .id;
      if (farthest < 0) return;  // no negatives at all
    }
    for (index_t p = 0; p < scores.cols(); ++p) {
      if (!is_positive(scores, relation, anchor, p)) continue;
      const index_t behind = detail::closest_behind(g, anchor, scores, relation, scores(anchor, p));
      const index_t n = behind < 0 ? farthest : behind;
      if (n >= 0) emit(p, n);
    }
  }
};
static_assert(SearchingMiner<semi_hard>);

}  // namespace kindred::miner
