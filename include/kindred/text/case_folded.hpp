// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/text/concept.hpp>
#include <kindred/unicode/normalize.hpp>

namespace kindred::text {

/// The tokens of a text after fold_case, so that words that differ in case alone are one. ASCII is done without a
/// table.
///
///     const text::case_folded tokens{text::whitespace{}};
///
/// Errors  argument_error with the byte offset for bytes that are not UTF-8, unless told to replace them; the
///         tokenizer's own.
template <Tokenizer T>
struct case_folded {
  T tokenizer;
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each token of the folded text.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tokenizer(std::string_view(folded(text)), emit);
  }
  /// Calls emit(tagged_token) for each of them.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const
  requires TaggingTokenizer<T>
  {
    tokenizer.tagged(std::string_view(folded(text)), emit);
  }

 private:
  std::string folded(std::string_view text) const {
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }))
      return unicode::fold_case(text, invalid);
    std::string out(text);
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
  }
};
template <class T>
case_folded(T) -> case_folded<T>;
template <class T>
case_folded(T, unicode::invalid_bytes) -> case_folded<T>;

}  // namespace kindred::text
