// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/similarity/concept.hpp>

namespace kindred::similarity {

namespace detail {

/// Row r of `out` = weight minmax(a) + (1 - weight) minmax(b).
template <class T, class D>
struct fuse_row {
  matrix_view<const T, D> a, b;
  T weight;
  matrix_view<T, D> out;

  /// Smallest and largest finite score of a row; smallest > largest where there is none.
  struct range {
    T low, high;
    KINDRED_HD T operator()(T v) const {
      if (v != v) return v;
      if (v - v != T(0)) return v > T(0) ? T(1) : T(0);
      // halves, so that the difference stays in the range of T
      return high > low ? (v / 2 - low / 2) / (high / 2 - low / 2) : T(0);
    }
  };
  template <class G>
  KINDRED_HD range range_of(const G& g, vector_view<const T, D> row) const {
    const auto finite = [row](index_t c, T otherwise) { return row(c) - row(c) == T(0) ? row(c) : otherwise; };
    const T most = infinity<T>;
    const T low = g.reduce(row.size(), most, minimum{}, [=](index_t c) { return finite(c, most); });
    const T high = g.reduce(row.size(), -most, maximum{}, [=](index_t c) { return finite(c, -most); });
    return {low, high};
  }
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const range first = range_of(g, a.row(r)), second = range_of(g, b.row(r));
    const auto self = *this;
    g.for_each(a.cols(), [=](index_t c) {
      self.out(r, c) = self.weight * first(self.a(r, c)) + (T(1) - self.weight) * second(self.b(r, c));
    });
  }
};

/// Where the smallest and the largest finite score of a row stand: the first of equals. -1 where there is none.
template <class T, class D, class G>
KINDRED_HD void extremes(const G& g, vector_view<const T, D> row, scored<T>& low, scored<T>& high) {
  const auto finite = [row](index_t c, T sign) {
    return row(c) - row(c) == T(0) ? scored<T>{sign * row(c), c} : scored<T>{T(0), -1};
  };
  low = g.reduce(row.size(), scored<T>{T(0), -1}, best{}, [=](index_t c) { return finite(c, T(-1)); });
  high = g.reduce(row.size(), scored<T>{T(0), -1}, best{}, [=](index_t c) { return finite(c, T(1)); });
  low.score = -low.score;
}

/// Row r of dscores = weight d value / d scores through minmax: what an element says directly, and what all say through
/// minimum and maximum.
template <class T, class D>
struct fuse_backward_row {
  matrix_view<const T, D> scores, dout;
  T weight;
  matrix_view<T, D> dscores;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    scored<T> low, high;
    extremes<T, D>(g, scores.row(r), low, high);
    const bool flat = low.id < 0 || !(high.score > low.score);
    const T scale = flat ? T(0) : weight / (high.score - low.score);
    const auto self = *this;
    const auto finite = [=](index_t c) { return self.scores(r, c) - self.scores(r, c) == T(0); };
    // the direct part, then its sum and its sum weighed by u
    const T sum = g.reduce(scores.cols(), T(0), plus{},
                           [=](index_t c) { return finite(c) && !flat ? self.dout(r, c) * scale : T(0); });
    const T weighed = g.reduce(scores.cols(), T(0), plus{}, [=](index_t c) {
      const T u = (self.scores(r, c) - low.score) / (high.score - low.score);
      return finite(c) && !flat ? self.dout(r, c) * scale * u : T(0);
    });
    g.for_each(scores.cols(), [=](index_t c) {
      T gradient = finite(c) && !flat ? self.dout(r, c) * scale : T(0);
      if (!flat && c == low.id) gradient -= sum - weighed;
      if (!flat && c == high.id) gradient -= weighed;
      self.dscores(r, c) = gradient;
    });
  }
};

/// The columns of the first and of the second of two similarities; all of them where `first_columns` is 0.
template <class View>
View front(View x, index_t first_columns) {
  return first_columns > 0 ? x.middle_cols(0, first_columns) : x;
}
template <class View>
View back(View x, index_t first_columns) {
  return first_columns > 0 ? x.middle_cols(first_columns, x.cols() - first_columns) : x;
}
inline void expect_first_columns(const char* who, index_t first_columns, index_t a, index_t b) {
  expects<argument_error>(first_columns >= 0 && first_columns <= a && first_columns <= b,
                          "{}: {} first columns of {} and {}", who, first_columns, a, b);
}

/// Scores by both similarities of `pair`: the first's in `scores`, the second's handed to fuse().
template <class T, Device D, class Pair, class Fuse>
void score_both(context<D>& ctx, const Pair& pair, const char* who, const_matrix<T, D> a, const_matrix<T, D> b,
                matrix_view<T, D> scores, Fuse fuse) {
  using First = std::remove_cvref_t<decltype(pair.first)>;
  using Second = std::remove_cvref_t<decltype(pair.second)>;
  static_assert(Similarity<First, T, D> && Similarity<Second, T, D>, "fused takes two similarities");
  static_assert(First::rowwise && Second::rowwise,
                "fused takes similarities of rows by themselves: scores would depend on the size of a band");
  expect_first_columns(who, pair.first_columns, a.cols(), b.cols());
  matrix<T, D> others(ctx, scores.rows(), scores.cols(), uninitialized);
  pair.first.score(ctx, front(a, pair.first_columns), front(b, pair.first_columns), scores);
  pair.second.score(ctx, back(a, pair.first_columns), back(b, pair.first_columns), others.view());
  fuse(const_matrix<T, D>(others));
  ctx.synchronize();  // `others` goes
}

}  // namespace detail

/// Fuses two score matrices: either is mapped to [0, 1] query by query, then they are weighed.
///
/// out(q, g) = weight u(first(q, g)) + (1 - weight) u(second(q, g)),  u(s) = (s - min) / (max - min), minimum and
/// maximum over the row of the query
///
/// first, second  n x m scores, higher is closer
/// weight         in [0, 1]: the share of the first
/// out            n x m, overwritten; may be one of them
///
/// A row of equal scores says nothing: its u is 0. Minimum and maximum are those of the finite scores; +infinity
/// becomes 1, -infinity 0, NaN in either stays NaN, which rankings put last.
///
/// Complexity   O(n m).
/// Determinism  a row's result depends on that row alone; on cpu the same bits for any number of threads.
/// Errors       shape_error when shapes differ; argument_error for a weight outside [0, 1].
/// Reference    Fox and Shaw 1994 (CombSUM), weighted, of scores scaled to [0, 1]. MCSM's fusion is adaptive_fuse().
template <Scalar T, Device D>
void fuse(context<D>& ctx, const_matrix<T, D> first, const_matrix<T, D> second, double weight, matrix_view<T, D> out) {
  expects(first.rows() == second.rows() && first.cols() == second.cols() && out.rows() == first.rows() &&
              out.cols() == first.cols(),
          "similarity::fuse: {} x {} and {} x {} scores into {} x {}", first.rows(), first.cols(), second.rows(),
          second.cols(), out.rows(), out.cols());
  expects<argument_error>(weight >= 0 && weight <= 1, "similarity::fuse: weight {} is not in [0, 1]", weight);
  ctx.for_each_row(first.rows(), first.cols(), detail::fuse_row<T, D>{first, second, static_cast<T>(weight), out});
}

/// The gradient of fuse() for the first scores, or with 1 - weight for the second.
///
/// dscores(q, g) = weight (dout(q, g) / R - [g is the minimum] sum_k dout(q, k) (1 - u(q, k)) / R
///                                        - [g is the maximum] sum_k dout(q, k) u(q, k) / R),   R = maximum - minimum
///
/// scores   n x m, what fuse() saw
/// weight   in [0, 1]: the share of these scores
/// dout     n x m
/// dscores  n x m, overwritten; neither of the others
///
/// Of several equal minima or maxima the first gets the gradient. Rows of equal scores, and scores that are not finite,
/// get none.
///
/// Complexity   O(n m).
/// Determinism  as fuse().
/// Errors       shape_error when shapes differ.
template <Scalar T, Device D>
void fuse_backward(context<D>& ctx, const_matrix<T, D> scores, double weight, const_matrix<T, D> dout,
                   matrix_view<T, D> dscores) {
  expects(scores.rows() == dout.rows() && scores.cols() == dout.cols() && dscores.rows() == dout.rows() &&
              dscores.cols() == dout.cols(),
          "similarity::fuse_backward: {} x {} scores, gradients {} x {} into {} x {}", scores.rows(), scores.cols(),
          dout.rows(), dout.cols(), dscores.rows(), dscores.cols());
  ctx.for_each_row(scores.rows(), scores.cols(),
                   detail::fuse_backward_row<T, D>{scores, dout, static_cast<T>(weight), dscores});
}

/// Two similarities fused, for each query by itself: see fuse(). Of the same rows, or of two embeddings that lie side
/// by side in a row.
///
///   // two spaces: rows are [image space | text space]
///   similarity::fused<similarity::cosine>{.weight = 0.6, .first_columns = 300}
///
/// `retrieval::evaluate` ranks with it in bands of queries. An index does not take it: scores depend on the whole
/// gallery, and are no product.
///
/// @tparam First, Second  similarities of rows by themselves (not normalized_correlation, whose means would be those of
///                        the band)
///
/// Complexity   that of both, and as many scores once more in memory.
/// Determinism  a query's scores depend on the gallery but not on other queries.
/// Errors       those of both; argument_error for a weight outside [0, 1] or more first columns than there are.
template <class First, class Second = First>
struct fused {
  First first{};              ///< sees columns [0, first_columns)
  Second second{};            ///< sees the others
  double weight = 0.5;        ///< of the first, in [0, 1]
  index_t first_columns = 0;  ///< 0: both see all columns

  static constexpr bool different_widths =
      similarity::different_widths<First>() && similarity::different_widths<Second>();

  /// Fills scores(i, j) = fused similarity of row i of a and row j of b, highest is closest, in [0, 1].
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> scores) const {
    detail::score_both<T, D>(ctx, *this, "similarity::fused", a, b, scores,
                             [&](const_matrix<T, D> others) { fuse<T, D>(ctx, scores, others, weight, scores); });
  }
  /// The same into a new matrix of rows(a) x rows(b).
  template <Device D, MatrixArgument<D> A, MatrixArgument<D> B>
  matrix<typename A::value_type, D> score(context<D>& ctx, const A& a, const B& b) const {
    matrix<typename A::value_type, D> scores(ctx, as_const(a).rows(), as_const(b).rows(), uninitialized);
    score(ctx, as_const(a), as_const(b), scores.view());
    return scores;
  }
  /// Adds d value / d a to da and d value / d b to db, where both similarities are differentiable. See fuse_backward()
  /// and product_form::backward(). Complexity: both scored once more, scratch for twice the scores.
  template <Scalar T, Device D>
  requires DifferentiableSimilarity<First, T, D> && DifferentiableSimilarity<Second, T, D>
  void backward(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const_matrix<T, D> scores,
                const_matrix<T, D> dscores, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db) const {
    detail::expect_first_columns("similarity::fused", first_columns, a.cols(), b.cols());
    const auto front = [this](auto x) { return detail::front(x, first_columns); };
    const auto back = [this](auto x) { return detail::back(x, first_columns); };
    const scratch_scope scope(ctx);
    const auto own = scratch_matrix<T>(ctx, scores.rows(), scores.cols());
    const auto downs = scratch_matrix<T>(ctx, scores.rows(), scores.cols());
    first.score(ctx, front(a), front(b), own);
    fuse_backward<T, D>(ctx, own, weight, dscores, downs);
    first.backward(ctx, front(a), front(b), own, downs, front(da), front(db));
    second.score(ctx, back(a), back(b), own);
    fuse_backward<T, D>(ctx, own, 1 - weight, dscores, downs);
    second.backward(ctx, back(a), back(b), own, downs, back(da), back(db));
  }
  fused reversed() const { return {similarity::reversed(first), similarity::reversed(second), weight, first_columns}; }
};

}  // namespace kindred::similarity
