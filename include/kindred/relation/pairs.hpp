// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/relation/csr.hpp>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace kindred::relation {

/// Makes the lists of relation::csr from pairs in any order, on the host, and owns them.
///
///   const relation::pairs links(queries, gallery, {{0, 7}, {0, 2}, {3, 1}});
///   evaluate(ctx, ..., links.relation(), ...);
///
/// For another device copy offsets() and items() there and make a csr of them.
///
/// pairs    {query, gallery item}; one that comes twice counts once
///
/// Complexity   O(pairs log pairs).
/// Errors       argument_error for a pair outside queries x gallery, which is named.
class pairs {
 public:
  pairs(index_t queries, index_t gallery, std::vector<std::pair<index_t, index_t>> listed) : gallery_(gallery) {
    expects<argument_error>(queries >= 0 && gallery >= 0, "relation::pairs: {} queries and {} gallery items", queries,
                            gallery);
    for (const auto& [query, item] : listed)
      expects<argument_error>(query >= 0 && query < queries && item >= 0 && item < gallery,
                              "relation::pairs: query {} and item {} of {} queries and {} gallery items", query, item,
                              queries, gallery);
    std::sort(listed.begin(), listed.end());
    listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
    // a position for each query, whether it has items or not
    expects<argument_error>(queries < std::numeric_limits<index_t>::max() / static_cast<index_t>(sizeof(index_t)),
                            "relation::pairs: {} queries are more than memory can hold", queries);
    offsets_.resize(static_cast<std::size_t>(queries) + 1);
    items_.reserve(listed.size());
    for (const auto& [query, item] : listed) {
      ++offsets_[static_cast<std::size_t>(query) + 1];
      items_.push_back(item);
    }
    for (std::size_t q = 1; q < offsets_.size(); ++q) offsets_[q] += offsets_[q - 1];
  }

  std::span<const index_t> offsets() const& KINDRED_LIFETIMEBOUND { return offsets_; }
  std::span<const index_t> items() const& KINDRED_LIFETIMEBOUND { return items_; }
  /// A view of the lists, which must outlive it; of a temporary it does not compile.
  csr<cpu> relation() const& KINDRED_LIFETIMEBOUND {
    return {{offsets_.data(), static_cast<index_t>(offsets_.size())},
            {items_.data(), static_cast<index_t>(items_.size())},
            gallery_};
  }
  void offsets() const&& = delete;
  void items() const&& = delete;
  void relation() const&& = delete;

 private:
  std::vector<index_t> offsets_, items_;
  index_t gallery_;
};

}  // namespace kindred::relation
