// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/size.hpp>
#include <span>
#include <utility>
#include <vector>

namespace kindred {

/// Asks an array not to clear its memory first.
struct uninitialized_t {};
inline constexpr uninitialized_t uninitialized{};

/// A size that is 0 after it has been moved from.
class moved_size {
 public:
  moved_size(index_t n) : n_(n) {}
  moved_size(moved_size&& o) noexcept : n_(std::exchange(o.n_, 0)) {}
  moved_size& operator=(moved_size&& o) noexcept {
    n_ = std::exchange(o.n_, 0);
    return *this;
  }
  operator index_t() const { return n_; }

 private:
  index_t n_;
};

namespace detail {

/// Device memory that knows its context; what the owning arrays share.
template <class T, Device D>
class storage {
 public:
  storage(context<D>& ctx, index_t rows, index_t cols)
      : ctx_(&ctx),
        data_(static_cast<T*>(ctx.allocate(checked_product(rows, cols, static_cast<index_t>(sizeof(T)))))) {}
  storage(storage&& o) noexcept : ctx_(o.ctx_), data_(std::exchange(o.data_, nullptr)) {}
  storage& operator=(storage&& o) noexcept {
    storage moved(std::move(o));
    std::swap(ctx_, moved.ctx_);
    std::swap(data_, moved.data_);
    return *this;
  }
  ~storage() {
    if (data_) ctx_->deallocate(data_);
  }
  context<D>& ctx() const { return *ctx_; }
  T* data() const { return data_; }

 private:
  context<D>* ctx_;
  T* data_;
};

}  // namespace detail

/// `size` elements owned on device D, zero unless asked otherwise. Moves; clone() copies. Must not outlive its context.
/// A moved-from vector has no elements, and its view is absent.
template <class T, Device D>
class vector {
 public:
  using value_type = T;
  using device = D;

  vector(context<D>& ctx, index_t size) : vector(ctx, size, uninitialized) {
    ctx.zero(data(), size * static_cast<index_t>(sizeof(T)));
  }
  vector(context<D>& ctx, index_t size, uninitialized_t) : memory_(ctx, size, 1), size_(size) {}
  vector(context<D>& ctx, std::span<const T> host) : vector(ctx, static_cast<index_t>(host.size()), uninitialized) {
    ctx.copy_from_host(data(), host.data(), size_ * static_cast<index_t>(sizeof(T)));
  }
  vector(vector&&) noexcept = default;
  vector& operator=(vector&&) noexcept = default;

  index_t size() const { return size_; }
  T* data() const { return memory_.data(); }
  vector_view<T, D> view() & KINDRED_LIFETIMEBOUND { return {data(), size_}; }
  vector_view<const T, D> view() const& KINDRED_LIFETIMEBOUND { return {data(), size_}; }
  /// A view of a temporary does not compile; as an argument of a call a temporary converts.
  void view() const&& = delete;
  operator vector_view<T, D>() KINDRED_LIFETIMEBOUND { return view(); }
  operator vector_view<const T, D>() const KINDRED_LIFETIMEBOUND { return view(); }

  /// A copy on the host; waits for the device.
  std::vector<T> to_host() const {
    std::vector<T> host(static_cast<std::size_t>(size_));
    memory_.ctx().copy_to_host(host.data(), data(), size_ * static_cast<index_t>(sizeof(T)));
    memory_.ctx().synchronize();
    return host;
  }
  vector clone() const {
    vector copy(memory_.ctx(), size_, uninitialized);
    memory_.ctx().copy(copy.data(), data(), size_ * static_cast<index_t>(sizeof(T)));
    return copy;
  }

 private:
  detail::storage<T, D> memory_;
  moved_size size_;
};

/// A contiguous row-major matrix owned on device D, zero unless asked otherwise. Moves; clone() copies.
/// A moved-from matrix is 0 x 0, and its view is absent.
template <class T, Device D>
class matrix {
 public:
  using value_type = T;
  using device = D;

  matrix(context<D>& ctx, index_t rows, index_t cols) : matrix(ctx, rows, cols, uninitialized) {
    ctx.zero(data(), rows * cols * static_cast<index_t>(sizeof(T)));
  }
  matrix(context<D>& ctx, index_t rows, index_t cols, uninitialized_t)
      : memory_(ctx, rows, cols), rows_(rows), cols_(cols) {}
  /// Row-major elements from the host. Errors: shape_error when there are not rows * cols of them.
  matrix(context<D>& ctx, index_t rows, index_t cols, std::span<const T> host)
      : matrix(ctx, rows, cols, uninitialized) {
    expects(static_cast<index_t>(host.size()) == rows * cols, "matrix: {} x {}: expected {} elements, got {}", rows,
            cols, rows * cols, host.size());
    ctx.copy_from_host(data(), host.data(), rows * cols * static_cast<index_t>(sizeof(T)));
  }
  matrix(matrix&&) noexcept = default;
  matrix& operator=(matrix&&) noexcept = default;

  index_t rows() const { return rows_; }
  index_t cols() const { return cols_; }
  T* data() const { return memory_.data(); }
  matrix_view<T, D> view() & KINDRED_LIFETIMEBOUND { return {data(), rows_, cols_}; }
  matrix_view<const T, D> view() const& KINDRED_LIFETIMEBOUND { return {data(), rows_, cols_}; }
  /// A view of a temporary does not compile; as an argument of a call a temporary converts.
  void view() const&& = delete;
  operator matrix_view<T, D>() KINDRED_LIFETIMEBOUND { return view(); }
  operator matrix_view<const T, D>() const KINDRED_LIFETIMEBOUND { return view(); }

  /// A row-major copy on the host; waits for the device.
  std::vector<T> to_host() const {
    std::vector<T> host(static_cast<std::size_t>(rows_ * cols_));
    memory_.ctx().copy_to_host(host.data(), data(), rows_ * cols_ * static_cast<index_t>(sizeof(T)));
    memory_.ctx().synchronize();
    return host;
  }
  matrix clone() const {
    matrix copy(memory_.ctx(), rows_, cols_, uninitialized);
    memory_.ctx().copy(copy.data(), data(), rows_ * cols_ * static_cast<index_t>(sizeof(T)));
    return copy;
  }

 private:
  detail::storage<T, D> memory_;
  moved_size rows_, cols_;
};

/// Items of several rows each, owned on device D: see batch_view. `height` > 0 marks images. A moved-from batch has no
/// items, and its view is absent.
template <class T, Device D>
class batch {
 public:
  using value_type = T;
  using device = D;

  /// `items` items of `longest` rows each. Errors: argument_error for negative sizes and those that no memory can hold.
  batch(context<D>& ctx, index_t items, index_t longest, index_t cols, index_t height = 0)
      : values_(ctx, checked_product(items, longest), cols),
        offsets_(ctx, 0),
        items_(items),
        longest_(longest),
        height_(height) {
    expects<argument_error>(height >= 0, "batch: expected a height of 0 or more, got {}", height);
  }
  /// Ragged: item i has rows [offsets[i], offsets[i + 1]) of `values`.
  /// Errors  shape_error when the offsets do not start at 0, decrease, or do not end at the number of rows.
  batch(context<D>& ctx, matrix<T, D> values, std::span<const index_t> offsets)
      : values_(std::move(values)),
        offsets_(ctx, offsets),
        items_(static_cast<index_t>(offsets.size()) - 1),
        longest_(0) {
    expects(!offsets.empty() && offsets.front() == 0 && offsets.back() == values_.rows(),
            "batch: offsets must run from 0 to {} rows", values_.rows());
    for (std::size_t i = 1; i < offsets.size(); ++i) {
      const index_t length = offsets[i] - offsets[i - 1];
      expects(length >= 0, "batch: offset {} is smaller than the one before it", i);
      if (length > longest_) longest_ = length;
    }
  }

  index_t items() const { return items_; }
  batch_view<T, D> view() & KINDRED_LIFETIMEBOUND { return {values_.view(), offsets(), items_, longest_, height_}; }
  batch_view<const T, D> view() const& KINDRED_LIFETIMEBOUND {
    return {values_.view(), offsets(), items_, longest_, height_};
  }
  /// A view of a temporary does not compile; as an argument of a call a temporary converts.
  void view() const&& = delete;
  operator batch_view<T, D>() KINDRED_LIFETIMEBOUND { return view(); }
  operator batch_view<const T, D>() const KINDRED_LIFETIMEBOUND { return view(); }

 private:
  vector_view<const index_t, D> offsets() const {
    return offsets_.size() == 0 ? vector_view<const index_t, D>() : offsets_.view();
  }
  matrix<T, D> values_;
  vector<index_t, D> offsets_;
  moved_size items_, longest_, height_ = 0;
};

/// What returning overloads take: an owning matrix or a view of one, mutable or not, on device D.
template <class M, class D>
concept MatrixArgument = std::same_as<typename M::device, D> && requires(const M& m) {
  { m.view() } -> std::convertible_to<matrix_view<const typename M::value_type, D>>;
};

/// The matrix argument as a read-only view.
template <class M>
matrix_view<const typename M::value_type, typename M::device> as_const(const M& m) {
  return m.view();
}

/// A row-major host copy of any matrix, strided or not; waits for the device.
template <class T, Device D>
std::vector<std::remove_const_t<T>> to_host(context<D>& ctx, matrix_view<T, D> m) {
  using U = std::remove_const_t<T>;
  std::vector<U> host(static_cast<std::size_t>(m.size()));
  if (m.contiguous()) {
    ctx.copy_to_host(host.data(), m.data(), m.size() * static_cast<index_t>(sizeof(U)));
  } else {
    for (index_t r = 0; r < m.rows(); ++r)
      ctx.copy_to_host(host.data() + r * m.cols(), m.row(r).data(), m.cols() * static_cast<index_t>(sizeof(U)));
  }
  ctx.synchronize();
  return host;
}

/// A contiguous copy of `m` on the device of `to`, through the host where the devices differ.
template <Device To, class T, Device From>
matrix<std::remove_const_t<T>, To> copied_to(context<To>& to, context<From>& from, matrix_view<T, From> m) {
  const auto host = to_host(from, m);
  return matrix<std::remove_const_t<T>, To>(to, m.rows(), m.cols(), host);
}

}  // namespace kindred
