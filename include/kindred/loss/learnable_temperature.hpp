// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D>
struct scaled_scores_at {
  matrix_view<const T, D> scores;
  vector_view<const T, D> log_scale;
  T largest;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    out(r, c) = math::exp(log_scale(0) > largest ? largest : log_scale(0)) * scores(r, c);
  }
};
/// sums(r) = d value / d log_scale of a row; dscores becomes the gradient for the scores that were scaled.
template <class T, Device D>
struct unscaled_gradient_row {
  matrix_view<const T, D> scores;
  vector_view<const T, D> log_scale;
  T largest;
  matrix_view<T, D> dscores;
  vector_view<T, D> sums;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T scale = math::exp(log_scale(0) > largest ? largest : log_scale(0));
    g.for_each(scores.cols(), [&](index_t c) { dscores(r, c) *= scale; });
    const T sum = g.reduce(scores.cols(), T(0), plus{}, [&](index_t c) { return dscores(r, c) * scores(r, c); });
    g.once([&] { sums(r) = sum; });
  }
};
template <class T, Device D>
struct temperature_gradient_row {
  vector_view<const T, D> sums, log_scale;
  T largest;
  vector_view<T, D> dlog_scale;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const T sum = g.reduce(sums.size(), T(0), plus{}, [&](index_t i) { return sums(i); });
    // behind the clamp only what leads back may pass
    g.once([&] {
      if (!(log_scale(0) > largest && sum < T(0))) dlog_scale(0) += sum;
    });
  }
};
}  // namespace detail

/// What learnable_temperature starts from and where it ends.
struct learnable_temperature_options {
  double temperature = 0.07;           ///< at the start, above 0
  double smallest_temperature = 0.01;  ///< the clamp, above 0
};

/// A ScoreLoss behind a temperature that is learned: loss(scores / temperature).
///
/// weights   "log_scale": temperature = 1 / e^min(log_scale, -log(smallest_temperature))
/// scores    n x m
/// dscores   n x m, overwritten
/// dweights  1, accumulated; absent where frozen
///
/// Beyond the clamp the temperature stays what it is and only a gradient that leads back to it is passed on, so
/// training neither drifts away nor gets stuck there. CLIP's code sets the weight back to log(100) after each step
/// instead.
///
/// `loss` keeps its own scale: give it temperature 1, as `learnable_temperature(info_nce{.temperature = 1})` does.
///
/// Complexity   that of `loss` and two launches; scratch n m numbers.
/// Determinism  bit-equal for any number of threads where `loss` is.
/// Errors       those of `loss`; shape_error for other than one weight; argument_error for temperatures that are not
///              above 0. Bad batches and NaN as in `loss`.
/// Reference    Radford et al. 2021.
template <class L>
struct learnable_temperature : layer::weighted<learnable_temperature<L>> {
  L loss;
  learnable_temperature_options options;

  explicit learnable_temperature(L inner, learnable_temperature_options o = {}) : loss(inner), options(o) {
    expect_positive<float>("loss::learnable_temperature", "temperature", o.temperature);
    expect_positive<float>("loss::learnable_temperature", "smallest_temperature", o.smallest_temperature);
  }

  /// The same with a loss that draws other numbers.
  learnable_temperature reseeded(std::uint64_t seed) const {
    return learnable_temperature(miner::reseeded(loss, seed), options);
  }

  template <class T, class D, class Visit>
  vector_view<T, D> pieces(carver<T, D, Visit>& c) const {
    return c.vector("log_scale", 1);
  }
  std::string description() const { return "learnable_temperature()"; }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t) const {
    op::fill(ctx, as_matrix(weights, 1, 1), static_cast<T>(-std::log(options.temperature)));
  }
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> scores, const R& relation,
                  matrix_view<T, D> dscores, std::type_identity_t<vector_view<T, D>> dweights,
                  vector_view<T, D> value) const {
    detail::expect_weights<T, D>("loss::learnable_temperature", weights, dweights, 1);
    detail::expect_score_loss<R, T, D>("loss::learnable_temperature", scores, relation, dscores, value);
    const index_t n = scores.rows(), m = scores.cols();
    const T largest = static_cast<T>(-std::log(options.smallest_temperature));
    const scratch_scope scope(ctx);
    const auto scaled = scratch_matrix<T>(ctx, n, m);
    const auto sums = scratch_vector<T>(ctx, n);
    ctx.for_each(n, m, detail::scaled_scores_at<T, D>{scores, weights, largest, scaled});
    loss(ctx, const_matrix<T, D>(scaled), relation, dscores, value);
    ctx.for_each_row(n, m, detail::unscaled_gradient_row<T, D>{scores, weights, largest, dscores, sums});
    if (dweights) ctx.for_each_row(1, n, detail::temperature_gradient_row<T, D>{sums, weights, largest, dweights});
  }
};

}  // namespace kindred::loss
