// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <string_view>

namespace kindred::text {

/// A token and its part of speech. Both views are valid during the call that hands them out only.
///
/// Tags are those of the Sejong corpus as mecab-ko and Kiwi write them (NNG, NNP, JKS, JX, EC, EF, SL, SN, SH, SF,
/// ...), a syllable that holds several morphemes bearing them all (XSV+EP), and Kiwi's W_URL, W_EMAIL, W_HASHTAG,
/// W_MENTION, W_EMOJI and W_SERIAL.
struct tagged_token {
  std::string_view form;  ///< UTF-8, as it stands in the text
  std::string_view tag;   ///< empty where the tokenizer has none to give
};

namespace detail {
struct token_archetype {
  void operator()(std::string_view) const {}
};
struct tagged_token_archetype {
  void operator()(tagged_token) const {}
};
}  // namespace detail

/// What cuts text into tokens: t(text, emit) calls emit(std::string_view) for each token in order. The view is valid
/// during the call only.
template <class T>
concept Tokenizer = requires(const T& t, std::string_view text) { t(text, detail::token_archetype{}); };

/// A Tokenizer that tells the part of speech as well: t.tagged(text, emit) calls emit(tagged_token), with the same
/// forms in the same order as t(text, emit).
template <class T>
concept TaggingTokenizer =
    Tokenizer<T> && requires(const T& t, std::string_view text) { t.tagged(text, detail::tagged_token_archetype{}); };

}  // namespace kindred::text
