// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/multimodal_dbn_model.hpp>
#include <kindred/generative/detail/machine_training.hpp>

namespace kindred::generative {

/// The machines of one side, lower and upper. What is not named gets the value of rbm_options, so `.visible`
/// and `.rate` of the lower machine go together.
struct multimodal_dbn_side {
  rbm_options lower{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options upper{.hidden = 128};
};

struct multimodal_dbn_options {
  multimodal_dbn_side first{}, second{};
  rbm_options joint{.hidden = 256};
  multimodal_dbn_inference inference{};
  index_t epochs = 30;     ///< passes of each of the five machines over the pairs
  index_t batch = 100;     ///< pairs in an update
  std::uint64_t seed = 0;  ///< of all machines and orders; the seeds in their options are not looked at
};

/// Multimodal deep belief network: two restricted Boltzmann machines for each side, one over both tops, learned from
/// the bottom up by contrastive divergence. Compare by similarity::cosine.
///
///   const auto model = multimodal_dbn{{.first = {.lower = {.hidden = 64, .visible = ...}}}}.fit(ctx, images,
///   texts); model.first(ctx, images);                // the joint layer, texts inferred
///   model.second_of_first(ctx, images);      // the texts themselves
///
/// The upper machines learn from the probabilities of the lower ones, the joint machine from those of both upper ones
/// beside each other. Rows of a gaussian side are standardized by their own means and deviations, which the model
/// keeps; others come as they are: numbers in [0, 1] or counts.
///
/// fit(ctx, x, y)   row i of y belongs to row i of x
///
/// Complexity   epochs x n x the products of rbm, machine after machine; memory for the pairs' hidden units.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error for other numbers of rows, or none; argument_error for options out of range and for upper
///              or joint machines that are not bernoulli; argument_error where gaussian rows hold NaN or infinity.
/// Reference    Srivastava and Salakhutdinov 2012. The public code of CMDN (Peng, Huang, Qi 2016), derived from theirs,
///              has 2296 gaussian - 2048 - 1024 units for images (rates 0.001 and 0.05, weight decay 1e-3, sparsity
///              targets 0.2 and 0.1 at costs 0.1 and 0.01), 3000 replicated softmax - 1024 - 1024 for texts (rate 0.1),
///              2048 joint ones (rate 0.01), batches of 128, 1e5 updates and more, ten steps of mean field. Differs:
///              rates do not decay, and k is fixed.
struct multimodal_dbn {
  multimodal_dbn_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D> && MatrixArgument<Y, D>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    detail::joint_progress<Progress> all(progress);
    return fit_with(ctx, as_const(x), as_const(y), all);
  }

  /// The same as a part of a longer fit, whose progress goes on.
  template <class T, Device D, class Progress>
  multimodal_dbn_model<T, D> fit_with(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                                 detail::joint_progress<Progress>& progress) const {
    expects(x.rows() == y.rows() && x.rows() > 0, "generative::multimodal_dbn::fit: expected pairs, got {} and {} rows",
            x.rows(), y.rows());
    const auto upper_bernoulli = [](const rbm_options& o) {
      return o.visible == rbm_visible::bernoulli;
    };
    expects<argument_error>(
        upper_bernoulli(options.first.upper) && upper_bernoulli(options.second.upper) && upper_bernoulli(options.joint),
        "generative::multimodal_dbn::fit: upper and joint RBMs read probabilities: expected visible bernoulli");
    constexpr const char* who = "generative::multimodal_dbn::fit";
    expect_at_least(who, "epochs", options.epochs, 0);
    expect_at_least(who, "batch", options.batch, 1);
    expect_within(who, "inference.steps", static_cast<double>(options.inference.steps), 1,
                                   static_cast<double>(multimodal_dbn_inference::most_steps));
    // machines check their options, here before any of them is trained
    rbm<T, D>(ctx, 1, options.first.lower), rbm<T, D>(ctx, 1, options.second.lower);
    rbm<T, D>(ctx, 1, options.first.upper), rbm<T, D>(ctx, 1, options.second.upper);
    rbm<T, D>(ctx, 1, options.joint);
    auto first = pathway_of(ctx, x, options.first, 0, progress);
    auto second = pathway_of(ctx, y, options.second, 2, progress);
    matrix<T, D> tops(ctx, x.rows(), first.dimension() + second.dimension(), uninitialized);
    first.encode(ctx, x, tops.view().middle_cols(0, first.dimension()));
    second.encode(ctx, y, tops.view().middle_cols(first.dimension(), second.dimension()));
    auto joint = detail::trained_machine<T, D>(ctx, tops, options.joint, training(), 4, progress);
    return {std::move(first), std::move(second), std::move(joint), options.inference};
  }

 private:
  model::training_options training() const { return {.epochs = options.epochs, .batch = options.batch, .seed = options.seed}; }
  template <class T, Device D, class Progress>
  detail::belief_pathway<T, D> pathway_of(context<D>& ctx, matrix_view<const T, D> x, const multimodal_dbn_side& side,
                                  std::uint64_t part, detail::joint_progress<Progress>& progress) const {
    const bool gaussian = side.lower.visible == rbm_visible::gaussian;
    auto scaling = gaussian ? detail::column_scaling<T, D>(ctx, x) : detail::column_scaling<T, D>(ctx, x.cols());
    matrix<T, D> rows(ctx, x.rows(), x.cols(), uninitialized);
    scaling.apply(ctx, x, rows.view());
    auto lower = detail::trained_machine<T, D>(ctx, rows, side.lower, training(), part, progress);
    const auto hidden = lower.encode(ctx, rows);
    return {std::move(scaling), std::move(lower),
            detail::trained_machine<T, D>(ctx, hidden, side.upper, training(), part + 1, progress)};
  }
};

}  // namespace kindred::generative
