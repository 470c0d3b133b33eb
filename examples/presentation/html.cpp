// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <algorithm>
#include <kindred/text/utf8.hpp>

namespace presentation {

std::string escaped(const std::string& text) {
  std::string out;
  kindred::text::decode_utf8(text, kindred::text::invalid_bytes::replace, [&](char32_t c) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c >= 0x20 || c == '\n' || c == '\t')
      kindred::text::encode_utf8(c, out);
  });
  return out;
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < here ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= here ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace presentation
