// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <utility>
#include <vector>

namespace kindred::linalg {

/// A matrix of which only some elements are kept, such as the edges of a graph: compressed sparse rows, on the host.
///
/// row r holds values[i] in column columns[i] for i in [offsets[r], offsets[r + 1])
///
/// Complexity   one number and one index for each kept element.
/// Determinism  multiply: the same bytes for any number of threads; a row of the product does not depend on the others.
/// Errors       shape_error when the lists do not fit together; argument_error when offsets fall or the columns of a
///              row do not ascend or lie outside.
template <std::same_as<double> T>
class sparse_matrix {
 public:
  /// offsets: rows + 1, from 0 to the number of elements; columns: in [0, cols), ascending in each row.
  sparse_matrix(index_t cols, std::vector<index_t> offsets, std::vector<index_t> columns, std::vector<T> values)
      : cols_(cols), offsets_(std::move(offsets)), columns_(std::move(columns)), values_(std::move(values)) {
    const index_t count = static_cast<index_t>(columns_.size());
    expects(!offsets_.empty() && values_.size() == columns_.size(), "sparse_matrix: {} offsets, {} columns, {} values",
            offsets_.size(), count, values_.size());
    expects<argument_error>(offsets_.front() == 0 && offsets_.back() == count,
                            "sparse_matrix: got offsets from {} to {}, expected 0 to {}", offsets_.front(),
                            offsets_.back(), count);
    for (index_t r = 0; r < rows(); ++r)
      expects<argument_error>(begin(r) <= begin(r + 1) && begin(r + 1) <= count,
                              "sparse_matrix: offset {} is {}, after {}", r + 1, begin(r + 1), begin(r));
    for (index_t r = 0; r < rows(); ++r)
      for (index_t i = begin(r); i < begin(r + 1); ++i)
        expects<argument_error>(column(i) < cols_ && column(i) > (i == begin(r) ? -1 : column(i - 1)),
                                "sparse_matrix: row {}: got column {} of {}, expected ascending columns", r, column(i),
                                cols_);
  }

  index_t rows() const { return static_cast<index_t>(offsets_.size()) - 1; }
  index_t cols() const { return cols_; }
  /// Elements that are kept.
  index_t size() const { return static_cast<index_t>(values_.size()); }
  const std::vector<index_t>& offsets() const { return offsets_; }
  const std::vector<index_t>& columns() const { return columns_; }
  const std::vector<T>& values() const { return values_; }

  std::vector<T> row_sums() const {
    std::vector<T> sums(static_cast<std::size_t>(rows()), 0);
    for (index_t r = 0; r < rows(); ++r)
      for (index_t i = begin(r); i < begin(r + 1); ++i) sums[static_cast<std::size_t>(r)] += value(i);
    return sums;
  }
  /// Element (r, c) times left[r] right[c].
  void scale(const std::vector<T>& left, const std::vector<T>& right) {
    expects(static_cast<index_t>(left.size()) == rows() && static_cast<index_t>(right.size()) == cols_,
            "sparse_matrix::scale: {} and {} factors for {} x {}", left.size(), right.size(), rows(), cols_);
    for (index_t r = 0; r < rows(); ++r)
      for (index_t i = begin(r); i < begin(r + 1); ++i)
        values_[static_cast<std::size_t>(i)] *=
            left[static_cast<std::size_t>(r)] * right[static_cast<std::size_t>(column(i))];
  }
  /// y := this x; x: cols x m, y: rows x m, another matrix than x.
  void multiply(context<cpu>& ctx, const_matrix<T, cpu> x, matrix_view<T, cpu> y) const {
    expects(x.rows() == cols_ && y.rows() == rows() && y.cols() == x.cols(),
            "sparse_matrix::multiply: {} x {} times {} x {} into {} x {}", rows(), cols_, x.rows(), x.cols(), y.rows(),
            y.cols());
    const index_t m = x.cols(), width = rows() > 0 ? m * (size() / rows() + 1) : m;
    ctx.for_each_row(rows(), width, [this, x, y, m](const auto&, index_t r) {
      for (index_t c = 0; c < m; ++c) y(r, c) = 0;
      for (index_t i = begin(r); i < begin(r + 1); ++i) {
        const T factor = value(i);
        const index_t from = column(i);
        for (index_t c = 0; c < m; ++c) y(r, c) += factor * x(from, c);
      }
    });
  }

 private:
  index_t begin(index_t r) const { return offsets_[static_cast<std::size_t>(r)]; }
  index_t column(index_t i) const { return columns_[static_cast<std::size_t>(i)]; }
  T value(index_t i) const { return values_[static_cast<std::size_t>(i)]; }
  index_t cols_;
  std::vector<index_t> offsets_, columns_;
  std::vector<T> values_;
};

}  // namespace kindred::linalg
