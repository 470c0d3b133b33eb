// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu_product.hpp>
#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>

namespace kindred::op {

/// How a score is made from the inner product of two prepared rows. Both are symmetric in a and b to the last bit.
enum class scoring {
  inner_product,            ///< a . b
  negative_square_distance  ///< 2 a . b - (a . a + b . b), at most 0; exactly 0 for equal rows on context<cpu>
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

/// Rounding can push the score of two close rows above 0; it stays at 0. NaN stays NaN.
template <class T>
KINDRED_HD constexpr T distance_score(T product, T a, T b) {
  const T score = T(2) * product - (a + b);
  return score > T(0) ? T(0) : score;
}

template <class T, class D>
struct distance_at {
  vector_view<const T, D> a, b;
  matrix_view<T, D> scores;
  KINDRED_HD void operator()(index_t r, index_t c) const { scores(r, c) = distance_score(scores(r, c), a(r), b(c)); }
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
  if constexpr (std::same_as<D, cpu>)
    kindred::detail::cpu_square_norms<T>(ctx, rows, out);
  else
    ctx.for_each_row(rows.rows(), rows.cols(), detail::square_norm_row<T, D>{rows, out});
}

/// All scores of two sets of rows.
///
/// out(i, j) = a(i) . b(j), or 2 a(i) . b(j) - (|a(i)|^2 + |b(j)|^2) and at most 0
///
/// a    n x d, with squared norms where `how` wants them
/// b    m x d, likewise
/// out  n x m, overwritten
///
/// Complexity   n m d multiply-adds.
/// Determinism  on context<cpu> a score has the same bits wherever its rows stand, in either order, on any number of
///              threads, with a CBLAS too; elsewhere as the backend's gemm.
/// Errors       shape_error when widths, shapes or numbers of norms differ. NaN and infinity in a row make its scores
///              NaN or infinite.
template <Scalar T, Device D>
void scores(context<D>& ctx, std::type_identity_t<comparable<T, D>> a, std::type_identity_t<comparable<T, D>> b,
            scoring how, matrix_view<T, D> out) {
  detail::check_comparable("op::scores", a, b, how);
  expects(out.rows() == a.rows.rows() && out.cols() == b.rows.rows(), "op::scores: {} x {} scores wanted, {} x {} came",
          a.rows.rows(), b.rows.rows(), out.rows(), out.cols());
  if constexpr (std::same_as<D, cpu>)
    kindred::detail::cpu_scores<T>(ctx, a.rows, b.rows, out);
  else
    ctx.gemm(T(1), a.rows, transpose::no, b.rows, transpose::yes, T(0), out);
  if (how == scoring::negative_square_distance)
    ctx.for_each(out.rows(), out.cols(), detail::distance_at<T, D>{a.square_norms, b.square_norms, out});
}

}  // namespace kindred::op
