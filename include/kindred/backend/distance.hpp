// SPDX-License-Identifier: Apache-2.0
/// @file
/// When the score of a squared Euclidean distance is taken from an inner product, and when from differences.
///
/// The score of two rows of d numbers is s = 2 a . b - n with n = |a|^2 + |b|^2. With u the unit roundoff, each of the
/// three sums of d products has a relative error of at most g = d u / (1 - d u), so s is off by at most (2 g + 3 u) n:
/// as much as the distance itself where the rows lie close together far from the origin. Where s > -n / 32 it is
/// therefore replaced by -sum over k of (a(k) - b(k))^2, whose relative error is at most g + 2 u; the error of a score
/// that is kept is at most 32 (2 g + 3 u) of it. Whether a score is replaced depends on the two rows alone and is
/// symmetric in them.
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/types.hpp>

namespace kindred {

template <class T>
inline constexpr T cancelled_share = T(1) / 32;

/// Whether 2 a . b - norms, norms = |a|^2 + |b|^2, is to be replaced by differences. Not where it is NaN or -infinity.
template <class T>
KINDRED_HD constexpr bool cancels(T score, T norms) {
  return score > norms * -cancelled_share<T>;
}

/// A bound of the final score of two rows of `depth` numbers from their product p: where the score is above t,
/// 2 p - share norms > t - least, with share = 1 - factor.
///
/// The errors above, and that of the differences, (g + 2 u) (1/32 + 2 g + 3 u) n, add up to less than (2.5 d + 10) u n
/// for d u < 1/16, the rounding of n included; what is left of `factor` covers the rounding of the comparison. `least`
/// covers sums that leave the range of normal numbers, by at most 4 d times the smallest positive one. For longer rows
/// the bound rules nothing out.
template <class T>
struct distance_margin {
  T factor = 0, share = 1, least = 0;

  static constexpr distance_margin of(index_t depth) {
    const T d = static_cast<T>(depth), u = machine_epsilon<T> / 2;
    const T factor = d * u < T(0.0625) ? (T(3) * d + T(16)) * u : T(4);
    return {factor, T(1) - factor, (d + T(1)) * smallest_normal<T>};
  }
};

}  // namespace kindred
