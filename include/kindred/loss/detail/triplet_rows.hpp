// SPDX-License-Identifier: Apache-2.0
/// @file
/// The kernels of losses on triplets: sums of terms and gradients of every anchor, still without a divisor.
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/miner/concept.hpp>

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

/// The row of an anchor made ready for plain loops.
template <class T, Device D>
struct separated_rows {
  static constexpr int width = block_columns<D>;
  matrix_view<T, D> negatives;             // the scores of negatives, -infinity elsewhere and behind the last column
  matrix_view<std::int32_t, D> positives;  // the columns of positives

  separated_rows(context<D>& ctx, index_t rows, index_t cols)
      : negatives(scratch_matrix<T>(ctx, rows, (cols + width - 1) / width * width)),
        positives(scratch_matrix<std::int32_t>(ctx, rows, cols)) {}
  /// Fills row `a` of both; returns the number of positives. Called by all lanes alike.
  template <class G, class R>
  KINDRED_HD index_t fill(const G& g, index_t a, matrix_view<const T, D> scores, const R& relation) const {
    const auto is_positive = [&](index_t j) -> index_t { return miner::is_positive(scores, relation, a, j) ? 1 : 0; };
    const index_t columns = scores.cols();
    g.for_each(negatives.cols(), [&](index_t j) {
      negatives(a, j) = j < columns && miner::is_negative(scores, relation, a, j) ? scores(a, j) : -infinity<T>;
    });
    return g.scan(columns, is_positive, [&](index_t j, index_t before) {
      if (is_positive(j)) positives(a, before) = static_cast<std::int32_t>(j);
    });
  }
};

/// The same for a miner that finds one negative per positive.
template <class T, Device D, class M, class R, class Term>
struct found_triplets_row {
  matrix_view<const T, D> scores;
  R relation;
  M miner;
  Term term;
  T margin;
  matrix_view<T, D> dscores;
  row_terms<T, D> terms;
  separated_rows<T, D> separated;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    g.for_each(scores.cols(), [&](index_t j) { dscores(a, j) = T(0); });
    const index_t count = separated.fill(g, a, scores, relation);
    const auto find = miner.finder(g, vector_view<const T, D>(separated.negatives.row(a)));
    T sum = 0;
    index_t active = 0, all = 0;
    for (index_t k = 0; k < count; ++k) {
      const index_t p = separated.positives(a, k), n = find(g, scores(a, p));
      if (n < 0) continue;
      const T violation = margin - scores(a, p) + scores(a, n);
      ++all;
      if (!term.active(violation)) continue;
      ++active;
      sum += term.value(violation);
      const T slope = term.slope(violation);
      g.once([&] {
        dscores(a, p) -= slope;
        dscores(a, n) += slope;
      });
    }
    g.once([&] { terms.store(a, sum, active, all); });
  }
};

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
  separated_rows<T, D> separated;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    const index_t columns = scores.cols(), padded = separated.negatives.cols();
    const index_t count = separated.fill(g, a, scores, relation);
    const auto chosen = miner.chooser(g, a, scores, relation);
    const T* const row = separated.negatives.row(a).data();
    g.for_each(padded / width, [&](index_t block) {
      T slopes[static_cast<std::size_t>(width)];
      for (int l = 0; l < width; ++l) slopes[l] = 0;
      for (index_t k = 0; k < count; ++k) {
        const T positive = scores(a, separated.positives(a, k)), shift = margin - positive;
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
      const index_t p = separated.positives(a, k);
      const T positive = scores(a, p), shift = margin - positive;
      sum += g.reduce(padded, T(0), plus{},
                      [&](index_t j) { return chosen(positive, row[j]) ? term.value(shift + row[j]) : T(0); });
      const T slope = g.reduce(padded, T(0), plus{},
                               [&](index_t j) { return chosen(positive, row[j]) ? term.slope(shift + row[j]) : T(0); });
      if (terms.active) {
        if constexpr (Term::slope_counts)
          active += static_cast<index_t>(slope);
        else
          active += g.reduce(padded, index_t(0), plus{}, [&](index_t j) -> index_t {
            return row[j] > -infinity<T> && chosen(positive, row[j]) && term.active(shift + row[j]) ? 1 : 0;
          });
      }
      if (terms.all)
        all += g.reduce(padded, index_t(0), plus{}, [&](index_t j) -> index_t {
          return row[j] > -infinity<T> && chosen(positive, row[j]) ? 1 : 0;
        });
      g.once([&] { dscores(a, p) -= slope; });
    }
    g.once([&] { terms.store(a, sum, active, all); });
  }
};

/// dscores overwritten with the gradient of the sum of all terms. Nothing else is kept.
template <class T, Device D, class M, class R, class Term>
void sum_triplets(context<D>& ctx, const M& miner, Term term, T margin, matrix_view<const T, D> scores,
                  const R& relation, matrix_view<T, D> dscores, const row_terms<T, D>& terms) {
  miner::check_options(miner);
  const scratch_scope scope(ctx);
  const index_t rows = scores.rows(), cols = scores.cols();
  if constexpr (miner::ChoosingMiner<M>)
    ctx.for_each_row(rows, cols,
                     chosen_triplets_row<T, D, M, R, Term>{scores, relation, miner, term, margin, dscores, terms,
                                                           separated_rows<T, D>(ctx, rows, cols)});
  else if constexpr (miner::SearchingMiner<M>)
    ctx.for_each_row(rows, cols,
                     found_triplets_row<T, D, M, R, Term>{scores, relation, miner, term, margin, dscores, terms,
                                                          separated_rows<T, D>(ctx, rows, cols)});
  else
    ctx.for_each_row(rows, cols, triplet_row<T, D, M, R, Term>{scores, relation, miner, term, margin, dscores, terms});
}

}  // namespace kindred::loss::detail
