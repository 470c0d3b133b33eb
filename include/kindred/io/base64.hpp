// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <kindred/core/config.hpp>
#include <span>
#include <string>

namespace kindred::io {

/// Bytes as text, padded and without line breaks: what a data URI holds, such as "data:image/png;base64," +
/// base64(file).
///
/// Complexity  O(bytes); 4 characters for 3 bytes.
/// Reference   RFC 4648, section 4.
inline std::string base64(std::span<const std::uint8_t> bytes) {
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

}  // namespace kindred::io
