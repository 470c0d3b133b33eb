// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

namespace kindred::projection {

/// A positive semi-definite function of two rows, told by their inner product and squared lengths:
/// k(a . b, a . a, b . b) -> double. To project on a GPU it must be callable there (KINDRED_HD).
template <class K>
concept Kernel = std::copyable<K> && requires(const K& kernel, double v) {
  { kernel(v, v, v) } -> std::convertible_to<double>;
};

/// A Kernel that may take its width from the training rows: when wants_distance(), a learner uses
/// with_distance(median distance between training rows) instead.
template <class K>
concept DistanceKernel = Kernel<K> && requires(const K& kernel, double distance) {
  { kernel.wants_distance() } -> std::convertible_to<bool>;
  { kernel.with_distance(distance) } -> std::same_as<K>;
};

}  // namespace kindred::projection
