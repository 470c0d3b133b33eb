// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/utf8.hpp>

namespace kindred::io {

/// Text that stands for itself within an element or a quoted attribute of HTML or XML 1.0: & < > and " are named, line
/// breaks and tabs become blanks, characters unknown to XML and bytes that are not UTF-8 become U+FFFD.
///
/// Complexity  O(bytes).
/// Reference   XML 1.0, sections 2.2 and 2.4.
inline std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t c = take_utf8_front(text);
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
      append_utf8(out, c);
  }
  return out;
}

}  // namespace kindred::io
