// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/label_groups.hpp>

namespace kindred::projection {

/// Class labels as a view of their own: one column for each distinct label, ascending, 1 where a row has it, else 0.
///
/// labels   n of any values
/// returns  n x classes on the device of ctx
///
/// Complexity   O(n log classes + n classes) on the host.
/// Determinism  exact.
template <Scalar T, Device D>
matrix<T, D> label_indicators(context<D>& ctx, std::span<const label_t> labels) {
  const detail::label_groups groups(labels);
  const auto classes = static_cast<std::size_t>(groups.count());
  std::vector<T> values(labels.size() * classes, T(0));
  for (std::size_t i = 0; i < labels.size(); ++i)
    values[i * classes + static_cast<std::size_t>(groups.of(static_cast<index_t>(i)))] = T(1);
  return matrix<T, D>(ctx, groups.rows(), groups.count(), values);
}

}  // namespace kindred::projection
