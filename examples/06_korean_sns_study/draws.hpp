// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/core/random.hpp>
#include <utility>
#include <vector>

namespace sns {

using kindred::index_t;

/// Random numbers one after the other: what a scene is made by. The same on every machine.
struct draws {
  std::uint64_t seed, stream;
  std::uint64_t next = 0;

  /// Uniform in {0, ..., n - 1}.
  index_t below(index_t n) { return kindred::random::below(n, seed, stream, next++); }
  /// Uniform in {least, ..., most}.
  index_t between(index_t least, index_t most) { return least + below(most - least + 1); }
  /// True in so many of 100 cases.
  bool chance(index_t percent) { return below(100) < percent; }
  /// One of the elements.
  template <class List>
  const auto& one_of(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<index_t>(std::size(list))))];
  }
  /// Puts the elements in random order.
  template <class T>
  void shuffle(std::vector<T>& list) {
    for (auto i = static_cast<index_t>(list.size()); i > 1; --i)
      std::swap(list[static_cast<std::size_t>(i - 1)], list[static_cast<std::size_t>(below(i))]);
  }
};

}  // namespace sns
