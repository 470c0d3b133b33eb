// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <span>

namespace kindred::projection {

/// How alike two items are by their labels: f(z_i, z_j) -> a finite double of at least 0, from rows of a label matrix
/// (class labels: rows with a single 1).
template <class F>
concept LabelSimilarity = std::copyable<F> && requires(const F& f, std::span<const double> z) {
  { f(z, z) } -> std::convertible_to<double>;
};

}  // namespace kindred::projection
