// SPDX-License-Identifier: Apache-2.0
// The network, its training and its use: a template on the device, compiled for each in a file of its own.
#pragma once

#include <cmath>
#include <filesystem>
#include <kindred/data/batches.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/max_norm.hpp>
#include <kindred/train/checkpoint.hpp>
#include <kindred/train/epochs.hpp>

#include "word_batches.hpp"

namespace sentence {

namespace kd = kindred;

/// Word vectors to the features of a text.
inline auto features_of(const network_shape& s) {
  const index_t columns = s.dimension * (s.variant == "multichannel" ? 2 : 1);
  return kd::encoder::sentence_cnn(columns, {.windows = s.filters, .maps = s.maps, .dropout = s.dropout});
}
/// Features to a score for each class.
inline kd::layer::linear scores_of(const network_shape& s) { return kd::layer::linear(s.features(), s.classes); }

/// A step of Adam for the rows of a table that a batch used; the other rows and what is remembered of them stay.
template <class T, class D>
struct learn_rows_at {
  kd::matrix_view<const T, D> gradient;  // of every place where a word stands
  kd::vector_view<const index_t, D> rows, offsets, positions;
  kd::matrix_view<T, D> table, mean, square;
  T rate, mean_correction, root_correction;
  KINDRED_HD void operator()(index_t t, index_t c) const {
    constexpr T mean_decay = T(0.9), square_decay = T(0.999), epsilon = T(1e-8);
    T g = 0;
    for (index_t i = offsets(t); i < offsets(t + 1); ++i) g += gradient(positions(i), c);
    const index_t r = rows(t);
    mean(r, c) = mean_decay * mean(r, c) + (T(1) - mean_decay) * g;
    square(r, c) = square_decay * square(r, c) + (T(1) - square_decay) * g * g;
    table(r, c) -= rate / mean_correction * mean(r, c) / (kd::math::sqrt(square(r, c)) / root_correction + epsilon);
  }
};

/// The vectors of the words and the network over them.
template <kd::Device D>
struct model {
  using features_network = kd::encoder::network<decltype(features_of({})), float, D>;
  using scores_network = kd::encoder::network<decltype(scores_of({})), float, D>;

  network_shape shape;
  kd::matrix<float, D> fixed, table;  ///< of static words, of words that are trained; 0 rows where there are none
  features_network encoder;
  scores_network head;

  model(kd::context<D>& ctx, const network_shape& s, std::uint64_t seed)
      : shape(s),
        fixed(ctx, s.has_fixed() ? s.words : 0, s.dimension),
        table(ctx, s.has_trained() ? s.words : 0, s.dimension),
        encoder(ctx, features_of(s), kd::random::bits(seed, 0, 0)),
        head(ctx, scores_of(s), kd::random::bits(seed, 0, 1)) {}

  /// The vectors of the words of a batch, in scratch memory.
  kd::batch_view<float, D> look_up(kd::context<D>& ctx, const word_batch<D>& batch) const {
    const auto x =
        kd::scratch_matrix<float>(ctx, batch.words.size(), shape.dimension * (shape.has_fixed() + shape.has_trained()));
    if (shape.has_fixed()) kd::op::gather_rows<D, float>(ctx, fixed, batch.words, x.middle_cols(0, shape.dimension));
    if (shape.has_trained()) kd::op::gather_rows<D, float>(ctx, table, batch.words, trained(x));
    return {x, batch.offsets.view(), batch.items, batch.longest};
  }
  /// The columns that belong to words that are trained.
  kd::matrix_view<float, D> trained(kd::matrix_view<float, D> x) const {
    return x.middle_cols(x.cols() - shape.dimension, shape.dimension);
  }

  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    if (shape.has_fixed()) file.add(prefix + "words.fixed", fixed);
    if (shape.has_trained()) file.add(prefix + "words.table", table);
    encoder.save(file, prefix + "encoder.");
    head.save(file, prefix + "head.");
  }
  template <class File>
  void restore(kd::context<D>& ctx, const File& file, const std::string& prefix) {
    const auto read = [&](const std::string& name, kd::matrix<float, D>& to) {
      auto rows = file.template load_matrix<float>(ctx, prefix + name);
      kd::expects<kd::io_error>(rows.rows() == to.rows() && rows.cols() == to.cols(),
                                "{}: tensor {}{}: expected {} x {}, got {} x {}", file.name(), prefix, name, to.rows(),
                                to.cols(), rows.rows(), rows.cols());
      to = std::move(rows);
    };
    if (shape.has_fixed()) read("words.fixed", fixed);
    if (shape.has_trained()) read("words.table", table);
    encoder.restore(ctx, file, prefix + "encoder.");
    head.restore(ctx, file, prefix + "head.");
  }
};

/// Trains a model on batches of texts. A train::Trainer.
template <kd::Device D>
class trainer {
 public:
  using scalar = float;
  using device = D;

  trainer(kd::context<D>& ctx, model<D>& of, const training_settings& how)
      : ctx_(&ctx),
        model_(&of),
        adam_{.rate = how.rate},
        head_adam_{adam_, how.norm == 0 ? 1.0 : how.norm},  // 0: of no matrix
        seed_(how.seed),
        mean_(ctx, of.table.view().size()),
        square_(ctx, of.table.view().size()),
        encoder_state_(ctx, of.encoder.weights().size()),
        head_state_(ctx, of.head.weights().size()),
        value_(ctx, 1) {
    if (how.norm > 0) head_adam_.set(of.head.spec(), "weight");
  }

  kd::context<D>& ctx() const { return *ctx_; }

  kd::train::loss_value<float, D> step(const word_batch<D>& batch) {
    using kd::layer::mode;
    auto& ctx = *ctx_;
    auto& m = *model_;
    const kd::scratch_scope scope(ctx);
    const auto x = m.look_up(ctx, batch);
    const auto rows = [&](index_t columns) { return kd::scratch_matrix<float>(ctx, batch.items, columns); };
    const auto features = rows(m.shape.features()), dfeatures = rows(m.shape.features());
    const auto scores = rows(m.shape.classes), dscores = rows(m.shape.classes);
    const auto encoder_cache = kd::scratch_vector<float>(ctx, m.encoder.cache_size(x.shape()));
    const batch_of<const float> read(features);
    const auto head_cache = kd::scratch_vector<float>(ctx, m.head.cache_size(read.shape()));
    const std::uint64_t seed = kd::random::bits(seed_, 1, encoder_state_.step);

    m.encoder.forward(ctx, batch_of<const float>(x), batch_of<float>(features), encoder_cache, mode::train, seed);
    m.head.forward(ctx, read, batch_of<float>(scores), head_cache, mode::train, seed);
    zero(kd::as_vector(dscores));
    kd::loss::softmax_cross_entropy{}(ctx, scores, batch.labels, dscores, value_.view());
    const kd::train::loss_value<float, D> value(ctx, value_.data());
    const float number = value;
    kd::expects<kd::argument_error>(number == number, "training: step {}: the loss is NaN", encoder_state_.step + 1);

    zero(m.encoder.gradient());
    zero(m.head.gradient());
    m.head.backward(ctx, read, batch_of<const float>(scores), batch_of<const float>(dscores),
                    batch_of<float>(dfeatures), kd::vector_view<const float, D>(head_cache), mode::train, seed);
    batch_of<float> dx;
    if (m.shape.has_trained()) {
      dx = x;
      dx.values = kd::scratch_matrix<float>(ctx, x.values.rows(), x.values.cols());
    }
    m.encoder.backward(ctx, batch_of<const float>(x), read, batch_of<const float>(dfeatures), dx,
                       kd::vector_view<const float, D>(encoder_cache), mode::train, seed);
    adam_.update(ctx, encoder_state_, m.encoder.weights(), m.encoder.gradient());
    head_adam_.update(ctx, head_state_, m.head.weights(), m.head.gradient());
    if (m.shape.has_trained()) learn_words(batch, m.trained(dx.values));
    return value;
  }

  template <class F>
  void visit_learned(F f) {
    f(kd::as_vector(model_->table.view()));
    f(model_->encoder.weights());
    f(model_->head.weights());
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    model_->save(file, prefix);
    file.add(prefix + "steps", std::vector<index_t>{static_cast<index_t>(encoder_state_.step)});
    each_state([&](const std::string& name, const auto& numbers) { file.add(prefix + name, numbers); });
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    model_->restore(*ctx_, file, prefix);
    const auto steps = file.template view_vector<index_t>(prefix + "steps");
    kd::expects<kd::io_error>(steps.size() == 1 && steps(0) >= 0,
                              "{}: tensor {}steps: expected one count of at least 0", file.name(), prefix);
    encoder_state_.step = head_state_.step = static_cast<std::uint64_t>(steps(0));
    each_state([&](const std::string& name, auto& numbers) {
      const auto loaded = file.template load_vector<float>(*ctx_, prefix + name);
      kd::expects<kd::io_error>(loaded.size() == numbers.size(), "{}: tensor {}{}: expected {} values, got {}",
                                file.name(), prefix, name, numbers.size(), loaded.size());
      ctx_->copy(numbers.data(), loaded.data(), loaded.size() * static_cast<index_t>(sizeof(float)));
    });
  }

 private:
  template <class T>
  using batch_of = kd::batch_view<T, D>;

  void zero(kd::vector_view<float, D> v) { ctx_->zero(v.data(), v.size() * static_cast<index_t>(sizeof(float))); }
  void learn_words(const word_batch<D>& batch, kd::matrix_view<const float, D> gradient) {
    const double steps = static_cast<double>(encoder_state_.step);
    const auto& use = *batch.use;
    ctx_->for_each(use.rows.size(), gradient.cols(),
                   learn_rows_at<float, D>{gradient, use.rows, use.offsets, use.positions, model_->table.view(),
                                           as_table(mean_), as_table(square_), static_cast<float>(adam_.rate),
                                           static_cast<float>(1 - std::pow(adam_.mean_decay, steps)),
                                           static_cast<float>(std::sqrt(1 - std::pow(adam_.square_decay, steps)))});
  }
  kd::matrix_view<float, D> as_table(kd::vector<float, D>& v) const {
    return kd::as_matrix(v.view(), model_->table.rows(), model_->table.cols());
  }
  template <class F>
  void each_state(F f) {
    f("words.mean", mean_);
    f("words.square", square_);
    f("optimizer.encoder.mean", encoder_state_.mean);
    f("optimizer.encoder.square", encoder_state_.square);
    f("optimizer.head.mean", head_state_.mean);
    f("optimizer.head.square", head_state_.square);
  }

  using adam_state = kd::optimizer::adam::state<float, D>;
  kd::context<D>* ctx_;
  model<D>* model_;
  kd::optimizer::adam adam_;
  kd::optimizer::max_norm<kd::optimizer::adam> head_adam_;
  std::uint64_t seed_;
  kd::vector<float, D> mean_, square_;  // of the words that are trained
  adam_state encoder_state_, head_state_;
  kd::vector<float, D> value_;
};

/// What stands beside trainer and loop in a checkpoint.
struct history {
  training_curve* curve;
  std::string run;
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "run", run);
    file.add(prefix + "loss", curve->loss);
    file.add(prefix + "validation", curve->validation);
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    for (auto [name, to] : {std::pair{"loss", &curve->loss}, std::pair{"validation", &curve->validation}}) {
      const auto numbers = file.template view_vector<double>(prefix + name);
      to->assign(numbers.begin(), numbers.end());
    }
  }
};

template <kd::Device D>
class device_classifier : public classifier {
 public:
  device_classifier(std::unique_ptr<kd::context<D>> ctx, const network_shape& shape, std::uint64_t seed)
      : ctx_(std::move(ctx)), model_(*ctx_, shape, seed) {}

  judgement of(const word_lists& texts, std::span<const index_t> rows, bool with_features) override {
    const index_t classes = model_.shape.classes, columns = model_.shape.features();
    judgement out;
    out.probabilities.resize(rows.size() * static_cast<std::size_t>(classes));
    if (with_features) out.features.resize(rows.size() * static_cast<std::size_t>(columns));
    const text_set<D> set(texts, rows);
    const kd::data::batches batches(set, {.size = 128, .shuffle = false});
    auto batch = set.gather(*ctx_, {});
    auto to = out.probabilities.begin(), features_to = out.features.begin();
    batches(0, [&](std::span<const index_t> items) {
      set.gather(*ctx_, items, batch);
      const kd::scratch_scope scope(*ctx_);
      const kd::batch_view<const float, D> x(model_.look_up(*ctx_, batch));
      const auto features = kd::scratch_matrix<float>(*ctx_, batch.items, columns),
                 scores = kd::scratch_matrix<float>(*ctx_, batch.items, classes);
      model_.encoder.encode(*ctx_, x, features);
      model_.head.encode(*ctx_, features, scores);
      kd::op::softmax<D, float>(*ctx_, scores, scores);
      const auto shares = kd::to_host(*ctx_, scores);
      to = std::copy(shares.begin(), shares.end(), to);
      if (!with_features) return;
      const auto host = kd::to_host(*ctx_, features);
      features_to = std::copy(host.begin(), host.end(), features_to);
    });
    return out;
  }
  void save(kd::io::safetensors_writer& file) override { model_.save(file, ""); }

  void restore(const kd::io::safetensors& file) { model_.restore(*ctx_, file, ""); }
  void train(const training_task& task, const training_settings& how, const teller& told, training_curve& curve) {
    if (task.shape.has_fixed()) start(model_.fixed, task.vectors);
    if (task.shape.has_trained()) start(model_.table, task.vectors);
    trainer<D> learns(*ctx_, model_, how);
    const text_set<D> set(task.texts, task.learn, task.labels, task.shape.has_trained() ? task.shape.words : 0);
    const kd::data::batches batches(set, {.size = how.batch, .seed = how.seed});
    kd::train::epochs loop(learns, set, batches, {.epochs = how.epochs, .patience = how.patience, .seed = how.seed});
    history past{&curve, task.run};
    if (!task.checkpoint.empty() && std::filesystem::exists(task.checkpoint)) {
      const kd::io::safetensors file(task.checkpoint);
      kd::expects<kd::io_error>(file.metadata("loop.run") == task.run,
                                "{}: got a checkpoint of the run '{}', expected one of '{}'", task.checkpoint,
                                file.metadata("loop.run"), task.run);
      kd::train::checkpoint::resume(file, learns, loop, past);
      for (index_t b = 0; b < loop.epoch() * batches.length(); ++b) told("resumed");
    }
    // stopped after every epoch, to write a checkpoint
    const auto go_on = [&](const kd::train::epochs_progress& p) {
      if (!p.epoch_ended) {
        told("epoch " + std::to_string(p.epoch + 1));
        return true;
      }
      curve.loss.push_back(p.mean_loss);
      curve.validation.push_back(p.validation);
      return false;
    };
    const auto validate = [&] { return accuracy(task); };
    while (!loop.finished()) {
      loop.run(validate, go_on);
      if (!task.checkpoint.empty()) kd::train::checkpoint::save(task.checkpoint, learns, loop, past);
    }
    loop.run(validate, go_on);  // takes the weights of the best epoch
    curve.best_epoch = loop.best_epoch();
    for (index_t b = loop.epoch() * batches.length(); b < how.epochs * batches.length(); ++b) told("stopped early");
  }

 private:
  void start(kd::matrix<float, D>& to, const std::vector<float>& vectors) {
    to = kd::matrix<float, D>(*ctx_, to.rows(), to.cols(), vectors);
  }
  double accuracy(const training_task& task) {
    if (task.validate.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto classes = static_cast<std::size_t>(task.shape.classes);
    const judgement said = of(task.texts, task.validate, false);
    std::size_t right = 0;
    for (std::size_t i = 0; i < task.validate.size(); ++i) {
      const auto begin = said.probabilities.begin() + static_cast<std::ptrdiff_t>(i * classes);
      const auto best = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(classes)) - begin;
      right += best == task.labels[static_cast<std::size_t>(task.validate[i])];
    }
    return static_cast<double>(right) / static_cast<double>(task.validate.size());
  }

  std::unique_ptr<kd::context<D>> ctx_;
  model<D> model_;
};

template <kd::Device D>
std::unique_ptr<classifier> trained(std::unique_ptr<kd::context<D>> ctx, const training_task& task,
                                    const training_settings& how, const teller& told, training_curve& curve) {
  auto made = std::make_unique<device_classifier<D>>(std::move(ctx), task.shape, how.seed);
  made->train(task, how, told, curve);
  return made;
}
template <kd::Device D>
std::unique_ptr<classifier> loaded(std::unique_ptr<kd::context<D>> ctx, const kd::io::safetensors& file,
                                   const network_shape& shape) {
  auto made = std::make_unique<device_classifier<D>>(std::move(ctx), shape, 0);
  made->restore(file);
  return made;
}

}  // namespace sentence
