// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/device.hpp>
#include <kindred/core/group.hpp>
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
/// scores    rows x cols, higher is closer; NaN scores are never chosen
/// relation  relation(anchor, column): positive, negative or ignored
/// emit      emit(positive, negative) with two columns, called by all lanes alike, never inside another group call
///
/// A miner that draws has a `seed` and reseeded(seed): a copy that draws other numbers. Trainers call it every step.
template <class M>
concept Miner = std::copyable<M> &&
    requires(const M& miner, lane_group<16> group, index_t anchor, matrix_view<const float, cpu> scores,
             const relation::same_label<cpu>& relation, detail::emit_archetype emit) {
  miner(group, anchor, scores, relation, emit);
};

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

}  // namespace kindred::miner
