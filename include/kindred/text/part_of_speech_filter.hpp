// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/text/concept.hpp>
#include <string>
#include <vector>

namespace kindred::text {

/// The tokens of a tagging tokenizer whose part of speech is wanted.
///
///     const text::part_of_speech_filter nouns{text::korean{}, {"NN", "SL"}};   // common and proper nouns, foreign
///     words
///
/// A token stays when its tag, or one of the tags that "+" joins in it, begins with one of `tags`: "NN" keeps NNG, NNP
/// and NNG+JKS, "V" all verbs and adjectives. "" keeps all.
template <TaggingTokenizer T>
struct part_of_speech_filter {
  T tokenizer;
  std::vector<std::string> tags;  ///< beginnings of the tags that stay

  /// Calls emit(std::string_view) for each token that stays.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tagged(text, [&](tagged_token token) { emit(token.form); });
  }
  /// Calls emit(tagged_token) for each token that stays.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const {
    tokenizer.tagged(text, [&](tagged_token token) {
      if (keeps(token.tag)) emit(token);
    });
  }
  /// Whether a token of this tag stays.
  bool keeps(std::string_view tag) const {
    while (true) {
      for (const auto& beginning : tags)
        if (tag.substr(0, beginning.size()) == beginning) return true;
      const std::size_t joint = tag.find('+');
      if (joint == std::string_view::npos) return false;
      tag.remove_prefix(joint + 1);
    }
  }
};
template <class T>
part_of_speech_filter(T, std::vector<std::string>) -> part_of_speech_filter<T>;

}  // namespace kindred::text
