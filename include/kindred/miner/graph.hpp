// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/miner/detail/choice.hpp>
#include <kindred/relation/csr.hpp>

namespace kindred::miner {

/// Triplets from a graph: rows are nodes, positives are the nodes of the anchor's ball, negatives those outside it.
///
/// The labels of the loss's relation are node numbers, so a trainer that hands labels through hands nodes through. Rows
/// of the anchor's own node are passed over, and so is an anchor whose label is no node.
///
/// ball   relation::csr over all nodes: the edges themselves for one hop, relation::hops for more; not owned
///
/// Each positive is paired with one negative, drawn alike among the rows outside the ball (`uniform`; draw k of anchor
/// a takes random::uniform(seed, a, k)), or with the closest of them (`hardest`, the smallest column of equals).
///
/// Complexity   O(columns log(length of the anchor's list)) per pass over the row, two passes per draw.
/// Determinism  the same triplets for equal scores, relation and seed, on every device.
/// Reference    classes are the special case of a graph whose parts are all connected: random and hardest_negative
template <class D>
struct graph {
  enum class negative : bool { uniform, hardest };

  relation::csr<D> ball;                   ///< which nodes are within reach of which
  negative negatives = negative::uniform;  ///< how negatives are chosen
  std::uint64_t seed = 0;                  ///< reseeded every step by trainers

  graph reseeded(std::uint64_t other) const { return {ball, negatives, other}; }

  template <class G, class T, class E, relation::LabelRelation R, class Emit>
  KINDRED_HD void operator()(const G& g, index_t anchor, matrix_view<const T, E> scores, const R& relation,
                             Emit emit) const {
    const auto nodes = relation.gallery_labels();
    const index_t node = relation.query_labels()(anchor), columns = scores.cols();
    if (node < 0 || node >= ball.queries()) return;
    const auto outside = [&](index_t j) {
      return nodes(j) != node && scores(anchor, j) > -infinity<T> && ball(node, nodes(j)) == relation::kind::negative;
    };
    const auto weight = [&](index_t j) -> index_t { return outside(j) ? 1 : 0; };
    const bool draws = negatives == negative::uniform;
    const index_t count = draws ? g.reduce(columns, index_t(0), plus{}, weight) : 0;
    const index_t closest =
        draws ? -1 : detail::first_column<T>(g, columns, outside, [&](index_t j) { return scores(anchor, j); }).id;
    if (draws ? count == 0 : closest < 0) return;
    std::uint64_t draw = 0;
    for (index_t p = 0; p < columns; ++p) {
      const T score = scores(anchor, p);
      if (nodes(p) == node || score != score || ball(node, nodes(p)) != relation::kind::positive) continue;
      if (draws) {
        const double u = kindred::random::uniform(seed, static_cast<std::uint64_t>(anchor), draw++);
        emit(p, detail::drawn_column(g, columns, count, u, weight));
      } else {
        emit(p, closest);
      }
    }
  }
};
static_assert(Miner<graph<cpu>>);

}  // namespace kindred::miner
