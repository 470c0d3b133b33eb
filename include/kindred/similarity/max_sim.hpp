// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/similarity/detail/bag_products.hpp>

namespace kindred::similarity {

/// Late interaction: every row of the query looks for its best row in the other bag.
///
/// s(a, b) = sum over rows q of a of max over rows g of b of q . g;   `mean`: divided by the rows of a
///
/// Rows of length 1 make the products cosines, as in the paper. Not symmetric: reversed() compares b to a. The first of
/// equal maxima gets the gradient.
///
/// Complexity   rows(a) rows(b) d multiply-adds, three times as many for the gradient; scratch for the products of at
///              most 1024 rows with 2048, more where a single bag has more. Waits for a GPU once for each ragged side.
/// Determinism  a score depends on its two bags only: the same bits in any batch, on any number of threads
///              (context<cpu>); gradients have the same bits for any number of threads.
/// Errors       shape_error when widths, scores or offsets do not fit. A bag without rows scores 0 and gets no
///              gradient. A product that is NaN is taken only where a bag has nothing else. NaN or infinity in a row
///              spoils the gradient of the whole other side.
/// Reference    Khattab and Zaharia 2020 (ColBERT), eq. 3.
struct max_sim {
  bool mean = false;            ///< mean over the rows of the query instead of their sum
  bool second_queries = false;  ///< the queries are the second side

  /// Fills scores(i, j) = similarity of bag i of a and bag j of b, higher is closer.
  ///
  /// a       items of rows of d numbers, ragged or not
  /// b       likewise
  /// scores  items(a) x items(b), overwritten
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, matrix_view<T, D> scores) const {
    detail::score_bags<max_sim, T, D>(ctx, *this, a, b, scores);
  }
  /// The same into a new matrix of items(a) x items(b).
  template <class T, Device D>
  matrix<T, D> score(context<D>& ctx, const batch<T, D>& a, const batch<T, D>& b) const {
    matrix<T, D> scores(ctx, a.items(), b.items(), uninitialized);
    score<T, D>(ctx, a.view(), b.view(), scores.view());
    return scores;
  }
  /// Adds d value / d rows of a to da and d value / d rows of b to db.
  ///
  /// scores   items(a) x items(b), what score() gave; not looked at
  /// dscores  items(a) x items(b), d value / d scores
  /// da, db   the shapes of a.values and b.values, accumulated; absent where not wanted; may be one view where a and b
  ///          are
  template <Scalar T, Device D>
  void backward(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, const_matrix<T, D> scores,
                const_matrix<T, D> dscores, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db) const {
    detail::bags_backward<max_sim, T, D>(ctx, *this, a, b, scores, dscores, da, db);
  }

  /// s(b, a).
  constexpr max_sim reversed() const { return {mean, !second_queries}; }

  template <class T, class D>
  KINDRED_HD T block_score(matrix_view<const T, D> block) const {
    const index_t queries = second_queries ? block.cols() : block.rows();
    T sum = 0;
    for (index_t q = 0; q < queries; ++q) sum += best_of<T, D>(block, q).score;
    return mean ? sum / static_cast<T>(queries) : sum;
  }
  template <class T, class D>
  KINDRED_HD void block_gradient(matrix_view<T, D> block, T dscore) const {
    const index_t queries = second_queries ? block.cols() : block.rows();
    const index_t others = second_queries ? block.rows() : block.cols();
    const T share = mean ? dscore / static_cast<T>(queries) : dscore;
    for (index_t q = 0; q < queries; ++q) {
      const index_t at = best_of<T, D>(block, q).id;
      for (index_t g = 0; g < others; ++g) (second_queries ? block(g, q) : block(q, g)) = g == at ? share : T(0);
    }
  }

 private:
  template <class T, class D>
  KINDRED_HD scored<T> best_of(matrix_view<const T, D> block, index_t q) const {
    const index_t others = second_queries ? block.rows() : block.cols();
    scored<T> first{T(0), -1};
    for (index_t g = 0; g < others; ++g)
      first = best{}(first, scored<T>{second_queries ? block(g, q) : block(q, g), g});
    return first;
  }
};

static_assert(DifferentiableBagSimilarity<max_sim> && DifferentiableSimilarity<max_sim>);

}  // namespace kindred::similarity
