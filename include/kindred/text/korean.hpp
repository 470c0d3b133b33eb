// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/config.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/text/korean_stems.hpp>
#include <kindred/text/social.hpp>
#include <kindred/unicode/utf8.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace kindred::text {

namespace detail {

/// A run of Hangul syllables cut into pieces.
struct korean_pieces {
  struct piece {
    std::size_t length;  ///< bytes
    std::string_view tag;
  };
  std::array<piece, 16> of;
  std::size_t count = 0;
};

/// Cuts a run of Hangul syllables. `before` is the tag of the token that the run directly follows, empty where it
/// begins a word.
korean_pieces cut_korean(std::string_view run, std::string_view before, const korean_stems* stems);

}  // namespace detail

/// Korean text cut by rules: particles (josa), the copula, the endings of verbs and adjectives and the verbs made of a
/// noun and 하다 or 되다 are tokens of their own; everything that text::social knows (addresses, hashtags, emoji, numbers,
/// ...) is as there. Every character but white space and invisible ones is part of exactly one token.
///
///     정부에서는 한국어를 공부했다.   정부/NNG 에서/JKB 는/JX 한국어/NNG 를/JKO 공부/NNG 했/XSV+EP 다/EF ./SF
///
/// Particles are taken off as long as each fits the one before it (에서+는, 으로+부터, 까지+도) and the final consonant of what
/// it follows (은 behind a closed syllable, 는 behind an open one, 로 behind an open one or ㄹ), and as long as a stem
/// stays that can be a noun: two syllables that no list of whole words holds (고양이, 어린이, 민주주의), or a listed noun of one
/// syllable (것, 물). So 나이, 아이, 사이, 거리, 종이, 회의 and 정도 stay whole. Behind a number, Latin letters or a closing bracket
/// the particle may stand alone (GPU는, 《책》의). With `stems` what was counted in a corpus decides
/// beside the list of whole words: a noun that ends like a noun with a particle, and nouns of one syllable that no list
/// holds.
///
/// Common verbs and adjectives are known with all their forms, which rules make of about 900 stems, alone, behind an
/// adverb (안되고), behind a noun (의미없다, 짜증나는) or before one (보는것); so are common adverbs, pronouns and dependent nouns. A
/// noun that is made of a common one is cut (공포영화), and 적, 성, 화, 님, 상 and 용 at the end of a noun are suffixes (XSN).
///
/// What it cannot do: it has no dictionary, so
/// - it cuts at syllables only: 갔다 is 갔 + 다, and 갔, 가는, 간 do not share a stem; 한 in 공부한 bears two tags (XSV+ETM)
/// - other compounds stay whole (언어교육), as do names; a noun that looks like a noun with a particle is cut unless it is
///   listed or `stems` knows better (오스만, 아리랑 are), and a noun of one syllable that is not listed keeps its particle
/// - every noun is NNG, and so are adverbs beyond a short list; 는 and 은 may be a particle or an ending, decided by the
///   stem
/// - verbs outside its lists keep endings that nouns could end with as well (고, 게, 기, 지): 움켜쥐고 is one token
/// - most words written together are not taken apart, misspelled ones not corrected; tags are guesses of form, not of
///   meaning
///
/// Complexity   O(bytes); no allocation per token. Determinism: depends on the text, the options and the stems only.
/// Errors       argument_error for bytes that are not UTF-8 unless they are replaced, before the first token.
struct korean {
  bool normalize = true;  ///< full-width forms of ASCII become ASCII, then NFC
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8
  std::shared_ptr<const korean_stems> stems = {};  ///< stems counted in a corpus; without, rules and lists alone

  /// Calls emit(tagged_token) for each token.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const {
    std::string buffer;
    text = detail::prepare(text, normalize, invalid, buffer);
    std::string_view before;
    for (std::size_t at = 0; at < text.size();) {
      const auto next = detail::next_lexeme(text, at);
      if (next.tag == "NA" && static_cast<unsigned char>(text[at]) != 0xE1 && next.length % 3 == 0) {
        const auto pieces = detail::cut_korean(text.substr(at, next.length), before, stems.get());
        std::size_t begin = at;
        for (std::size_t i = 0; i < pieces.count; ++i) {
          emit(tagged_token{text.substr(begin, pieces.of[i].length), pieces.of[i].tag});
          begin += pieces.of[i].length;
        }
      } else if (!next.tag.empty()) {
        emit(tagged_token{text.substr(at, next.length), next.tag});
      }
      before = next.tag;
      at += next.length;
    }
  }

  /// Calls emit(std::string_view) for each token.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tagged(text, [&](tagged_token token) { emit(token.form); });
  }
};

static_assert(TaggingTokenizer<korean>);

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/korean_impl.hpp>
#endif
