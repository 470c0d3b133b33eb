// SPDX-License-Identifier: Apache-2.0
/// @file
/// What trainers are made of: parts with weights and an optimizer, the forward and backward pass of an encoder, the
/// count of steps. A trainer of your own has them too.
#pragma once

#include <kindred/core/random.hpp>
#include <kindred/encoder/trainable.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/optimizer/concept.hpp>
#include <kindred/train/loss_value.hpp>
#include <kindred/train/step_options.hpp>
#include <limits>
#include <string>

namespace kindred::train {

namespace detail {

/// Adds a vector to a file: where it lies, or copied from a device that the host cannot read.
template <class Writer, class T, Device D>
void save_vector(context<D>& ctx, Writer& file, const std::string& name, vector_view<T, D> v) {
  using U = std::remove_const_t<T>;
  if constexpr (D::host_memory) {
    file.add(name, vector_view<const U, D>(v));
  } else {
    std::vector<U> host(static_cast<std::size_t>(v.size()));
    ctx.copy_to_host(host.data(), v.data(), v.size() * static_cast<index_t>(sizeof(U)));
    ctx.synchronize();
    file.add(name, std::move(host));
  }
}
template <class File, class T, Device D>
void load_vector(context<D>& ctx, const File& file, const std::string& name, vector_view<T, D> v) {
  const auto loaded = file.template load_vector<T>(ctx, name);
  expects<io_error>(loaded.size() == v.size(), "{}: tensor {}: expected {} values, got {}", file.name(), name, v.size(),
                    loaded.size());
  ctx.copy(v.data(), loaded.data(), v.size() * static_cast<index_t>(sizeof(T)));
}
/// A list of `count` numbers on the host.
template <class U, class File>
std::vector<U> load_list(const File& file, const std::string& name, std::size_t count) {
  const auto v = file.template view_vector<U>(name);
  expects<io_error>(static_cast<std::size_t>(v.size()) == count, "{}: tensor {}: expected {} values, got {}",
                    file.name(), name, count, v.size());
  return {v.begin(), v.end()};
}

}  // namespace detail

/// An optimizer and what it remembers about one vector of weights.
template <class O, class T, Device D>
class optimizer_part {
 public:
  optimizer_part(context<D>& ctx, const O& optimizer, index_t weights) : optimizer_(optimizer), state_(ctx, weights) {}

  O& optimizer() { return optimizer_; }
  /// Makes the weights better by the mean of `count` gradients, whose sum is given.
  void update(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> gradient, index_t count) {
    if (weights.size() == 0) return;
    if (count > 1) op::scale(ctx, T(1) / static_cast<T>(count), gradient);
    optimizer_.update(ctx, state_, weights, vector_view<const T, D>(gradient));
  }
  template <class Writer>
  void save(context<D>& ctx, Writer& file, const std::string& prefix) {
    file.add(prefix + "step", std::vector<index_t>{static_cast<index_t>(state_.step)});
    file.add(prefix + "rate", std::vector<double>{static_cast<double>(optimizer_.rate)});
    state_.visit([&](const char* name, auto view) { detail::save_vector(ctx, file, prefix + name, view); });
  }
  template <class File>
  void resume(context<D>& ctx, const File& file, const std::string& prefix) {
    const index_t step = detail::load_list<index_t>(file, prefix + "step", 1)[0];
    expects<io_error>(step >= 0, "{}: tensor {}step: {} is below 0", file.name(), prefix, step);
    const double rate = detail::load_list<double>(file, prefix + "rate", 1)[0];
    expects<io_error>(rate >= 0 && rate <= static_cast<double>(std::numeric_limits<T>::max()),
                      "{}: tensor {}rate: expected a finite number of at least 0, got {}", file.name(), prefix, rate);
    state_.visit([&](const char* name, auto view) { detail::load_vector(ctx, file, prefix + name, view); });
    state_.step = static_cast<std::uint64_t>(step);
    optimizer_.rate = rate;
  }

 private:
  O optimizer_;
  typename O::template state<T, D> state_;
};

/// An encoder that somebody else owns, with its optimizer.
template <class E, class O>
class encoder_part {
 public:
  using T = typename E::scalar;
  using D = typename E::device;

  encoder_part(context<D>& ctx, E& encoder, const O& optimizer)
      : encoder_(&encoder), learner_(ctx, optimizer, encoder.weights().size()) {}

  E& encoder() { return *encoder_; }
  O& optimizer() { return learner_.optimizer(); }
  vector_view<T, D> weights() { return encoder_->weights(); }
  vector_view<T, D> gradient() { return encoder_->gradient(); }
  vector_view<T, D> buffers() { return encoder_->buffers(); }
  /// What knows the names of the weights: the layer of a network, else the encoder itself.
  const auto& named() const {
    if constexpr (requires(const E& e) { e.spec(); })
      return encoder_->spec();
    else
      return std::as_const(*encoder_);
  }
  void update(context<D>& ctx, index_t count) {
    learner_.update(ctx, encoder_->weights(), encoder_->gradient(), count);
  }
  template <class F>
  void visit_learned(F f) {
    f(encoder_->weights());
    f(encoder_->buffers());
  }
  template <class Writer>
  void save(context<D>& ctx, Writer& file, const std::string& prefix, const std::string& name, bool pending) {
    encoder_->save(file, prefix + name + ".");
    learner_.save(ctx, file, prefix + "optimizer." + name + ".");
    if (pending) detail::save_vector(ctx, file, prefix + "gradient." + name, encoder_->gradient());
  }
  template <class File>
  void resume(context<D>& ctx, const File& file, const std::string& prefix, const std::string& name, bool pending) {
    encoder_->restore(ctx, file, prefix + name + ".");
    learner_.resume(ctx, file, prefix + "optimizer." + name + ".");
    if (pending) detail::load_vector(ctx, file, prefix + "gradient." + name, encoder_->gradient());
  }

 private:
  E* encoder_;
  optimizer_part<O, T, D> learner_;
};

/// What an encoder made of one batch, with what the backward pass needs; in scratch memory.
template <template <class, class> class X, class T, class D>
struct forward_result {
  X<const T, D> x;
  shape s;
  matrix_view<T, D> y, dy;
  vector_view<T, D> cache;
  std::uint64_t seed;

  batch_view<const T, D> batch(matrix_view<const T, D> rows) const { return layer::as_batch(rows, s, x); }
};

/// One row per item in training mode, or bags of rows where these are wanted. The caller's scratch_scope holds the
/// result; dy is zero.
template <class E, template <class, class> class X, class T, Device D>
forward_result<X, T, D> forward(context<D>& ctx, const char* who, E& encoder, X<const T, D> x, std::uint64_t seed,
                                bool bags = false) {
  forward_result<X, T, D> r{x, encoder.output(x.shape()), {}, {}, {}, seed};
  expects(bags || r.s.rows == r.s.items, "{}: expected one row for each item, got {} rows of the encoder for {} items",
          who, r.s.rows, r.s.items);
  r.y = scratch_matrix<T>(ctx, r.s.rows, r.s.cols);
  r.dy = scratch_matrix<T>(ctx, r.s.rows, r.s.cols);
  r.cache = scratch_vector<T>(ctx, encoder.cache_size(x.shape()));
  encoder.forward(ctx, x, layer::as_batch(r.y, r.s, x), r.cache, layer::mode::train, seed);
  op::set_zero(ctx, as_vector(r.dy));
  return r;
}
template <class E, template <class, class> class X, class T, Device D>
void backward(context<D>& ctx, E& encoder, const forward_result<X, T, D>& r, X<T, D> dx = {},
              encoder::update u = encoder::update::yes) {
  encoder.backward(ctx, r.x, r.batch(r.y), r.batch(r.dy), dx, vector_view<const T, D>(r.cache), layer::mode::train,
                   r.seed, u);
}

namespace detail {
/// Whether a loss scores bags of rows: it is a loss on the scores of a similarity of bags.
template <class L, class T, class D>
struct scores_bags : std::false_type {};
template <class S, class L, class T, class D>
struct scores_bags<loss::on_scores<S, L>, T, D> : std::bool_constant<similarity::DifferentiableBagSimilarity<S, T, D>> {
};
}  // namespace detail

/// A loss that may learn, its weights and their optimizer.
template <class L, class O, class T, Device D>
class loss_part {
  static index_t weights_of(const L& loss) {
    if constexpr (layer::Parametric<L>)
      return loss.parameter_count();
    else
      return 0;
  }

 public:
  loss_part(context<D>& ctx, const L& loss, const O& optimizer, std::uint64_t seed)
      : loss_(loss),
        weights_(ctx, weights_of(loss)),
        gradient_(ctx, weights_.size()),
        learner_(ctx, optimizer, weights_.size()) {
    if constexpr (layer::Parametric<L>) {
      vector<T, D> buffers(ctx, loss.buffer_count());
      expects<argument_error>(buffers.size() == 0, "train: a loss with {} buffers", buffers.size());
      loss.initialize(ctx, weights_.view(), buffers.view(), seed);
    }
  }

  O& optimizer() { return learner_.optimizer(); }
  vector_view<T, D> weights() { return weights_.view(); }
  vector_view<T, D> gradient() { return gradient_.view(); }
  vector_view<T, D> buffers() { return {}; }
  const L& named() const { return loss_; }
  void update(context<D>& ctx, index_t count) { learner_.update(ctx, weights_.view(), gradient_.view(), count); }
  /// Multiplies what the gradient holds so far.
  void scale_gradient(context<D>& ctx, T factor) { op::scale(ctx, factor, gradient_.view()); }
  template <class F>
  void visit_learned(F f) {
    f(weights_.view());
  }

  /// On labelled rows.
  void labelled(context<D>& ctx, std::uint64_t seed, matrix_view<const T, D> y, vector_view<const label_t, D> labels,
                matrix_view<T, D> dy, vector_view<T, D> value) {
    const L loss = miner::reseeded(loss_, seed);
    if constexpr (loss::LearnableEmbeddingLoss<L>)
      loss(ctx, weights_.view(), y, labels, dy, gradient_.view(), value);
    else if constexpr (loss::EmbeddingLoss<L>)
      loss(ctx, y, labels, dy, value);
    else
      pairs(ctx, seed, y, y, relation::same_label<D>(labels, labels, true), dy, dy, value);
  }
  /// On two batches, or one with itself.
  template <class A, class R, class DA>
  void pairs(context<D>& ctx, std::uint64_t seed, A a, A b, const R& relation, DA da, DA db, vector_view<T, D> value) {
    static_assert(loss::PairLoss<L> || loss::LearnablePairLoss<L>,
                  "kindred: this loss knows labels only; training on a relation needs a loss on pairs, or a similarity "
                  "and a loss on scores");
    const L loss = miner::reseeded(loss_, seed);
    if constexpr (loss::LearnablePairLoss<L>)
      loss(ctx, weights_.view(), a, b, relation, da, db, gradient_.view(), value);
    else
      loss(ctx, a, b, relation, da, db, value);
  }

  /// On two batches of bags; the gradients are those of all rows.
  template <class R>
  void bags(context<D>& ctx, std::uint64_t seed, batch_view<const T, D> a, batch_view<const T, D> b, const R& relation,
            matrix_view<T, D> da, matrix_view<T, D> db, vector_view<T, D> value) {
    const auto loss = miner::reseeded(loss_.loss, seed);
    const auto scores = scratch_matrix<T>(ctx, a.items, b.items), dscores = scratch_matrix<T>(ctx, a.items, b.items);
    loss_.similarity.score(ctx, a, b, scores);
    if constexpr (layer::Parametric<L>)
      loss(ctx, weights_.view(), scores, relation, dscores, gradient_.view(), value);
    else
      loss(ctx, scores, relation, dscores, value);
    loss_.similarity.backward(ctx, a, b, matrix_view<const T, D>(scores), matrix_view<const T, D>(dscores), da, db);
  }

  template <class Writer>
  void save(context<D>& ctx, Writer& file, const std::string& prefix, bool pending) {
    file.metadata(prefix + "loss", described());
    if constexpr (layer::Parametric<L>) {
      detail::save_vector(ctx, file, prefix + "loss.weights", weights_.view());
      learner_.save(ctx, file, prefix + "optimizer.loss.");
      if (pending) detail::save_vector(ctx, file, prefix + "gradient.loss", gradient_.view());
    }
  }
  template <class File>
  void resume(context<D>& ctx, const File& file, const std::string& prefix, bool pending) {
    const std::string& came = file.metadata(prefix + "loss");
    expects<io_error>(came == described(), "{}: metadata {}loss: expected '{}', got '{}'", file.name(), prefix,
                      described(), came);
    if constexpr (layer::Parametric<L>) {
      detail::load_vector(ctx, file, prefix + "loss.weights", weights_.view());
      learner_.resume(ctx, file, prefix + "optimizer.loss.");
      if (pending) detail::load_vector(ctx, file, prefix + "gradient.loss", gradient_.view());
    }
  }

 private:
  /// What a loss that learns says of itself.
  std::string described() const {
    if constexpr (layer::Parametric<L>)
      return loss_.description();
    else
      return "learns nothing";
  }

  L loss_;
  vector<T, D> weights_, gradient_;
  optimizer_part<O, T, D> learner_;
};

/// Counts what a trainer did, and what it draws with.
template <class T, Device D>
class step_counter {
 public:
  step_counter(context<D>& ctx, const char* who, const step_options& options)
      : ctx_(&ctx), who_(who), options_(options), value_(ctx, 1) {
    expects<argument_error>(options.accumulate > 0, "{}: a gradient of {} batches", who, options.accumulate);
  }

  context<D>& ctx() const { return *ctx_; }
  const char* who() const { return who_; }
  std::uint64_t step() const { return step_; }
  vector_view<T, D> value() { return value_.view(); }
  /// True before the first batch of an update.
  bool first() const { return pending_ == 0; }
  index_t accumulate() const { return options_.accumulate; }
  /// Seed number `use` of this call.
  std::uint64_t seed(std::uint64_t use) const { return random::bits(options_.seed, use, calls_); }
  bool check_finite() const { return options_.check_finite; }
  /// Whether this call completes an update.
  bool completes() const { return pending_ + 1 == options_.accumulate; }
  /// Counts a call.
  void count() {
    ++calls_;
    const bool last = completes();
    step_ += last ? 1 : 0;
    pending_ = last ? 0 : pending_ + 1;
  }
  loss_value<T, D> result() const { return {*ctx_, value_.data()}; }

  template <class Writer>
  void save(Writer& file, const std::string& prefix, const std::string& type) const {
    file.metadata(prefix + "type", type);
    file.add(prefix + "progress", std::vector<index_t>{static_cast<index_t>(step_), static_cast<index_t>(calls_),
                                                       pending_, static_cast<index_t>(options_.seed)});
  }
  template <class File>
  void resume(const File& file, const std::string& prefix, const std::string& type) {
    const std::string& came = file.metadata(prefix + "type");
    expects<io_error>(came == type, "{}: metadata {}type: expected '{}', got '{}'", file.name(), prefix, type, came);
    const auto numbers = detail::load_list<index_t>(file, prefix + "progress", 4);
    expects<io_error>(numbers[0] >= 0 && numbers[1] >= 0 && numbers[2] >= 0 && numbers[2] < options_.accumulate,
                      "{}: tensor {}progress: {} steps, {} calls, {} of {} batches", file.name(), prefix, numbers[0],
                      numbers[1], numbers[2], options_.accumulate);
    step_ = static_cast<std::uint64_t>(numbers[0]);
    calls_ = static_cast<std::uint64_t>(numbers[1]);
    pending_ = numbers[2];
    options_.seed = static_cast<std::uint64_t>(numbers[3]);
  }

 private:
  context<D>* ctx_;
  const char* who_;
  step_options options_;
  vector<T, D> value_;
  std::uint64_t step_ = 0, calls_ = 0;
  index_t pending_ = 0;
};

}  // namespace kindred::train
