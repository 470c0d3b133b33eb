// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/triplet_rows.hpp>
#include <kindred/loss/triplet_term.hpp>
#include <kindred/miner/hardest_negative.hpp>
#include <kindred/op/shape_check.hpp>
#include <kindred/op/transpose.hpp>
#include <kindred/relation/reversed.hpp>

namespace kindred::loss {

namespace detail {

template <class T, Device D>
struct add_transposed_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> scale;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = (y(r, c) + x(c, r)) * scale(0); }
};

/// A miner for the other direction: one that draws draws other numbers.
template <class M>
M other_direction(const M& miner) {
  if constexpr (requires { miner.seed; })
    return miner::reseeded(miner, layer::seed_of_part(miner.seed, 1));
  else
    return miner;
}

}  // namespace detail

/// Rows ask for their columns and columns for their rows: a positive pair has to score above the negatives of its row
/// and of its column by a margin.
///
/// value = sum over rows a, triplets (a, p, n) of the miner           of max(0, margin - s(a, p) + s(a, n))
///       + sum over columns b, triplets (b, p, n) of the miner        of max(0, margin - s(p, b) + s(n, b))
///
/// @tparam Miner  miner::hardest_negative: the maximum of violations, for every positive (VSE++); miner::all: their sum
///                (Kiros et al.); miner::random: some drawn ones, other numbers in each direction
///
/// scores   rows x cols, higher is closer, such as pictures against captions under relation::paired
/// dscores  rows x cols, overwritten
/// value    1 element
///
/// NaN scores, and -infinity of negatives, are in no triplet: the value does not show a NaN (trainers refuse the
/// embedding it comes from). Without triplets value and gradient are 0.
///
/// Complexity   as triplet, twice; scratch of two more matrices of rows x cols.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error if dscores has not the shape of scores or value is not 1 element; argument_error for a
///              margin that is not finite and for options of the miner out of range.
/// Reference    Faghri et al. 2018 (VSE++), eq. 6, and Kiros, Salakhutdinov, Zemel 2014, eq. 5; both sum over the
///              batch. A mean is reduction::mean (of all triplets of both directions) or mean_of_active.
template <class Miner = miner::hardest_negative>
struct bidirectional_margin {
  double margin = 0.2;                               ///< in units of the scores
  loss::reduction reduction = loss::reduction::sum;  ///< what the sum of both directions is divided by
  Miner miner = {};                                  ///< options of the miner

  bidirectional_margin reseeded(std::uint64_t seed) const {
    return {margin, reduction, kindred::miner::reseeded(miner, seed)};
  }

  template <class T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    op::expect_equal_shapes("loss::bidirectional_margin", scores, dscores);
    op::expect_size("loss::bidirectional_margin", value, 1, "value");
    expect_finite<T>("loss::bidirectional_margin", "margin", margin);
    const index_t rows = scores.rows(), cols = scores.cols();
    const scratch_scope scope(ctx);
    const detail::row_terms<T, D> terms(ctx, rows + cols, reduction);
    const auto across = scratch_matrix<T>(ctx, cols, rows), dacross = scratch_matrix<T>(ctx, cols, rows);
    const auto scale = scratch_vector<T>(ctx, 1);
    const T m = static_cast<T>(margin);
    detail::sum_triplets<T>(ctx, miner, hinge{}, m, scores, relation, dscores, terms.segment(0, rows));
    op::transpose(ctx, scores, across);
    detail::sum_triplets<T, D>(ctx, detail::other_direction(miner), hinge{}, m, across, relation::reversed<R>(relation),
                               dacross, terms.segment(rows, cols));
    terms.divide(ctx, value, scale);
    ctx.for_each(rows, cols, detail::add_transposed_at<T, D>{dacross, scale, dscores});
  }
};

static_assert(ScoreLoss<bidirectional_margin<>>);

}  // namespace kindred::loss
