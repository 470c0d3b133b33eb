// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/shape.hpp>
#include <kindred/core/types.hpp>
#include <type_traits>

namespace kindred {

namespace detail {
template <class U, class T>
concept AddsConst = std::is_const_v<T> && !std::is_const_v<U> && std::same_as<const U, T>;
}

/// `size` elements on device D that somebody else owns. An absent view has a null pointer; slices of it stay absent.
/// Template parameters are `class`, not `Device`, because views are passed as template template arguments.
template <class T, class D>
class vector_view {
 public:
  using value_type = std::remove_const_t<T>;
  using device = D;

  vector_view() = default;
  KINDRED_HD constexpr vector_view(T* data, index_t size) : data_(data), size_(size) {}
  template <class U>
  requires detail::AddsConst<U, T> KINDRED_HD constexpr vector_view(vector_view<U, D> v)
      : vector_view(v.data(), v.size()) {}

  KINDRED_HD constexpr T& operator()(index_t i) const { return data_[i]; }
  KINDRED_HD constexpr T* data() const { return data_; }
  KINDRED_HD constexpr index_t size() const { return size_; }
  KINDRED_HD constexpr T* begin() const { return data_; }
  KINDRED_HD constexpr T* end() const { return data_ + size_; }
  /// `count` elements from `begin` on.
  KINDRED_HD constexpr vector_view segment(index_t begin, index_t count) const {
    return {data_ ? data_ + begin : nullptr, count};
  }
  KINDRED_HD constexpr vector_view view() const { return *this; }
  /// True when there is something to point at; a present view of 0 elements is present.
  KINDRED_HD constexpr explicit operator bool() const { return data_ != nullptr; }

 private:
  T* data_ = nullptr;
  index_t size_ = 0;
};

/// A row-major matrix on device D that somebody else owns: element (r, c) lies at data[r * stride + c]. Rows are samples.
template <class T, class D>
class matrix_view {
 public:
  using value_type = std::remove_const_t<T>;
  using device = D;

  matrix_view() = default;
  KINDRED_HD constexpr matrix_view(T* data, index_t rows, index_t cols) : matrix_view(data, rows, cols, cols) {}
  KINDRED_HD constexpr matrix_view(T* data, index_t rows, index_t cols, index_t stride)
      : data_(data), rows_(rows), cols_(cols), stride_(stride) {}
  template <class U>
  requires detail::AddsConst<U, T> KINDRED_HD constexpr matrix_view(matrix_view<U, D> m)
      : matrix_view(m.data(), m.rows(), m.cols(), m.stride()) {}

  KINDRED_HD constexpr T& operator()(index_t r, index_t c) const { return data_[r * stride_ + c]; }
  KINDRED_HD constexpr T* data() const { return data_; }
  KINDRED_HD constexpr index_t rows() const { return rows_; }
  KINDRED_HD constexpr index_t cols() const { return cols_; }
  KINDRED_HD constexpr index_t stride() const { return stride_; }
  KINDRED_HD constexpr index_t size() const { return rows_ * cols_; }
  KINDRED_HD constexpr bool contiguous() const { return stride_ == cols_ || rows_ < 2; }
  KINDRED_HD constexpr vector_view<T, D> row(index_t r) const { return {data_ ? data_ + r * stride_ : nullptr, cols_}; }
  /// `count` rows from row `begin` on.
  KINDRED_HD constexpr matrix_view middle_rows(index_t begin, index_t count) const {
    return {data_ ? data_ + begin * stride_ : nullptr, count, cols_, stride_};
  }
  /// `count` columns from column `begin` on.
  KINDRED_HD constexpr matrix_view middle_cols(index_t begin, index_t count) const {
    return {data_ ? data_ + begin : nullptr, rows_, count, stride_};
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
  KINDRED_HD constexpr batch_view(matrix_view<U, D> rows)
      : values(rows), items(rows.rows()), longest(1) {}
  KINDRED_HD constexpr batch_view(matrix_view<T, D> v, vector_view<const index_t, D> o, index_t n, index_t most,
                                  index_t h = 0)
      : values(v), offsets(o), items(n), longest(most), height(h) {}
  template <class U>
  requires detail::AddsConst<U, T> KINDRED_HD constexpr batch_view(batch_view<U, D> b)
      : batch_view(b.values, b.offsets, b.items, b.longest, b.height) {}

  KINDRED_HD constexpr index_t begin(index_t item) const { return offsets ? offsets(item) : item * longest; }
  KINDRED_HD constexpr index_t end(index_t item) const { return offsets ? offsets(item + 1) : (item + 1) * longest; }
  KINDRED_HD constexpr index_t length(index_t item) const { return end(item) - begin(item); }

  constexpr kindred::shape shape() const {
    return {items, values.rows(), values.cols(), longest, height, static_cast<bool>(offsets)};
  }
  /// False for an absent batch; one of 0 rows is present.
  KINDRED_HD constexpr explicit operator bool() const { return static_cast<bool>(values); }
};

/// Items of ids instead of rows: the words of sentences. Row i of a batch_view is id i here; `T` says which batch_view the
/// ids stand beside and is not used, since ids have no gradient.
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
  requires detail::AddsConst<U, T> KINDRED_HD constexpr tokens(tokens<U, D> t)
      : tokens(t.values, t.offsets, t.items, t.longest) {}

  KINDRED_HD constexpr index_t begin(index_t item) const { return offsets ? offsets(item) : item * longest; }
  KINDRED_HD constexpr index_t end(index_t item) const { return offsets ? offsets(item + 1) : (item + 1) * longest; }
  KINDRED_HD constexpr index_t length(index_t item) const { return end(item) - begin(item); }

  constexpr kindred::shape shape() const {
    return {items, values.size(), 1, longest, 0, static_cast<bool>(offsets)};
  }
  KINDRED_HD constexpr explicit operator bool() const { return static_cast<bool>(values); }
};

/// The elements of `v` as a matrix of rows x cols = v.size() elements.
template <class T, class D>
KINDRED_HD constexpr matrix_view<T, D> as_matrix(vector_view<T, D> v, index_t rows, index_t cols) {
  return {v.data(), rows, cols};
}

/// A contiguous matrix as one vector.
template <class T, class D>
KINDRED_HD constexpr vector_view<T, D> as_vector(matrix_view<T, D> m) {
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
