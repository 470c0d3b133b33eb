// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/text/tagged_token.hpp>
#include <string_view>

namespace kindred::text {

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
concept Tokenizer = requires(const T& t, std::string_view text) {
  t(text, detail::token_archetype{});
};

/// A Tokenizer that tells the part of speech as well: t.tagged(text, emit) calls emit(tagged_token), with the same forms in the
/// same order as t(text, emit).
template <class T>
concept TaggingTokenizer = Tokenizer<T> && requires(const T& t, std::string_view text) {
  t.tagged(text, detail::tagged_token_archetype{});
};

}  // namespace kindred::text
