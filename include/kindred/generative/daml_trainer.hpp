// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/core/random.hpp>
#include <kindred/data/batch.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::generative {

namespace detail {

/// Draws a positive and a negative for anchor i among the labels of the batch. Without a positive the anchor is its
/// own, without a negative there is none, -1.
template <class D>
struct draw_triplet_at {
  vector_view<const label_t, D> labels;
  vector_view<index_t, D> positives, negatives;
  vector_view<label_t, D> negative_labels;
  std::uint64_t seed;
  KINDRED_HD void operator()(index_t i) const {
    const index_t n = labels.size();
    index_t same = 0;
    for (index_t j = 0; j < n; ++j) same += j != i && labels(j) == labels(i);
    const index_t others = n - 1 - same;
    const auto draw = [&](index_t count, std::uint64_t stream) {
      return count > 0 ? random::below(count, seed, stream, static_cast<std::uint64_t>(i)) : index_t(-1);
    };
    index_t p = draw(same, 0), q = draw(others, 1);
    positives(i) = i;
    negatives(i) = -1;
    negative_labels(i) = labels(i);
    for (index_t j = 0; j < n; ++j) {
      if (j == i) continue;
      if (labels(j) == labels(i)) {
        if (p-- == 0) positives(i) = j;
      } else if (q-- == 0) {
        negatives(i) = j;
        negative_labels(i) = labels(j);
      }
    }
  }
};

/// y(r, .) = anchor r, its positive, its negative, one after the other.
template <class T, class D>
struct join_triplet_at {
  matrix_view<const T, D> x;
  vector_view<const index_t, D> positives, negatives;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const index_t d = x.cols(), n = negatives(r);
    y(r, c) = x(r, c);
    y(r, d + c) = x(positives(r), c);
    y(r, 2 * d + c) = n >= 0 ? x(n, c) : T(0);
  }
};

/// The generator's loss of one triplet and its gradients.
template <class T, class D>
struct generator_row {
  matrix_view<const T, D> x, made, real, embedded;  // features, synthetic features, embeddings of both
  vector_view<const index_t, D> positives, negatives;
  T negative_weight, adversarial_weight, margin, scale;
  matrix_view<T, D> dmade, dembedded;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t p = positives(r), n = negatives(r);
    const auto square = [](T v) { return v * v; };
    const T to_anchor = g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return square(made(r, c) - x(r, c)); });
    const T to_negative =
        g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return n >= 0 ? square(made(r, c) - x(n, c)) : T(0); });
    const T synthetic =
        g.reduce(real.cols(), T(0), plus{}, [&](index_t c) { return square(embedded(r, c) - real(r, c)); });
    const T positive = g.reduce(real.cols(), T(0), plus{}, [&](index_t c) { return square(real(p, c) - real(r, c)); });
    const T excess = synthetic - positive - margin;
    const bool active = !(excess <= T(0));  // NaN goes on
    const T factor = n >= 0 ? scale : T(0);
    g.once([&] {
      totals(r) =
          n >= 0 ? scale * (to_anchor + negative_weight * to_negative + (active ? adversarial_weight * excess : T(0)))
                 : T(0);
    });
    g.for_each(x.cols(), [&](index_t c) {
      dmade(r, c) = T(2) * factor * (made(r, c) - x(r, c) + (n >= 0 ? negative_weight * (made(r, c) - x(n, c)) : T(0)));
    });
    g.for_each(real.cols(), [&](index_t c) {
      dembedded(r, c) = active ? T(2) * factor * adversarial_weight * (embedded(r, c) - real(r, c)) : T(0);
    });
  }
};

/// y += factor x.

/// Who is what to whom among n real items and behind them their synthetic negatives: items of one label are positive, a
/// synthetic item is negative to all real ones of another label than its own; everything else is ignored.
template <class D>
class with_synthetic {
 public:
  using device = D;
  explicit with_synthetic(vector_view<const label_t, D> labels, index_t real) : labels_(labels), real_(real) {}
  KINDRED_HD constexpr relation::kind operator()(index_t row, index_t column) const {
    if (row >= real_ || row == column) return relation::kind::ignored;
    const bool same = labels_(row) == labels_(column);
    if (column < real_) return same ? relation::kind::positive : relation::kind::ignored;
    return same ? relation::kind::ignored : relation::kind::negative;
  }
  KINDRED_HD constexpr index_t queries() const { return labels_.size(); }
  KINDRED_HD constexpr index_t gallery() const { return labels_.size(); }

 private:
  vector_view<const label_t, D> labels_;
  index_t real_;
};

}  // namespace detail

struct daml_trainer_options {
  double synthetic = 1;            ///< lambda, weight of the loss on synthetic negatives
  double negative = 1;             ///< lambda1, weight of the distance to the real negative
  double adversarial = 50;         ///< lambda2, weight of the term that makes negatives hard
  double margin = 0.1;             ///< alpha, of that term
  index_t pretrain_encoder = 0;    ///< steps on real items alone, first
  index_t pretrain_generator = 0;  ///< steps of the generator alone, then; after them both learn
  std::uint64_t seed = 0;          ///< of what is drawn: triplets, dropout, miners
  bool check_finite = true;        ///< as train::step_options
};

/// Deep adversarial metric learning: a generator makes hard negatives from easy ones, the encoder learns from both.
///
///   auto front = encoder::make(ctx, convolutions);                   // pictures to features of d numbers
///   auto head = encoder::make(ctx, layer::sequential(layer::linear{d, 64}, layer::l2_normalize{}));
///   auto generator = encoder::make(ctx, layer::sequential(layer::linear{3 * d, 128}, layer::relu{}, layer::linear{128,
///   d})); daml_trainer trainer(ctx, front, head, generator, similarity::dot{}, loss::triplet<>{}, adam, adam);
///
/// x = front(item), f = head, x~ = generator(x, x+, x-) for every item as anchor, x+ and x- drawn from the batch:
/// J_gen = mean of |x~ - x|^2 + lambda1 |x~ - x-|^2 + lambda2 max(0, D(x~, x) - D(x+, x) - alpha), D(u, v) = |f(u) -
/// f(v)|^2 J = loss(f(x)) + lambda loss(f(x), negatives f(x~))
///
/// A joint step makes all of this once, then the generator takes a step down J_gen with front and head frozen, then
/// front and head take one down J with the generator frozen. On synthetic negatives a loss on pairs sees anchors and
/// positives of the batch and, as negatives, all x~ made from an item of another label; a loss that knows labels only
/// sees x~ as items of the label of its x-.
///
/// For features that were computed elsewhere `front` is encoder::make(ctx, layer::flatten{}). The trained encoder is
/// front and head one after the other. layer::batch_norm in the head sees synthetic features too.
///
/// Anchors without a positive are their own; batches of one label have no synthetic part: its value is 0 for losses on
/// pairs.
///
/// step() gives the loss on real items, in generator steps too, where encoders stay; generator_value() J_gen and
/// synthetic_value() the loss on synthetic negatives.
///
/// Complexity   two passes of the head, one of front and generator; O(items^2) to draw. Scratch memory as siamese.
/// Determinism, Errors   as siamese. shape_error where generator and front do not fit; argument_error for options out
///                       of range.
/// Reference    Duan et al. 2018. Differs: means over triplets instead of sums; the generator does not see J_m; alpha
///              is our choice, and synthetic negatives of a batch are shared among its anchors.
template <encoder::Trainable Front, encoder::Trainable Head, encoder::Trainable Generator, class Loss,
          optimizer::Optimizer Optimizer, optimizer::Optimizer GeneratorOptimizer>
class daml_trainer {
 public:
  using scalar = typename Head::scalar;
  using device = typename Head::device;
  using T = scalar;
  using D = device;

  daml_trainer(context<D>& ctx, Front& front, Head& head, Generator& generator, const Loss& loss,
               const Optimizer& optimizer, const GeneratorOptimizer& generator_optimizer,
               const daml_trainer_options& options = {})
      : front_(ctx, front, optimizer),
        head_(ctx, head, optimizer),
        generator_(ctx, generator, generator_optimizer),
        loss_(ctx, loss, optimizer, options.seed),
        counter_(ctx, "generative::daml_trainer", {.seed = options.seed, .check_finite = options.check_finite}),
        options_(options),
        generator_value_(ctx, 1),
        synthetic_value_(ctx, 1) {
    expect_not_negative<T>(counter_.who(), "synthetic", options.synthetic);
    expect_not_negative<T>(counter_.who(), "negative", options.negative);
    expect_not_negative<T>(counter_.who(), "adversarial", options.adversarial);
    expect_finite<T>(counter_.who(), "margin", options.margin);
    expect_at_least(counter_.who(), "pretrain_encoder", options.pretrain_encoder, 0);
    expect_at_least(counter_.who(), "pretrain_generator", options.pretrain_generator, 0);
  }
  template <class Similarity, class ScoreLoss>
  requires std::same_as<Loss, loss::on_scores<Similarity, ScoreLoss>>
  daml_trainer(context<D>& ctx, Front& front, Head& head, Generator& generator, const Similarity& similarity,
               const ScoreLoss& loss, const Optimizer& optimizer, const GeneratorOptimizer& generator_optimizer,
               const daml_trainer_options& options = {})
      : daml_trainer(ctx, front, head, generator, Loss{similarity, loss}, optimizer, generator_optimizer, options) {}

  /// What the next step trains.
  bool trains_encoder() const { return !alone(options_.pretrain_encoder, options_.pretrain_generator); }
  bool trains_generator() const { return static_cast<index_t>(counter_.step()) >= options_.pretrain_encoder; }
  /// The optimizers, to change their rates.
  Optimizer& front_optimizer() { return front_.optimizer(); }
  Optimizer& head_optimizer() { return head_.optimizer(); }
  GeneratorOptimizer& generator_optimizer() { return generator_.optimizer(); }
  Optimizer& loss_optimizer() { return loss_.optimizer(); }
  /// The numbers that the loss learned.
  vector_view<T, D> loss_weights() { return loss_.weights(); }
  /// J_gen of the last step that had one.
  train::loss_value<T, D> generator_value() const { return {ctx(), generator_value_.data()}; }
  /// The loss on synthetic negatives, before its weight, of the last step that had one.
  train::loss_value<T, D> synthetic_value() const { return {ctx(), synthetic_value_.data()}; }
  /// Steps so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  train::loss_value<T, D> step(const data::labelled_batch<T, D>& batch) { return step(batch.x(), batch.labels()); }
  train::loss_value<T, D> step(batch_view<const T, D> items, vector_view<const label_t, D> labels) {
    expects(labels.size() == items.items, "generative::daml_trainer::step: {} items but {} labels", items.items,
            labels.size());
    const bool encoders = trains_encoder(), generator = trains_generator();
    train::attempt<T, D> attempt(counter_);
    attempt.start(front_, "front");
    attempt.start(head_, "head");
    attempt.start(generator_, "generator");
    attempt.start(loss_, "loss");

    const auto x = train::forward(ctx(), counter_.who(), front_.encoder(), items, counter_.seed(0));
    const batch_view<const T, D> features{matrix_view<const T, D>(x.y)};
    const auto real = train::forward(ctx(), counter_.who(), head_.encoder(), features, counter_.seed(2));
    attempt.made(x, "front");
    attempt.made(real, "head");
    const index_t n = items.items;
    vector_view<label_t, D> all_labels;
    matrix_view<T, D> both, dboth;
    const auto made = synthetic(generator, features.values, real.y, labels, all_labels, both, dboth);
    if (encoders && generator) {  // before the real part: what the loss learns from this is weighted as a whole
      const vector_view<T, D> value = synthetic_value_.view();
      if constexpr (loss::PairLoss<Loss> || loss::LearnablePairLoss<Loss>)
        loss_.pairs(ctx(), counter_.seed(5), matrix_view<const T, D>(both), matrix_view<const T, D>(both),
                    detail::with_synthetic<D>(all_labels, n), dboth, dboth, value);
      else
        loss_.labelled(ctx(), counter_.seed(5), both, all_labels, dboth, value);
      loss_.scale_gradient(ctx(), static_cast<T>(options_.synthetic));
      add(dboth.middle_rows(0, n), real.dy);
    }
    loss_.labelled(ctx(), counter_.seed(1), real.y, labels, real.dy, counter_.value());
    if (encoders) {
      if (generator) {
        op::set_zero(ctx(), as_vector(made.embedded.dy));
        add(dboth.middle_rows(n, n), made.embedded.dy);
        train::backward(ctx(), head_.encoder(), made.embedded);
      }
      train::backward(ctx(), head_.encoder(), real, batch_view<T, D>(x.dy));
      train::backward(ctx(), front_.encoder(), x);
    }
    return attempt.finish([&] {
      if (encoders) {
        front_.update(ctx(), 1);
        head_.update(ctx(), 1);
        loss_.update(ctx(), 1);
      }
      if (generator) generator_.update(ctx(), 1);
    });
  }

  /// As siamese::visit_learned, save and resume; encoders stand under `front.`, `head.` and `generator.`.
  template <class F>
  void visit_learned(F f) {
    front_.visit_learned(f);
    head_.visit_learned(f);
    generator_.visit_learned(f);
    loss_.visit_learned(f);
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "daml_trainer 1");
    front_.save(ctx(), file, prefix, "front", false);
    head_.save(ctx(), file, prefix, "head", false);
    generator_.save(ctx(), file, prefix, "generator", false);
    loss_.save(ctx(), file, prefix, false);
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "daml_trainer 1");
    front_.resume(ctx(), file, prefix, "front", false);
    head_.resume(ctx(), file, prefix, "head", false);
    generator_.resume(ctx(), file, prefix, "generator", false);
    loss_.resume(ctx(), file, prefix, false);
  }

 private:
  using rows = train::forward_result<batch_view, T, D>;
  struct synthetic_rows {
    rows made, embedded;
  };

  bool alone(index_t from, index_t count) const {
    const auto step = static_cast<index_t>(counter_.step());
    return step >= from && step - from < count;
  }
  void add(matrix_view<const T, D> from, matrix_view<T, D> to) {
    op::axpy(ctx(), static_cast<T>(options_.synthetic), from, to);
  }

  /// Synthetic negatives and their embeddings, and the gradient of the generator; nothing where it does not learn.
  synthetic_rows synthetic(bool wanted, matrix_view<const T, D> x, matrix_view<const T, D> real,
                           vector_view<const label_t, D> labels, vector_view<label_t, D>& all_labels,
                           matrix_view<T, D>& both, matrix_view<T, D>& dboth) {
    synthetic_rows r{};
    if (!wanted) return r;
    const index_t n = x.rows(), d = x.cols(), k = real.cols();
    const auto positives = scratch_vector<index_t>(ctx(), n), negatives = scratch_vector<index_t>(ctx(), n);
    all_labels = scratch_vector<label_t>(ctx(), 2 * n);
    ctx().copy(all_labels.data(), labels.data(), n * static_cast<index_t>(sizeof(label_t)));
    ctx().for_each(
        n, detail::draw_triplet_at<D>{labels, positives, negatives, all_labels.segment(n, n), counter_.seed(6)});
    const auto triplets = scratch_matrix<T>(ctx(), n, 3 * d);
    ctx().for_each(n, d, detail::join_triplet_at<T, D>{x, positives, negatives, triplets});
    r.made =
        train::forward(ctx(), counter_.who(), generator_.encoder(), batch_view<const T, D>(triplets), counter_.seed(3));
    expects(r.made.s.cols == d, "generative::daml_trainer: the generator gives {} numbers for features of {}",
            r.made.s.cols, d);
    r.embedded = train::forward(ctx(), counter_.who(), head_.encoder(),
                                batch_view<const T, D>(matrix_view<const T, D>(r.made.y)), counter_.seed(4));
    const auto totals = scratch_vector<T>(ctx(), n);
    const auto dmade = scratch_matrix<T>(ctx(), n, d);
    ctx().for_each_row(n, d,
                       detail::generator_row<T, D>{
                           x, r.made.y, real, r.embedded.y, positives, negatives, static_cast<T>(options_.negative),
                           static_cast<T>(options_.adversarial), static_cast<T>(options_.margin),
                           n > 0 ? T(1) / static_cast<T>(n) : T(0), dmade, r.embedded.dy, totals});
    op::row_sums(ctx(), as_matrix(vector_view<const T, D>(totals), 1, n), generator_value_.view());
    train::backward(ctx(), head_.encoder(), r.embedded, batch_view<T, D>(r.made.dy), encoder::update::no);
    op::axpy(ctx(), T(1), dmade, r.made.dy);
    train::backward(ctx(), generator_.encoder(), r.made);
    both = scratch_matrix<T>(ctx(), 2 * n, k);
    dboth = scratch_matrix<T>(ctx(), 2 * n, k);
    ctx().copy(both.data(), real.data(), n * k * static_cast<index_t>(sizeof(T)));
    ctx().copy(both.middle_rows(n, n).data(), r.embedded.y.data(), n * k * static_cast<index_t>(sizeof(T)));
    op::set_zero(ctx(), as_vector(dboth));
    return r;
  }

  train::encoder_part<Front, Optimizer> front_;
  train::encoder_part<Head, Optimizer> head_;
  train::encoder_part<Generator, GeneratorOptimizer> generator_;
  train::loss_part<Loss, Optimizer, T, D> loss_;
  train::step_counter<T, D> counter_;
  daml_trainer_options options_;
  vector<T, D> generator_value_, synthetic_value_;
};

template <Device D, class F, class H, class G, class Similarity, class Loss, optimizer::Optimizer O,
          optimizer::Optimizer P>
daml_trainer(context<D>&, F&, H&, G&, const Similarity&, const Loss&, const O&, const P&)
    -> daml_trainer<F, H, G, loss::on_scores<Similarity, Loss>, O, P>;
template <Device D, class F, class H, class G, class Similarity, class Loss, optimizer::Optimizer O,
          optimizer::Optimizer P>
daml_trainer(context<D>&, F&, H&, G&, const Similarity&, const Loss&, const O&, const P&, const daml_trainer_options&)
    -> daml_trainer<F, H, G, loss::on_scores<Similarity, Loss>, O, P>;
template <Device D, class F, class H, class G, class Loss, optimizer::Optimizer O, optimizer::Optimizer P>
daml_trainer(context<D>&, F&, H&, G&, const Loss&, const O&, const P&) -> daml_trainer<F, H, G, Loss, O, P>;
template <Device D, class F, class H, class G, class Loss, optimizer::Optimizer O, optimizer::Optimizer P>
daml_trainer(context<D>&, F&, H&, G&, const Loss&, const O&, const P&, const daml_trainer_options&)
    -> daml_trainer<F, H, G, Loss, O, P>;

}  // namespace kindred::generative
