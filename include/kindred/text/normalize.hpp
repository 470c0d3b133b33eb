// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/text/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

/// Canonical decomposition (NFD): composed characters and Hangul syllables taken apart, marks in canonical order.
///
/// Complexity  O(n log t) for n code points and t = 2,060 table entries; marks of one base are sorted by insertion.
/// Reference   Unicode 15.0, section 3.11 and UAX 15; tables of 15.0. Code points that 15.0 leaves unassigned stay.
std::u32string nfd(std::u32string_view text);

/// Canonical composition (NFC): NFD, then recomposed; the form in which equal text is equal bytes.
///
/// Complexity  as nfd; text below U+0300 is returned as it is.
/// Reference   Unicode 15.0, section 3.11 and UAX 15, composition exclusions included.
std::u32string nfc(std::u32string_view text);

/// The same for UTF-8. Errors: argument_error with the byte offset, unless told to replace invalid bytes.
std::string nfd(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);
std::string nfc(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/normalize_impl.hpp>
#endif
