// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/sequence_attention.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/sequence_and_row.hpp>
#include <kindred/similarity/adaptive_fused.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::model {

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
class fused_spaces {
 public:
  using value_type = T;
  using device = D;
  using items_type = sequence_and_row<T, D>;
  using image_space_type = network_pair<Regions, Sentence, T, D>;
  using text_space_type = network_pair<Picture, Words, T, D>;

  /// weight   of the fusion; see similarity::adaptive_fused
  fused_spaces(image_space_type image_space, text_space_type text_space, double weight = 0.5)
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
    expects<argument_error>(weight >= 0 && weight <= 1, "model::fused_spaces: weight {} is not in [0, 1]", weight);
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
  requires(!std::convertible_to<File, std::string>) static fused_spaces
      load(context<D>& ctx, const Regions& regions, const Sentence& sentence, const Picture& picture,
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
  static fused_spaces load(context<D>& ctx, const Regions& regions, const Sentence& sentence, const Picture& picture,
                           const Words& words, const std::string& path) {
    return load(ctx, regions, sentence, picture, words, File(path), "");
  }

 private:
  static constexpr const char* file_type = "fused_spaces 1";
  void expect_width(matrix_view<T, D> out) const {
    expects(out.cols() == dimensions(), "model::fused_spaces: expected rows of {} values, got {}", dimensions(),
            out.cols());
  }

  image_space_type image_space_;
  text_space_type text_space_;
  double weight_;
};

}  // namespace kindred::model
