// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/device.hpp>
#include <kindred/core/group.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>
#include <kindred/relation/same_label.hpp>

namespace kindred::miner {

namespace detail {
struct emit_archetype {
  KINDRED_HD void operator()(index_t, index_t) const {}
};
}  // namespace detail

/// Which triplets a loss looks at: a generator inside a kernel body, one call per anchor, no list of triplets.
///
///   miner(group, anchor, scores, relation, emit)
///
/// group     the lanes that work on this anchor; the miner makes group calls like any body
/// anchor    a row of `scores`
/// scores    rows x cols, higher is closer; NaN is never chosen, nor is -infinity as a negative: it means no pair
/// relation  relation(anchor, column): positive, negative or ignored
/// emit      emit(positive, negative) with two columns, called by all lanes alike, never inside another group call
///
/// A miner with numeric options has check(), which throws argument_error for those out of range; losses call it.
/// A miner that draws has a `seed` and reseeded(seed): a copy that draws other numbers. Trainers call it every step.
template <class M>
concept Miner =
    std::copyable<M> && requires(const M& miner, lane_group<16> group, index_t anchor,
                                 matrix_view<const float, cpu> scores, const relation::same_label<cpu>& relation,
                                 detail::emit_archetype emit) { miner(group, anchor, scores, relation, emit); };

/// A Miner whose choice follows from two scores once the anchor's row was looked at:
///
///   chosen = miner.chooser(group, anchor, scores, relation)    made by all lanes alike
///   chosen(positive_score, negative_score)                     whether this positive and this negative are a triplet
///
/// Losses then work on whole rows instead of being called once per triplet, which is many times faster where triplets
/// are many. The order in which they add is another one, so values agree up to rounding.
template <class M>
concept ChoosingMiner =
    Miner<M> && requires(const M& miner, lane_group<16> group, index_t anchor, matrix_view<const float, cpu> scores,
                         const relation::same_label<cpu>& relation) {
      { miner.chooser(group, anchor, scores, relation)(0.0f, 0.0f) } -> std::same_as<bool>;
    };

/// A Miner that pairs every positive with one negative, or none, which follows from the positive's score:
///
///   find = miner.finder(group, negatives)   made by all lanes alike
///   find(group, positive_score)             the column, -1 for none; called by all lanes alike
///
/// negatives   the anchor's scores, -infinity where a column is no negative
///
/// Losses write the row of negatives once, so that searching it is a plain loop over numbers.
template <class M>
concept SearchingMiner = Miner<M> && requires(const M& miner, lane_group<16> group, vector_view<const float, cpu> row) {
  { miner.finder(group, row)(group, 0.0f) } -> std::same_as<index_t>;
};

/// Throws argument_error for options out of range: calls miner.check() of a miner that has one.
template <class M>
void check_options(const M& miner) {
  if constexpr (requires { miner.check(); }) miner.check();
}

/// A miner or loss that draws with another seed; itself where it does not draw.
template <class M>
M reseeded(const M& m, std::uint64_t seed) {
  if constexpr (requires {
                  { m.reseeded(seed) } -> std::same_as<M>;
                })
    return m.reseeded(seed);
  else
    return m;
}

/// Reports whether a column is a positive of the anchor with a score that is not NaN.
template <class T, class D, class R>
KINDRED_HD bool is_positive(matrix_view<const T, D> scores, const R& relation, index_t anchor, index_t column) {
  const T score = scores(anchor, column);
  return relation(anchor, column) == relation::kind::positive && score == score;
}
/// Reports whether a column is a negative of the anchor with a score that is neither NaN nor -infinity.
template <class T, class D, class R>
KINDRED_HD bool is_negative(matrix_view<const T, D> scores, const R& relation, index_t anchor, index_t column) {
  return relation(anchor, column) == relation::kind::negative && scores(anchor, column) > -infinity<T>;
}

}  // namespace kindred::miner
