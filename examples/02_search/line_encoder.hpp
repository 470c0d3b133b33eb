// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/tf_idf.hpp>
#include <optional>
#include <string>
#include <vector>

/// The tokens of our own encoder: runs of 1 to 3 characters within words, any language. A blank marks the border of a
/// word; alone it is no token, or every line would hold it.
struct line_runs {
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    constexpr kindred::text::character_ngrams runs{.shortest = 1, .longest = 3, .within_words = true};
    runs(text, [&](std::string_view run) {
      if (run != " ") emit(run);
    });
  }
};

/// An encoder of our own: lines of text to tf-idf weights of these runs.
///
/// What encoder::Encoder asks for is dimension() and encode(ctx, items, out). A name, save() and load() let the engine
/// that contains it be saved.
class line_encoder {
 public:
  static constexpr const char* name = "line_encoder";

  /// Learns which runs are the columns, `terms` at most. Errors: argument_error when the lines hold no character.
  line_encoder(const std::vector<std::string>& lines, kindred::index_t terms);

  kindred::index_t dimension() const { return weights_.dimension(); }
  /// lines: n; out: n x dimension(), overwritten. A line without known runs is all zeros.
  void encode(kindred::context<kindred::cpu>& ctx, const std::vector<std::string>& lines,
              kindred::matrix_view<float, kindred::cpu> out) const;

  void save(kindred::io::safetensors_writer& file, const std::string& prefix) const;
  static line_encoder load(kindred::context<kindred::cpu>& ctx, const kindred::io::safetensors& file,
                           const std::string& prefix);

 private:
  using weights = kindred::text::tf_idf_weights<line_runs>;
  explicit line_encoder(weights learned) : weights_(std::move(learned)) {}
  weights weights_;
};
