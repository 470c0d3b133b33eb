// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batch.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::train {

/// Trains two encoders on pairs, such as pictures and sentences: each reads one side, the loss compares what they give.
///
///   train::two_tower trainer(ctx, images, texts, similarity::cosine{}, loss::info_nce{}, optimizer::adam{});
///   sampler(epoch, [&](auto rows) { trainer.step(set.gather(ctx, rows)); });
///
/// A step: value = loss(first(a), second(b)); both encoders take one update each, at one rate.
///
/// @tparam Loss   on pairs; a similarity and a loss on scores become loss::on_scores. With a similarity of bags
///                (BagSimilarity) encoders may give several rows for each item
///
/// first, second   trained in place; not owned, two objects
/// optimizer       of both encoders and of the loss's own numbers
/// options         see step_options
///
/// Complexity   forward and backward of encoders and loss; scratch memory as siamese.
/// Determinism  as siamese.
/// Errors       as siamese; argument_error where both encoders are one: siamese trains that.
template <encoder::Trainable First, encoder::Trainable Second, class Loss, optimizer::Optimizer Optimizer>
class two_tower {
 public:
  using scalar = typename First::scalar;
  using device = typename First::device;
  using T = scalar;
  using D = device;
  static_assert(std::same_as<T, typename Second::scalar> && std::same_as<D, typename Second::device>,
                "kindred: both encoders of train::two_tower have one number type and one device");

  two_tower(context<D>& ctx, First& first, Second& second, const Loss& loss, const Optimizer& optimizer,
            const step_options& options = {})
      : first_(ctx, first, optimizer),
        second_(ctx, second, optimizer),
        loss_(ctx, loss, optimizer, options.seed),
        counter_(ctx, "train::two_tower", options) {
    expects<argument_error>(static_cast<const void*>(&first) != static_cast<const void*>(&second),
                            "train::two_tower: both encoders are one; train::siamese trains that");
  }
  template <class Similarity, class ScoreLoss>
  requires std::same_as<Loss, loss::on_scores<Similarity, ScoreLoss>>
  two_tower(context<D>& ctx, First& first, Second& second, const Similarity& similarity, const ScoreLoss& loss,
            const Optimizer& optimizer, const step_options& options = {})
      : two_tower(ctx, first, second, Loss{similarity, loss}, optimizer, options) {}

  /// The optimizers, to change their rates.
  Optimizer& first_optimizer() { return first_.optimizer(); }
  Optimizer& second_optimizer() { return second_.optimizer(); }
  Optimizer& loss_optimizer() { return loss_.optimizer(); }
  /// The numbers that the loss learned.
  vector_view<T, D> loss_weights() { return loss_.weights(); }
  /// Updates so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  /// One batch of a data set: with labels, pairs of one label are positive to each other; without, pair i to itself
  /// alone.
  loss_value<T, D> step(const data::paired_batch<T, D>& batch) {
    if constexpr (loss::needs_labels<Loss>)
      expects<argument_error>(static_cast<bool>(batch.labels()),
                              "train::two_tower::step: the loss asks for labels, and the pairs have none");
    else if (!batch.labels())
      return step(batch.first(), batch.second(), relation::paired{});
    return step(batch.first(), batch.second(), relation::same_label<D>(batch.labels(), batch.labels()));
  }
  /// Items of both sides, any kinds of views, and who is relevant to whom by their positions.
  template <template <class, class> class X, template <class, class> class Y, relation::Relation R>
  loss_value<T, D> step(X<const T, D> a, Y<const T, D> b, const R& relation) {
    constexpr bool bags = detail::scores_bags<Loss, T, D>::value;
    if constexpr (relation::Sized<R>)
      expects(relation.queries() == a.items && relation.gallery() == b.items,
              "train::two_tower::step: {} and {} items but a relation about {} and {}", a.items, b.items,
              relation.queries(), relation.gallery());
    attempt<T, D> attempt(counter_);
    attempt.start(first_, "first");
    attempt.start(second_, "second");
    attempt.start(loss_, "loss");
    const auto ya = forward(ctx(), counter_.who(), first_.encoder(), a, counter_.seed(0), bags);
    const auto yb = forward(ctx(), counter_.who(), second_.encoder(), b, counter_.seed(2), bags);
    attempt.made(ya, "first");
    attempt.made(yb, "second");
    if constexpr (bags)
      loss_.bags(ctx(), counter_.seed(1), ya.batch(ya.y), yb.batch(yb.y), relation, ya.dy, yb.dy, counter_.value());
    else
      loss_.pairs(ctx(), counter_.seed(1), matrix_view<const T, D>(ya.y), matrix_view<const T, D>(yb.y), relation,
                  ya.dy, yb.dy, counter_.value());
    backward(ctx(), first_.encoder(), ya);
    backward(ctx(), second_.encoder(), yb);
    return attempt.finish([&] {
      first_.update(ctx(), counter_.accumulate());
      second_.update(ctx(), counter_.accumulate());
      loss_.update(ctx(), counter_.accumulate());
    });
  }

  /// As siamese::visit_learned, save and resume; the encoders stand under `first.` and `second.`.
  template <class F>
  void visit_learned(F f) {
    first_.visit_learned(f);
    second_.visit_learned(f);
    loss_.visit_learned(f);
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "two_tower 1");
    first_.save(ctx(), file, prefix, "first", !counter_.first());
    second_.save(ctx(), file, prefix, "second", !counter_.first());
    loss_.save(ctx(), file, prefix, !counter_.first());
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "two_tower 1");
    first_.resume(ctx(), file, prefix, "first", !counter_.first());
    second_.resume(ctx(), file, prefix, "second", !counter_.first());
    loss_.resume(ctx(), file, prefix, !counter_.first());
  }

 private:
  encoder_part<First, Optimizer> first_;
  encoder_part<Second, Optimizer> second_;
  loss_part<Loss, Optimizer, T, D> loss_;
  step_counter<T, D> counter_;
};

template <Device D, class First, class Second, class Similarity, class Loss, optimizer::Optimizer O>
two_tower(context<D>&, First&, Second&, const Similarity&, const Loss&, const O&)
    -> two_tower<First, Second, loss::on_scores<Similarity, Loss>, O>;
template <Device D, class First, class Second, class Similarity, class Loss, optimizer::Optimizer O>
two_tower(context<D>&, First&, Second&, const Similarity&, const Loss&, const O&, const step_options&)
    -> two_tower<First, Second, loss::on_scores<Similarity, Loss>, O>;
template <Device D, class First, class Second, class Loss, optimizer::Optimizer O>
two_tower(context<D>&, First&, Second&, const Loss&, const O&) -> two_tower<First, Second, Loss, O>;
template <Device D, class First, class Second, class Loss, optimizer::Optimizer O>
two_tower(context<D>&, First&, Second&, const Loss&, const O&, const step_options&)
    -> two_tower<First, Second, Loss, O>;

}  // namespace kindred::train
