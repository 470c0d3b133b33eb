// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

/// A normaliser that shortens what is said over and over: ㅋㅋㅋㅋㅋ gives ㅋㅋ, 하하하하 gives 하하, 와!!!!! gives 와!!.
///
/// A part of 1 to longest_part characters that stands more than `most` times in a row is kept `most` times. An emoji
/// with everything that belongs to it is one character. Digits and white space are never left out, and neither are
/// bytes of addresses (W_URL, W_EMAIL of text::social): 1000000 and www.example.com stay as they are. Invisible
/// characters are dropped as by text::whitespace.
///
/// Complexity   O(bytes * most * longest_part^2).
/// Determinism  idempotent: what comes out holds no part more than `most` times in a row.
/// Errors       argument_error when most or longest_part is not positive, or for bytes that are not UTF-8 unless they
///              are replaced.
/// Deviation    soynlp's repeat_normalize leaves runs of most + 1 (its issue 108), and shortens digits.
struct collapse_repeats {
  index_t most = 2;          ///< repetitions that stay
  index_t longest_part = 1;  ///< characters of the longest part; 2 shortens ㅋㅎㅋㅎㅋㅎ to ㅋㅎㅋㅎ too
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  std::string operator()(std::string_view text) const;
};

/// A normaliser that takes laughter out of the syllables it was typed into; no letter is lost.
///
/// ㅋ below a syllable before ㅋㅋ moves out:           스토맄ㅋㅋㅋ gives 스토리ㅋㅋㅋㅋ; not from 엌, 녘 and 읔, which are spelled so
/// a syllable of ㅋ between letters is taken apart:   ㅋㅋ쿠ㅜ gives ㅋㅋㅋㅜㅜ, ㅋ크ㅋ gives ㅋㅋㅡㅋ
///
/// The text is brought to NFC first. collapse_repeats then makes the laughter one length.
///
/// Complexity   O(bytes). Determinism: idempotent.
/// Errors       argument_error for bytes that are not UTF-8 unless they are replaced.
/// Deviation    soynlp's emoticon_normalize deletes the syllable instead (its issue 136 and pull request 243).
struct separate_laughter {
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  std::string operator()(std::string_view text) const;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/collapse_repeats_impl.hpp>
#include <kindred/text/detail/separate_laughter_impl.hpp>
#endif
