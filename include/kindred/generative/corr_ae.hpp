// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/generative/paired_autoencoder_trainer.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/adam.hpp>

namespace kindred::generative {

struct corr_ae_options {
  generative::decoded decoded =
      generative::decoded::itself;  ///< itself: Corr-AE; other: Corr-Cross-AE; both: Corr-Full-AE
  double correspondence = 0.8;      ///< alpha; the paper has 0.8, and 0.2 for `other`
  model::training_options training{.epochs = 100, .batch = 100, .rate = 1e-3};
};

/// Correspondence autoencoder: two autoencoders whose codes of a pair shall be near each other. Compare by
/// similarity::cosine.
///
/// minimizes   (1 - alpha) (|x - x'|^2 + |y - y'|^2) + alpha |f(x) - g(y)|^2 by Adam; see paired_autoencoder_trainer
///
/// first, second               specs of the encoders, which end in one width
/// first_decoder, second_decoder  specs from a code to a row of either side
/// fit(ctx, x, y)              row i of y belongs to row i of x
///
/// Complexity   of the networks.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       shape_error where codes or rows do not fit; argument_error for options out of range.
/// Reference    Feng, Wang and Li 2014. There codes start as two layers of Boltzmann machines; here at random. With
///              alpha near 1 all codes become equal.
template <layer::Parametric First, layer::Parametric Second, layer::Parametric FirstDecoder,
          layer::Parametric SecondDecoder>
struct corr_ae {
  First first;
  Second second;
  FirstDecoder first_decoder;
  SecondDecoder second_decoder;
  corr_ae_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    using T = data::scalar_of<X>;
    constexpr const char* who = "generative::corr_ae::fit";
    expect_within(who, "correspondence", options.correspondence, 0, 1);
    model::check_training<T>(who, "training", options.training);
    const data::paired_features<T, D> set(ctx, x, y);
    const auto& o = options.training;
    auto a = encoder::make<T>(ctx, first, o.seed), b = encoder::make<T>(ctx, second, o.seed + 1);
    std::array to_first{encoder::make<T>(ctx, first_decoder, o.seed + 2),
                        encoder::make<T>(ctx, first_decoder, o.seed + 3)};
    std::array to_second{encoder::make<T>(ctx, second_decoder, o.seed + 4),
                         encoder::make<T>(ctx, second_decoder, o.seed + 5)};
    paired_autoencoder_trainer trainer(
        ctx, a, b, to_first, to_second, optimizer::adam{.rate = o.rate, .weight_decay = o.weight_decay},
        {.decoded = options.decoded, .correspondence = options.correspondence, .step = {.seed = o.seed}});
    model::run_epochs(trainer, set, o, progress);
    return model::network_pair<First, Second, T, D>(std::move(a), std::move(b));
  }
};
template <class A, class B, class C, class D>
corr_ae(A, B, C, D) -> corr_ae<A, B, C, D>;
template <class A, class B, class C, class D>
corr_ae(A, B, C, D, corr_ae_options) -> corr_ae<A, B, C, D>;

}  // namespace kindred::generative
