// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/text_impl.hpp>

namespace kindred::io {

namespace detail {

/// Returns the first code point of `s`, which is cut off; U+FFFD for bytes that are not UTF-8, one byte at a time.
inline char32_t next_character(std::string_view& s) {
  const utf8_character c = utf8_front(s);
  s.remove_prefix(c.valid ? c.length : 1);
  return c.code_point;
}

inline void append_character(std::string& out, char32_t c) {
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

}  // namespace detail

/// Text that stands for itself within an element or a quoted attribute of HTML or XML 1.0: & < > and " are named, line breaks
/// and tabs become blanks, characters unknown to XML and bytes that are not UTF-8 become U+FFFD.
///
/// Complexity  O(bytes).
/// Reference   XML 1.0, sections 2.2 and 2.4.
inline std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t c = detail::next_character(text);
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    if (c < 0x20 || c == 0x7F || c == 0xFFFE || c == 0xFFFF) c = 0xFFFD;
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      detail::append_character(out, c);
  }
  return out;
}

}  // namespace kindred::io
