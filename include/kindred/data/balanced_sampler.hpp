// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/permutation.hpp>
#include <kindred/core/size.hpp>
#include <kindred/data/concept.hpp>

namespace kindred::data {

struct balanced_sampler_options {
  index_t classes = 16;    ///< P: different classes in a batch, at least 1
  index_t per_class = 4;   ///< K: items of each, at least 1
  index_t least = 1;       ///< classes with fewer items are left out
  index_t length = 0;      ///< batches in an epoch; 0: as many as show every class, and every item once on average
  std::uint64_t seed = 0;  ///< of all that is drawn
};

/// Batches of P classes with K items each, class by class: what losses on pairs and triplets want.
///
/// Classes come in rounds. A round is an order of all classes, drawn anew, cut into batches of P; the last batch of a
/// round is filled with the first classes of it. Within an epoch a class shows its items in an order drawn for that
/// epoch, K at a time, and begins again where they end. So items of a class with at least K of them are different
/// within a batch; a class with fewer shows each of them and then some again.
///
/// labels   one per item, or a set that has labels(); any numbers
///
/// Complexity   O(n log n) to make; per epoch O(n + items emitted), on the host.
/// Determinism  see Sampler; the same on every machine.
/// Errors       argument_error for P or K below 1, for K above 1024 times the number of items, and where fewer than P
///              classes have `least` items.
/// Reference    Hermans et al. 2017, section 2 (PK batches).
class balanced_sampler {
 public:
  balanced_sampler(std::span<const label_t> labels, const balanced_sampler_options& options = {}) : options_(options) {
    expects<argument_error>(options.classes > 0 && options.per_class > 0 && options.length >= 0,
                            "data::balanced_sampler: {} classes of {} items, {} batches", options.classes,
                            options.per_class, options.length);
    std::vector<index_t> order(labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<index_t>(i);
    const auto label = [&](index_t i) { return labels[static_cast<std::size_t>(i)]; };
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return label(a) < label(b); });
    for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
      while (end < order.size() && label(order[end]) == label(order[first])) ++end;
      if (static_cast<index_t>(end - first) < options.least) continue;
      items_.insert(items_.end(), order.begin() + static_cast<std::ptrdiff_t>(first),
                    order.begin() + static_cast<std::ptrdiff_t>(end));
      ends_.push_back(items_.size());
    }
    expects<argument_error>(classes() >= options.classes,
                            "data::balanced_sampler: batches of {} classes, but {} have {} items or more",
                            options.classes, classes(), options.least);
    const index_t per_batch = checked_product(options.classes, options.per_class);
    const auto n = static_cast<index_t>(items_.size());
    expects<argument_error>(options.per_class <= most_repeats * n,
                            "data::balanced_sampler: expected at most {} items of a class in a batch, {} times all of "
                            "them, got {}",
                            most_repeats * n, most_repeats, options.per_class);
    if (options_.length == 0) options_.length = std::max(batches_per_round(), (n - 1) / per_batch + 1);
  }
  template <class Set>
  requires requires(const Set& s) { std::span<const label_t>(s.labels()); }
  balanced_sampler(const Set& set, const balanced_sampler_options& options = {})
      : balanced_sampler(std::span<const label_t>(set.labels()), options) {}

  /// Batches in an epoch.
  index_t length() const { return options_.length; }
  /// Classes that take part.
  index_t classes() const { return static_cast<index_t>(ends_.size()); }

  template <class Emit>
  void operator()(index_t epoch, Emit emit) const {
    const auto key = [&](std::uint64_t what) {
      return random::bits(options_.seed, static_cast<std::uint64_t>(epoch), what);
    };
    std::vector<index_t> shown(ends_.size()), rows;
    std::vector<std::vector<index_t>> orders(ends_.size());
    std::vector<index_t> round;
    for (index_t batch = 0; batch < length(); ++batch) {
      const index_t at = batch % batches_per_round();
      if (at == 0)
        round = random::permutation(classes(), key(0), static_cast<std::uint64_t>(batch / batches_per_round()));
      rows.clear();
      for (index_t p = 0; p < options_.classes; ++p) {
        const auto c =
            static_cast<std::size_t>(round[static_cast<std::size_t>((at * options_.classes + p) % classes())]);
        const std::size_t first = c > 0 ? ends_[c - 1] : 0;
        const auto size = static_cast<index_t>(ends_[c] - first);
        if (orders[c].empty()) orders[c] = random::permutation(size, key(1), c);
        for (index_t k = 0; k < options_.per_class; ++k, ++shown[c])
          rows.push_back(
              items_[first + static_cast<std::size_t>(orders[c][static_cast<std::size_t>(shown[c] % size)])]);
      }
      emit(std::span<const index_t>(rows));
    }
  }

 private:
  index_t batches_per_round() const { return (classes() + options_.classes - 1) / options_.classes; }

  static constexpr index_t most_repeats = 1024;

  balanced_sampler_options options_;
  std::vector<index_t> items_;     // by class
  std::vector<std::size_t> ends_;  // of the classes in items_
};

static_assert(Sampler<balanced_sampler>);

}  // namespace kindred::data
