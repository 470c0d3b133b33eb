// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/data/batches.hpp>
#include <kindred/train/epochs.hpp>
#include <string>

namespace kindred::model {

/// How long and how fast a model learns; each model says what its paper takes.
struct training_options {
  index_t epochs = 30;  ///< passes over the pairs
  index_t batch = 128;  ///< pairs in a step; the pairs that fill no batch sit an epoch out, in another order each time
  double rate = 1e-3;   ///< of the optimizer
  double weight_decay = 0;  ///< of the optimizer
  std::uint64_t seed = 0;   ///< of first weights, orders and what layers draw
};

/// Throws argument_error for options out of range, before anything is trained; `name` is the member of the model's
/// options.
template <class T>
void check_training(const char* who, const std::string& name, const training_options& o) {
  expect_at_least(who, (name + ".epochs").c_str(), o.epochs, 0);
  expect_at_least(who, (name + ".batch").c_str(), o.batch, 1);
  expect_not_negative<T>(who, (name + ".rate").c_str(), o.rate);
  expect_not_negative<T>(who, (name + ".weight_decay").c_str(), o.weight_decay);
}

/// A progress function that ignores what it is told: the default of fit().
struct no_progress {
  void operator()(const train::epochs_progress&) const {}
};

namespace detail {
/// Leaves a batch as the set gave it.
struct as_gathered {
  template <class Batch>
  void operator()(Batch&, std::uint64_t) const {}
};
}  // namespace detail

/// Runs all epochs of a trainer over a set. progress(const train::epochs_progress&) after every batch; false ends it.
/// prepare(batch, seed) changes a batch before the step.
template <class Trainer, class Set, class Progress, class Prepare = detail::as_gathered>
void run_epochs(Trainer& trainer, const Set& set, const training_options& o, Progress&& progress,
                Prepare prepare = {}) {
  const index_t size = o.batch < set.size() ? o.batch : set.size();
  const data::batches sampler(set, {.size = size > 0 ? size : 1, .drop_last = true, .seed = o.seed});
  train::epochs loop(trainer, set, sampler, {.epochs = o.epochs, .seed = o.seed});
  loop.run([] {}, progress, prepare);
}

}  // namespace kindred::model
