// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <string_view>

namespace kindred::text {

/// A token and its part of speech. Both views are valid during the call that hands them out only.
///
/// Tags are those of the Sejong corpus as mecab-ko and Kiwi write them (NNG, NNP, JKS, JX, EC, EF, SL, SN, SH, SF, ...), a
/// syllable that holds several morphemes bearing them all (XSV+EP), and Kiwi's W_URL, W_EMAIL, W_HASHTAG, W_MENTION, W_EMOJI
/// and W_SERIAL.
struct tagged_token {
  std::string_view form;  ///< UTF-8, as it stands in the text
  std::string_view tag;   ///< empty where the tokenizer has none to give
};

}  // namespace kindred::text
