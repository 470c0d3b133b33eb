// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/loss/cmpc.hpp>
#include <kindred/loss/cmpm.hpp>
#include <kindred/loss/weighted_sum.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/train/two_tower.hpp>

namespace kindred::model {

struct cmpl_options {
  double matching = 1;        ///< weight of the matching loss, CMPM
  double classification = 1;  ///< weight of the classification loss, CMPC
  double smoothing = 0;       ///< of CMPC's labels
  training_options training{.epochs = 15, .batch = 32, .rate = 2e-4, .weight_decay = 4e-5};  ///< Flickr30k, first stage
};

/// Cross-modal projection learning: two networks whose outputs, projected onto each other, match where labels do and
/// show their class. Compare by similarity::cosine.
///
/// minimizes   matching CMPM + classification CMPC by Adam; see loss::cmpm and loss::cmpc
///
/// first, second           specs of the networks, which end in one width
/// fit(ctx, x, y, labels)  item i of y belongs to item i of x, and label i to both: a category, or the number of the
///                         pair where every pair is a class of its own
///
/// Complexity   of the networks; per batch of n pairs n^2 d and n C d for d outputs and C classes.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       shape_error where labels or widths do not fit; argument_error for options out of range; those of
///              networks and losses.
/// Reference    Zhang and Lu 2018. Their text network is encoder::bidirectional_lstm. Their code anneals the rate by
///              0.94 every 500 epochs and evaluates a moving average of the weights; here the rate stays and the last
///              weights count.
template <layer::Parametric First, layer::Parametric Second>
struct cmpl {
  First first;
  Second second;
  cmpl_options options = {};

  template <class X, class Y, Device D, class Progress = no_progress>
  auto fit(context<D>& ctx, const X& x, const Y& y, std::span<const label_t> labels, Progress progress = {}) const {
    const class_numbers classes(labels);
    using T = data::scalar_of<X>;
    constexpr const char* who = "model::cmpl::fit";
    expect_not_negative<T>(who, "matching", options.matching);
    expect_not_negative<T>(who, "classification", options.classification);
    check_training<T>(who, "training", options.training);
    const data::paired_features<T, D> set(ctx, x, y, vector<label_t, D>(ctx, classes.numbers));
    const auto& o = options.training;
    auto a = encoder::make<T>(ctx, first, o.seed, set.first().item());
    auto b = encoder::make<T>(ctx, second, o.seed + 1, set.second().item());
    expects(a.dimension() == b.dimension(), "model::cmpl::fit: networks into {} and {} dimensions", a.dimension(),
            b.dimension());
    const loss::weighted_sum<loss::cmpm, loss::cmpc> both{
        {},
        loss::cmpc(static_cast<index_t>(classes.classes.size()), a.dimension(), {.smoothing = options.smoothing}),
        options.matching,
        options.classification};
    train::two_tower trainer(ctx, a, b, both, optimizer::adam{.rate = o.rate, .weight_decay = o.weight_decay},
                             {.seed = o.seed});
    run_epochs(trainer, set, o, progress);
    return network_pair<First, Second, T, D>(std::move(a), std::move(b));
  }
};
template <class First, class Second>
cmpl(First, Second) -> cmpl<First, Second>;
template <class First, class Second>
cmpl(First, Second, cmpl_options) -> cmpl<First, Second>;

}  // namespace kindred::model
