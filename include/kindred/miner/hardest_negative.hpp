// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

namespace detail {
struct find_always {
  index_t column;
  template <class G, class T>
  KINDRED_HD constexpr index_t operator()(const G&, T) const {
    return column;
  }
};
}  // namespace detail

/// Every positive with the closest negative of the anchor, the smallest column of equals.
///
/// With one positive per anchor, as between pictures and captions, the same as batch_hard.
///
/// Complexity   one pass over the row, then one triplet per positive.
/// Determinism  no draws.
/// Reference    Faghri et al. 2018 (VSE++), "hard negatives"
struct hardest_negative {
  template <class G, class T, class D>
  KINDRED_HD detail::find_always finder(const G& g, vector_view<const T, D> negatives) const {
    const T* const row = negatives.data();
    const T highest = g.reduce(negatives.size(), -infinity<T>, maximum{}, [&](index_t j) { return row[j]; });
    const index_t none = -1,
                  column = highest > -infinity<T> ? detail::first_equal(g, row, negatives.size(), highest) : none;
    return detail::find_always{column};
  }
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    const auto n = detail::closest_negative(g, anchor, scores, relation);
    if (n.id < 0) return;
    for (index_t p = 0; p < scores.cols(); ++p)
      if (is_positive(scores, relation, anchor, p)) emit(p, n.id);
  }
};
static_assert(SearchingMiner<hardest_negative>);

}  // namespace kindred::miner
