// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <kindred/text/detail/emoji_table_impl.hpp>
#include <kindred/text/detail/invisible_table_impl.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/normalize.hpp>

namespace kindred::text {

namespace detail {

constexpr bool is_ascii_letter(char32_t c) { return (c | 0x20) - U'a' < 26; }

/// Letters of scripts other than Hangul and Han, with their marks, by block.
constexpr bool is_letter(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c);
  if (c < 0x1100) {
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c < 0x370) return c != 0xD7 && c != 0xF7 && (c < 0x2B9 || c >= 0x300);
    return c != 0x37E && c != 0x387 && c != 0x589 && c != 0x5BE && c != 0x5C0 && c != 0x5C3 && c != 0x60C &&
           c != 0x61B && c != 0x61F && c != 0x66A && c != 0x6D4 && c != 0x964 && c != 0x965;
  }
  return (c >= 0x1200 && c <= 0x1FFF && c != 0x1680) || (c >= 0x3041 && c <= 0x30FF && c != 0x30FB && c != 0x30A0) ||
         (c >= 0x31F0 && c <= 0x31FF) || (c >= 0xA640 && c <= 0xA69F) || (c >= 0xFB00 && c <= 0xFB06) ||
         (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A) || (c >= 0xFF66 && c <= 0xFF9F);
}

/// Whether `c` lies in one of the ascending `ranges`.
template <class Range, std::size_t n>
bool in_ranges(const Range (&ranges)[n], char32_t c) {
  const auto* const at =
      std::upper_bound(std::begin(ranges), std::end(ranges), c, [](char32_t v, const Range& r) { return v < r.first; });
  return at != std::begin(ranges) && c <= at[-1].last;
}

inline bool is_picture(char32_t c) { return in_ranges(picture_ranges, c); }

constexpr bool is_full_width(char32_t c) { return c - 0xFF01 < 0x5E; }

/// A letter of the scripts whose letters U+200C and U+200D shape.
constexpr bool is_shaped_letter(char32_t c) { return c >= 0x600 && c < 0x2000 && is_letter(c); }

/// The code point that three bytes at `at` make, 0 where they are no sequence of three bytes.
constexpr char32_t three_bytes(std::string_view text, std::size_t at) {
  if (at + 3 > text.size()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
  if ((byte(0) & 0xF0) != 0xE0 || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return 0;
  return (byte(0) & 0xF) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
}

/// Where the first code point begins that `prepare` may change, the end when there is none.
inline std::size_t prepared_prefix(std::string_view text, bool normalize) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    if (const char32_t c = three_bytes(text, at); unicode::hangul::is_syllable(c)) {
      at += 3;
      continue;
    }
    const auto step = utf8_front(text.substr(at));
    const char32_t c = step.code_point;
    if (!step.valid) break;
    if (c >= 0xA0 && (c < 0x4E00 || c > 0x9FFF) &&
        (is_invisible(c) || (normalize && (!unicode::is_nfc_stable(c) || is_full_width(c)))))
      break;
    at += step.length;
  }
  return at;
}

}  // namespace detail

KINDRED_INLINE bool detail::is_invisible(char32_t c) { return c >= 0xAD && in_ranges(invisible_ranges, c); }

KINDRED_INLINE std::size_t detail::emoji_length(std::string_view text, std::size_t at) {
  constexpr char32_t joiner = 0x200D, as_text = 0xFE0E, as_emoji = 0xFE0F, keycap = 0x20E3;
  const auto peek = [&](std::size_t from) { return from < text.size() ? utf8_front(text.substr(from)).code_point : 0; };
  const auto is_regional = [](char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; };
  const char32_t first = peek(at);
  if (first < 0x80) {  // 3 FE0F 20E3
    if (first != U'#' && first != U'*' && first - U'0' >= 10) return 0;
    const std::size_t behind = at + 1 + (peek(at + 1) == as_emoji ? 3 : 0);
    return peek(behind) == keycap ? behind + 3 - at : 0;
  }
  if (is_regional(first)) return is_regional(peek(at + 4)) ? 8 : 0;
  std::size_t end = at;
  for (;;) {
    const char32_t c = peek(end);
    if (!is_picture(c)) return end == at ? 0 : end - 3 - at;  // a joiner that joins nothing stays behind
    std::size_t behind = end + utf8_front(text.substr(end)).length;
    const char32_t selector = peek(behind);
    if (selector == as_text) return end == at ? 0 : end - 3 - at;
    // of the signs in use before emoji were (copyright, exclamation marks, ...) only those that ask for it
    if (end == at && c < 0x2190 && selector != as_emoji) return 0;
    if (selector == as_emoji) {
      behind += 3;
      if (peek(behind) == keycap) behind += 3;
    } else if (selector >= 0x1F3FB && selector <= 0x1F3FF) {
      behind += 4;
    }
    if (peek(behind) >= 0xE0020 && peek(behind) <= 0xE007E) {  // tags spell a region and end with their own mark
      std::size_t tags = behind;
      while (peek(tags) >= 0xE0020 && peek(tags) <= 0xE007E) tags += 4;
      if (peek(tags) == 0xE007F) behind = tags + 4;
    }
    if (peek(behind) != joiner) return behind - at;
    end = behind + 3;
  }
}

KINDRED_INLINE std::string_view detail::prepare(std::string_view text, bool normalize, unicode::invalid_bytes invalid,
                                                std::string& buffer) {
  std::size_t at = prepared_prefix(text, normalize);
  if (at == text.size()) return text;
  // an emoji that begins before `at` may end behind it
  while (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n') --at;
  std::string out(text.substr(0, at));
  for (char32_t before = 0; at < text.size();) {
    if (const std::size_t n = emoji_length(text, at)) {
      out.append(text, at, n);
      at += n;
      before = 0;
      continue;
    }
    const auto step = utf8_front(text.substr(at));
    expects<argument_error>(step.valid || invalid == unicode::invalid_bytes::replace,
                            "unicode::decode_utf8: byte {} of {} does not begin valid UTF-8", at, text.size());
    const char32_t c = step.code_point;
    at += step.length;
    if (is_invisible(c)) {
      const bool shapes =
          (c == 0x200C || c == 0x200D) && is_shaped_letter(before) &&
          (c == 0x200D || (at < text.size() && is_shaped_letter(utf8_front(text.substr(at)).code_point)));
      if (!shapes && !(c == 0xFE0E && is_picture(before))) continue;
      before = 0;  // one is enough
    } else {
      before = c;
    }
    unicode::encode_utf8(normalize && is_full_width(c) ? c - 0xFEE0 : c, out);
  }
  buffer = normalize ? unicode::nfc(out) : std::move(out);
  return buffer;
}

}  // namespace kindred::text
