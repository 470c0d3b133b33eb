// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D, class R>
struct multi_similarity_row {
  matrix_view<const T, D> scores;
  R relation;
  T alpha, beta, base, epsilon, scale;
  bool select;
  matrix_view<T, D> dscores;
  vector_view<T, D> totals;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols();
    T furthest_positive = 0, closest_negative = 0;
    if (select) {
      furthest_positive = g.reduce(n, infinity<T>, minimum{}, [&](index_t c) {
        const T s = scores(r, c);
        return s == s && relation(r, c) == relation::kind::positive ? s : infinity<T>;
      });
      closest_negative = g.reduce(n, -infinity<T>, maximum{}, [&](index_t c) {
        const T s = scores(r, c);
        return s == s && relation(r, c) == relation::kind::negative ? s : -infinity<T>;
      });
    }
    // comparisons written so that a NaN is kept: it shows in the value
    const auto positive = [&](index_t c) {
      return relation(r, c) == relation::kind::positive && !(select && scores(r, c) - epsilon >= closest_negative);
    };
    const auto negative = [&](index_t c) {
      return relation(r, c) == relation::kind::negative && !(select && scores(r, c) + epsilon <= furthest_positive);
    };
    const T pull =
        log_sum_exp<T>(g, n, [&](index_t c) { return positive(c) ? -alpha * (scores(r, c) - base) : -infinity<T>; });
    const T push =
        log_sum_exp<T>(g, n, [&](index_t c) { return negative(c) ? beta * (scores(r, c) - base) : -infinity<T>; });
    g.for_each(n, [&](index_t c) {
      T gradient = 0;
      if (positive(c))
        gradient = -math::sigmoid(pull) * math::exp(-alpha * (scores(r, c) - base) - pull);
      else if (negative(c))
        gradient = math::sigmoid(push) * math::exp(beta * (scores(r, c) - base) - push);
      dscores(r, c) = scale * gradient;
    });
    g.once([&] { totals(r) = softplus(pull) / alpha + softplus(push) / beta; });
  }
};
}  // namespace detail

/// Multi-similarity loss: positives and negatives of a row are weighed by how they compare with each other.
///
/// value = mean over rows of log(1 + sum over positives of e^(-alpha (s - base))) / alpha
///                         + log(1 + sum over negatives of e^(beta (s - base))) / beta
///
/// With `select` a row keeps negatives with s + epsilon > its least similar positive and positives with s - epsilon <
/// its most similar negative.
///
/// scores    n x m, of similarity::cosine
/// dscores   n x m, overwritten
///
/// A row without positives or negatives has 0 for that part and counts in the mean; with `select` it has 0 altogether.
/// 0 rows: value 0. NaN in a row makes the value and that row's gradient NaN.
///
/// Complexity   O(n m) exponentials, two launches.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for alpha or beta that are not above 0.
/// Reference    Wang et al. 2019. Equal to pytorch-metric-learning's MultiSimilarityLoss, with `select` behind its
///              MultiSimilarityMiner; the authors' code clips similarities of 1 out of the positives, which is not done
///              here.
struct multi_similarity {
  double alpha = 2;      ///< sharpness of the positives, above 0
  double beta = 50;      ///< sharpness of the negatives, above 0
  double base = 0.5;     ///< the paper's lambda
  bool select = false;   ///< the paper's choice of pairs
  double epsilon = 0.1;  ///< margin of that choice

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    detail::expect_score_loss<R, T, D>("loss::multi_similarity", scores, relation, dscores, value);
    constexpr const char* who = "loss::multi_similarity";
    expect_positive<T>(who, "alpha", alpha);
    expect_positive<T>(who, "beta", beta);
    expect_finite<T>(who, "base", base);
    expect_finite<T>(who, "epsilon", epsilon);
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, scores.rows());
    const T scale = detail::one_over<T>(scores.rows());
    ctx.for_each_row(scores.rows(), scores.cols(),
                     detail::multi_similarity_row<T, D, R>{scores, relation, static_cast<T>(alpha),
                                                           static_cast<T>(beta), static_cast<T>(base),
                                                           static_cast<T>(epsilon), scale, select, dscores, totals});
    detail::scaled_sum<T, D>(ctx, totals, scale, false, value);
  }
};

static_assert(ScoreLoss<multi_similarity>);

}  // namespace kindred::loss
