// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/concept.hpp>
#include <kindred/text/stop_words.hpp>

namespace kindred::text {

/// The tokens of another tokenizer that are no stop words. Tags are handed through where it has them.
///
///     const text::without_stop_words tokens{text::whitespace{}, text::stop_words::english()};
template <Tokenizer T>
struct without_stop_words {
  T tokenizer;
  stop_words words;

  /// Calls emit(std::string_view) for each token that stays.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tokenizer(text, [&](std::string_view token) {
      if (!words.contains(token)) emit(token);
    });
  }
  /// Calls emit(tagged_token) for each token that stays.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const
  requires TaggingTokenizer<T>
  {
    tokenizer.tagged(text, [&](tagged_token token) {
      if (!words.contains(token.form)) emit(token);
    });
  }
};
template <class T>
without_stop_words(T, stop_words) -> without_stop_words<T>;

}  // namespace kindred::text
