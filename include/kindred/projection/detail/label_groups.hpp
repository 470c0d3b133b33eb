// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows put together by equal labels.
#pragma once

#include <kindred/core/array.hpp>

namespace kindred::projection::detail {

/// Groups are numbered in ascending order of their labels.
class label_groups {
 public:
  /// Class labels: the vectors of the groups have a single 1.
  explicit label_groups(std::span<const label_t> labels);
  /// Label vectors. Errors: argument_error for NaN or infinity.
  label_groups(const std::vector<double>& values, index_t rows, index_t cols, const char* who);

  index_t rows() const { return static_cast<index_t>(of_.size()); }
  index_t count() const { return static_cast<index_t>(sizes_.size()); }
  index_t of(index_t row) const { return of_[static_cast<std::size_t>(row)]; }
  /// The first row and the number of rows of a group.
  index_t row(index_t group) const { return rows_[static_cast<std::size_t>(group)]; }
  double size(index_t group) const { return sizes_[static_cast<std::size_t>(group)]; }
  std::span<const double> vector(index_t group) const {
    return {vectors_.data() + (classes_ ? width_ - 1 - group : group * width_), static_cast<std::size_t>(width_)};
  }

 private:
  std::vector<index_t> of_, rows_;
  std::vector<double> sizes_;
  std::vector<double> vectors_;  // one after the other; of classes a single 1 among zeros, seen through a window
  index_t width_ = 0;
  bool classes_;
};

}  // namespace kindred::projection::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/label_groups_impl.hpp>
#endif
