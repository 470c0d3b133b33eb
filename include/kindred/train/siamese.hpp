// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batch.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::train {

/// Trains one encoder on batches whose items are compared with each other.
///
///   train::siamese trainer(ctx, encoder, similarity::dot{}, loss::triplet<miner::semi_hard>{}, optimizer::adam{});
///   sampler(epoch, [&](auto rows) { trainer.step(set.gather(ctx, rows)); });
///
/// A step: y = encoder(x) in mode train; value = loss(y); gradient = d value / d weights; one update by the optimizer.
///
/// @tparam Loss           on pairs or on labelled rows; a similarity and a loss on scores become loss::on_scores
/// @tparam LossOptimizer  of the loss's own numbers, where it learns
///
/// encoder     trained in place; not owned
/// optimizer   also for the numbers of the loss unless a second one is given
/// options     see step_options
///
/// Complexity   forward and backward of the encoder and the loss; scratch for embeddings, caches and what the loss
///              needs, the same memory every step once the largest batch was seen. A copy of the buffers, and of the
///              gradient where calls are accumulated; see step_options for the check.
/// Determinism  as encoder, loss and optimizer: with those of the library on cpu the same bytes for any number of
///              threads. What is drawn depends on the seed and the number of the call, so saving and resuming between
///              steps changes no bit.
/// Errors       shape_error where labels or relation do not fit the batch. argument_error where the loss, an embedding,
///              a gradient, a weight or a buffer is NaN or infinite; it names the first one. A call that throws changes
///              nothing: weights, optimizer, buffers, accumulated gradient and counts are those of before.
template <encoder::Trainable Encoder, class Loss, optimizer::Optimizer Optimizer,
          optimizer::Optimizer LossOptimizer = Optimizer>
class siamese {
 public:
  using scalar = typename Encoder::scalar;
  using device = typename Encoder::device;
  using T = scalar;
  using D = device;

  siamese(context<D>& ctx, Encoder& encoder, const Loss& loss, const Optimizer& optimizer,
          const LossOptimizer& loss_optimizer, const step_options& options = {})
      : encoder_(ctx, encoder, optimizer),
        loss_(ctx, loss, loss_optimizer, options.seed),
        counter_(ctx, "train::siamese", options) {}
  siamese(context<D>& ctx, Encoder& encoder, const Loss& loss, const Optimizer& optimizer,
          const step_options& options = {})
  requires std::same_as<Optimizer, LossOptimizer>
      : siamese(ctx, encoder, loss, optimizer, optimizer, options) {}
  template <class Similarity, class ScoreLoss>
  requires std::same_as<Loss, loss::on_scores<Similarity, ScoreLoss>>
  siamese(context<D>& ctx, Encoder& encoder, const Similarity& similarity, const ScoreLoss& loss,
          const Optimizer& optimizer, const step_options& options = {})
      : siamese(ctx, encoder, Loss{similarity, loss}, optimizer, optimizer, options) {}

  /// The optimizer, to change its rate.
  Optimizer& optimizer() { return encoder_.optimizer(); }
  LossOptimizer& loss_optimizer() { return loss_.optimizer(); }
  /// The numbers that the loss learned: proxies, margins, a temperature.
  vector_view<T, D> loss_weights() { return loss_.weights(); }
  /// Updates so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  /// One batch. A batch of a data set, items with labels, or items with a relation between their positions.
  loss_value<T, D> step(const data::labelled_batch<T, D>& batch) { return step(batch.x(), batch.labels()); }
  loss_value<T, D> step(batch_view<const T, D> x, vector_view<const label_t, D> labels) {
    return step_labelled(x, labels);
  }
  loss_value<T, D> step(tokens<const T, D> x, vector_view<const label_t, D> labels) { return step_labelled(x, labels); }
  template <relation::Relation R>
  loss_value<T, D> step(batch_view<const T, D> x, const R& relation) {
    return step_related(x, relation);
  }
  template <relation::Relation R>
  loss_value<T, D> step(tokens<const T, D> x, const R& relation) {
    return step_related(x, relation);
  }

  /// f(view) for every vector that training changes and a trained encoder needs.
  template <class F>
  void visit_learned(F f) {
    encoder_.visit_learned(f);
    loss_.visit_learned(f);
  }
  /// Adds all that a later step depends on to a file: the encoder as it saves itself under `encoder.`, the loss's
  /// numbers, optimizers, counts and seed. Nothing may change until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "siamese 1");
    encoder_.save(ctx(), file, prefix, "encoder", !counter_.first());
    loss_.save(ctx(), file, prefix, !counter_.first());
  }
  /// Goes on where the saved trainer stood. Errors: io_error for what another kind of trainer, encoder or loss saved,
  /// or one that stood within a longer accumulation than ours.
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "siamese 1");
    encoder_.resume(ctx(), file, prefix, "encoder", !counter_.first());
    loss_.resume(ctx(), file, prefix, !counter_.first());
  }

 private:
  template <template <class, class> class X>
  loss_value<T, D> step_labelled(X<const T, D> x, vector_view<const label_t, D> labels) {
    expects(labels.size() == x.items, "train::siamese::step: {} items but {} labels", x.items, labels.size());
    return run(x, [&](matrix_view<const T, D> y, matrix_view<T, D> dy) {
      loss_.labelled(ctx(), counter_.seed(1), y, labels, dy, counter_.value());
    });
  }
  template <template <class, class> class X, class R>
  loss_value<T, D> step_related(X<const T, D> x, const R& relation) {
    if constexpr (relation::Sized<R>)
      expects(relation.queries() == x.items && relation.gallery() == x.items,
              "train::siamese::step: {} items but a relation about {} and {}", x.items, relation.queries(),
              relation.gallery());
    return run(x, [&](matrix_view<const T, D> y, matrix_view<T, D> dy) {
      loss_.pairs(ctx(), counter_.seed(1), y, y, relation, dy, dy, counter_.value());
    });
  }
  template <template <class, class> class X, class Judge>
  loss_value<T, D> run(X<const T, D> x, Judge judge) {
    attempt<T, D> attempt(counter_);
    attempt.start(encoder_, "encoder");
    attempt.start(loss_, "loss");
    const auto r = forward(ctx(), counter_.who(), encoder_.encoder(), x, counter_.seed(0));
    attempt.made(r, "encoder");
    judge(r.y, r.dy);
    backward(ctx(), encoder_.encoder(), r);
    return attempt.finish([&] {
      encoder_.update(ctx(), counter_.accumulate());
      loss_.update(ctx(), counter_.accumulate());
    });
  }

  encoder_part<Encoder, Optimizer> encoder_;
  loss_part<Loss, LossOptimizer, T, D> loss_;
  step_counter<T, D> counter_;
};

template <Device D, class Encoder, class Similarity, class Loss, optimizer::Optimizer O>
siamese(context<D>&, Encoder&, const Similarity&, const Loss&, const O&)
    -> siamese<Encoder, loss::on_scores<Similarity, Loss>, O>;
template <Device D, class Encoder, class Similarity, class Loss, optimizer::Optimizer O>
siamese(context<D>&, Encoder&, const Similarity&, const Loss&, const O&, const step_options&)
    -> siamese<Encoder, loss::on_scores<Similarity, Loss>, O>;
template <Device D, class Encoder, class Loss, optimizer::Optimizer O, optimizer::Optimizer P>
siamese(context<D>&, Encoder&, const Loss&, const O&, const P&) -> siamese<Encoder, Loss, O, P>;
template <Device D, class Encoder, class Loss, optimizer::Optimizer O, optimizer::Optimizer P>
siamese(context<D>&, Encoder&, const Loss&, const O&, const P&, const step_options&) -> siamese<Encoder, Loss, O, P>;
template <Device D, class Encoder, class Loss, optimizer::Optimizer O>
siamese(context<D>&, Encoder&, const Loss&, const O&) -> siamese<Encoder, Loss, O>;
template <Device D, class Encoder, class Loss, optimizer::Optimizer O>
siamese(context<D>&, Encoder&, const Loss&, const O&, const step_options&) -> siamese<Encoder, Loss, O>;

}  // namespace kindred::train
