// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/permutation.hpp>
#include <kindred/data/concept.hpp>

namespace kindred::data {

struct batches_options {
  index_t size = 32;       ///< items in a batch, at least 1
  bool drop_last = false;  ///< leaves out the items that fill no batch; else the last batch is smaller
  bool shuffle = true;     ///< another order every epoch; else the order of the set
  std::uint64_t seed = 0;  ///< of the orders
};

/// Every item once per epoch, in batches.
///
/// n   number of items, or a set that has size()
///
/// Complexity   O(n) per epoch, on the host.
/// Determinism  see Sampler; the same on every machine.
/// Errors       argument_error for a size below 1.
class batches {
 public:
  batches(index_t n, const batches_options& options = {}) : n_(n), options_(options) {
    expects<argument_error>(options.size > 0, "data::batches: batches of {} items", options.size);
    expects<argument_error>(n >= 0, "data::batches: {} items", n);
  }
  template <class Set>
  requires requires(const Set& s) { s.size() + index_t(0); }
  batches(const Set& set, const batches_options& options = {}) : batches(static_cast<index_t>(set.size()), options) {}

  /// Batches in an epoch.
  index_t length() const { return (n_ + (options_.drop_last ? 0 : options_.size - 1)) / options_.size; }

  template <class Emit>
  void operator()(index_t epoch, Emit emit) const {
    std::vector<index_t> order;
    if (options_.shuffle) {
      order = random::permutation(n_, options_.seed, static_cast<std::uint64_t>(epoch));
    } else {
      for (index_t i = 0; i < n_; ++i) order.push_back(i);
    }
    const std::span<const index_t> rows(order);
    for (index_t b = 0; b < length(); ++b) {
      const index_t first = b * options_.size, count = first + options_.size < n_ ? options_.size : n_ - first;
      emit(rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
    }
  }

 private:
  index_t n_;
  batches_options options_;
};

static_assert(Sampler<batches>);

}  // namespace kindred::data
