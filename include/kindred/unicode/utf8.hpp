// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <kindred/core/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::unicode {

/// What a decoder does with bytes that are not UTF-8.
enum class invalid_bytes {
  refuse,  ///< throws argument_error, which names the offset of the first byte of the bad sequence
  replace  ///< gives U+FFFD for each maximal subpart (Unicode 15, section 3.9, table 3-8)
};

/// Calls emit(char32_t) for every code point of UTF-8 text, in order.
///
/// bytes    any bytes; a byte order mark is a code point like any other
/// invalid  what to do with bytes that are not UTF-8 (overlong forms, surrogates and values above U+10FFFF included)
///
/// Complexity  O(bytes), no allocation.
/// Errors      argument_error with the byte offset under invalid_bytes::refuse; what came before has been emitted.
/// Reference   Unicode 15, section 3.9, table 3-7 (well-formed sequences) and the maximal subpart practice.
template <class Emit>
void decode_utf8(std::string_view bytes, invalid_bytes invalid, Emit&& emit) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto step = utf8_front(bytes.substr(at));
    expects<argument_error>(step.valid || invalid == invalid_bytes::replace,
                            "unicode::decode_utf8: byte {} of {} does not begin valid UTF-8", at, bytes.size());
    emit(step.code_point);
    at += step.length;
  }
}

/// The code points of UTF-8 text. Errors: argument_error with the byte offset, unless told to replace.
inline std::u32string decode_utf8(std::string_view bytes, invalid_bytes invalid = invalid_bytes::refuse) {
  std::u32string out;
  out.reserve(bytes.size());
  decode_utf8(bytes, invalid, [&](char32_t c) { out.push_back(c); });
  return out;
}

/// Appends `code_point` to `out` as UTF-8. Errors: argument_error for a surrogate or a value above U+10FFFF.
inline void encode_utf8(char32_t code_point, std::string& out) {
  expects<argument_error>(code_point < 0xD800 || (code_point > 0xDFFF && code_point <= 0x10FFFF),
                          "unicode::encode_utf8: {} is not a Unicode scalar value", static_cast<index_t>(code_point));
  append_utf8(out, code_point);
}

/// Code points as UTF-8. Errors: argument_error for a surrogate or a value above U+10FFFF.
inline std::string encode_utf8(std::u32string_view code_points) {
  std::string out;
  out.reserve(code_points.size());
  for (const char32_t c : code_points) encode_utf8(c, out);
  return out;
}

}  // namespace kindred::unicode
