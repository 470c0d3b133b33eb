// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/permutation.hpp>
#include <kindred/data/concept.hpp>
#include <kindred/relation/hops.hpp>
#include <kindred/relation/pairs.hpp>
#include <kindred/relation/without_self.hpp>
#include <numeric>

namespace kindred::data {

struct graph_sampler_options {
  index_t anchors = 32;    ///< in a batch, at least 1
  index_t hops = 1;        ///< a positive is at most that many edges away, at least 1
  index_t positives = 1;   ///< per anchor, at least 1
  index_t negatives = 1;   ///< per anchor, at least 0
  bool weighted = false;   ///< positives are neighbours, drawn in proportion to the grades of their edges
  std::uint64_t seed = 0;  ///< of all that is drawn
};

/// Batches from a graph of similar items: every anchor, then its positives, then its negatives, anchor after anchor.
///
/// Positives are drawn from what a walk of `hops` edges reaches, all alike (or, weighted, from the neighbours by the
/// grades of the edges); negatives from all nodes that it does not reach, all alike. Both with replacement. Within an
/// epoch every node is an anchor once, in random order; nodes that reach nothing, or everything, are left out. Classes
/// are the special case where the nodes of a class are all linked.
///
///   const relation::pairs links(n, n, edges);                       // both directions of an undirected graph
///   const data::graph_sampler sampler(links.relation(), {.anchors = 16, .hops = 2});
///   sampler(epoch, [&](auto rows) {
///     const auto related = sampler.related(rows);
///     trainer.step(set.gather(ctx, rows).x(), related.relation());
///   });
///
/// graph   csr over nodes x nodes; copied where it is needed later
///
/// Complexity   as relation::hops to make, the lists are kept; O(log(nodes)) per node drawn.
/// Determinism  see Sampler; the same on every machine.
/// Errors       argument_error for options out of range, and for a graph without a single anchor; those of
///              relation::hops.
class graph_sampler {
 public:
  /// Which positions of a batch reach each other. relation() ignores the position itself and must not outlive this.
  class links {
   public:
    links(index_t positions, std::vector<std::pair<index_t, index_t>> reaching)
        : pairs_(positions, positions, std::move(reaching)), positions_(static_cast<std::size_t>(positions)) {
      std::iota(positions_.begin(), positions_.end(), index_t(0));
    }
    relation::without_self<relation::csr<cpu>, cpu> relation() const {
      const vector_view<const index_t, cpu> ids(positions_.data(), static_cast<index_t>(positions_.size()));
      return {pairs_.relation(), ids, ids};
    }

   private:
    relation::pairs pairs_;
    std::vector<index_t> positions_;
  };

  graph_sampler(const relation::csr<cpu>& graph, const graph_sampler_options& options = {})
      : options_(options), reach_(graph, options.hops) {
    expects<argument_error>(options.anchors > 0 && options.hops > 0 && options.positives > 0 && options.negatives >= 0,
                            "data::graph_sampler: {} anchors, {} hops, {} positives, {} negatives", options.anchors,
                            options.hops, options.positives, options.negatives);
    nodes_ = graph.queries();
    if (options.weighted) {
      weights_before_.push_back(0);
      neighbours_at_.push_back(0);
      for (index_t node = 0; node < nodes_; ++node) {
        for (const index_t to : graph.candidates(node)) {
          if (to == node || graph(node, to) != relation::kind::positive) continue;
          neighbours_.push_back(to);
          weights_before_.push_back(weights_before_.back() + static_cast<double>(graph.grade(node, to)));
        }
        neighbours_at_.push_back(static_cast<index_t>(neighbours_.size()));
      }
    }
    for (index_t node = 0; node < nodes_; ++node) {
      const auto near = static_cast<index_t>(reached(node).size());
      if (near > 0 && (near + 1 < nodes_ || options.negatives == 0)) anchors_.push_back(node);
    }
    expects<argument_error>(!anchors_.empty(), "data::graph_sampler: no node has both positives and negatives");
  }

  /// Batches in an epoch.
  index_t length() const { return (static_cast<index_t>(anchors_.size()) + options_.anchors - 1) / options_.anchors; }
  /// Nodes that are anchors, ascending.
  std::span<const index_t> anchors() const { return anchors_; }
  /// Nodes that `node` reaches within the hops, ascending, without itself.
  std::span<const index_t> reached(index_t node) const {
    const auto at = static_cast<std::size_t>(node);
    const auto first = static_cast<std::size_t>(reach_.offsets()[at]);
    return reach_.items().subspan(first, static_cast<std::size_t>(reach_.offsets()[at + 1]) - first);
  }

  template <class Emit>
  void operator()(index_t epoch, Emit emit) const {
    const auto key = [&](std::uint64_t what) {
      return random::bits(options_.seed, static_cast<std::uint64_t>(epoch), what);
    };
    const auto order = random::permutation(static_cast<index_t>(anchors_.size()), key(0));
    std::vector<index_t> rows;
    std::uint64_t draw = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const index_t anchor = anchors_[static_cast<std::size_t>(order[i])];
      rows.push_back(anchor);
      for (index_t p = 0; p < options_.positives; ++p) rows.push_back(positive(anchor, key(1), draw++));
      for (index_t n = 0; n < options_.negatives; ++n) rows.push_back(negative(anchor, key(2), draw++));
      if (static_cast<index_t>(i + 1) % options_.anchors == 0 || i + 1 == order.size()) {
        emit(std::span<const index_t>(rows));
        rows.clear();
      }
    }
  }

  /// Which positions of a batch reach each other, for losses on pairs. A node that stands in the batch twice is related
  /// to itself there; a position ignores itself.
  links related(std::span<const index_t> rows) const {
    std::vector<std::pair<index_t, index_t>> found;
    const auto count = static_cast<index_t>(rows.size());
    for (index_t a = 0; a < count; ++a) {
      const index_t node = rows[static_cast<std::size_t>(a)];
      expects<argument_error>(node >= 0 && node < nodes_, "data::graph_sampler: node {} of {}", node, nodes_);
      const auto near = reached(node);
      for (index_t b = 0; b < count; ++b) {
        const index_t other = rows[static_cast<std::size_t>(b)];
        if (a != b && (other == node || std::binary_search(near.begin(), near.end(), other))) found.emplace_back(a, b);
      }
    }
    return {count, std::move(found)};
  }

 private:
  index_t positive(index_t anchor, std::uint64_t seed, std::uint64_t draw) const {
    if (!options_.weighted) {
      const auto near = reached(anchor);
      return near[static_cast<std::size_t>(random::below(static_cast<index_t>(near.size()), seed, 0, draw))];
    }
    const auto first = neighbours_at_[static_cast<std::size_t>(anchor)];
    const auto end = neighbours_at_[static_cast<std::size_t>(anchor) + 1];
    const auto before = weights_before_.begin();
    const double low = before[first], high = before[end];
    const double at = low + (high - low) * random::uniform(seed, 0, draw);
    // the neighbour whose share of [low, high) holds `at`
    const auto found = std::upper_bound(before + first + 1, before + end, at) - before - 1;
    return neighbours_[static_cast<std::size_t>(found)];
  }
  /// The k-th node that is neither the anchor nor reached, k drawn: found in the sorted list by how many are skipped.
  index_t negative(index_t anchor, std::uint64_t seed, std::uint64_t draw) const {
    const auto near = reached(anchor);
    const auto close = static_cast<index_t>(near.size()) + 1;
    const index_t k = random::below(nodes_ - close, seed, 0, draw);
    const auto anchor_at = std::lower_bound(near.begin(), near.end(), anchor) - near.begin();
    // close node number i of the list with the anchor in its place
    const auto close_node = [&](index_t i) {
      return i < anchor_at    ? near[static_cast<std::size_t>(i)]
             : i == anchor_at ? anchor
                              : near[static_cast<std::size_t>(i - 1)];
    };
    index_t low = 0, high = close;  // how many close nodes stand before the wanted one
    while (low < high) {
      const index_t middle = (low + high) / 2;
      if (close_node(middle) - middle <= k)
        low = middle + 1;
      else
        high = middle;
    }
    return k + low;
  }

  graph_sampler_options options_;
  relation::hops reach_;
  index_t nodes_ = 0;
  std::vector<index_t> anchors_, neighbours_, neighbours_at_;
  std::vector<double> weights_before_;
};

static_assert(Sampler<graph_sampler>);

}  // namespace kindred::data
