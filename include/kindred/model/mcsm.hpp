// SPDX-License-Identifier: Apache-2.0
/// @file
/// The networks that MCSM's paper gives to model::mcsm, with its sizes as defaults.
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/encoder/sequence_attention.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/sequence_and_row.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/relation/labelled_pairs.hpp>
#include <kindred/similarity/adaptive_fused.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/train/two_tower.hpp>

namespace kindred::model {

/// Regions of a picture: encoder::sequence_attention with as many numbers between a row and its score as the space has.
///
/// columns   numbers of a region
///
/// Reference   Peng, Qi and Yuan 2018: 49 regions of 512 numbers (VGG-19, pool5), states of 512, a space of 4096.
inline auto mcsm_regions(index_t columns, index_t states = 512, index_t width = 4096, double dropout = 0.5) {
  return encoder::sequence_attention(columns,
                                     {.states = states, .width = width, .attention = width, .dropout = dropout});
}

/// A row for a text into the image space: linear, then length 1. The paper's rows are 300 features of a sentence_cnn.
inline auto mcsm_sentence(index_t columns, index_t width = 4096) {
  return layer::sequential(layer::linear(columns, width), layer::l2_normalize());
}

/// A row for a picture into the text space: linear, sigmoid, then length 1. The paper's rows are the 4096 numbers of
/// fc7.
///
/// A sigmoid leaves all rows near each other at first, the more so the smaller the numbers of x, and they part slowly:
/// for few batches, or rows of unit variance, mcsm_sentence() does for pictures as well.
inline auto mcsm_picture(index_t columns, index_t width = 4096) {
  return layer::sequential(layer::linear(columns, width), layer::sigmoid(), layer::l2_normalize());
}

/// Words of a text, ragged or not: encoder::sequence_attention whose score is linear in tanh of the row. For posts and
/// other short texts, which need no convolutions in front.
inline auto mcsm_words(index_t columns, index_t states = 256, index_t width = 4096, double dropout = 0.5) {
  return encoder::sequence_attention(columns, {.states = states, .width = width, .dropout = dropout});
}

/// Sizes of mcsm_long_text.
struct mcsm_long_text_options {
  index_t maps[3] = {384, 512, 256};  ///< of the three convolutions
  index_t windows[3] = {15, 9, 7};    ///< words or positions that each looks at
  index_t pools[3] = {5, 5, 6};       ///< positions that become one, behind each
  index_t states = 256;               ///< numbers of a state of both recurrent layers
  index_t width = 4096;               ///< numbers of an output row
  double dropout = 0.5;               ///< as in encoder::sequence_attention
};

/// Words of a long text: three convolutions, each with batch normalization, ReLU and a maximum over windows, then
/// mcsm_words. The rows of a text are its words, padded with rows of zeros to one length. What attention weighs are the
/// positions behind the last maximum.
///
/// columns   numbers of a word vector
///
/// Errors      shape_error for ragged texts, and for a length from which no position is left.
/// Reference   Peng, Qi and Yuan 2018: 2904 words of 300 numbers become 18 positions of 256.
inline auto mcsm_long_text(index_t columns, mcsm_long_text_options o = {}) {
  return layer::sequential(layer::conv1d(columns, o.maps[0], o.windows[0]), layer::batch_norm(o.maps[0]), layer::relu(),
                           layer::pool1d<>(o.pools[0]), layer::conv1d(o.maps[0], o.maps[1], o.windows[1]),
                           layer::batch_norm(o.maps[1]), layer::relu(), layer::pool1d<>(o.pools[1]),
                           layer::conv1d(o.maps[1], o.maps[2], o.windows[2]), layer::batch_norm(o.maps[2]),
                           layer::relu(), layer::pool1d<>(o.pools[2]), layer::lstm(o.maps[2], o.states),
                           layer::dropout(o.dropout), layer::lstm(o.states, o.states), layer::dropout(o.dropout),
                           layer::linear(o.states, o.width),
                           layer::attention_pool(o.width, {.tanh = true, .dropout = o.dropout}), layer::l2_normalize());
}

/// Two spaces, one of each side, whose scores are fused: what mcsm learns.
///
/// first(x)  = [f(x.sequence) | g'(x.row)]       pictures: regions in the image space, the whole in the text space
/// second(y) = [g(y.row) | f'(y.sequence)]       texts: the whole in the image space, words in the text space
///
/// Rows are compared by similarity(), which looks at a query's whole gallery; either space alone is a network_pair and
/// compares by similarity::cosine.
///
///   const model::sequence_and_row pictures(regions, images), posts(words, texts);
///   const auto a = spaces.first(ctx, pictures), b = spaces.second(ctx, posts);
///   retrieval::evaluate_both(ctx, spaces.similarity(), a, b, relation, metric::average_precision{});
///
/// @tparam Regions, Sentence  specs of the image space: sequences and rows
/// @tparam Picture, Words     specs of the text space: rows and sequences
///
/// Complexity   that of four networks; as many items at a time as encoder::network::encode takes.
/// Determinism  that of the networks.
/// Errors       shape_error where items or out do not fit; argument_error for a weight outside [0, 1].
template <layer::Parametric Regions, layer::Parametric Sentence, layer::Parametric Picture, layer::Parametric Words,
          Scalar T, Device D>
class mcsm_model {
 public:
  using value_type = T;
  using device = D;
  using items_type = sequence_and_row<T, D>;
  using image_space_type = network_pair<Regions, Sentence, T, D>;
  using text_space_type = network_pair<Picture, Words, T, D>;

  /// weight   of the fusion; see similarity::adaptive_fused
  mcsm_model(image_space_type image_space, text_space_type text_space, double weight = 0.5)
      : image_space_(std::move(image_space)), text_space_(std::move(text_space)) {
    set_weight(weight);
  }

  /// Both spaces beside each other.
  index_t dimensions() const { return image_space_.dimensions() + text_space_.dimensions(); }
  /// first_network() reads regions, second_network() sentences.
  const image_space_type& image_space() const { return image_space_; }
  /// first_network() reads pictures, second_network() words.
  const text_space_type& text_space() const { return text_space_; }

  double weight() const { return weight_; }
  /// Takes another weight, such as tuned_weight() found on validation pairs.
  void set_weight(double weight) {
    expects<argument_error>(weight >= 0 && weight <= 1, "model::mcsm_model: weight {} is not in [0, 1]", weight);
    weight_ = weight;
  }
  /// What compares rows of first() and second().
  similarity::adaptive_fused<similarity::cosine> similarity() const {
    return {.weight = weight_, .first_columns = image_space_.dimensions()};
  }

  /// out: items x dimensions(), overwritten.
  void first(context<D>& ctx, const items_type& x, matrix_view<T, D> out) const {
    expect_width(out);
    const index_t wide = image_space_.dimensions();
    image_space_.first(ctx, x.sequence, out.middle_cols(0, wide));
    text_space_.first(ctx, x.row, out.middle_cols(wide, out.cols() - wide));
  }
  void second(context<D>& ctx, const items_type& y, matrix_view<T, D> out) const {
    expect_width(out);
    const index_t wide = image_space_.dimensions();
    image_space_.second(ctx, y.row, out.middle_cols(0, wide));
    text_space_.second(ctx, y.sequence, out.middle_cols(wide, out.cols() - wide));
  }
  matrix<T, D> first(context<D>& ctx, const items_type& x) const {
    matrix<T, D> out(ctx, x.items(), dimensions(), uninitialized);
    first(ctx, x, out.view());
    return out;
  }
  matrix<T, D> second(context<D>& ctx, const items_type& y) const {
    matrix<T, D> out(ctx, y.items(), dimensions(), uninitialized);
    second(ctx, y, out.view());
    return out;
  }

  /// How much each row of x.sequence counts: a number for each region, those of an item add up to 1. See
  /// encoder::attention_weights, which says what the networks have to be.
  vector<T, D> first_attention(context<D>& ctx, const items_type& x) const {
    return encoder::attention_weights(ctx, image_space_.first_network(), x.sequence);
  }
  /// The same for the words of y.
  vector<T, D> second_attention(context<D>& ctx, const items_type& y) const {
    return encoder::attention_weights(ctx, text_space_.second_network(), y.sequence);
  }

  /// As network_pair saves and loads.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    image_space_.save(file, prefix + "image.");
    text_space_.save(file, prefix + "text.");
    file.add(prefix + "weight", std::vector<double>{weight_});
  }
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static mcsm_model load(context<D>& ctx, const Regions& regions, const Sentence& sentence, const Picture& picture,
                         const Words& words, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto image = image_space_type::load(ctx, regions, sentence, file, prefix + "image.");
    auto text = text_space_type::load(ctx, picture, words, file, prefix + "text.");
    const double weight = io::stored_list<double>(ctx, file, prefix + "weight", 1)[0];
    expects<io_error>(weight >= 0 && weight <= 1, "{}: tensor {}weight: {} is not in [0, 1]", file.name(), prefix,
                      weight);
    return {std::move(image), std::move(text), weight};
  }
  template <class File = io::safetensors>
  static mcsm_model load(context<D>& ctx, const Regions& regions, const Sentence& sentence, const Picture& picture,
                         const Words& words, const std::string& path) {
    return load(ctx, regions, sentence, picture, words, File(path), "");
  }

 private:
  static constexpr const char* file_type = "mcsm_model 1";
  void expect_width(matrix_view<T, D> out) const {
    expects(out.cols() == dimensions(), "model::mcsm_model: expected rows of {} values, got {}", dimensions(),
            out.cols());
  }

  image_space_type image_space_;
  text_space_type text_space_;
  double weight_;
};

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
///   x, y      see sequence_and_row; item i of y belongs to item i of x, and label i to both: a category, or the number
///             of the pair where every pair is a class of its own
///   progress  as for other models; the image space learns first, then the text space, each from epoch 0
///
/// Makers of the paper's layers: mcsm_layers.hpp.
///
/// Complexity   of the networks; per batch of n pairs n^2 numbers.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       shape_error where items, labels or widths do not fit; argument_error for fewer than two classes and
///              for options out of range; those of networks and loss.
/// Reference    Peng, Qi and Yuan 2018. Margin, batch, rate and class positives are theirs; they take 10,000 batches.
///              Their code divides the sum of both directions by n in the text space and by n^2 in the image space;
///              here it is the mean of both, which RMSprop makes the same but for its epsilon. Comparing: see
///              similarity::adaptive_fuse.
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
    return mcsm_model<Regions, Sentence, Picture, Words, T, D>(
        network_pair<Regions, Sentence, T, D>(std::move(a), std::move(b)),
        network_pair<Picture, Words, T, D>(std::move(c), std::move(d)), options.weight);
  }
};
template <class Regions, class Sentence, class Picture, class Words>
mcsm(Regions, Sentence, Picture, Words) -> mcsm<Regions, Sentence, Picture, Words>;
template <class Regions, class Sentence, class Picture, class Words>
mcsm(Regions, Sentence, Picture, Words, mcsm_options) -> mcsm<Regions, Sentence, Picture, Words>;

}  // namespace kindred::model
