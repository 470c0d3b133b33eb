// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::loss {

namespace detail {

/// One term per pair and its derivative; at NaN both are NaN, so that it shows.
template <class T, class R>
struct contrastive_term {
  R relation;
  T positive_score, negative_score;
  bool squared;
  /// How far a pair is on the wrong side; 0 for ignored pairs.
  KINDRED_HD T excess(index_t r, index_t c, T score) const {
    const auto kind = relation(r, c);
    const T x = kind == relation::kind::positive   ? positive_score - score
                : kind == relation::kind::negative ? score - negative_score
                                                   : T(0);
    return x <= T(0) ? T(0) : x;
  }
  KINDRED_HD T value(T excess) const { return squared ? T(0.5) * excess * excess : excess; }
};

template <class T, Device D, class R>
struct contrastive_row {
  matrix_view<const T, D> scores;
  contrastive_term<T, R> term;
  relation::kind kind;
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const auto excess = [&](index_t c) { return term.relation(r, c) == kind ? term.excess(r, c, scores(r, c)) : T(0); };
    const T sum = g.reduce(scores.cols(), T(0), plus{}, [&](index_t c) { return term.value(excess(c)); });
    const index_t active =
        g.reduce(scores.cols(), index_t(0), plus{}, [&](index_t c) -> index_t { return excess(c) == T(0) ? 0 : 1; });
    const index_t all = g.reduce(scores.cols(), index_t(0), plus{},
                                 [&](index_t c) -> index_t { return term.relation(r, c) == kind ? 1 : 0; });
    g.once([&] { terms.store(r, sum, active, all); });
  }
};

template <class T, Device D, class R>
struct contrastive_gradient_at {
  matrix_view<const T, D> scores;
  contrastive_term<T, R> term;
  vector_view<const T, D> scales;  // of positives, of negatives
  matrix_view<T, D> dscores;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const bool positive = term.relation(r, c) == relation::kind::positive;
    const T excess = term.excess(r, c, scores(r, c));
    const T slope = excess == T(0) ? T(0) : term.squared || excess != excess ? excess : T(1);
    dscores(r, c) = positive ? -slope * scales(0) : slope * scales(1);
  }
};

template <class T, Device D>
struct add_two_at {
  vector_view<const T, D> parts;
  vector_view<T, D> value;
  KINDRED_HD void operator()(index_t) const { value(0) = parts(0) + parts(1); }
};

}  // namespace detail

/// Positives are to score above one number, negatives below another.
///
/// value = mean over positives with a term above 0 of max(0, positive_score - s) +
///         mean over negatives with a term above 0 of max(0, s - negative_score)
///
/// On distances (similarity::negative_euclidean) positive_score = -m_p and negative_score = -m_n give [d - m_p]_+ and
/// [m_n - d]_+; the defaults are the margins 0 and 1. For cosines: positive_score 1, negative_score 0. `squared` takes
/// half the square of each term.
///
/// scores   rows x cols, higher is closer; ignored pairs are in no term
/// dscores  rows x cols, overwritten
/// value    1 element
///
/// Without positives or without negatives that part is 0. A NaN score of a positive or negative makes the value and its
/// own gradient NaN.
///
/// A pair counts as soon as its term is above 0, if only by rounding: two equal rows may have the cosine 1 - 1e-16,
/// which is below positive_score = 1. How far rounding goes depends on the similarity, so no tolerance is built in;
/// where the divisor of mean_of_active must not depend on it, set positive_score a little lower, say 1 - 1e-6.
///
/// Complexity   O(elements), five launches; scratch of a few numbers per row.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error if dscores has not the shape of scores or value is not 1 element; argument_error for scores
///              that are not finite.
/// Reference    Hadsell, Chopra, LeCun 2006, eq. 4 (squared = true, divided by all pairs there); terms, defaults and
///              the two separate means are pytorch-metric-learning's ContrastiveLoss
struct contrastive {
  double positive_score = 0;                                    ///< a positive at or above it costs nothing
  double negative_score = -1;                                   ///< a negative at or below it costs nothing
  bool squared = false;                                         ///< half the square of each term
  loss::reduction reduction = loss::reduction::mean_of_active;  ///< what each of the two sums is divided by

  template <class T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    op::expect_equal_shapes("loss::contrastive", scores, dscores);
    op::expect_size("loss::contrastive", value, 1, "value");
    expect_finite<T>("loss::contrastive", "positive_score", positive_score);
    expect_finite<T>("loss::contrastive", "negative_score", negative_score);
    const scratch_scope scope(ctx);
    const detail::contrastive_term<T, R> term{relation, static_cast<T>(positive_score), static_cast<T>(negative_score),
                                              squared};
    const auto parts = scratch_vector<T>(ctx, 2), scales = scratch_vector<T>(ctx, 2);
    for (const index_t part : {0, 1}) {
      const auto kind = part == 0 ? relation::kind::positive : relation::kind::negative;
      const detail::row_terms<T, D> terms(ctx, scores.rows(), reduction);
      ctx.for_each_row(scores.rows(), scores.cols(), detail::contrastive_row<T, D, R>{scores, term, kind, terms});
      terms.divide(ctx, parts.segment(part, 1), scales.segment(part, 1));
    }
    ctx.for_each(1, detail::add_two_at<T, D>{parts, value});
    ctx.for_each(scores.rows(), scores.cols(), detail::contrastive_gradient_at<T, D, R>{scores, term, scales, dscores});
  }
};

static_assert(ScoreLoss<contrastive>);

}  // namespace kindred::loss
