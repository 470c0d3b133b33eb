// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/labelled_features.hpp>
#include <kindred/generative/autoencoder.hpp>
#include <kindred/generative/autoencoder_trainer.hpp>
#include <kindred/generative/detail/machine_training.hpp>
#include <kindred/optimizer/adam.hpp>

namespace kindred::generative {

struct stacked_autoencoder_options {
  autoencoder_options network{};  ///< widths, units and what training changes in the rows
  model::training_options pretraining{
      .epochs = 30, .batch = 100, .rate = 1e-3, .weight_decay = 1e-3};  ///< of each layer
  model::training_options fine_tuning{
      .epochs = 30, .batch = 100, .rate = 1e-3, .weight_decay = 1e-3};  ///< of the whole
};

namespace detail {

/// All epochs of an autoencoder over rows, by Adam.
template <class T, Device D, class Progress>
void train_reconstruction(context<D>& ctx, autoencoder<T, D>& net, const_matrix<T, D> x,
                          const model::training_options& o, joint_progress<Progress>& progress) {
  const vector<label_t, D> nothing(ctx, x.rows());
  const data::labelled_features<T, D> set(ctx, x, nothing);
  using error = loss::reconstruction::error;
  const bool logits = net.options().reconstruction == autoencoder_units::sigmoid;
  autoencoder_trainer trainer(
      ctx, net, loss::reconstruction{.kind = logits ? error::binary_entropy : error::squares, .per_row = true},
      optimizer::adam{.rate = o.rate, .weight_decay = o.weight_decay}, {.seed = o.seed});
  progress.run(trainer, set, o);
}

}  // namespace detail

/// A stacked autoencoder: layers that are learned one after the other, each giving back the codes of the one before,
/// and then together. With `masked` or `noise` a stacked denoising autoencoder.
///
///   const stacked_autoencoder learner{{.network = {.hidden = {1024, 512}, .masked = 0.2}}};
///   const auto net = learner.fit(ctx, rows);           // autoencoder
///
/// minimizes   mean over rows of |x - x'|^2, or of the cross entropy of x' = sigmoid(logits) for x in [0, 1], by Adam
///
/// fit(ctx, x)   rows; a layer that reads sigmoid units gives them back through sigmoid units. Each layer's input is
///               masked and gets noise. fine_tuning.epochs = 0 leaves the layers as they were learned alone
///
/// Complexity   epochs times n times the weights of each layer, then of all; codes of all rows in memory.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       argument_error for options out of range or no rows.
/// Reference    Hinton and Salakhutdinov 2006, Vincent et al. 2010; in Peng, Huang and Qi 2016 by SGD at 0.1 with
///              momentum and weight decay 1e-3. Differs: Adam; weight decay takes biases too.
struct stacked_autoencoder {
  stacked_autoencoder_options options = {};

  template <class X, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D>
  auto fit(context<D>& ctx, const X& x, Progress progress = {}) const {
    detail::joint_progress<Progress> all(progress);
    return fit_with(ctx, as_const(x), all);
  }

  /// The same as a part of a longer fit, whose progress goes on.
  template <class T, Device D, class Progress>
  autoencoder<T, D> fit_with(context<D>& ctx, matrix_view<const T, D> rows,
                             detail::joint_progress<Progress>& progress) const {
    expects<argument_error>(rows.rows() > 0, "generative::stacked_autoencoder::fit: no rows");
    model::check_training<T>("generative::stacked_autoencoder::fit", "pretraining", options.pretraining);
    model::check_training<T>("generative::stacked_autoencoder::fit", "fine_tuning", options.fine_tuning);
    autoencoder<T, D> net(ctx, rows.cols(), options.network);
    matrix<T, D> codes(ctx, 0, 0);
    for (index_t i = 0; i < net.depth(); ++i) {
      const matrix_view<const T, D> read = i == 0 ? rows : matrix_view<const T, D>(codes.view());
      autoencoder_options alone = options.network;
      alone.hidden = {options.network.hidden[static_cast<std::size_t>(i)]};
      if (i > 0) alone.reconstruction = options.network.units;
      alone.seed += static_cast<std::uint64_t>(i);
      autoencoder<T, D> one(ctx, read.cols(), alone);
      model::training_options how = options.pretraining;
      how.seed += static_cast<std::uint64_t>(i);
      detail::train_reconstruction<T, D>(ctx, one, read, how, progress);
      net.set(ctx, i, one);
      if (i + 1 < net.depth()) codes = one.encode(ctx, read);
    }
    detail::train_reconstruction<T, D>(ctx, net, rows, options.fine_tuning, progress);
    return net;
  }
};

}  // namespace kindred::generative
