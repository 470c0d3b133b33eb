// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/unicode/normalize.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text::detail {

/// Whether nobody sees `c`: Unicode's Default_Ignorable_Code_Point and its other format characters, such as U+200B,
/// U+FEFF, U+00AD, U+200E and U+3164.
bool is_invisible(char32_t c);

/// Bytes of the emoji at byte `at`, 0 where none begins.
std::size_t emoji_length(std::string_view text, std::size_t at);

/// Returns what tokenizers read: valid UTF-8 without invisible characters; when `normalize` is set, full-width forms of
/// ASCII (U+FF01..U+FF5E) written as ASCII, then NFC.
///
/// Kept are emoji sequences as they are, U+FE0E behind a pictograph, and the joiners U+200C between letters and U+200D
/// behind a letter of the scripts from U+0600 on that they shape.
///
/// That is `text` itself, found by one pass without an allocation, unless something is to be changed; then it is
/// written to `buffer`. Idempotent.
/// Errors: argument_error with the byte offset, unless told to replace invalid bytes.
std::string_view prepare(std::string_view text, bool normalize, unicode::invalid_bytes invalid, std::string& buffer);

}  // namespace kindred::text::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/prepared_impl.hpp>
#endif
