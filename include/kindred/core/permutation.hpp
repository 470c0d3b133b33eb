// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>
#include <utility>
#include <vector>

namespace kindred::random {

/// The numbers 0, ..., n - 1 in random order, every order equally likely as far as 64 bits of `seed` and `stream` go.
///
/// Complexity   O(n), on the host.
/// Determinism  the same on every machine.
/// Errors       argument_error for n < 0.
/// Reference    Fisher and Yates 1938, in Durstenfeld's form, from the last place down.
inline std::vector<index_t> permutation(index_t n, std::uint64_t seed, std::uint64_t stream = 0) {
  expects<argument_error>(n >= 0, "random::permutation: {} elements", n);
  std::vector<index_t> order(static_cast<std::size_t>(n));
  for (index_t i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  for (index_t i = n - 1; i > 0; --i) {
    const index_t j = below(i + 1, seed, stream, static_cast<std::uint64_t>(i));
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  }
  return order;
}

}  // namespace kindred::random
