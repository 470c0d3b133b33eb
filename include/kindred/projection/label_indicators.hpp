// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <map>

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
  std::map<label_t, index_t> column;
  for (const label_t l : labels) column.emplace(l, 0);
  index_t classes = 0;
  for (auto& [label, at] : column) at = classes++;
  std::vector<T> values(labels.size() * static_cast<std::size_t>(classes), T(0));
  for (std::size_t i = 0; i < labels.size(); ++i)
    values[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(column.at(labels[i]))] = T(1);
  return matrix<T, D>(ctx, static_cast<index_t>(labels.size()), classes, values);
}

}  // namespace kindred::projection
