// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/miner/detail/choice.hpp>

namespace kindred::miner {

namespace detail {
struct chosen_in_band {
  double margin;
  template <class T>
  KINDRED_HD constexpr bool operator()(T positive, T negative) const {
    const T gap = positive - negative;
    return gap > T(0) && gap <= static_cast<T>(margin);
  }
};
}  // namespace detail

/// Every triplet whose negative is farther than the positive by no more than a margin:
///
/// 0 < s(a, p) - s(a, n) <= margin
///
/// Complexity   O(positives x negatives) triplets per anchor.
/// Determinism  no draws.
/// Reference    pytorch-metric-learning's TripletMarginMiner("semihard"), which is not FaceNet's rule: see semi_hard
struct margin_band {
  double margin = 0.2;  ///< width of the band in units of the scores

  /// Throws argument_error for a margin that is not above 0: it would choose nothing.
  void check() const { expect_positive("miner::margin_band", "margin", margin); }

  template <class G, class T, class D, class R>
  KINDRED_HD detail::chosen_in_band chooser(const G&, index_t, matrix_view<const T, D>, const R&) const {
    return {margin};
  }
  template <class G, class T, class D, class R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                             Emit emit) const {
    detail::emit_chosen(g, anchor, scores, relation, chooser(g, anchor, scores, relation), emit);
  }
};
static_assert(ChoosingMiner<margin_band>);

}  // namespace kindred::miner
