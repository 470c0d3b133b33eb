// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/types.hpp>

namespace kindred::random {

namespace detail {
/// One round of the SplitMix64 finaliser.
KINDRED_HD constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}
}  // namespace detail

/// Mixes seed and stream, so that a loop over positions does it once: bits(seed, stream, i) = bits_at(key(seed,
/// stream), i).
KINDRED_HD constexpr std::uint64_t key(std::uint64_t seed, std::uint64_t stream) {
  return detail::mixed(seed + 0x9E3779B97F4A7C15ull * (stream + 1));
}
/// Returns the 64 bits at position i of a key.
KINDRED_HD constexpr std::uint64_t bits_at(std::uint64_t key, std::uint64_t i) {
  return detail::mixed(key + 0x9E3779B97F4A7C15ull * (i + 1));
}

/// 64 well-mixed bits of (seed, stream, i): the same on every device, in any order, on any number of threads.
///
/// Two rounds of the SplitMix64 finaliser, the first over seed and stream, the second over the position.
/// Reference  Steele, Lea, Flood 2014 (SplitMix64); here keyed and addressed by position instead of stepped.
KINDRED_HD constexpr std::uint64_t bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  return bits_at(key(seed, stream), i);
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

namespace detail {
/// sin(2 pi t), |t| <= 1/4; coefficients from tests/reference/core_math.py.
KINDRED_HD constexpr double sine_of_turns(double t) {
  return t * math::detail::polynomial(t * t, 6.28318530717958648, -4.13417022403997569e+1, 8.16052492760736152e+1,
                                      -7.67058597528249192e+1, 4.20586939254286823e+1, -1.50946416761179001e+1,
                                      3.8199280942271642, -7.17733792141345331e-1, 1.00896955016468112e-1);
}
}  // namespace detail

/// Standard normal number, |value| < 8.6, from the uniform numbers 2 i and 2 i + 1 of the stream.
///
/// value = sqrt(-2 log(1 - u)) cos(2 pi v)
///
/// Determinism  as math::log: the last bits may differ between compiler settings and devices.
/// Reference    Box and Muller 1958; only the cosine is used, so that number i needs nothing but i.
KINDRED_HD inline double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t i) {
  const double u = uniform(seed, stream, 2 * i), v = uniform(seed, stream, 2 * i + 1);
  // cos(2 pi v) is even about 1/2: the distance a from there gives -cos(2 pi a) = sin(2 pi (a - 1/4)), without rounding
  const double a = v < 0.5 ? 0.5 - v : v - 0.5;
  return math::sqrt(-2.0 * math::log(1.0 - u)) * detail::sine_of_turns(a - 0.25);
}

}  // namespace kindred::random
