// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batch.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::generative {

/// Trains an encoder to give back what it reads.
///
///   auto net = encoder::make(ctx, layer::sequential(layer::linear{784, 32}, layer::relu{}, layer::linear{32, 784}));
///   autoencoder_trainer trainer(ctx, net, loss::reconstruction{}, optimizer::adam{});
///
/// A step: value = loss(encoder(x), x), both as one row per item: the numbers of an item, row by row. With dropout as
/// the first layer it is a denoising autoencoder_trainer.
///
/// @tparam Loss   l(ctx, output, x, doutput, absent, value), as loss::reconstruction
///
/// Complexity   forward and backward of the encoder; scratch memory as siamese.
/// Determinism  as siamese.
/// Errors       as siamese; shape_error where an item gives another number of numbers than it has, or items differ in
///              length or are not contiguous.
/// Reference    Vincent et al. 2008 (denoising).
template <encoder::Trainable Encoder, class Loss, optimizer::Optimizer Optimizer>
class autoencoder_trainer {
 public:
  using scalar = typename Encoder::scalar;
  using device = typename Encoder::device;
  using T = scalar;
  using D = device;

  autoencoder_trainer(context<D>& ctx, Encoder& encoder, const Loss& loss, const Optimizer& optimizer,
                      const train::step_options& options = {})
      : encoder_(ctx, encoder, optimizer), loss_(loss), counter_(ctx, "generative::autoencoder_trainer", options) {}

  /// The optimizer, to change its rate.
  Optimizer& optimizer() { return encoder_.optimizer(); }
  /// Updates so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  /// One batch; labels are not looked at.
  train::loss_value<T, D> step(const data::labelled_batch<T, D>& batch) { return step(batch.x()); }
  train::loss_value<T, D> step(batch_view<const T, D> x) {
    const index_t numbers = x.longest * x.values.cols();
    expects(!x.offsets && x.values.contiguous(),
            "generative::autoencoder_trainer::step: expected contiguous items of one length");
    train::attempt<T, D> attempt(counter_);
    attempt.start(encoder_, "encoder");
    const auto r = train::forward(ctx(), counter_.who(), encoder_.encoder(), x, counter_.seed(0), true);
    attempt.made(r, "encoder");
    expects(r.s.items == x.items && r.y.size() == x.values.size(),
            "generative::autoencoder_trainer::step: {} numbers for {} items of {}", r.y.size(), x.items, numbers);
    loss_(ctx(), matrix_view<const T, D>(r.y.data(), x.items, numbers),
          matrix_view<const T, D>(x.values.data(), x.items, numbers), matrix_view<T, D>(r.dy.data(), x.items, numbers),
          matrix_view<T, D>(), counter_.value());
    train::backward(ctx(), encoder_.encoder(), r);
    return attempt.finish([&] { encoder_.update(ctx(), counter_.accumulate()); });
  }

  /// As siamese::visit_learned, save and resume.
  template <class F>
  void visit_learned(F f) {
    encoder_.visit_learned(f);
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "autoencoder_trainer 1");
    encoder_.save(ctx(), file, prefix, "encoder", !counter_.first());
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "autoencoder_trainer 1");
    encoder_.resume(ctx(), file, prefix, "encoder", !counter_.first());
  }

 private:
  train::encoder_part<Encoder, Optimizer> encoder_;
  Loss loss_;
  train::step_counter<T, D> counter_;
};

template <Device D, class Encoder, class Loss, optimizer::Optimizer O>
autoencoder_trainer(context<D>&, Encoder&, const Loss&, const O&) -> autoencoder_trainer<Encoder, Loss, O>;
template <Device D, class Encoder, class Loss, optimizer::Optimizer O>
autoencoder_trainer(context<D>&, Encoder&, const Loss&, const O&, const train::step_options&)
    -> autoencoder_trainer<Encoder, Loss, O>;

}  // namespace kindred::generative
