// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/model/fused_spaces.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/relation/labelled_pairs.hpp>
#include <kindred/train/two_tower.hpp>

namespace kindred::model {

struct mcsm_options {
  double margin = 0.5;  ///< between the cosines of a pair and of a negative
  bool class_positives =
      true;  ///< the text space learns from a text and any training picture of its class, drawn anew for
             ///< every batch; false: from the pairs as they are
  bool image_class_positives = false;  ///< the same for the image space: a picture and any text of its class
  double weight = 0.5;                 ///< of the fusion; tuned_weight() finds one on validation pairs
  training_options training{.epochs = 30, .batch = 40, .rate = 1e-4};  ///< of either space
};

namespace detail {

/// One pair against one negative drawn for each anchor, in both directions.
inline auto margin_of_pairs(double margin) {
  return loss::on_scores<similarity::cosine, loss::bidirectional_margin<miner::random>>{
      {}, {.margin = margin, .reduction = loss::reduction::mean}};
}

/// A two_tower whose batches are pairs with classes: the pair is the positive, other classes are the negatives.
template <class First, class Second>
class labelled_pair_trainer {
  using loss_type = decltype(margin_of_pairs(0));

 public:
  using scalar = typename First::scalar;
  using device = typename First::device;

  labelled_pair_trainer(context<device>& ctx, First& first, Second& second, double margin,
                        const optimizer::rmsprop& optimizer, const train::step_options& options)
      : tower_(ctx, first, second, margin_of_pairs(margin), optimizer, options) {}

  context<device>& ctx() const { return tower_.ctx(); }
  train::loss_value<scalar, device> step(const data::paired_batch<scalar, device>& batch) {
    return tower_.step(batch.first(), batch.second(), relation::labelled_pairs<device>(batch.labels()));
  }
  template <class F>
  void visit_learned(F f) {
    tower_.visit_learned(f);
  }

 private:
  train::two_tower<First, Second, loss_type, optimizer::rmsprop> tower_;
};

/// Which item of a pair is drawn anew.
enum class drawn : signed char { none, first, second };

/// Puts a random item of the same class in the place of each first, or second, item of a batch.
template <class T, Device D>
class class_partners {
 public:
  /// numbers   the class of each pair of the set, from 0
  class_partners(context<D>& ctx, const data::paired_features<T, D>& set, drawn which, std::span<const label_t> numbers,
                 std::size_t classes)
      : ctx_(&ctx), set_(&set), drawn_(which), members_(classes) {
    for (std::size_t i = 0; i < numbers.size(); ++i)
      members_[static_cast<std::size_t>(numbers[i])].push_back(static_cast<index_t>(i));
  }
  void operator()(data::paired_batch<T, D>& batch, std::uint64_t seed) const {
    if (drawn_ == drawn::none) return;
    std::vector<index_t> rows;
    for (const label_t number : data::host_list(*ctx_, batch.labels())) {
      const auto& members = members_[static_cast<std::size_t>(number)];
      const index_t at = random::below(static_cast<index_t>(members.size()), seed, 0, rows.size());
      rows.push_back(members[static_cast<std::size_t>(at)]);
    }
    if (drawn_ == drawn::first)
      set_->first().gather(*ctx_, rows, batch.first_items());
    else
      set_->second().gather(*ctx_, rows, batch.second_items());
  }

 private:
  context<D>* ctx_;
  const data::paired_features<T, D>* set_;
  drawn drawn_;
  std::vector<std::vector<index_t>> members_;
};

}  // namespace detail

/// Modality-specific cross-modal similarity: two spaces that learn apart. In the image space pictures are sequences of
/// regions, summed up by attention, and texts are rows; in the text space texts are sequences of words, summed up by
/// attention, and pictures are rows. Scores of both spaces are fused.
///
///   const model::mcsm learner{encoder::sequence_attention(64, {.states = 128, .width = 256, .attention = 256}),
///                             model::mcsm_sentence(300, 256), model::mcsm_picture(512, 256),
///                             encoder::sequence_attention(100, {.states = 128, .width = 256})};
///   const model::sequence_and_row pictures(regions, images), posts(words, texts);
///   auto spaces = learner.fit(ctx, pictures, posts, labels);
///
/// minimizes, in either space and by RMSprop, the mean over anchors of both directions of
///   max(0, margin - cos(f(a), g(b)) + cos(f(a), g(n)))
///   with the pair (a, b) and a random n of another class from the batch
///
/// regions, sentence   specs of the image space, which end in one width
/// picture, words      specs of the text space, which end in one width, its own
/// fit(ctx, x, y, labels, progress)
///   x, y      see sequence_and_row; item i of y belongs to item i of x, and label i to both: a category, or the number of
///             the pair where every pair is a class of its own
///   progress  as for other models; the image space learns first, then the text space, each from epoch 0
///
/// Makers of the paper's layers: mcsm_layers.hpp.
///
/// Complexity   of the networks; per batch of n pairs n^2 numbers.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       shape_error where items, labels or widths do not fit; argument_error for fewer than two classes and
///              for options out of range; those of networks and loss.
/// Reference    Peng, Qi and Yuan 2018. Margin, batch, rate and class positives are theirs; they take 10,000 batches. Their code
///              divides the sum of both directions by n in the text space and by n^2 in the image space; here it is the mean of
///              both, which RMSprop makes the same but for its epsilon. Comparing: see similarity::adaptive_fuse.
template <layer::Parametric Regions, layer::Parametric Sentence, layer::Parametric Picture, layer::Parametric Words>
struct mcsm {
  Regions regions;
  Sentence sentence;
  Picture picture;
  Words words;
  mcsm_options options = {};

  template <Scalar T, Device D, class Progress = no_progress>
  auto fit(context<D>& ctx, const sequence_and_row<T, D>& x, const sequence_and_row<T, D>& y,
           std::span<const label_t> labels, Progress progress = {}) const {
    const class_numbers classes(labels);
    const vector<label_t, D> numbers(ctx, classes.numbers);
    const data::paired_features<T, D> in_image_space(ctx, x.sequence, y.row, numbers),
        in_text_space(ctx, x.row, y.sequence, numbers);
    expects<argument_error>(classes.classes.size() > 1, "model::mcsm::fit: expected at least 2 classes, got {}",
                            classes.classes.size());
    constexpr const char* who = "model::mcsm::fit";
    expect_finite<T>(who, "margin", options.margin);
    expect_within(who, "weight", options.weight, 0, 1);
    check_training<T>(who, "training", options.training);
    training_options o = options.training;
    auto a = encoder::make<T>(ctx, regions, o.seed, in_image_space.first().item());
    auto b = encoder::make<T>(ctx, sentence, o.seed + 1, in_image_space.second().item());
    auto c = encoder::make<T>(ctx, picture, o.seed + 2, in_text_space.first().item());
    auto d = encoder::make<T>(ctx, words, o.seed + 3, in_text_space.second().item());
    bool stopped = false;
    const auto told = [&](const train::epochs_progress& p) {
      if constexpr (std::is_void_v<decltype(progress(p))>)
        progress(p);
      else
        stopped = stopped || !progress(p);
      return !stopped;
    };
    const auto learn = [&](auto& first, auto& second, const auto& set, detail::drawn which) {
      expects(first.dimension() == second.dimension(), "model::mcsm::fit: networks of one space into {} and {} numbers",
              first.dimension(), second.dimension());
      if (stopped) return;
      detail::labelled_pair_trainer trainer(ctx, first, second, options.margin,
                                            optimizer::rmsprop{.rate = o.rate, .weight_decay = o.weight_decay},
                                            train::step_options{.seed = o.seed});
      run_epochs(trainer, set, o, told,
                  detail::class_partners<T, D>(ctx, set, which, classes.numbers, classes.classes.size()));
    };
    learn(a, b, in_image_space, options.image_class_positives ? detail::drawn::second : detail::drawn::none);
    o.seed += 2;
    learn(c, d, in_text_space, options.class_positives ? detail::drawn::first : detail::drawn::none);
    return fused_spaces<Regions, Sentence, Picture, Words, T, D>(
        network_pair<Regions, Sentence, T, D>(std::move(a), std::move(b)),
        network_pair<Picture, Words, T, D>(std::move(c), std::move(d)), options.weight);
  }
};
template <class Regions, class Sentence, class Picture, class Words>
mcsm(Regions, Sentence, Picture, Words) -> mcsm<Regions, Sentence, Picture, Words>;
template <class Regions, class Sentence, class Picture, class Words>
mcsm(Regions, Sentence, Picture, Words, mcsm_options) -> mcsm<Regions, Sentence, Picture, Words>;

}  // namespace kindred::model
