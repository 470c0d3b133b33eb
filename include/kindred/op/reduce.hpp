// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/context.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::op {

namespace detail {

template <class T, Device D>
struct sum_row {
  matrix_view<const T, D> x;
  vector_view<T, D> sums;
  T divisor;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T sum = g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return x(r, c); });
    g.once([&] { sums(r) = sum / divisor; });
  }
};

template <class T, Device D>
struct maximum_row {
  matrix_view<const T, D> x;
  vector_view<T, D> maxima;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    // NaN is kept out, because the result of maximum with it would depend on the order
    const T most = g.reduce(x.cols(), -infinity<T>, maximum{}, [&](index_t c) {
      const T value = x(r, c);
      return value == value ? value : -infinity<T>;
    });
    g.once([&] { maxima(r) = most; });
  }
};

template <class T, Device D>
struct argmax_row {
  matrix_view<const T, D> x;
  vector_view<index_t, D> ids;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const scored<T> first = g.reduce(x.cols(), scored<T>{T(0), -1}, best{}, [&](index_t c) {
      return scored<T>{x(r, c), c};
    });
    g.once([&] { ids(r) = first.id; });
  }
};

/// Rows that are summed by one cell; part of the result, since it sets the order of the sums.
inline constexpr index_t column_chunk = 256;

template <class T, Device D, class Value>
struct chunk_sum_at {
  Value value;
  index_t rows;
  matrix_view<T, D> parts;
  KINDRED_HD void operator()(index_t chunk, index_t c) const {
    const index_t begin = chunk * column_chunk, end = begin + column_chunk < rows ? begin + column_chunk : rows;
    T sum = 0;
    for (index_t r = begin; r < end; ++r) sum += value(r, c);
    parts(chunk, c) = sum;
  }
};
/// The same sums on a processor, which reads whole pieces of rows: one of `groups` groups of columns of one chunk.
template <class T, Device D, class Value>
struct chunk_sums_row {
  static constexpr index_t group_columns = 512, block = 16;
  Value value;
  index_t rows;
  matrix_view<T, D> parts;
  index_t groups;
  template <class G>
  KINDRED_HD void operator()(const G&, index_t job) const {
    const index_t chunk = job / groups, first = (job - chunk * groups) * group_columns;
    const index_t begin = chunk * column_chunk, end = begin + column_chunk < rows ? begin + column_chunk : rows;
    const index_t rest = parts.cols() - first, cols = rest < group_columns ? rest : group_columns;
    T sums[std::size_t(group_columns)] = {};
    for (index_t r = begin; r < end; ++r) {
      index_t c = 0;
      for (; c + block <= cols; c += block) {
        T here[std::size_t(block)];
        for (index_t j = 0; j < block; ++j) here[j] = value(r, first + c + j);
        for (index_t j = 0; j < block; ++j) sums[c + j] += here[j];
      }
      for (; c < cols; ++c) sums[c] += value(r, first + c);
    }
    for (index_t c = 0; c < cols; ++c) parts(chunk, first + c) = sums[c];
  }
};
template <class T, Device D, class Finish>
struct column_total_at {
  matrix_view<const T, D> parts;
  Finish finish;
  KINDRED_HD void operator()(index_t c) const {
    T sum = 0;
    for (index_t chunk = 0; chunk < parts.rows(); ++chunk) sum += parts(chunk, c);
    finish(c, sum);
  }
};

}  // namespace detail

/// Calls finish(c, sum over r of value(r, c)) for every column c, in kernels.
///
/// value   T operator()(row, column) const
/// finish  void operator()(column, T sum) const, add_sum among others
///
/// Complexity   one pass over the values, scratch memory of 1/256 of them.
/// Determinism  the sum of a column is that of its chunks of 256 rows in order: the same bytes for any number of
///              threads.
/// A cell per chunk and column, so that neighbouring lanes read
/// neighbouring columns; a group per column would stride over the rows.
template <class T, Device D, class Value, class Finish>
void fold_columns(context<D>& ctx, index_t rows, index_t cols, Value value, Finish finish) {
  const scratch_scope scope(ctx);
  const auto parts = scratch_matrix<T>(ctx, (rows + detail::column_chunk - 1) / detail::column_chunk, cols);
  if constexpr (std::same_as<D, cpu>) {
    using job = detail::chunk_sums_row<T, D, Value>;
    const index_t groups = (cols + job::group_columns - 1) / job::group_columns;
    ctx.for_each_row(parts.rows() * groups,
                     detail::column_chunk * (cols < job::group_columns ? cols : job::group_columns),
                     job{value, rows, parts, groups});
  } else {
    ctx.for_each(parts.rows(), cols, detail::chunk_sum_at<T, D, Value>{value, rows, parts});
  }
  ctx.for_each(cols, detail::column_total_at<T, D, Finish>{parts, finish});
}

/// Adds the sums of fold_columns() to a vector.
template <class T, Device D>
struct add_sum {
  vector_view<T, D> sums;
  KINDRED_HD void operator()(index_t c, T sum) const { sums(c) += sum; }
};

namespace detail {

template <class T, Device D>
struct element {
  matrix_view<const T, D> x;
  KINDRED_HD T operator()(index_t r, index_t c) const { return x(r, c); }
};
template <class T, Device D>
struct store_sum {
  vector_view<T, D> sums;
  KINDRED_HD void operator()(index_t c, T sum) const { sums(c) = sum; }
};

}  // namespace detail

/// sums(r) = x(r, 0) + x(r, 1) + ...; 0 for rows without columns.
///
/// sums   one per row
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device; the order of the sum depends on the number of columns only.
/// Errors       shape_error if sums has not one element per row.
template <Device D, Scalar T>
void row_sums(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> sums) {
  expect_size("op::row_sums", sums, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::sum_row<T, D>{x, sums, T(1)});
}

/// means(r) = row sum / number of columns; 0 for rows without columns. Otherwise as row_sums().
template <Device D, Scalar T>
void row_means(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> means) {
  expect_size("op::row_means", means, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::sum_row<T, D>{x, means, static_cast<T>(x.cols() > 0 ? x.cols() : 1)});
}

/// maxima(r) = the largest number of row r. NaN is passed over; a row without a number gives -infinity.
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  equal on every device.
/// Errors       shape_error if maxima has not one element per row.
template <Device D, Scalar T>
void row_maxima(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> maxima) {
  expect_size("op::row_maxima", maxima, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::maximum_row<T, D>{x, maxima});
}

/// ids(r) = the column of row r that stands first in the order of all rankings: value descending, column ascending, NaN
/// last; -1 for rows without columns.
///
/// x     a matrix or a view of one
/// ids   one per row
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  equal on every device.
/// Errors       shape_error if ids has not one element per row.
template <Device D, class M>
requires MatrixArgument<M, D>
void row_argmax(context<D>& ctx, const M& x, vector_view<index_t, D> ids) {
  expect_size("op::row_argmax", ids, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::argmax_row<typename M::value_type, D>{as_const(x), ids});
}

/// sums(c) = x(0, c) + x(1, c) + ...; 0 for columns without rows.
///
/// Adds up chunks of 256 rows, then the chunks in order.
///
/// sums   one per column
///
/// Complexity   O(elements), two launches; scratch of one number per chunk and column.
/// Determinism  the order of the sum depends on the number of rows only: the same bits for any number of threads, and
///              on every device that rounds alike.
/// Errors       shape_error if sums has not one element per column.
template <Device D, Scalar T>
void column_sums(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> sums) {
  expect_size("op::column_sums", sums, x.cols(), "columns");
  fold_columns<T>(ctx, x.rows(), x.cols(), detail::element<T, D>{x}, detail::store_sum<T, D>{sums});
}

/// sums(c) += the sum of column c, for gradients that gather from several places. Otherwise as column_sums().
template <Device D, Scalar T>
void add_column_sums(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> sums) {
  expect_size("op::add_column_sums", sums, x.cols(), "columns");
  fold_columns<T>(ctx, x.rows(), x.cols(), detail::element<T, D>{x}, add_sum<T, D>{sums});
}

}  // namespace kindred::op
