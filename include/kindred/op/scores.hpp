// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/distance.hpp>
#include <kindred/backend/products.hpp>
#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>

namespace kindred::op {

/// How a score is made from the inner product of two prepared rows. Both are symmetric in a and b to the last bit.
enum class scoring {
  inner_product,            ///< a . b
  negative_square_distance  ///< -|a - b|^2, at most 0; exactly 0 for equal rows
};

/// Rows that are ready to be compared: n x d values and, for negative_square_distance, their n squared norms, made by
/// square_norms() (absent otherwise).
template <class T, class D>
struct comparable {
  matrix_view<const T, D> rows;
  vector_view<const T, D> square_norms{};

  comparable segment(index_t begin, index_t count) const {
    return {rows.middle_rows(begin, count), square_norms.segment(begin, count)};
  }
};

namespace detail {

template <class T, class D>
struct square_norm_row {
  matrix_view<const T, D> rows;
  vector_view<T, D> out;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T sum = g.reduce(rows.cols(), T(0), plus{}, [&](index_t c) { return rows(r, c) * rows(r, c); });
    g.once([&] { out(r) = sum; });
  }
};

/// The score of a distance from the product in its place; see backend/distance.hpp.
template <class T, class D>
struct distance_at {
  comparable<T, D> a, b;
  matrix_view<T, D> scores;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T norms = a.square_norms(r) + b.square_norms(c), score = T(2) * scores(r, c) - norms;
    scores(r, c) = score;
    if (!cancels(score, norms)) return;
    T squares = 0;
    for (index_t k = 0; k < a.rows.cols(); ++k) {
      const T difference = a.rows(r, k) - b.rows(c, k);
      squares += difference * difference;
    }
    scores(r, c) = T(0) - squares;
  }
};

/// Checks that two sides fit together and carry what the scoring asks for.
template <class T, class D>
void check_comparable(const char* where, const comparable<T, D>& a, const comparable<T, D>& b, scoring how) {
  expects(a.rows.cols() == b.rows.cols(), "{}: rows of {} numbers but rows of {}", where, a.rows.cols(), b.rows.cols());
  if (how == scoring::inner_product) return;
  expects(a.square_norms.size() == a.rows.rows() && b.square_norms.size() == b.rows.rows(),
          "{}: {} and {} squared norms for {} and {} rows", where, a.square_norms.size(), b.square_norms.size(),
          a.rows.rows(), b.rows.rows());
}

}  // namespace detail

/// Squared length of each row.
///
/// out(r) = sum over k of rows(r, k)^2
///
/// rows  n x d
/// out   n, overwritten
///
/// Complexity   O(n d).
/// Determinism  on context<cpu> the bits that the product of two such rows has, so that distances of equal rows are 0;
///              elsewhere as Group::reduce.
/// Errors       shape_error when `out` has another size. NaN in a row gives NaN.
template <Scalar T, Device D>
void square_norms(context<D>& ctx, const_matrix<T, D> rows, vector_view<T, D> out) {
  expects(out.size() == rows.rows(), "op::square_norms: {} rows but {} places", rows.rows(), out.size());
  if constexpr (requires { device_square_norms(ctx, matrix_view<const T, D>(rows), out); })
    device_square_norms(ctx, matrix_view<const T, D>(rows), out);
  else
    ctx.for_each_row(rows.rows(), rows.cols(), detail::square_norm_row<T, D>{rows, out});
}

/// All scores of two sets of rows.
///
/// out(i, j) = a(i) . b(j), or -|a(i) - b(j)|^2: 2 a(i) . b(j) - n with n = |a(i)|^2 + |b(j)|^2, and -sum over k of
/// (a(i, k) - b(j, k))^2 where the former is above -n / 32 and so has lost digits. The relative error of a squared
/// distance is at most 32 (2 d + 4) u, u the unit roundoff, wherever the rows lie.
///
/// a    n x d, with squared norms where `how` wants them
/// b    m x d, likewise
/// out  n x m, overwritten
///
/// Complexity   n m d multiply-adds; up to three times the time where most scores come from differences.
/// Determinism  on context<cpu> a score has the same bits wherever its rows stand, in either order, on any number of
///              threads, with a CBLAS too; elsewhere as the backend's gemm.
/// Errors       shape_error when widths, shapes or numbers of norms differ. NaN and infinity in a row make its scores
///              NaN or infinite.
template <Scalar T, Device D>
void scores(context<D>& ctx, std::type_identity_t<comparable<T, D>> a, std::type_identity_t<comparable<T, D>> b,
            scoring how, matrix_view<T, D> out) {
  detail::check_comparable("op::scores", a, b, how);
  expects(out.rows() == a.rows.rows() && out.cols() == b.rows.rows(),
          "op::scores: expected {} x {} scores, got {} x {}", a.rows.rows(), b.rows.rows(), out.rows(), out.cols());
  const bool distance = how == scoring::negative_square_distance;
  if constexpr (requires { device_inner_products(ctx, a.rows, b.rows, out); }) {
    device_inner_products(ctx, a.rows, b.rows, out);
    if (distance) device_distances(ctx, a.rows, a.square_norms, b.rows, b.square_norms, out);
  } else {
    ctx.gemm(T(1), a.rows, transpose::no, b.rows, transpose::yes, T(0), out);
    if (distance) ctx.for_each(out.rows(), out.cols(), detail::distance_at<T, D>{a, b, out});
  }
}

}  // namespace kindred::op
