// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/labelled_features.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/model/class_networks.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/train/siamese.hpp>

namespace kindred::model {

struct deep_sm_options {
  double smoothing = 0;  ///< of the labels
  training_options training{.epochs = 30, .batch = 64, .rate = 1e-3};
};

/// Deep semantic matching: a network for each side learns the classes by itself; items are compared by their class posteriors.
/// Compare by similarity::cosine.
///
/// minimizes   loss::softmax_cross_entropy of either network, by Adam
///
/// first, second           specs of the networks, which end in one number for each class
/// fit(ctx, x, y, labels)  x and y need not be pairs but for their labels: label i belongs to item i of both
///
/// Complexity   of the networks.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       argument_error for fewer outputs than classes or more and for options out of range; those of networks and loss.
/// Reference    Wei et al. 2017: there an ImageNet network tuned to the classes and a network of two layers over bags of
///              words. It is projection::semantic with networks for logistic regression.
template <layer::Parametric First, layer::Parametric Second>
struct deep_sm {
  First first;
  Second second;
  deep_sm_options options = {};

  template <class X, class Y, Device D, class Progress = no_progress>
  auto fit(context<D>& ctx, const X& x, const Y& y, std::span<const label_t> labels, Progress progress = {}) const {
    const class_numbers classes(labels);
    using T = data::scalar_of<X>;
    constexpr const char* who = "model::deep_sm::fit";
    expect_within(who, "smoothing", options.smoothing, 0, 1);
    check_training<T>(who, "training", options.training);
    const vector<label_t, D> numbers(ctx, classes.numbers);
    const data::labelled_features<T, D> first_set(ctx, x, numbers), second_set(ctx, y, numbers);
    const auto& o = options.training;
    auto a = encoder::make<T>(ctx, first, o.seed), b = encoder::make<T>(ctx, second, o.seed + 1);
    const auto count = static_cast<index_t>(classes.classes.size());
    expects<argument_error>(a.dimension() == count && b.dimension() == count,
                            "model::deep_sm::fit: networks with {} and {} outputs for {} classes", a.dimension(),
                            b.dimension(), count);
    const auto learn = [&](auto& network, const auto& set) {
      train::siamese trainer(ctx, network, loss::softmax_cross_entropy{.smoothing = options.smoothing},
                             optimizer::adam{.rate = o.rate, .weight_decay = o.weight_decay}, {.seed = o.seed});
      run_epochs(trainer, set, o, progress);
    };
    learn(a, first_set);
    learn(b, second_set);
    return class_networks<First, Second, T, D>(network_pair<First, Second, T, D>(std::move(a), std::move(b)),
                                               classes.classes);
  }
};
template <class First, class Second>
deep_sm(First, Second) -> deep_sm<First, Second>;
template <class First, class Second>
deep_sm(First, Second, deep_sm_options) -> deep_sm<First, Second>;

}  // namespace kindred::model
