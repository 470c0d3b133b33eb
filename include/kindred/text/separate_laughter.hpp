// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

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
#include <kindred/text/detail/separate_laughter_impl.hpp>
#endif
