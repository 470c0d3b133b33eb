// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/op/shape_check.hpp>
#include <span>
#include <vector>

namespace kindred::op {

/// Where each row that a lookup used stands in the list of ids: what gives the lookup a backward pass without atomics.
/// Made once per batch by row_uses().
///
/// rows      the distinct rows used, ascending
/// offsets   rows + 1; row rows(t) was used by positions(offsets(t)), ..., positions(offsets(t + 1) - 1)
/// positions positions in the list of ids, ascending within each row
template <Device D>
struct row_use {
  vector<index_t, D> rows, offsets, positions;
};

/// Sorts the positions of `ids` by the row they name. Negative ids name no row.
///
/// ids     rows of a table of `rows` rows
///
/// Complexity   O(ids + rows) on the host, and three copies to the device.
/// Determinism  the same on every machine.
/// Errors       argument_error for an id at or beyond `rows`.
template <Device D>
row_use<D> row_uses(context<D>& ctx, std::span<const index_t> ids, index_t rows) {
  std::vector<index_t> uses(static_cast<std::size_t>(rows > 0 ? rows : 0));
  for (const index_t id : ids) {
    expects<argument_error>(id < rows, "op::row_uses: id {} in a table of {} rows", id, rows);
    if (id >= 0) ++uses[static_cast<std::size_t>(id)];
  }
  std::vector<index_t> used, offsets{0}, next(uses.size());
  for (std::size_t row = 0; row < uses.size(); ++row)
    if (uses[row] > 0) {
      next[row] = offsets.back();
      used.push_back(static_cast<index_t>(row));
      offsets.push_back(offsets.back() + uses[row]);
    }
  std::vector<index_t> positions(static_cast<std::size_t>(offsets.back()));
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] >= 0)
      positions[static_cast<std::size_t>(next[static_cast<std::size_t>(ids[i])]++)] = static_cast<index_t>(i);
  return {vector<index_t, D>(ctx, used), vector<index_t, D>(ctx, offsets), vector<index_t, D>(ctx, positions)};
}

namespace detail {
template <class T, Device D>
struct gather_at {
  matrix_view<const T, D> x;
  vector_view<const index_t, D> ids;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const index_t id = ids(r);
    y(r, c) = id >= 0 && id < x.rows() ? x(id, c) : T(0);
  }
};
template <class T, Device D>
struct scatter_add_at {
  matrix_view<const T, D> dy;
  vector_view<const index_t, D> rows, offsets, positions;
  matrix_view<T, D> dx;
  KINDRED_HD void operator()(index_t t, index_t c) const {
    T sum = 0;
    for (index_t i = offsets(t); i < offsets(t + 1); ++i) sum += dy(positions(i), c);
    dx(rows(t), c) += sum;
  }
};
}  // namespace detail

/// y(r, .) = x(ids(r), .). An id that names no row of x gives a row of zeros.
///
/// ids   one per row of y
/// y     ids x columns of x; not x itself
///
/// Complexity   O(elements of y), one launch.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void gather_rows(context<D>& ctx, const_matrix<T, D> x, const_vector<index_t, D> ids, matrix_view<T, D> y) {
  expect_size("op::gather_rows", ids, y.rows(), "rows");
  expects(x.cols() == y.cols(), "op::gather_rows: {} columns into {}", x.cols(), y.cols());
  ctx.for_each(y.rows(), y.cols(), detail::gather_at<T, D>{x, ids, y});
}

/// dx(id, .) += sum of dy(r, .) over the r with ids(r) = id: the backward pass of gather_rows().
///
/// dy    ids x columns
/// use   row_uses() of the same ids and the rows of dx
/// dx    the shape of x, accumulated; rows that were not used are not touched
///
/// Complexity   O(elements of dy), one launch, a cell per used row and column.
/// Determinism  positions ascending: bit-equal on every device that rounds alike.
/// Errors       shape_error if the numbers of columns differ or dy has fewer rows than positions.
template <Device D, Scalar T>
void gather_rows_backward(context<D>& ctx, const_matrix<T, D> dy, const row_use<D>& use, matrix_view<T, D> dx) {
  expects(dx.cols() == dy.cols(), "op::gather_rows_backward: {} columns into {}", dy.cols(), dx.cols());
  expects(use.positions.size() <= dy.rows() && use.rows.size() <= dx.rows(),
          "op::gather_rows_backward: {} uses of {} rows but gradients {} x {} for a table of {} rows",
          use.positions.size(), use.rows.size(), dy.rows(), dy.cols(), dx.rows());
  ctx.for_each(use.rows.size(), dx.cols(),
               detail::scatter_add_at<T, D>{dy, use.rows.view(), use.offsets.view(), use.positions.view(), dx});
}

}  // namespace kindred::op
