// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/miner/distance_weighted.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::loss {

namespace detail {

/// Sums and gradients of one anchor, still without a divisor.
template <class T, Device D, class M, class R>
struct margin_row {
  matrix_view<const T, D> scores;
  R relation;
  M miner;
  miner::scores_are scores_mean;
  T margin, nu;
  vector_view<const T, D> beta;
  matrix_view<T, D> dscores;
  vector_view<T, D> dbeta;  // one per row
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    g.for_each(scores.cols(), [&](index_t j) { dscores(a, j) = T(0); });
    const index_t at = boundary(a);
    T sum = 0, slope = 0;
    index_t active = 0, all = 0;
    if (at >= 0) {
      const T b = beta(at);
      miner(g, a, scores, relation, [&](index_t p, index_t n) {
        const auto near = miner::distance_of(scores_mean, scores(a, p)),
                   far = miner::distance_of(scores_mean, scores(a, n));
        const T too_far = near.distance - b + margin, too_near = b - far.distance + margin;
        all += 2;
        sum += nu * b;
        slope += nu;
        if (too_far > T(0)) {
          ++active;
          sum += too_far;
          slope -= T(1);
          g.once([&] { dscores(a, p) += near.derivative; });
        }
        if (too_near > T(0)) {
          ++active;
          sum += too_near;
          slope += T(1);
          g.once([&] { dscores(a, n) -= far.derivative; });
        }
      });
    }
    g.once([&] {
      dbeta(a) = slope;
      terms.store(a, sum, active, all);
    });
  }
  /// Which beta an anchor has; -1 for a label that is no class.
  KINDRED_HD index_t boundary(index_t a) const {
    if constexpr (relation::LabelRelation<R>) {
      if (beta.size() == 1) return 0;
      const index_t label = relation.query_labels()(a);
      return label >= 0 && label < beta.size() ? label : -1;
    } else {
      return 0;
    }
  }
};

/// dweights(c) += scale * the sum of dbeta over the anchors of class c.
template <class T, Device D, class R>
struct gather_beta_row {
  R relation;
  vector_view<const T, D> dbeta;
  vector_view<const T, D> scale;
  vector_view<T, D> dweights;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t c) const {
    const T sum = g.reduce(dbeta.size(), T(0), plus{}, [&](index_t a) {
      if constexpr (relation::LabelRelation<R>)
        return dweights.size() == 1 || relation.query_labels()(a) == c ? dbeta(a) : T(0);
      else
        return dbeta(a);
    });
    g.once([&] { dweights(c) += scale(0) * sum; });
  }
};

}  // namespace detail

/// Margin loss: positives are to lie inside a learned boundary beta, negatives outside, each by a margin.
///
/// value = sum over triplets of (max(0, d(a, p) - beta + margin) + max(0, beta - d(a, n) + margin) + nu beta) /
///         number of terms max(0, .) above 0
///
/// beta is one number, or one per class of the anchor with `classes` > 1; then relation is a LabelRelation whose labels
/// are classes 0, 1, ... An anchor with another label is in no term. Weights: "beta", `classes` numbers, started at
/// `beta`.
///
/// @tparam Miner  which triplets; miner::distance_weighted draws one negative per positive. Its `dimensions` are to be
///                set
///
/// scores    rows x cols; scores_mean says how distances follow from them, the miner's own has to say the same
/// dscores   rows x cols, overwritten
/// dweights  accumulated; absent where beta is frozen
/// value     1 element
///
/// NaN scores, and -infinity of negatives, are in no triplet: the value does not show a NaN (trainers refuse the
/// embedding it comes from). Without an active term value and gradients are 0, nu beta
/// included.
///
/// Complexity   what the miner costs; the gradient of beta O(classes x rows).
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error if dscores has not the shape of scores, weights and dweights not `classes` elements, or
///              value not 1; argument_error for several classes under a relation without labels, and for options out of
///              range.
/// Reference    Wu, Manmatha, Smola, Kraehenbuehl 2017, eq. 5, in their code's convention: the regularizer counts once
///              per triplet and is divided like the rest, the divisor is guarded here. pytorch-metric-learning's
///              MarginLoss does the same with one beta per class, and adds nu beta undivided with one beta for all.
template <class Miner = miner::distance_weighted>
struct margin {
  index_t classes = 1;                                                ///< betas: 1, or one per class
  double alpha = 0.2;                                                 ///< the margin on either side of beta
  double beta = 1.2;                                                  ///< where every beta starts
  double nu = 0;                                                      ///< weight of the betas themselves
  miner::scores_are scores_mean = miner::scores_are::inner_products;  ///< how distances follow from scores
  loss::reduction reduction = loss::reduction::mean_of_active;        ///< what the sum is divided by
  Miner miner = {};                                                   ///< options of the miner

  margin reseeded(std::uint64_t seed) const {
    margin copy = *this;
    copy.miner = kindred::miner::reseeded(miner, seed);
    return copy;
  }

  index_t parameter_count() const { return classes; }
  index_t buffer_count() const { return 0; }
  template <class Visit>
  void parameters(Visit visit) const {
    visit("beta", index_t(0), index_t(1), classes);
  }
  template <class Visit>
  void buffers(Visit) const {}
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t) const {
    op::fill(ctx, as_matrix(weights, 1, weights.size()), static_cast<T>(beta));
  }
  std::string description() const { return "margin(" + std::to_string(classes) + ")"; }

  template <class T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> scores, const R& relation,
                  matrix_view<T, D> dscores, std::type_identity_t<vector_view<T, D>> dweights,
                  vector_view<T, D> value) const {
    expect_at_least("loss::margin", "classes", classes, 1);
    expect_not_negative<T>("loss::margin", "alpha", alpha);
    expect_finite<T>("loss::margin", "beta", beta);
    expect_finite<T>("loss::margin", "nu", nu);
    miner::check_options(miner);
    op::expect_equal_shapes("loss::margin", scores, dscores);
    op::expect_size("loss::margin", weights, classes, "classes");
    if (dweights) op::expect_size("loss::margin", dweights, classes, "classes");
    op::expect_size("loss::margin", value, 1, "value");
    expects<argument_error>(classes == 1 || relation::LabelRelation<R>,
                            "loss::margin: {} classes want a relation with labels", classes);
    const scratch_scope scope(ctx);
    const detail::row_terms<T, D> terms(ctx, scores.rows(), reduction);
    const auto dbeta = scratch_vector<T>(ctx, scores.rows()), scale = scratch_vector<T>(ctx, 1);
    ctx.for_each_row(scores.rows(), scores.cols(),
                     detail::margin_row<T, D, Miner, R>{scores, relation, miner, scores_mean, static_cast<T>(alpha),
                                                        static_cast<T>(nu), weights, dscores, dbeta, terms});
    terms.divide(ctx, value, scale);
    ctx.for_each(dscores.rows(), dscores.cols(), detail::scale_by_at<T, D>{dscores, scale});
    if (dweights)
      ctx.for_each_row(classes, scores.rows(), detail::gather_beta_row<T, D, R>{relation, dbeta, scale, dweights});
  }
};

static_assert(LearnableScoreLoss<margin<>>);

}  // namespace kindred::loss
