// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/triplet_rows.hpp>
#include <kindred/loss/triplet_term.hpp>
#include <kindred/miner/all.hpp>
#include <kindred/miner/semi_hard.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::loss {

/// A positive has to be closer than a negative by a margin, for the triplets that a miner chooses.
///
/// value = mean over triplets (a, p, n) with a term above 0 of term(margin - s(a, p) + s(a, n))
///
/// @tparam Miner  which triplets: miner::semi_hard, batch_hard, all, ... see miner/concept.hpp
/// @tparam Term   hinge: max(0, v); soft_margin: log(1 + exp(v)), for which `margin` is usually 0
///
/// scores   rows x cols, higher is closer; the margin is in their units. FaceNet's squared distances are
///          similarity::negative_squared_euclidean
/// dscores  rows x cols, overwritten; each triplet moves s(a, p) and s(a, n) only
/// value    1 element
///
/// NaN scores, and -infinity of negatives, are in no triplet: the value does not show a NaN (trainers refuse the
/// embedding it comes from). Without triplets (one class, no positives, one row, no rows) value and gradient are 0.
///
/// Complexity   what the miner costs and O(1) per triplet; with a miner::ChoosingMiner (all, margin_band, ...)
///              vectorized loops and scratch of rows x cols numbers and 32-bit columns. Memory is never triplets.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error if dscores has not the shape of scores or value is not 1 element; argument_error for a
///              margin that is not finite and for options of the miner out of range.
/// Reference    Schroff et al. 2015; Hermans et al. 2017. Mean over active triplets is pytorch-metric-learning's choice
///              (TripletMarginLoss, there on Euclidean distances with margin 0.05); TensorFlow's triplet_semihard_loss
///              divides by all pairs: reduction::mean with miner::semi_hard.
template <class Miner = miner::semi_hard, class Term = hinge>
struct triplet {
  double margin = 0.2;                                          ///< in units of the scores
  loss::reduction reduction = loss::reduction::mean_of_active;  ///< what the sum is divided by
  Miner miner = {};                                             ///< options of the miner

  triplet reseeded(std::uint64_t seed) const { return {margin, reduction, kindred::miner::reseeded(miner, seed)}; }

  template <class T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    op::expect_equal_shapes("loss::triplet", scores, dscores);
    op::expect_size("loss::triplet", value, 1, "value");
    expect_finite<T>("loss::triplet", "margin", margin);
    const scratch_scope scope(ctx);
    const detail::row_terms<T, D> terms(ctx, scores.rows(), reduction);
    detail::sum_triplets(ctx, miner, Term{}, static_cast<T>(margin), scores, relation, dscores, terms);
    const auto scale = scratch_vector<T>(ctx, 1);
    terms.divide(ctx, value, scale);
    if (reduction != loss::reduction::sum)
      ctx.for_each(dscores.rows(), dscores.cols(), detail::scale_by_at<T, D>{dscores, scale});
  }
};

static_assert(ScoreLoss<triplet<>>);

/// The triplet loss over every triplet of the batch, with the mean over those above 0: loss::triplet<miner::all>.
///
/// Complexity   O(rows x positives x negatives) work in vectorized loops, O(rows x cols) memory.
/// Reference    Hermans, Beyer, Leibe 2017, "batch all"
using batch_all = triplet<miner::all>;

}  // namespace kindred::loss
