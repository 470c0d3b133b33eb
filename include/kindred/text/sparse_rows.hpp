// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <vector>

namespace kindred::text {

/// A matrix of which few elements differ from zero, on the host, row by row (CSR).
///
/// Row r holds values[i] at column columns[i] for i in [offsets[r], offsets[r + 1]); columns ascend within a row.
template <Scalar T>
struct sparse_rows {
  std::vector<index_t> offsets{0};  ///< rows + 1 positions
  std::vector<index_t> columns;     ///< in [0, cols)
  std::vector<T> values;            ///< one for each column entry
  index_t cols = 0;

  index_t rows() const { return static_cast<index_t>(offsets.size()) - 1; }

  /// The dense matrix on the device of `ctx`, rows x cols.
  template <Device D>
  matrix<T, D> dense(context<D>& ctx) const {
    std::vector<T> host(static_cast<std::size_t>(rows() * cols));
    for (index_t r = 0; r < rows(); ++r)
      for (index_t i = offsets[static_cast<std::size_t>(r)]; i < offsets[static_cast<std::size_t>(r) + 1]; ++i)
        host[static_cast<std::size_t>(r * cols + columns[static_cast<std::size_t>(i)])] =
            values[static_cast<std::size_t>(i)];
    return matrix<T, D>(ctx, rows(), cols, host);
  }
};

}  // namespace kindred::text
