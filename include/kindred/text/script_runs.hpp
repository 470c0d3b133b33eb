// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/concept.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

/// Maximal runs of one script in NFC text, as tokens; whatever belongs to no chosen script only separates.
///
/// By default the rule [가-힣]+|[A-Za-z]+|[0-9]+: 2010년에 gives 2010 and 년에. Invisible characters are dropped first, as by
/// text::whitespace, so they cut no run.
///
/// Complexity  O(bytes); no allocation where the text is in that form already, which one pass finds out.
/// Errors      argument_error for bytes that are not UTF-8 unless they are replaced, before the first token.
struct script_runs {
  bool hangul = true;     ///< syllables U+AC00..U+D7A3
  bool latin = true;      ///< A-Z a-z without accents
  bool digits = true;     ///< 0-9
  bool han = false;       ///< ideographs: U+3400..U+4DBF, U+4E00..U+9FFF, U+F900..U+FAFF, planes 2 and 3
  bool kana = false;      ///< hiragana and katakana U+3041..U+30FF in one run
  bool normalize = true;  ///< full-width forms of ASCII become ASCII, then NFC
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each run.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::string buffer;
    text = detail::prepare(text, normalize, invalid, buffer);
    std::size_t begin = 0, at = 0;
    script running = script::none;
    while (at < text.size()) {
      const auto step = utf8_front(text.substr(at));
      const script next = script_of(step.code_point);
      if (next != running) {
        if (running != script::none) emit(text.substr(begin, at - begin));
        begin = at;
        running = next;
      }
      at += step.length;
    }
    if (running != script::none) emit(text.substr(begin, at - begin));
  }

 private:
  enum class script { none, hangul, latin, digits, han, kana };

  script script_of(char32_t c) const {
    if (kindred::unicode::hangul::is_syllable(c)) return hangul ? script::hangul : script::none;
    if (c < 0x80) {
      if (c - U'0' < 10) return digits ? script::digits : script::none;
      return (c | 0x20) - U'a' < 26 && latin ? script::latin : script::none;
    }
    if ((c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
        (c >= 0x20000 && c <= 0x3FFFD))
      return han ? script::han : script::none;
    if (c >= 0x3041 && c <= 0x30FF) return kana ? script::kana : script::none;
    return script::none;
  }
};

static_assert(Tokenizer<script_runs>);

}  // namespace kindred::text
