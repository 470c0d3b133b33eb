// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/similarity/detail/bag_products.hpp>

namespace kindred::similarity {

/// Fragments of a picture with those of a sentence: what agrees is added up.
///
/// s(a, b) = sum over rows i of a and j of b of max(0, i . j) / (|b| + smoothing),   |b| rows of the sentence b
/// divisor::both: also divided by |a|;   without `only_positive` i . j takes the place of max(0, i . j)
///
/// a are pictures and b sentences; reversed() compares b to a. A product of exactly 0 passes no gradient.
///
/// Complexity   rows(a) rows(b) d multiply-adds, three times as many for the gradient; scratch for the products of at
///              most 1024 rows with 2048, more where a single bag has more. Waits for a GPU once for each ragged side.
/// Determinism  a score depends on its two bags only: the same bits in any batch, on any number of threads
///              (context<cpu>); gradients have the same bits for any number of threads.
/// Errors       shape_error when widths, scores or offsets do not fit; argument_error for a negative smoothing. A bag
///              without rows scores 0 and gets no gradient. NaN or infinity in a row spoils the gradient of the whole
///              other side.
/// Reference    Karpathy, Joulin and Fei-Fei 2014, global ranking objective. The authors' program divides by the
///              sentence alone, with smoothing 10 and a margin of 40 on that scale; the paper has both and smoothing 5.
///              There an empty sentence scores -infinity, here 0.
struct fragment_alignment {
  /// What the sum is divided by.
  enum class divisor {
    none,      ///< nothing
    sentence,  ///< the sentence's fragments + smoothing, as the authors' program
    both       ///< that times the picture's fragments, as the paper
  };
  divisor divided_by = divisor::sentence;  ///< see divisor
  double smoothing = 10;                   ///< added to the sentence's fragments, at least 0
  bool only_positive = true;               ///< products below 0 count as 0
  bool first_sentences = false;            ///< the sentences are the first side

  /// Fills scores(i, j) = similarity of bag i of a and bag j of b, higher is closer.
  ///
  /// a       items of rows of d numbers, ragged or not
  /// b       likewise
  /// scores  items(a) x items(b), overwritten
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, matrix_view<T, D> scores) const {
    check();
    detail::score_bags<fragment_alignment, T, D>(ctx, *this, a, b, scores);
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
    check();
    detail::bags_backward<fragment_alignment, T, D>(ctx, *this, a, b, scores, dscores, da, db);
  }
  /// s(b, a).
  constexpr fragment_alignment reversed() const { return {divided_by, smoothing, only_positive, !first_sentences}; }

  template <class T, class D>
  KINDRED_HD T block_score(matrix_view<const T, D> block) const {
    // the picture's fragments outside, whichever side it is, so that both directions have the same bits
    const index_t outer = first_sentences ? block.cols() : block.rows();
    const index_t inner = first_sentences ? block.rows() : block.cols();
    T sum = 0;
    for (index_t i = 0; i < outer; ++i)
      for (index_t j = 0; j < inner; ++j) {
        const T v = first_sentences ? block(j, i) : block(i, j);
        sum += only_positive && v < T(0) ? T(0) : v;
      }
    return sum / divisor_of<T>(block.rows(), block.cols());
  }
  template <class T, class D>
  KINDRED_HD void block_gradient(matrix_view<T, D> block, T dscore) const {
    const T share = dscore / divisor_of<T>(block.rows(), block.cols());
    for (index_t i = 0; i < block.rows(); ++i)
      for (index_t j = 0; j < block.cols(); ++j) block(i, j) = only_positive && block(i, j) <= T(0) ? T(0) : share;
  }

 private:
  void check() const {
    expects<argument_error>(smoothing >= 0, "similarity::fragment_alignment: smoothing {}", smoothing);
  }
  template <class T>
  KINDRED_HD T divisor_of(index_t rows, index_t cols) const {
    if (divided_by == divisor::none) return T(1);
    const index_t picture = first_sentences ? cols : rows, sentence = first_sentences ? rows : cols;
    const T smooth = static_cast<T>(sentence) + static_cast<T>(smoothing);
    return divided_by == divisor::both ? static_cast<T>(picture) * smooth : smooth;
  }
};

static_assert(DifferentiableBagSimilarity<fragment_alignment> && DifferentiableSimilarity<fragment_alignment>);

}  // namespace kindred::similarity
