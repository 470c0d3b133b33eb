// SPDX-License-Identifier: Apache-2.0
/// @file
/// Text of files that nobody has checked yet.
#pragma once

#include <kindred/core/config.hpp>
#include <string>
#include <string_view>

namespace kindred::io::detail {

/// True where `s` is well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, surrogates or values beyond U+10FFFF.
inline bool valid_utf8(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    const auto byte = [&](std::size_t k) { return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0u; };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0) return false;
    for (std::size_t k = 1; k < length; ++k)
      if (byte(k) < 0x80 || byte(k) > 0xBF) return false;
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF0 && byte(1) < 0x90) ||
        (lead == 0xF4 && byte(1) > 0x8F))
      return false;
    i += length;
  }
  return true;
}

/// The start of `s` for an error message: at most 40 bytes, control characters and what is no UTF-8 as '?'.
inline std::string printable(std::string_view s) {
  std::string out(s.substr(0, 40));
  for (int cut = 0; cut < 3 && s.size() > out.size() && !valid_utf8(out); ++cut) out.pop_back();
  const bool ascii_only = !valid_utf8(out);
  for (char& c : out)
    if ((c >= 0 && c < ' ') || c == '\x7f' || (ascii_only && static_cast<unsigned char>(c) > 0x7F)) c = '?';
  return out;
}

}  // namespace kindred::io::detail
