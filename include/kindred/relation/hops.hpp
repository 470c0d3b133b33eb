// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/relation/csr.hpp>
#include <span>
#include <vector>

namespace kindred::relation {

/// Relevant is what a walk along at most `most` edges of a graph reaches, the node itself left out. Makes the lists of
/// relation::csr by breadth-first search on the host, and owns them.
///
///   const relation::hops ball(links, 2);     links: a csr over nodes x nodes
///   ball.relation()                          csr over the same nodes
///
/// graph   a node's row lists where its edges lead; for an undirected graph both directions stand in it
/// most    hops, at least 0; 0 gives empty lists, 1 the graph without loops
///
/// Complexity   O(nodes + edges of all balls); memory of all lists together.
/// Determinism  lists are ascending.
/// Errors       shape_error when the graph has not as many queries as gallery items; argument_error for hops below 0.
class hops {
 public:
  hops(const csr<cpu>& graph, index_t most) {
    const index_t nodes = graph.queries();
    expects(graph.gallery() == nodes, "relation::hops: a graph of {} rows and {} columns", nodes, graph.gallery());
    expects<argument_error>(most >= 0, "relation::hops: {} hops", most);
    offsets_.reserve(static_cast<std::size_t>(nodes) + 1);
    offsets_.push_back(0);
    std::vector<index_t> reached_by(static_cast<std::size_t>(nodes), -1), ball;
    for (index_t node = 0; node < nodes; ++node) {
      ball.assign(1, node);
      reached_by[static_cast<std::size_t>(node)] = node;
      std::size_t begin = 0;
      for (index_t hop = 0; hop < most && begin < ball.size(); ++hop) {
        const std::size_t end = ball.size();
        for (; begin < end; ++begin) {
          const index_t from = ball[begin];
          for (const index_t to : graph.candidates(from)) {
            if (graph(from, to) != kind::positive || reached_by[static_cast<std::size_t>(to)] == node) continue;
            reached_by[static_cast<std::size_t>(to)] = node;
            ball.push_back(to);
          }
        }
      }
      std::sort(ball.begin() + 1, ball.end());
      items_.insert(items_.end(), ball.begin() + 1, ball.end());
      offsets_.push_back(static_cast<index_t>(items_.size()));
    }
  }

  std::span<const index_t> offsets() const& KINDRED_LIFETIMEBOUND { return offsets_; }
  std::span<const index_t> items() const& KINDRED_LIFETIMEBOUND { return items_; }
  /// A view of the lists, which must outlive it; of a temporary it does not compile.
  csr<cpu> relation() const& KINDRED_LIFETIMEBOUND {
    return {{offsets_.data(), static_cast<index_t>(offsets_.size())},
            {items_.data(), static_cast<index_t>(items_.size())},
            static_cast<index_t>(offsets_.size()) - 1};
  }
  void offsets() const&& = delete;
  void items() const&& = delete;
  void relation() const&& = delete;

 private:
  std::vector<index_t> offsets_, items_;
};

}  // namespace kindred::relation
