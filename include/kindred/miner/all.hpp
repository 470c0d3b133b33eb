// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

namespace detail {
struct chosen_always {
  template <class T>
  KINDRED_HD constexpr bool operator()(T, T) const {
    return true;
  }
};
}  // namespace detail

/// Every positive with every negative: "batch all".
///
/// Complexity   O(positives x negatives) triplets per anchor.
/// Determinism  no draws.
/// Reference    Hermans, Beyer, Leibe 2017, "batch all"
struct all {
  template <class G, class T, class D, class R>
  KINDRED_HD detail::chosen_always chooser(const G&, index_t, matrix_view<const T, D>, const R&) const {
    return {};
  }
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    detail::emit_chosen(g, anchor, scores, relation, chooser(g, anchor, scores, relation), emit);
  }
};
static_assert(ChoosingMiner<all>);

}  // namespace kindred::miner
