// SPDX-License-Identifier: Apache-2.0
/// @file
/// The kernels of losses on triplets: sums of terms and gradients of every anchor, still without a divisor.
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/miner/choice.hpp>

namespace kindred::loss::detail {

/// One call of the term per triplet that the miner emits.
template <class T, Device D, class M, class R, class Term>
struct triplet_row {
  matrix_view<const T, D> scores;
  R relation;
  M miner;
  Term term;
  T margin;
  matrix_view<T, D> dscores;
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    g.for_each(scores.cols(), [&](index_t j) { dscores(a, j) = T(0); });
    T sum = 0;
    index_t active = 0, all = 0;
    miner(g, a, scores, relation, [&](index_t p, index_t n) {
      const T violation = margin - scores(a, p) + scores(a, n);
      ++all;
      if (!term.active(violation)) return;
      ++active;
      sum += term.value(violation);
      const T slope = term.slope(violation);
      g.once([&] {
        dscores(a, p) -= slope;
        dscores(a, n) += slope;
      });
    });
    g.once([&] { terms.store(a, sum, active, all); });
  }
};

/// Columns that one step of the gradient takes: on the processor a few vector registers, elsewhere one per lane.
template <class D>
inline constexpr int block_columns = std::same_as<D, cpu> ? 16 : 1;

/// The same for a miner that chooses by scores: every positive with the whole row, in loops that a compiler vectorizes.
template <class T, Device D, class M, class R, class Term>
struct chosen_triplets_row {
  static constexpr int width = block_columns<D>;
  matrix_view<const T, D> scores;
  R relation;
  M miner;
  Term term;
  T margin;
  matrix_view<T, D> dscores;
  row_terms<T, D> terms;
  matrix_view<T, D> negatives;             // the scores of negatives, -infinity elsewhere and behind the last column
  matrix_view<std::int32_t, D> positives;  // the columns of positives
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    const index_t columns = scores.cols(), padded = negatives.cols();
    const auto is_positive = [&](index_t j) -> index_t {
      return miner::detail::is_positive(scores, relation, a, j) ? 1 : 0;
    };
    const index_t count = g.scan(columns, is_positive, [&](index_t j, index_t before) {
      if (is_positive(j)) positives(a, before) = static_cast<std::int32_t>(j);
    });
    g.for_each(padded, [&](index_t j) {
      negatives(a, j) = j < columns && miner::detail::is_negative(scores, relation, a, j) ? scores(a, j) : -infinity<T>;
    });
    const auto chosen = miner.chooser(g, a, scores, relation);
    const T* const row = negatives.row(a).data();
    g.for_each(padded / width, [&](index_t block) {
      T slopes[static_cast<std::size_t>(width)];
      for (int l = 0; l < width; ++l) slopes[l] = 0;
      for (index_t k = 0; k < count; ++k) {
        const T positive = scores(a, positives(a, k)), shift = margin - positive;
        for (int l = 0; l < width; ++l) {
          const T negative = row[block * width + l];
          slopes[l] += chosen(positive, negative) ? term.slope(shift + negative) : T(0);
        }
      }
      const index_t left = columns - block * width;
      for (int l = 0; l < width && l < left; ++l) dscores(a, block * width + l) = slopes[l];
    });
    T sum = 0;
    index_t active = 0, all = 0;
    for (index_t k = 0; k < count; ++k) {
      const index_t p = positives(a, k);
      const T positive = scores(a, p), shift = margin - positive;
      sum += g.reduce(padded, T(0), plus{},
                      [&](index_t j) { return chosen(positive, row[j]) ? term.value(shift + row[j]) : T(0); });
      const T slope = g.reduce(padded, T(0), plus{},
                               [&](index_t j) { return chosen(positive, row[j]) ? term.slope(shift + row[j]) : T(0); });
      if (terms.active)
        active += g.reduce(padded, index_t(0), plus{}, [&](index_t j) -> index_t {
          return (row[j] > -infinity<T>)&chosen(positive, row[j]) & term.active(shift + row[j]) ? 1 : 0;
        });
      if (terms.all)
        all += g.reduce(padded, index_t(0), plus{},
                        [&](index_t j) -> index_t { return (row[j] > -infinity<T>)&chosen(positive, row[j]) ? 1 : 0; });
      g.once([&] { dscores(a, p) -= slope; });
    }
    g.once([&] { terms.store(a, sum, active, all); });
  }
};

/// dscores overwritten with the gradient of the sum of all terms. The caller's scratch_scope keeps what is taken here.
template <class T, Device D, class M, class R, class Term>
void sum_triplets(context<D>& ctx, const M& miner, Term term, T margin, matrix_view<const T, D> scores,
                  const R& relation, matrix_view<T, D> dscores, const row_terms<T, D>& terms) {
  if constexpr (miner::ChoosingMiner<M>) {
    using kernel = chosen_triplets_row<T, D, M, R, Term>;
    const index_t padded = (scores.cols() + kernel::width - 1) / kernel::width * kernel::width;
    const scratch_scope scope(ctx);
    const auto negatives = scratch_matrix<T>(ctx, scores.rows(), padded);
    const auto positives = scratch_matrix<std::int32_t>(ctx, scores.rows(), scores.cols());
    ctx.for_each_row(scores.rows(), scores.cols(),
                     kernel{scores, relation, miner, term, margin, dscores, terms, negatives, positives});
  } else {
    ctx.for_each_row(scores.rows(), scores.cols(),
                     triplet_row<T, D, M, R, Term>{scores, relation, miner, term, margin, dscores, terms});
  }
}

}  // namespace kindred::loss::detail
