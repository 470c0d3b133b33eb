// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D, class R>
struct sigmoid_pair_row {
  matrix_view<const T, D> scores;
  R relation;
  vector_view<const T, D> weights;  // log of the scale, bias
  T share;
  matrix_view<T, D> dscores;
  vector_view<T, D> totals, dscales, dbiases;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols();
    const T scale = math::exp(weights(0)), bias = weights(1);
    // the number whose logistic loss is taken: above 0 where the pair is on the wrong side
    const auto wrong = [&](index_t c, relation::kind kind) {
      const T x = scale * scores(r, c) + bias;
      return kind == relation::kind::positive ? -x : x;
    };
    const auto gradient = [&](index_t c) {
      const relation::kind kind = relation(r, c);
      if (kind == relation::kind::ignored) return T(0);
      const T pull = math::sigmoid(wrong(c, kind));
      return share * (kind == relation::kind::positive ? -pull : pull);
    };
    const T total = g.reduce(n, T(0), plus{}, [&](index_t c) {
      const relation::kind kind = relation(r, c);
      return kind == relation::kind::ignored ? T(0) : softplus(wrong(c, kind));
    });
    g.for_each(n, [&](index_t c) { dscores(r, c) = scale * gradient(c); });
    const T dscale = g.reduce(n, T(0), plus{}, [&](index_t c) { return dscores(r, c) * scores(r, c); });
    const T dbias = g.reduce(n, T(0), plus{}, gradient);
    g.once([&] {
      totals(r) = total;
      dscales(r) = dscale;
      dbiases(r) = dbias;
    });
  }
};
}  // namespace detail

/// What sigmoid_pair starts from.
struct sigmoid_pair_options {
  double scale = 10;  ///< above 0
  double bias = -10;  ///< below 0 where negatives are many
};

/// Sigmoid loss for pairs (SigLIP): every pair by itself is right or wrong, so no row has to see the whole batch.
///
/// value = 1 / n sum over pairs of log(1 + e^(-z (scale s + bias))),   z = 1 for positive pairs, -1 for negative ones
///
/// weights   "log_scale" (scale = e^log_scale) and "bias", learned with everything else
/// scores    n x m, of similarity::cosine
/// dscores   n x m, overwritten
/// dweights  2, accumulated; absent where frozen
///
/// One class, no positives, one row: what the formula says. 0 rows: value 0. NaN in a score makes the value, that
/// gradient and those of the weights NaN.
///
/// Complexity   O(n m) exponentials, a group per row.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for a start scale that is not above 0.
/// Reference    Zhai et al. 2023.
struct sigmoid_pair : layer::weighted<sigmoid_pair> {
  sigmoid_pair_options options;

  sigmoid_pair(sigmoid_pair_options o = {}) : options(o) {
    expect_positive<float>("loss::sigmoid_pair", "scale", o.scale);
    expect_finite<float>("loss::sigmoid_pair", "bias", o.bias);
  }

  template <class T, class D>
  struct parts {
    vector_view<T, D> log_scale, bias;
  };
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto log_scale = c.vector("log_scale", 1);
    return {log_scale, c.vector("bias", 1)};
  }
  std::string description() const { return "sigmoid_pair()"; }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t) const {
    const auto w = this->split(weights);
    op::fill(ctx, as_matrix(w.log_scale, 1, 1), static_cast<T>(std::log(options.scale)));
    op::fill(ctx, as_matrix(w.bias, 1, 1), static_cast<T>(options.bias));
  }
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> scores, const R& relation,
                  matrix_view<T, D> dscores, std::type_identity_t<vector_view<T, D>> dweights,
                  vector_view<T, D> value) const {
    detail::expect_score_loss<R, T, D>("loss::sigmoid_pair", scores, relation, dscores, value);
    detail::expect_weights<T, D>("loss::sigmoid_pair", weights, dweights, 2);
    const index_t n = scores.rows();
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, n), dscales = scratch_vector<T>(ctx, n),
               dbiases = scratch_vector<T>(ctx, n);
    const T share = detail::one_over<T>(n);
    ctx.for_each_row(
        n, scores.cols(),
        detail::sigmoid_pair_row<T, D, R>{scores, relation, weights, share, dscores, totals, dscales, dbiases});
    detail::scaled_sum<T, D>(ctx, totals, share, false, value);
    if (dweights) {
      const auto dw = this->split(dweights);
      detail::scaled_sum<T, D>(ctx, dscales, T(1), true, dw.log_scale);
      detail::scaled_sum<T, D>(ctx, dbiases, T(1), true, dw.bias);
    }
  }
};

static_assert(LearnableScoreLoss<sigmoid_pair>);

}  // namespace kindred::loss
