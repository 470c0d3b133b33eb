// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/math.hpp>

namespace kindred::miner {

/// What scores are, for parts that are defined on Euclidean distances.
enum class scores_are : signed char {
  inner_products,             ///< of rows of length 1: similarity::cosine, or dot behind layer::l2_normalize
  negative_distances,         ///< similarity::negative_euclidean
  negative_squared_distances  ///< similarity::negative_squared_euclidean
};

/// A distance and its derivative for the score.
template <class T>
struct score_distance {
  T distance;
  T derivative;
};

/// The distance that a score stands for.
///
/// inner_products               d = sqrt(max(0, 2 - 2 s) + 1e-8)
/// negative_distances           d = -s
/// negative_squared_distances   d = sqrt(max(0, -s) + 1e-8)
///
/// The 1e-8 keeps the derivative of equal rows finite, as in the code of Wu et al. 2017.
template <class T>
KINDRED_HD score_distance<T> distance_of(scores_are scores, T score) {
  if (scores == scores_are::negative_distances) return {-score, T(-1)};
  const T factor = scores == scores_are::inner_products ? T(2) : T(1);
  const T square = scores == scores_are::inner_products ? T(2) - T(2) * score : -score;
  const T kept = square < T(0) ? T(0) : square;  // NaN stays
  const T distance = math::sqrt(kept + T(1e-8));
  return {distance, square < T(0) ? T(0) : -factor / (T(2) * distance)};
}

}  // namespace kindred::miner
