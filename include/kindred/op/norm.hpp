// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <kindred/op/reduce.hpp>

namespace kindred::op {

namespace detail {

/// A length as a product, since that of large numbers can lie beyond the range of T.
template <class T>
struct scaled_length {
  T scale, length;
  KINDRED_HD T value() const { return scale * length; }
  /// x in units of the length; of a vector of zeros 0.
  KINDRED_HD T share(T x) const { return length == T(0) ? T(0) : scale == T(1) ? x / length : x / scale / length; }
};

/// Length of the vector x(0), ..., x(n - 1). Squares of very large or very small numbers leave the range of T, so such
/// vectors are scaled by their largest element first.
template <class T, class G, class X>
KINDRED_HD scaled_length<T> scaled_length_of(const G& g, index_t n, X x) {
  // below this the squares have lost digits to the end of the range
  const T low = smallest_normal<T> / (machine_epsilon<T> * machine_epsilon<T>);
  const T square = g.reduce(n, T(0), plus{}, [&](index_t i) { return x(i) * x(i); });
  if (square != square || (square > low && square < infinity<T>)) return {T(1), math::sqrt(square)};
  const T most = g.reduce(n, T(0), maximum{}, [&](index_t i) { return x(i) < T(0) ? -x(i) : x(i); });
  if (most == T(0) || most == infinity<T>) return {T(1), most};
  const T scaled = g.reduce(n, T(0), plus{}, [&](index_t i) { return (x(i) / most) * (x(i) / most); });
  return {most, math::sqrt(scaled)};
}
}  // namespace detail

/// Returns the Euclidean length of the vector x(0), ..., x(n - 1) within a kernel, without overflow or underflow of the
/// squares.
template <class T, class G, class X>
KINDRED_HD T length_of(const G& g, index_t n, X x) {
  return detail::scaled_length_of<T>(g, n, x).value();
}

namespace detail {

template <class T, Device D>
struct norm_row {
  matrix_view<const T, D> x;
  vector_view<T, D> norms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T norm = length_of<T>(g, x.cols(), x.row(r));
    g.once([&] { norms(r) = norm; });
  }
};
template <class T, Device D>
struct normalize_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  vector_view<T, D> norms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const scaled_length<T> norm = scaled_length_of<T>(g, x.cols(), x.row(r));
    if (norms) g.once([&] { norms(r) = norm.value(); });
    g.for_each(x.cols(), [&](index_t c) { y(r, c) = norm.share(x(r, c)); });
  }
};
template <class T, Device D>
struct normalize_backward_row {
  matrix_view<const T, D> y;
  vector_view<const T, D> norms;
  matrix_view<const T, D> dy;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T dot = g.reduce(y.cols(), T(0), plus{}, [&](index_t c) { return y(r, c) * dy(r, c); });
    const T norm = norms(r);
    g.for_each(y.cols(), [&](index_t c) { dx(r, c) = norm == T(0) ? T(0) : (dy(r, c) - y(r, c) * dot) / norm; });
  }
};

/// Column sums of the differences to the first row: exact for constant columns, and small where the values are large.
template <class T, Device D>
struct shifted_element {
  matrix_view<const T, D> x;
  KINDRED_HD T operator()(index_t r, index_t c) const { return x(r, c) - x(0, c); }
};
template <class T, Device D>
struct store_shifted_mean {
  matrix_view<const T, D> x;
  vector_view<T, D> means;
  KINDRED_HD void operator()(index_t c, T sum) const {
    means(c) = x.rows() > 0 ? x(0, c) + sum / static_cast<T>(x.rows()) : T(0);
  }
};
template <class T, Device D>
struct square_deviation {
  matrix_view<const T, D> x;
  vector_view<const T, D> means;
  KINDRED_HD T operator()(index_t r, index_t c) const { return (x(r, c) - means(c)) * (x(r, c) - means(c)); }
};
template <class T, Device D>
struct store_deviation {
  index_t rows;
  vector_view<T, D> deviations;
  KINDRED_HD void operator()(index_t c, T sum) const {
    deviations(c) = rows > 0 ? math::sqrt(sum / static_cast<T>(rows)) : T(0);
  }
};
template <class T, Device D>
struct standardize_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> means, scales;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T centred = x(r, c) - means(c);
    y(r, c) = scales(c) == T(0) ? centred : centred / scales(c);
  }
};

}  // namespace detail

/// norms(r) = sqrt(sum over c of x(r, c)^2), the Euclidean length of each row, without overflow or underflow.
///
/// norms   one per row
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if norms has not one element per row.
template <Device D, Scalar T>
void row_norms(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> norms) {
  expect_size("op::row_norms", norms, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::norm_row<T, D>{x, norms});
}

/// y(r, .) = x(r, .) / length of x(r, .): rows onto the unit sphere. A row of zeros stays zero. A row with NaN becomes
/// NaN; infinite elements become NaN and the others of their row 0.
///
/// y       the shape of x; may be x
/// norms   one per row, what row_norms() gives; absent: not wanted
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void normalize_rows(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> y,
                    std::type_identity_t<vector_view<T, D>> norms = {}) {
  expect_equal_shapes("op::normalize_rows", x, y);
  if (norms) expect_size("op::normalize_rows", norms, x.rows(), "rows");
  ctx.for_each_row(x.rows(), x.cols(), detail::normalize_row<T, D>{x, y, norms});
}

/// dx = (dy - y (y . dy)) / norm for each row, with y and norms from normalize_rows(); 0 for rows of zeros.
///
/// dx   the shape of y, overwritten; may be dy
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void normalize_rows_backward(context<D>& ctx, const_matrix<T, D> y, const_vector<T, D> norms, const_matrix<T, D> dy,
                             matrix_view<T, D> dx) {
  expect_equal_shapes("op::normalize_rows_backward", y, dx);
  expect_equal_shapes("op::normalize_rows_backward", dy, dx);
  expect_size("op::normalize_rows_backward", norms, dx.rows(), "rows");
  ctx.for_each_row(y.rows(), y.cols(), detail::normalize_backward_row<T, D>{y, norms, dy, dx});
}

/// means(c) = mean of column c, taken of the differences to the first row, so that a constant column gives exactly its
/// value; 0 without rows.
///
/// means   one per column
///
/// Complexity   O(elements), two launches; scratch of one number per 256 rows and column.
/// Determinism  the order of the sum depends on the number of rows only.
/// Errors       shape_error if means has not one element per column.
template <Device D, Scalar T>
void column_means(context<D>& ctx, const_matrix<T, D> x, vector_view<T, D> means) {
  expect_size("op::column_means", means, x.cols(), "columns");
  fold_columns<T>(ctx, x.rows(), x.cols(), detail::shifted_element<T, D>{x},
                  detail::store_shifted_mean<T, D>{x, means});
}

/// deviations(c) = sqrt(sum over r of (x(r, c) - means(c))^2 / rows), the population's standard deviation (divisor n,
/// as NumPy and scikit-learn); exactly 0 for a constant column with the mean of column_means(); 0 without rows.
///
/// means        one per column, from column_means()
/// deviations   one per column
///
/// Complexity, Determinism   as column_means().
/// Errors       shape_error if there is not one element per column.
template <Device D, Scalar T>
void column_standard_deviations(context<D>& ctx, const_matrix<T, D> x, const_vector<T, D> means,
                                vector_view<T, D> deviations) {
  expect_size("op::column_standard_deviations", means, x.cols(), "columns");
  expect_size("op::column_standard_deviations", deviations, x.cols(), "columns");
  fold_columns<T>(ctx, x.rows(), x.cols(), detail::square_deviation<T, D>{x, means},
                  detail::store_deviation<T, D>{x.rows(), deviations});
}

/// y(r, c) = (x(r, c) - means(c)) / scales(c), with means and scales of the data that a model was fitted to. A scale of
/// 0 counts as 1 (as scikit-learn), so a constant column becomes 0.
///
/// means, scales   one per column
/// y               the shape of x; may be x
///
/// Complexity   O(elements), one launch.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void standardize_columns(context<D>& ctx, const_matrix<T, D> x, const_vector<T, D> means, const_vector<T, D> scales,
                         matrix_view<T, D> y) {
  expect_equal_shapes("op::standardize_columns", x, y);
  expect_size("op::standardize_columns", means, x.cols(), "columns");
  expect_size("op::standardize_columns", scales, x.cols(), "columns");
  ctx.for_each(y.rows(), y.cols(), detail::standardize_at<T, D>{x, means, scales, y});
}

}  // namespace kindred::op
