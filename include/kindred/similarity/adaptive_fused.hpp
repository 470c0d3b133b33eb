// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/fused.hpp>

namespace kindred::similarity {

namespace detail {

/// Row r of `out` = weight minmax(a) b + (1 - weight) minmax(b) a.
template <class T, class D>
struct adaptive_fuse_row {
  using range = typename fuse_row<T, D>::range;
  matrix_view<const T, D> a, b;
  T weight;
  matrix_view<T, D> out;

  /// share r s; an infinite score counts whole, since 0 times infinity would be NaN.
  static KINDRED_HD T term(T share, T r, T s) {
    if (share == T(0)) return T(0);
    return s - s == T(0) ? share * r * s : s;
  }
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const fuse_row<T, D> rows{a, b, weight, out};
    const range first = rows.range_of(g, a.row(r)), second = rows.range_of(g, b.row(r));
    const auto self = *this;
    g.for_each(a.cols(), [=](index_t c) {
      const T u = self.a(r, c), v = self.b(r, c);
      const bool numbers = u == u && v == v;
      self.out(r, c) = numbers ? term(self.weight, first(u), v) + term(T(1) - self.weight, second(v), u) : u + v;
    });
  }
};

}  // namespace detail

/// Fuses two score matrices so that each says how much the other counts, candidate by candidate.
///
/// out(q, g) = weight u(first(q, g)) second(q, g) + (1 - weight) u(second(q, g)) first(q, g)
/// u(s) = (s - min) / (max - min), minimum and maximum over the row of the query, as in fuse()
///
/// first, second  n x m scores, higher is closer
/// weight         in [0, 1]: the share of the second's scores, which the first weighs
/// out            n x m, overwritten; may be one of them
///
/// A row of equal scores c has u = 0, and the other matrix alone ranks: by its u times c, so upside down where c < 0.
/// Minimum and maximum are those of the finite scores. NaN in either stays NaN, which rankings put last; an infinite
/// score with a share above 0 counts whole, whatever the other says, so that -infinity puts a candidate last.
///
/// Complexity   O(n m).
/// Determinism  a row's result depends on that row alone; on cpu the same bits for any number of threads.
/// Errors       shape_error when shapes differ; argument_error for a weight outside [0, 1].
/// Reference    Peng, Qi and Yuan 2018 (MCSM), whose sum is twice that of weight 0.5. Their code takes minimum and
///              maximum over image queries in both directions, and the weight that is best on the test labels; here
///              whoever asks is the query, and the weight is the caller's.
template <Scalar T, Device D>
void adaptive_fuse(context<D>& ctx, const_matrix<T, D> first, const_matrix<T, D> second, double weight,
                   matrix_view<T, D> out) {
  expects(first.rows() == second.rows() && first.cols() == second.cols() && out.rows() == first.rows() &&
              out.cols() == first.cols(),
          "similarity::adaptive_fuse: {} x {} and {} x {} scores into {} x {}", first.rows(), first.cols(),
          second.rows(), second.cols(), out.rows(), out.cols());
  expects<argument_error>(weight >= 0 && weight <= 1, "similarity::adaptive_fuse: weight {} is not in [0, 1]", weight);
  ctx.for_each_row(first.rows(), first.cols(),
                   detail::adaptive_fuse_row<T, D>{first, second, static_cast<T>(weight), out});
}

/// Two similarities fused by adaptive_fuse(), for each query by itself. Of the same rows, or of two embeddings that lie
/// side by side in a row.
///
///   // two spaces: rows are [image space | text space]
///   similarity::adaptive_fused<similarity::cosine>{.first_columns = 300}
///
/// `retrieval::evaluate` ranks with it in bands of queries. An index does not take it: scores depend on the whole
/// gallery, and are no product. It is for comparing what was learned, not for learning: there is no backward().
///
/// @tparam First, Second  similarities of rows by themselves, as in fused
///
/// Complexity   that of both, and as many scores once more in memory.
/// Determinism  a query's scores depend on the gallery but not on other queries.
/// Errors       those of both; argument_error for a weight outside [0, 1] or more first columns than there are.
template <class First, class Second = First>
struct adaptive_fused {
  First first{};              ///< sees columns [0, first_columns)
  Second second{};            ///< sees the others
  double weight = 0.5;        ///< of the second's scores, in [0, 1]; see adaptive_fuse()
  index_t first_columns = 0;  ///< 0: both see all columns

  static constexpr bool different_widths = fused<First, Second>::different_widths;

  /// Fills scores(i, j) = fused similarity of row i of a and row j of b, highest is closest.
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> scores) const {
    detail::score_both<T, D>(ctx, *this, "similarity::adaptive_fused", a, b, scores, [&](const_matrix<T, D> others) {
      adaptive_fuse<T, D>(ctx, scores, others, weight, scores);
    });
  }
  /// The same into a new matrix of rows(a) x rows(b).
  template <Device D, MatrixArgument<D> A, MatrixArgument<D> B>
  matrix<typename A::value_type, D> score(context<D>& ctx, const A& a, const B& b) const {
    matrix<typename A::value_type, D> scores(ctx, as_const(a).rows(), as_const(b).rows(), uninitialized);
    score(ctx, as_const(a), as_const(b), scores.view());
    return scores;
  }
  adaptive_fused reversed() const {
    return {similarity::reversed(first), similarity::reversed(second), weight, first_columns};
  }
};

}  // namespace kindred::similarity
