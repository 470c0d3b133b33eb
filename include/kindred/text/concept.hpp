// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string_view>

namespace kindred::text {

namespace detail {
struct token_archetype {
  void operator()(std::string_view) const {}
};
}  // namespace detail

/// What cuts text into tokens: t(text, emit) calls emit(std::string_view) for each token in order. The view is valid
/// during the call only.
template <class T>
concept Tokenizer = requires(const T& t, std::string_view text) {
  t(text, detail::token_archetype{});
};

}  // namespace kindred::text
