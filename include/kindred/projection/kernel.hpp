// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <span>
#include <vector>

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

/// A Kernel that can be saved with what it was fitted to: a static name and the numbers it consists of. K{} has as many
/// of them as every other one; accepts() says whether such numbers make a kernel that projects.
template <class K>
concept StoredKernel = Kernel<K> && requires(const K& kernel, std::span<const double> numbers) {
  { K::name } -> std::convertible_to<const char*>;
  { K{}.parameters() } -> std::same_as<std::vector<double>>;
  { K::accepts(numbers) } -> std::convertible_to<bool>;
  { K::from_parameters(numbers) } -> std::same_as<K>;
};

}  // namespace kindred::projection
