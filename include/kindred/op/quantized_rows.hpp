// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <concepts>
#include <kindred/backend/quantized.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/error.hpp>

namespace kindred::op {

/// Whether a device has what quantized_rows needs.
template <class D>
inline constexpr bool can_quantize =
    requires(context<D>& ctx, matrix_view<const float, D> rows, std::uint8_t* codes, float* bounds) {
      device_quantize(ctx, rows, index_t(), codes, bounds, bounds, bounds);
    };

/// Rows of floats as bytes, with a bound for each of what that loses: what op::nearest goes through first, so that only
/// the few pairs that could be among the best are multiplied in full. Results are those of the search without it.
///
/// Row x = s v + e, s = max |x| / 127, v whole. Kept are v (one byte a number), s, |e| and |s v|: a quarter of the
/// rows' own memory and 12 bytes a row. The rows themselves stay where they are and are needed for the search.
///
/// D   cpu; must not outlive the context it was made with, which holds its memory
///
/// Complexity   O(n d) to fill.
/// Determinism  the same bytes for any number of threads and however rows were divided into calls of append.
/// Errors       shape_error for rows of another width; argument_error for a width below 0.
/// Reference    Cauchy-Schwarz bounds on scalar-quantized products, as in VA-files (Weber, Schek and Blott 1998).
template <Device D>
class quantized_rows {
  static_assert(can_quantize<D>, "kindred: op::quantized_rows needs a device with device_quantize, such as cpu");

 public:
  quantized_rows(context<D>& ctx, index_t width)
      : memory_(&ctx),
        width_(width),
        stride_((width + 3) / 4 * 4),
        codes_(ctx, 0, uninitialized),
        bounds_(ctx, 0, uninitialized) {
    expects<argument_error>(width >= 0, "op::quantized_rows: rows of {} numbers", width);
  }

  index_t size() const { return size_; }
  index_t width() const { return width_; }

  /// Forgets the rows from `size` on. Errors: argument_error for more than there are or fewer than none.
  void truncate(index_t size) {
    expects<argument_error>(size >= 0 && size <= size_, "op::quantized_rows::truncate: {} of {} rows", size,
                            this->size());
    size_ = size;
  }

  /// n x width, of any values: rows that are not finite are always multiplied in full.
  void append(context<D>& ctx, const_matrix<float, D> rows) {
    expects(rows.cols() == width_, "op::quantized_rows::append: rows of {} numbers, not {}", rows.cols(), width_);
    reserve(size_ + rows.rows());
    device_quantize(ctx, rows, stride_, codes_.data() + size_ * stride_, bounds_.data() + size_,
                    bounds_.data() + capacity_ + size_, bounds_.data() + 2 * capacity_ + size_);
    size_ = size_ + rows.rows();
  }

  /// For the search; valid until the next append.
  quantized_view view() const& KINDRED_LIFETIMEBOUND {
    return {codes_.data(), stride_, bounds_.data(), bounds_.data() + capacity_, bounds_.data() + 2 * capacity_};
  }

 private:
  void reserve(index_t rows) {
    if (rows <= capacity_) return;
    const index_t capacity = std::max(rows, capacity_ + capacity_ / 2);
    vector<std::uint8_t, D> codes(*memory_, capacity * stride_, uninitialized);
    vector<float, D> bounds(*memory_, 3 * capacity, uninitialized);
    std::copy_n(codes_.data(), size() * stride_, codes.data());
    for (index_t i = 0; i < 3; ++i) std::copy_n(bounds_.data() + i * capacity_, size(), bounds.data() + i * capacity);
    codes_ = std::move(codes);
    bounds_ = std::move(bounds);
    capacity_ = capacity;
  }

  context<D>* memory_;
  index_t width_, stride_;
  moved_size size_ = 0, capacity_ = 0;
  vector<std::uint8_t, D> codes_;
  vector<float, D> bounds_;  // scales, errors and lengths, capacity_ each
};

}  // namespace kindred::op
