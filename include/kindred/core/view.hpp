// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/shape.hpp>
#include <kindred/core/types.hpp>
#include <type_traits>

namespace kindred {

/// An argument that is an owning array about to end: view() of a named one exists and of a temporary is deleted.
template <class A>
concept OwningTemporary = !std::is_lvalue_reference_v<A> && requires(A& named, A (&temporary)()) {
  named.view();
  requires !requires { temporary().view(); };
};

namespace detail {
template <class U, class T>
concept AddsConst = std::is_const_v<T> && !std::is_const_v<U> && std::same_as<const U, T>;

// Checks of views on the host; a kernel cannot throw.

template <class... Values>
[[noreturn, gnu::cold]] void refuse_view(const char* text, Values... values) {
  raise<shape_error>(text, values...);
}

/// Refuses a part of `count` from number `begin` on that is not within `size`.
KINDRED_HD constexpr void check_part([[maybe_unused]] const char* text, [[maybe_unused]] index_t size,
                                     [[maybe_unused]] index_t begin, [[maybe_unused]] index_t count) {
#if !defined(__CUDA_ARCH__)
  if ((begin | count) < 0 || count > size - begin) [[unlikely]]
    refuse_view(text, size, count, begin);
#endif
}

/// Refuses element (r, c) of an absent view or one that is not within rows x cols.
KINDRED_HD constexpr void check_element([[maybe_unused]] bool present, [[maybe_unused]] index_t rows,
                                        [[maybe_unused]] index_t cols, [[maybe_unused]] index_t r,
                                        [[maybe_unused]] index_t c) {
#if !defined(__CUDA_ARCH__) && KINDRED_CHECK_BOUNDS
  if (!present || r < 0 || r >= rows || c < 0 || c >= cols) [[unlikely]]
    refuse_view("view: expected an element of {} x {}, got ({}, {}){}", rows, cols, r, c,
                present ? "" : " of an absent view");
#endif
}

/// Refuses a view of negative sizes or of rows that overlap; absent rows have any stride.
KINDRED_HD constexpr void check_sizes([[maybe_unused]] bool present, [[maybe_unused]] index_t rows,
                                      [[maybe_unused]] index_t cols, [[maybe_unused]] index_t stride) {
#if !defined(__CUDA_ARCH__) && KINDRED_CHECK_BOUNDS
  if (rows < 0 || cols < 0 || (present && stride < cols)) [[unlikely]]
    refuse_view("view: expected sizes of 0 or more and rows that do not overlap, got {} x {} with a stride of {}", rows,
                cols, stride);
#endif
}

}  // namespace detail

/// `size` elements on device D that somebody else owns. An absent view has a null pointer; parts of it stay absent.
///
/// Errors  On the host, shape_error: from segment() for a part that is not within the view; where KINDRED_CHECK_BOUNDS
///         is 1 also from operator() for an element that is not there and from the constructor for a negative size.
///
/// Template parameters are `class`, not `Device`, because views are passed as template template arguments.
template <class T, class D>
class vector_view {
 public:
  using value_type = std::remove_const_t<T>;
  using device = D;

  vector_view() = default;
  KINDRED_HD constexpr vector_view(T* data, index_t size) : data_(data), size_(size) {
    detail::check_sizes(data != nullptr, 1, size, size);
  }
  template <class U>
  requires detail::AddsConst<U, T>
  KINDRED_HD constexpr vector_view(vector_view<U, D> v) : vector_view(v.data(), v.size()) {}

  KINDRED_HD constexpr T& operator()(index_t i) const {
    detail::check_element(data_ != nullptr, 1, size_, 0, i);
    return data_[i];
  }
  KINDRED_HD constexpr T* data() const { return data_; }
  KINDRED_HD constexpr index_t size() const { return size_; }
  KINDRED_HD constexpr T* begin() const { return data_; }
  KINDRED_HD constexpr T* end() const { return data_ + size_; }
  /// `count` elements from `begin` on.
  KINDRED_HD constexpr vector_view segment(index_t begin, index_t count) const {
    if (!data_) return {nullptr, count};
    detail::check_part("segment: expected elements within 0..{}, got {} from element {}", size_, begin, count);
    return {data_ + begin, count};
  }
  KINDRED_HD constexpr vector_view view() const { return *this; }
  /// True when there is something to point at; a present view of 0 elements is present.
  KINDRED_HD constexpr explicit operator bool() const { return data_ != nullptr; }

 private:
  T* data_ = nullptr;
  index_t size_ = 0;
};

/// A row-major matrix on device D that somebody else owns: element (r, c) is at data[r * stride + c]. Rows are samples.
///
/// Errors  On the host, shape_error: from row(), middle_rows() and middle_cols() for a part that is not within the
///         view; where KINDRED_CHECK_BOUNDS is 1 also from operator() for an element that is not there and from the
///         constructor for negative sizes or a stride below the number of columns.
template <class T, class D>
class matrix_view {
 public:
  using value_type = std::remove_const_t<T>;
  using device = D;

  matrix_view() = default;
  KINDRED_HD constexpr matrix_view(T* data, index_t rows, index_t cols) : matrix_view(data, rows, cols, cols) {}
  KINDRED_HD constexpr matrix_view(T* data, index_t rows, index_t cols, index_t stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {
    detail::check_sizes(data != nullptr, rows, cols, stride);
  }
  template <class U>
  requires detail::AddsConst<U, T>
  KINDRED_HD constexpr matrix_view(matrix_view<U, D> m) : matrix_view(m.data(), m.rows(), m.cols(), m.stride()) {}

  KINDRED_HD constexpr T& operator()(index_t r, index_t c) const {
    detail::check_element(data_ != nullptr, rows_, cols_, r, c);
    return data_[r * stride_ + c];
  }
  KINDRED_HD constexpr T* data() const { return data_; }
  KINDRED_HD constexpr index_t rows() const { return rows_; }
  KINDRED_HD constexpr index_t cols() const { return cols_; }
  KINDRED_HD constexpr index_t stride() const { return stride_; }
  KINDRED_HD constexpr index_t size() const { return rows_ * cols_; }
  KINDRED_HD constexpr bool contiguous() const { return stride_ == cols_ || rows_ < 2; }
  KINDRED_HD constexpr vector_view<T, D> row(index_t r) const {
    if (!data_) return {nullptr, cols_};
    detail::check_part("row: expected a row within 0..{}, got {} from row {}", rows_, r, 1);
    return {data_ + r * stride_, cols_};
  }
  /// `count` rows from row `begin` on.
  KINDRED_HD constexpr matrix_view middle_rows(index_t begin, index_t count) const {
    if (!data_) return {nullptr, count, cols_, stride_};
    detail::check_part("middle_rows: expected rows within 0..{}, got {} from row {}", rows_, begin, count);
    return {data_ + begin * stride_, count, cols_, stride_};
  }
  /// `count` columns from column `begin` on.
  KINDRED_HD constexpr matrix_view middle_cols(index_t begin, index_t count) const {
    if (!data_) return {nullptr, rows_, count, stride_};
    detail::check_part("middle_cols: expected columns within 0..{}, got {} from column {}", cols_, begin, count);
    return {data_ + begin, rows_, count, stride_};
  }
  KINDRED_HD constexpr matrix_view view() const { return *this; }
  KINDRED_HD constexpr explicit operator bool() const { return data_ != nullptr; }

 private:
  T* data_ = nullptr;
  index_t rows_ = 0, cols_ = 0, stride_ = 0;
};

/// Items of several rows each: words of a sentence, regions of a picture, pictures of height x width pixels.
/// Item i is rows [offsets(i), offsets(i + 1)) of `values`; with absent offsets every item has `longest` rows.
/// `items`, `longest` and `height` are host numbers, so that loops over time need no copy back from the device.
template <class T, class D>
struct batch_view {
  matrix_view<T, D> values;                 ///< the rows of all items, one item after the other
  vector_view<const index_t, D> offsets{};  ///< items + 1 positions on the device, or absent
  index_t items = 0;                        ///< number of items
  index_t longest = 0;                      ///< rows of the longest item
  index_t height = 0;                       ///< > 0: pictures, longest = height * width, channels last

  batch_view() = default;
  /// One row per item. Takes a matrix of U = T or, for T = const U, a mutable one.
  template <class U>
  requires(std::same_as<U, T> || std::same_as<const U, T>)
  KINDRED_HD constexpr batch_view(matrix_view<U, D> rows) : values(rows), items(rows.rows()), longest(1) {}
  KINDRED_HD constexpr batch_view(matrix_view<T, D> v, vector_view<const index_t, D> o, index_t n, index_t most,
                                  index_t h = 0)
      : values(v), offsets(o), items(n), longest(most), height(h) {}
  template <class U>
  requires detail::AddsConst<U, T>
  KINDRED_HD constexpr batch_view(batch_view<U, D> b) : batch_view(b.values, b.offsets, b.items, b.longest, b.height) {}

  KINDRED_HD constexpr index_t begin(index_t item) const { return offsets ? offsets(item) : item * longest; }
  KINDRED_HD constexpr index_t end(index_t item) const { return offsets ? offsets(item + 1) : (item + 1) * longest; }
  KINDRED_HD constexpr index_t length(index_t item) const { return end(item) - begin(item); }

  constexpr kindred::shape shape() const {
    return {items, values.rows(), values.cols(), longest, height, static_cast<bool>(offsets)};
  }
  /// False for an absent batch; one of 0 rows is present.
  KINDRED_HD constexpr explicit operator bool() const { return static_cast<bool>(values); }
};

/// Items of ids instead of rows: the words of sentences. Row i of a batch_view is id i here; `T` says which batch_view
/// the ids stand beside and is not used, since ids have no gradient.
template <class T, class D>
struct tokens {
  using scalar = T;

  vector_view<const label_t, D> values;     ///< the ids of all items, one item after the other
  vector_view<const index_t, D> offsets{};  ///< items + 1 positions on the device, or absent
  index_t items = 0;                        ///< number of items
  index_t longest = 0;                      ///< ids of the longest item

  tokens() = default;
  KINDRED_HD constexpr tokens(vector_view<const label_t, D> v, vector_view<const index_t, D> o, index_t n, index_t most)
      : values(v), offsets(o), items(n), longest(most) {}
  template <class U>
  requires detail::AddsConst<U, T>
  KINDRED_HD constexpr tokens(tokens<U, D> t) : tokens(t.values, t.offsets, t.items, t.longest) {}

  KINDRED_HD constexpr index_t begin(index_t item) const { return offsets ? offsets(item) : item * longest; }
  KINDRED_HD constexpr index_t end(index_t item) const { return offsets ? offsets(item + 1) : (item + 1) * longest; }
  KINDRED_HD constexpr index_t length(index_t item) const { return end(item) - begin(item); }

  constexpr kindred::shape shape() const { return {items, values.size(), 1, longest, 0, static_cast<bool>(offsets)}; }
  KINDRED_HD constexpr explicit operator bool() const { return static_cast<bool>(values); }
};

/// The first rows * cols elements of `v` as a matrix. Errors: shape_error when there are fewer, on the host.
template <class T, class D>
KINDRED_HD constexpr matrix_view<T, D> as_matrix(vector_view<T, D> v, index_t rows, index_t cols) {
#if !defined(__CUDA_ARCH__)
  if (v && ((rows | cols) < 0 || (cols > 0 && rows > v.size() / cols))) [[unlikely]]
    detail::refuse_view("as_matrix: expected {} x {} elements, got {}", rows, cols, v.size());
#endif
  return {v.data(), rows, cols};
}

/// A contiguous matrix as one vector. Errors: shape_error for gaps between rows, on the host.
template <class T, class D>
KINDRED_HD constexpr vector_view<T, D> as_vector(matrix_view<T, D> m) {
#if !defined(__CUDA_ARCH__)
  if (m && !m.contiguous()) [[unlikely]]
    detail::refuse_view("as_vector: expected rows without gaps, got {} columns with a stride of {}", m.cols(),
                        m.stride());
#endif
  return {m.data(), m.size()};
}

/// Read-only parameters that take no part in deduction, so that mutable views and owning arrays convert to them.
template <class T, class D>
using const_vector = std::type_identity_t<vector_view<const T, D>>;
template <class T, class D>
using const_matrix = std::type_identity_t<matrix_view<const T, D>>;
template <class T, class D>
using const_batch = std::type_identity_t<batch_view<const T, D>>;

}  // namespace kindred
