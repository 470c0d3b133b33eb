// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::unicode {

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

/// Whether nfc leaves `c` as it is whatever surrounds it, so that text may be cut before it and normalised in parts.
bool is_nfc_stable(char32_t c);

/// Compatibility decomposition (NFKD): nfd, with what only looks different taken to its plain form: half and full
/// width, ligatures, circled and superscript digits, squared units, and the Korean compatibility letters, which become
/// jamo.
///
/// Complexity  as nfd, with 402 runs of compatibility mappings.
/// Reference   Unicode 15.0, section 3.11 and UAX 15.
std::u32string nfkd(std::u32string_view text);

/// Compatibility composition (NFKC): nfkd, then recomposed. Loses what the compatibility characters said (2 to the
/// third is 23), so it suits search keys, not text to be shown. ㅋㅋ becomes conjoining jamo (U+110F), as Unicode says,
/// so laughter and emoticons are to be handled before it.
std::u32string nfkc(std::u32string_view text);

/// Full default case folding: the form in which texts that differ in case alone are equal (Straße and STRASSE give
/// strasse). Canonical order is not kept up: normalise afterwards.
///
/// Complexity  O(n log t) with 166 runs of mappings.
/// Reference   Unicode 15.0, section 3.13, CaseFolding.txt statuses C and F; Turkic dotless i is not told apart.
std::u32string fold_case(std::u32string_view text);

/// The same for UTF-8. nfc and nfkc copy what is in that form already and work on the rest only, span by span.
/// Errors: argument_error with the byte offset, unless told to replace invalid bytes.
std::string nfd(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);
std::string nfc(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);
std::string nfkd(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);
std::string nfkc(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);
std::string fold_case(std::string_view text, invalid_bytes invalid = invalid_bytes::refuse);

}  // namespace kindred::unicode

#if !defined(KINDRED_COMPILED)
#include <kindred/unicode/detail/normalize_impl.hpp>
#endif
