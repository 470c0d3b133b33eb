// SPDX-License-Identifier: Apache-2.0
/// @file
/// Text of unknown origin: whether it is UTF-8, and how it is shown to a person.
#pragma once

#include <cstddef>
#include <kindred/core/config.hpp>
#include <string>
#include <string_view>

namespace kindred {

/// U+FEFF in UTF-8, which editors put at the start of a text file; readers drop it there.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The first code point of a text, as utf8_front() reads it.
struct utf8_character {
  char32_t code_point;  ///< U+FFFD where the bytes are not UTF-8
  std::size_t length;   ///< bytes read, at least 1
  bool valid;           ///< false: `length` bytes are a maximal ill-formed subpart
};

/// Reads the code point at the front of `bytes`, which is not empty.
///
/// Complexity  O(1), no allocation.
/// Reference   Unicode 15, section 3.9: well-formed sequences (table 3-7), maximal subparts (table 3-8). Overlong
///             forms, surrogates and values above U+10FFFF are not UTF-8.
constexpr utf8_character utf8_front(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  // the second byte's range depends on the lead: this excludes overlong forms, surrogates and values above U+10FFFF
  std::size_t length = 0;
  unsigned char low = 0x80, high = 0xBF;
  char32_t c = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    c = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    c = lead & 0x0Fu;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    c = lead & 0x07u;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {0xFFFD, 1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= bytes.size() || byte(i) < low || byte(i) > high) return {0xFFFD, i, false};
    c = (c << 6) | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {c, length, true};
}

/// Removes the first code point from `text`, which is not empty, and returns it; U+FFFD for bytes that are not UTF-8,
/// one byte at a time.
constexpr char32_t take_utf8_front(std::string_view& text) {
  const utf8_character c = utf8_front(text);
  text.remove_prefix(c.valid ? c.length : 1);
  return c.code_point;
}

/// Appends a code point as UTF-8.
inline void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

/// Reports whether all of `bytes` is well-formed UTF-8.
constexpr bool valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const utf8_character c = utf8_front(bytes);
    if (!c.valid) return false;
    bytes.remove_prefix(c.length);
  }
  return true;
}

/// Returns `text` as it may be printed on a terminal or in a log, on one line.
///
/// Tabs and line ends become blanks. Each of these becomes '?': the other control characters (C0, DEL, C1), line and
/// paragraph separators, the controls of bidirectional text, byte order marks, and bytes that are not UTF-8. A text of
/// more than `longest` bytes is cut between two characters and ends in "...".
///
/// Complexity  O(min(bytes, longest)).
inline std::string printable(std::string_view text, std::size_t longest = std::string_view::npos) {
  std::string out;
  while (!text.empty()) {
    const utf8_character next = utf8_front(text);
    if (out.size() + next.length > longest) return out + "...";
    const char32_t c = next.code_point;
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool bidirectional =
        c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    const bool separator = c == 0x2028 || c == 0x2029 || c == 0xFEFF;
    if (c == '\t' || c == '\n' || c == '\r')
      out += ' ';
    else if (!next.valid || control || bidirectional || separator)
      out += '?';
    else
      out += text.substr(0, next.length);
    text.remove_prefix(next.length);
  }
  return out;
}

}  // namespace kindred
