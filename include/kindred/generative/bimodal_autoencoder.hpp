// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/generative/bimodal_autoencoder_model.hpp>
#include <kindred/generative/detail/machine_training.hpp>
#include <kindred/op/transpose.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/generative/bimodal_autoencoder_trainer.hpp>
#include <kindred/op/copy.hpp>

namespace kindred::generative {

/// What is not named of a machine gets the value of rbm_options, so `.visible` and `.rate` go together.
struct bimodal_autoencoder_options {
  rbm_options first{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options second{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options joint{.hidden = 128};  ///< over both hidden layers; as many numbers has a code
  index_t pretraining = 30;                   ///< passes of each machine over the pairs; 0: none
  model::training_options training{
      .epochs = 50, .batch = 100, .rate = 1e-3};  ///< of the whole; batch and seed of machines too
};

namespace detail {

/// The reconstruction that belongs to the visible units of a machine.
inline loss::reconstruction::error error_of(rbm_visible visible) {
  using error = loss::reconstruction::error;
  return visible == rbm_visible::bernoulli  ? error::binary_entropy
         : visible == rbm_visible::gaussian ? error::squares
                                                     : error::word_entropy;
}

/// What rows of a side ask for; `visible` says how they are read.
template <class T, Device D>
bimodal_side<T, D> side_of(context<D>& ctx, matrix_view<const T, D> x, rbm_visible visible) {
  const bool gaussian = visible == rbm_visible::gaussian;
  bimodal_side<T, D> side{visible, gaussian ? column_scaling<T, D>(ctx, x) : column_scaling<T, D>(ctx, x.cols())};
  if (visible != rbm_visible::replicated_softmax) return side;
  double words = 0;
  for (const double mean : linalg::column_means(ctx, x)) words += mean;
  expects<argument_error>(words > 0 && words - words == 0, "generative::bimodal_autoencoder::fit: documents of {} words",
                          words);
  side.length = words;
  return side;
}

/// Gives the two networks the weights of the three machines, turned round on the way back.
template <class T, Device D>
void unroll(context<D>& ctx, const rbm<T, D> (&machines)[3], const double (&lengths)[2],
            typename bimodal_autoencoder_model<T, D>::encoder_type& to_code,
            typename bimodal_autoencoder_model<T, D>::decoder_type& to_rows) {
  const auto row = [](auto v) { return as_matrix(v, 1, v.size()); };
  const char* const to[3] = {"0.first.", "0.second.", "2."};
  const char* const back[3] = {"2.first.", "2.second.", "0."};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& m = machines[i];
    const scratch_scope scope(ctx);
    const auto turned = scratch_matrix<T>(ctx, m.dimension(), m.visible_units());
    const auto bias = scratch_matrix<T>(ctx, 1, m.dimension());
    op::transpose(ctx, m.weights(), turned);
    // hidden biases of counts stand for each word of a document
    const bool words = m.options().visible == rbm_visible::replicated_softmax;
    op::copy(ctx, row(m.hidden_bias()), bias);
    if (words && i < 2) op::scale(ctx, static_cast<T>(lengths[i]), bias);
    to_code.set(ctx, to[i] + std::string("weight"), m.weights());
    to_code.set(ctx, to[i] + std::string("bias"), bias);
    to_rows.set(ctx, back[i] + std::string("weight"), turned);
    to_rows.set(ctx, back[i] + std::string("bias"), row(m.visible_bias()));
  }
}

}  // namespace detail

/// Bimodal deep autoencoder: a code of either side or of both from which both sides are told. Compare by
/// similarity::cosine.
///
///   const auto model = bimodal_autoencoder{{.joint = {.hidden = 64}}}.fit(ctx, images, texts);
///   model.first(ctx, images);               // the joint layer, texts missing
///   model.second_of_first(ctx, images);     // the texts themselves
///
/// 1  a Boltzmann machine for each side, then one over both hidden layers beside each other
/// 2  the three unrolled: x, y -> hidden layers -> code -> hidden layers -> x', y', weights turned round on the way back
/// 3  minimizes the mean of E_1(x, x') + E_2(y, y') over the pairs as they are, with y = 0, and with x = 0, by Adam;
///    both x' and y' are told each time
///
/// E is |x - x'|^2 for gaussian sides, else the cross entropy of x' = sigmoid(sums), or for counts of x' = softmax(sums).
/// Rows of a gaussian side are standardized, so 0 is their mean; counts are scaled to the mean length of a document.
///
/// fit(ctx, x, y)   row i of y belongs to row i of x
///
/// Complexity   pretraining x n x the products of rbm; epochs x 3 n x those of the network.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error for other numbers of rows, or none; argument_error for options out of range, a joint machine
///              that is not bernoulli, gaussian rows with NaN or infinity, and documents without any word.
/// Reference    Ngiam et al. 2011. Differs: all three forms of a pair are in each batch; Adam.
struct bimodal_autoencoder {
  bimodal_autoencoder_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D> && MatrixArgument<Y, D>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    detail::joint_progress<Progress> all(progress);
    return fit_with(ctx, as_const(x), as_const(y), all);
  }

  /// The same as a part of a longer fit, whose progress goes on.
  template <class T, Device D, class Progress>
  bimodal_autoencoder_model<T, D> fit_with(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                                 detail::joint_progress<Progress>& progress) const {
    const auto& o = options;
    expects(x.rows() == y.rows() && x.rows() > 0, "generative::bimodal_autoencoder::fit: expected pairs, got {} and {} rows",
            x.rows(), y.rows());
    expects<argument_error>(
        o.joint.visible == rbm_visible::bernoulli,
        "generative::bimodal_autoencoder::fit: the joint RBM reads probabilities: expected visible bernoulli");
    expect_at_least("generative::bimodal_autoencoder::fit", "pretraining", o.pretraining, 0);
    model::check_training<T>("generative::bimodal_autoencoder::fit", "training", o.training);
    // machines check their options, here before any of them is trained
    rbm<T, D>(ctx, 1, o.first), rbm<T, D>(ctx, 1, o.second), rbm<T, D>(ctx, 1, o.joint);

    auto first = detail::side_of(ctx, x, o.first.visible), second = detail::side_of(ctx, y, o.second.visible);
    matrix<T, D> a(ctx, x.rows(), x.cols(), uninitialized), b(ctx, y.rows(), y.cols(), uninitialized);
    first.read(ctx, x, a.view());
    second.read(ctx, y, b.view());
    const model::training_options how{.epochs = o.pretraining, .batch = o.training.batch, .seed = o.training.seed};
    auto lower = detail::trained_machine<T, D>(ctx, a, o.first, how, 0, progress);
    auto other = detail::trained_machine<T, D>(ctx, b, o.second, how, 1, progress);
    matrix<T, D> hidden(ctx, x.rows(), o.first.hidden + o.second.hidden, uninitialized);
    lower.encode(ctx, a, hidden.view().middle_cols(0, o.first.hidden));
    other.encode(ctx, b, hidden.view().middle_cols(o.first.hidden, o.second.hidden));
    auto joint = detail::trained_machine<T, D>(ctx, hidden, o.joint, how, 2, progress);

    using network = bimodal_autoencoder_model<T, D>;
    const typename network::widths all{x.cols(), y.cols(), o.first.hidden, o.second.hidden, o.joint.hidden};
    typename network::encoder_type to_code(ctx, all.to_code());
    typename network::decoder_type to_rows(ctx, all.to_rows());
    detail::unroll<T, D>(ctx, {std::move(lower), std::move(other), std::move(joint)}, {first.length, second.length},
                         to_code, to_rows);

    const data::paired_features<T, D> set(ctx, a, b);
    auto unasked = encoder::make<T>(ctx, layer::linear(o.joint.hidden, 1));  // classes, which do not count here
    // `reconstruction` makes of the trainer's mean over columns their sum
    bimodal_autoencoder_trainer trainer(
        ctx, to_code, to_rows, unasked,
        optimizer::adam{.rate = o.training.rate, .weight_decay = o.training.weight_decay},
        {.reconstruction = static_cast<double>(x.cols() + y.cols()),
         .classification = 0,
         .first = detail::error_of(o.first.visible),
         .second = detail::error_of(o.second.visible),
         .step = {.seed = o.training.seed}});
    progress.run(trainer, set, o.training);
    return {std::move(first), std::move(second), std::move(to_code), std::move(to_rows)};
  }
};

}  // namespace kindred::generative
