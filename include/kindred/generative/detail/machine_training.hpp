// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/labelled_features.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/model/training_options.hpp>

namespace kindred::generative::detail {

/// Updates of a Boltzmann machine as a train::Trainer.
template <class T, Device D>
class machine_trainer {
 public:
  using scalar = T;
  using device = D;

  machine_trainer(context<D>& ctx, rbm<T, D>& machine) : ctx_(&ctx), machine_(&machine) {}
  context<D>& ctx() const { return *ctx_; }
  T step(const data::labelled_batch<T, D>& batch) { return static_cast<T>(machine_->update(*ctx_, batch.x().values)); }
  template <class F>
  void visit_learned(F f) {
    f(as_vector(machine_->weights()));
    f(machine_->visible_bias());
    f(machine_->hidden_bias());
  }

 private:
  context<D>* ctx_;
  rbm<T, D>* machine_;
};

/// The progress of a fit of several trainings: after the first `false` nothing more is trained.
template <class Progress>
class joint_progress {
 public:
  explicit joint_progress(Progress& progress) : progress_(&progress) {}

  bool stopped() const { return stopped_; }
  bool operator()(const train::epochs_progress& p) {
    if constexpr (std::is_void_v<decltype((*progress_)(p))>)
      (*progress_)(p);
    else
      stopped_ = stopped_ || !(*progress_)(p);
    return !stopped_;
  }
  /// detail::run, where nobody has ended the fit.
  template <class Trainer, class Set>
  void run(Trainer& trainer, const Set& set, const model::training_options& o) {
    if (!stopped_) model::run_epochs(trainer, set, o, [this](const train::epochs_progress& p) { return (*this)(p); });
  }

 private:
  Progress* progress_;
  bool stopped_ = false;
};

/// A machine over rows, trained by epochs and batch of `o`; its seed follows from that of `o` and `part`.
template <class T, Device D, class Progress>
rbm<T, D> trained_machine(context<D>& ctx, matrix_view<const T, D> rows, rbm_options machine, model::training_options o,
                          std::uint64_t part, joint_progress<Progress>& progress) {
  o.seed = random::bits(o.seed, part, 0) >> 1;  // files keep seeds as index_t
  machine.seed = o.seed;
  rbm<T, D> out(ctx, rows.cols(), machine);
  const vector<label_t, D> none(ctx, rows.rows());
  const data::labelled_features<T, D> set(ctx, rows, none);
  machine_trainer<T, D> trainer(ctx, out);
  progress.run(trainer, set, o);
  return out;
}

}  // namespace kindred::generative::detail
