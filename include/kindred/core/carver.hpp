// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/size.hpp>
#include <kindred/core/view.hpp>

namespace kindred {

namespace detail {
struct names_ignored {
  void operator()(const char*, index_t, index_t, index_t) const {}
};
}  // namespace detail

/// Cuts one flat vector into pieces, one after the other, without gaps. Over an absent vector it only counts and its
/// pieces are absent, so one list of pieces gives the size, the names and the views of what a part keeps in flat
/// memory.
///
/// Errors   argument_error for sizes whose product or sum is not below 2^63; shape_error for a piece beyond the vector.
///
/// @tparam Visit  visit(name, offset, rows, cols) is called for every piece
template <class T, class D, class Visit = detail::names_ignored>
class carver {
 public:
  explicit carver(vector_view<T, D> memory = {}, Visit visit = {}) : memory_(memory), visit_(visit) {}

  /// The next rows x cols elements.
  matrix_view<T, D> matrix(const char* name, index_t rows, index_t cols) {
    const index_t size = checked_product(rows, cols), end = checked_sum(used_, size);
    expects(!memory_ || end <= memory_.size(), "carver: expected at least {} elements, got {}", end, memory_.size());
    visit_(name, used_, rows, cols);
    const matrix_view<T, D> piece(memory_.segment(used_, size).data(), rows, cols);
    used_ = end;
    return piece;
  }
  /// The next `size` elements.
  vector_view<T, D> vector(const char* name, index_t size) { return {matrix(name, 1, size).data(), size}; }
  /// Elements cut so far.
  index_t used() const { return used_; }

 private:
  vector_view<T, D> memory_;
  Visit visit_;
  index_t used_ = 0;
};

}  // namespace kindred
