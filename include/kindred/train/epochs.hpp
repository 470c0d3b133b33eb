// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <kindred/core/random.hpp>
#include <kindred/data/concept.hpp>
#include <kindred/train/concept.hpp>
#include <kindred/train/parts.hpp>
#include <limits>

namespace kindred::train {

struct epochs_options {
  index_t epochs = 10;     ///< at most
  index_t patience = 0;    ///< epochs without a better validation after which it ends; 0: never
  bool keep_best = true;   ///< leaves the weights of the best validation, not the last ones
  std::uint64_t seed = 0;  ///< of what `prepare` draws
};

/// Where a run stands, as its callback sees it after every batch and, with `epoch_ended`, after every epoch.
struct epochs_progress {
  index_t epoch = 0, epochs = 0;   ///< this one, from 0; how many at most
  index_t batch = 0, batches = 0;  ///< batches done in this epoch; how many it has
  double loss = 0;                 ///< of the last batch
  double mean_loss = 0;            ///< of this epoch so far
  bool epoch_ended = false;        ///< the fields below are new
  double validation = 0;           ///< of this epoch; NaN without a validation
  double best = 0;                 ///< best validation so far; NaN before the first
  index_t best_epoch = -1;         ///< and its epoch
  double seconds_left = 0;         ///< at the pace so far, if all epochs are run
};

/// Runs a trainer over a sampler's batches for some epochs.
///
///   train::epochs loop(trainer, set, sampler, {.epochs = 30, .patience = 5});
///   loop.run([&] { return recall_of(encoder); },                               // higher is better
///            [](const train::epochs_progress& p) { ... });                     // may return false to stop at once
///
/// After every epoch the validation function is called. A strictly higher number than all before is better; NaN is
/// never better. At the end weights, buffers and numbers of the loss go back to the best epoch (keep_best).
///
/// trainer   a Trainer; not owned
/// set       a Dataset whose gather(ctx, rows, batch) fills a batch again; not owned, as the sampler
/// sampler   a Sampler
///
/// A run that the callback stopped, or that a checkpoint was made of, goes on with the next batch: run() again, or
/// checkpoint::resume into a loop of the same set and sampler.
///
/// Complexity   that of the steps; a copy of what is learned for the best epoch.
/// Determinism  that of trainer, sampler and functions: stopping and going on changes no bit.
/// Errors       argument_error for options below 0; those of its parts.
template <class Trainer, class Set, data::Sampler Sampler>
class epochs {
 public:
  using T = typename Trainer::scalar;
  using D = typename Trainer::device;
  using batch_type =
      decltype(std::declval<const Set&>().gather(std::declval<context<D>&>(), std::span<const index_t>()));
  static_assert(train::Trainer<Trainer, batch_type>, "kindred: this trainer does not read batches of this set");

  epochs(Trainer& trainer, const Set& set, const Sampler& sampler, const epochs_options& options = {})
      : trainer_(&trainer), set_(&set), sampler_(&sampler), options_(options) {
    expects<argument_error>(options.epochs >= 0 && options.patience >= 0, "train::epochs: {} epochs, patience {}",
                            options.epochs, options.patience);
  }

  /// Epochs done.
  index_t epoch() const { return epoch_; }
  /// Best validation so far, NaN before the first, and its epoch, -1.
  double best() const { return best_; }
  index_t best_epoch() const { return best_epoch_; }
  /// True where nothing is left to do: all epochs are run, or the patience is at its end.
  bool finished() const { return epoch_ >= options_.epochs || out_of_patience(); }

  /// Runs until it is finished or `progress` returns false.
  ///
  /// validate   validate() -> number, higher is better
  /// progress   progress(const epochs_progress&), may return bool
  /// prepare    prepare(batch, seed) changes a batch before the step, with a seed of its own for every batch
  template <class Validate, class Progress, class Prepare>
  void run(Validate validate, Progress progress, Prepare prepare) {
    auto batch = set_->gather(trainer_->ctx(), std::span<const index_t>());
    const double started = now();
    index_t steps = 0;
    while (!finished()) {
      epochs_progress p{.epoch = epoch_, .epochs = options_.epochs, .batches = sampler_->length()};
      p.best = best_;
      p.best_epoch = best_epoch_;
      const auto report = [&] {
        p.batch = batch_;
        p.mean_loss = batch_ > 0 ? loss_sum_ / static_cast<double>(batch_) : 0;
        const auto left = static_cast<double>((options_.epochs - epoch_) * p.batches - batch_);
        p.seconds_left = steps > 0 ? (now() - started) / static_cast<double>(steps) * left : 0;
        return told(progress, p);
      };
      index_t at = 0;
      bool stopped = false;
      (*sampler_)(epoch_, [&](std::span<const index_t> rows) {
        if (stopped || at++ < batch_) return;
        set_->gather(trainer_->ctx(), rows, batch);
        prepare(batch, random::bits(options_.seed, static_cast<std::uint64_t>(epoch_), static_cast<std::uint64_t>(at)));
        const T value = trainer_->step(batch);
        p.loss = static_cast<double>(value);
        loss_sum_ += p.loss;
        ++batch_;
        ++steps;
        stopped = !report();
      });
      if (stopped) return;
      p.validation = judged(validate);
      p.epoch_ended = true;
      if (p.validation > best_ || (best_ != best_ && p.validation == p.validation)) {
        best_ = p.validation;
        best_epoch_ = epoch_;
        if (options_.keep_best) keep();
      }
      p.best = best_;
      p.best_epoch = best_epoch_;
      const bool go_on = report();
      ++epoch_;
      batch_ = 0;
      loss_sum_ = 0;
      if (!go_on) return;
    }
    if (options_.keep_best && !kept_.empty()) put_back();
  }
  template <class Validate, class Progress>
  void run(Validate validate, Progress progress) {
    run(validate, progress, [](auto&, std::uint64_t) {});
  }
  /// Without validation: all epochs, and the last weights.
  void run() {
    run([] {}, [](const epochs_progress&) {});
  }

  /// Adds where the run stands to a file, and the best weights.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.add(prefix + "position", std::vector<index_t>{epoch_, batch_, best_epoch_, static_cast<index_t>(kept_.size()),
                                                       sampler_->length(), static_cast<index_t>(options_.seed)});
    file.add(prefix + "values", std::vector<double>{loss_sum_, best_epoch_ < 0 ? 0 : best_});
    for (std::size_t i = 0; i < kept_.size(); ++i) file.add(prefix + "best." + std::to_string(i), kept_[i]);
  }
  /// Goes on where the saved run stood. Errors: io_error for the file of a run of other parts.
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    const auto numbers = detail::load_list<index_t>(file, prefix + "position", 6);
    const auto values = detail::load_list<double>(file, prefix + "values", 2);
    expects<io_error>(numbers[4] == sampler_->length(), "{}: tensor {}position: expected epochs of {} batches, got {}",
                      file.name(), prefix, sampler_->length(), numbers[4]);
    std::size_t learned = 0;
    trainer_->visit_learned([&](auto) { ++learned; });
    expects<io_error>(numbers[0] >= 0 && numbers[1] >= 0 && numbers[1] <= numbers[4] && numbers[2] >= -1 &&
                          numbers[2] <= numbers[0] && (numbers[3] == 0 || numbers[3] == static_cast<index_t>(learned)),
                      "{}: tensor {}position: epoch {}, batch {}, best epoch {}, {} vectors", file.name(), prefix,
                      numbers[0], numbers[1], numbers[2], numbers[3]);
    std::vector<vector<T, D>> kept;
    if (numbers[3] > 0)
      trainer_->visit_learned([&](vector_view<T, D> v) {
        vector<T, D> copy(trainer_->ctx(), v.size(), uninitialized);
        detail::load_vector(trainer_->ctx(), file, prefix + "best." + std::to_string(kept.size()), copy.view());
        kept.push_back(std::move(copy));
      });
    kept_ = std::move(kept);
    epoch_ = numbers[0];
    batch_ = numbers[1];
    best_epoch_ = numbers[2];
    options_.seed = static_cast<std::uint64_t>(numbers[5]);
    loss_sum_ = values[0];
    best_ = best_epoch_ < 0 ? std::numeric_limits<double>::quiet_NaN() : values[1];
  }

 private:
  bool out_of_patience() const {
    return options_.patience > 0 && best_epoch_ >= 0 && batch_ == 0 && epoch_ - 1 - best_epoch_ >= options_.patience;
  }
  static double now() {
    std::timespec t{};
    static_cast<void>(std::timespec_get(&t, TIME_UTC));
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  template <class Progress>
  static bool told(Progress& progress, const epochs_progress& p) {
    if constexpr (std::is_void_v<decltype(progress(p))>) {
      progress(p);
      return true;
    } else {
      return progress(p);
    }
  }
  template <class Validate>
  static double judged(Validate& validate) {
    if constexpr (std::is_void_v<decltype(validate())>) {
      validate();
      return std::numeric_limits<double>::quiet_NaN();
    } else {
      return static_cast<double>(validate());
    }
  }
  void keep() {
    std::size_t i = 0;
    trainer_->visit_learned([&](vector_view<T, D> v) {
      if (i == kept_.size()) kept_.emplace_back(trainer_->ctx(), v.size(), uninitialized);
      trainer_->ctx().copy(kept_[i++].data(), v.data(), v.size() * static_cast<index_t>(sizeof(T)));
    });
  }
  void put_back() {
    std::size_t i = 0;
    trainer_->visit_learned([&](vector_view<T, D> v) {
      trainer_->ctx().copy(v.data(), kept_[i++].data(), v.size() * static_cast<index_t>(sizeof(T)));
    });
  }

  Trainer* trainer_;
  const Set* set_;
  const Sampler* sampler_;
  epochs_options options_;
  index_t epoch_ = 0, batch_ = 0, best_epoch_ = -1;
  double loss_sum_ = 0, best_ = std::numeric_limits<double>::quiet_NaN();
  std::vector<vector<T, D>> kept_;
};

}  // namespace kindred::train
