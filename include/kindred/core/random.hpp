// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>

namespace kindred::random {

/// 64 well-mixed bits of (seed, stream, i): the same on every device, in any order, on any number of threads.
///
/// Two rounds of the SplitMix64 finaliser, the first over seed and stream, the second over the position.
/// Reference  Steele, Lea, Flood 2014 (SplitMix64); here keyed and addressed by position instead of stepped.
KINDRED_HD constexpr std::uint64_t bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15ull * (stream + 1);
  for (int round = 0; round < 2; ++round) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    if (round == 0) z += 0x9E3779B97F4A7C15ull * (i + 1);
  }
  return z;
}

/// Uniform in [0, 1), a multiple of 2^-53.
KINDRED_HD constexpr double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  return static_cast<double>(bits(seed, stream, i) >> 11) * 0x1.0p-53;
}

/// Uniform in {0, ..., n - 1}, n > 0; the bias is below n / 2^53.
KINDRED_HD constexpr index_t below(index_t n, std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  const auto at = static_cast<index_t>(uniform(seed, stream, i) * static_cast<double>(n));
  return at < n ? at : n - 1;
}

}  // namespace kindred::random
