// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/softmax.hpp>

namespace kindred::op {

namespace detail {

template <class T, Device D>
struct segment_softmax_row {
  batch_view<const T, D> x;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = x.begin(item);
    softmax_over<T>(
        g, x.end(item) - begin, [&](index_t i) { return x.values(begin + i, 0); },
        [&](index_t i) -> T& { return y(begin + i, 0); });
  }
};
template <class T, Device D>
struct segment_softmax_backward_row {
  batch_view<const T, D> y;
  matrix_view<const T, D> dy;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = y.begin(item);
    softmax_backward_over<T>(
        g, y.end(item) - begin, [&](index_t i) { return y.values(begin + i, 0); },
        [&](index_t i) { return dy(begin + i, 0); }, [&](index_t i) -> T& { return dx(begin + i, 0); });
  }
};

/// Divisor of an item's sum: 1, or its number of rows for a mean.
template <class T>
KINDRED_HD constexpr T segment_divisor(bool mean, index_t rows) {
  return mean && rows > 0 ? static_cast<T>(rows) : T(1);
}

// a cell per item and column: neighbouring lanes read neighbouring columns
template <class T, Device D>
struct segment_sum_at {
  batch_view<const T, D> x;
  matrix_view<T, D> y;
  bool mean;
  KINDRED_HD void operator()(index_t item, index_t c) const {
    T sum = 0;
    for (index_t r = x.begin(item); r < x.end(item); ++r) sum += x.values(r, c);
    y(item, c) = sum / segment_divisor<T>(mean, x.end(item) - x.begin(item));
  }
};
template <class T, Device D>
struct segment_sum_backward_row {
  matrix_view<const T, D> dy;
  batch_view<T, D> dx;
  bool mean;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const T divisor = segment_divisor<T>(mean, dx.end(item) - dx.begin(item));
    for (index_t r = dx.begin(item); r < dx.end(item); ++r)
      g.for_each(dy.cols(), [&](index_t c) { dx.values(r, c) = dy(item, c) / divisor; });
  }
};

template <class T, Device D>
struct segment_max_at {
  batch_view<const T, D> x;
  matrix_view<T, D> y;
  matrix_view<index_t, D> at;
  KINDRED_HD void operator()(index_t item, index_t c) const {
    scored<T> first{T(0), -1};
    for (index_t r = x.begin(item); r < x.end(item); ++r) first = best{}(first, scored<T>{x.values(r, c), r});
    y(item, c) = first.score;
    at(item, c) = first.id;
  }
};
template <class T, Device D>
struct segment_max_backward_row {
  matrix_view<const index_t, D> at;
  matrix_view<const T, D> dy;
  batch_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    for (index_t r = dx.begin(item); r < dx.end(item); ++r)
      g.for_each(dy.cols(), [&](index_t c) { dx.values(r, c) = at(item, c) == r ? dy(item, c) : T(0); });
  }
};

template <class T, class D, class Y>
void expect_items(const char* operation, const batch_view<T, D>& x, const Y& y, source where = source::here()) {
  expect_batch(operation, x, where);
  expects(y.rows() == x.items && y.cols() == x.values.cols(), {"{}: {} items of {} columns but {} x {}", where},
          operation, x.items, x.values.cols(), y.rows(), y.cols());
}

template <Device D, class T>
void segment_sum(context<D>& ctx, const char* operation, batch_view<const T, D> x, matrix_view<T, D> y, bool mean) {
  expect_items(operation, x, y);
  ctx.for_each(y.rows(), y.cols(), segment_sum_at<T, D>{x, y, mean});
}
template <Device D, class T>
void segment_sum_backward(context<D>& ctx, const char* operation, matrix_view<const T, D> dy, batch_view<T, D> dx,
                          bool mean) {
  expect_items(operation, dx, dy);
  ctx.for_each_row(dx.items, dx.longest * dy.cols(), segment_sum_backward_row<T, D>{dy, dx, mean});
}

}  // namespace detail

/// Softmax over the rows of each item, one number per row: the weights of attention over words or regions.
///
/// An item without rows gives nothing; an item of nothing but -infinity gives zeros, one with NaN or +infinity NaN.
///
/// x   items of rows x 1
/// y   rows x 1; may be the values of x
///
/// Complexity   O(rows), one launch, a group per item.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void segment_softmax(context<D>& ctx, const_batch<T, D> x, matrix_view<T, D> y) {
  expect_batch("op::segment_softmax", x);
  expect_equal_shapes("op::segment_softmax", x.values, y);
  expects(y.cols() == 1, "op::segment_softmax: expected one column, got {}", y.cols());
  ctx.for_each_row(x.items, x.longest, detail::segment_softmax_row<T, D>{x, y});
}

/// dx(i) = y(i) (dy(i) - sum over the rows j of the item of y(j) dy(j)), with y = segment_softmax(x).
///
/// y    the result with the items of x
/// dx   rows x 1, overwritten; may be dy
///
/// Complexity, Determinism, Errors   as segment_softmax().
template <Device D, Scalar T>
void segment_softmax_backward(context<D>& ctx, const_batch<T, D> y, const_matrix<T, D> dy, matrix_view<T, D> dx) {
  expect_batch("op::segment_softmax_backward", y);
  expect_equal_shapes("op::segment_softmax_backward", y.values, dx);
  expect_equal_shapes("op::segment_softmax_backward", dy, dx);
  expects(dx.cols() == 1, "op::segment_softmax_backward: expected one column, got {}", dx.cols());
  ctx.for_each_row(y.items, y.longest, detail::segment_softmax_backward_row<T, D>{y, dy, dx});
}

/// y(item, c) = sum of column c over the rows of the item; 0 for an item without rows.
///
/// y   items x columns
///
/// Complexity   O(elements), one launch, a cell per item and column.
/// Determinism  rows ascending: bit-equal on every device that rounds alike.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void segment_sum(context<D>& ctx, const_batch<T, D> x, matrix_view<T, D> y) {
  detail::segment_sum<D, T>(ctx, "op::segment_sum", x, y, false);
}

/// dx(r, c) = dy(item of r, c), overwritten.
///
/// dy   items x columns
/// dx   the items whose sum was taken
///
/// Complexity   O(elements), one launch, a group per item.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void segment_sum_backward(context<D>& ctx, const_matrix<T, D> dy, batch_view<T, D> dx) {
  detail::segment_sum_backward<D, T>(ctx, "op::segment_sum_backward", dy, dx, false);
}

/// y(item, c) = mean of column c over the rows of the item; 0 for an item without rows. Otherwise as segment_sum().
template <Device D, Scalar T>
void segment_mean(context<D>& ctx, const_batch<T, D> x, matrix_view<T, D> y) {
  detail::segment_sum<D, T>(ctx, "op::segment_mean", x, y, true);
}

/// dx(r, c) = dy(item of r, c) / rows of the item, overwritten. Otherwise as segment_sum_backward().
template <Device D, Scalar T>
void segment_mean_backward(context<D>& ctx, const_matrix<T, D> dy, batch_view<T, D> dx) {
  detail::segment_sum_backward<D, T>(ctx, "op::segment_mean_backward", dy, dx, true);
}

/// y(item, c) = the largest number of column c among the rows of the item, found in row at(item, c) of x. The first of
/// equals counts, NaN only where there is nothing else. An item without rows gives 0 and -1.
///
/// y    items x columns
/// at   items x columns, for the backward pass
///
/// Complexity   O(elements), one launch, a cell per item and column.
/// Determinism  equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void segment_max(context<D>& ctx, const_batch<T, D> x, matrix_view<T, D> y, matrix_view<index_t, D> at) {
  detail::expect_items("op::segment_max", x, y);
  expect_equal_shapes("op::segment_max", y, at);
  ctx.for_each(y.rows(), y.cols(), detail::segment_max_at<T, D>{x, y, at});
}

/// dx(r, c) = dy(item of r, c) where row r was the maximum, else 0; overwritten.
///
/// at, dy   items x columns
/// dx       the items whose maximum was taken
///
/// Complexity   O(elements), one launch, a group per item.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void segment_max_backward(context<D>& ctx, const_matrix<index_t, D> at, const_matrix<T, D> dy, batch_view<T, D> dx) {
  detail::expect_items("op::segment_max_backward", dx, dy);
  expect_equal_shapes("op::segment_max_backward", dy, at);
  ctx.for_each_row(dx.items, dx.longest * dy.cols(), detail::segment_max_backward_row<T, D>{at, dy, dx});
}

}  // namespace kindred::op
