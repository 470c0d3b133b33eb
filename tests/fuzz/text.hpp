// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/jamo_ngrams.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/repeats.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>

#include "target.hpp"

namespace fuzz {

/// Every tokenizer and normaliser of `text` on any bytes.
struct text {
  static constexpr const char* alphabet = "aZ09 .,-#@:/!\n\xEA\xB0\x80\xE1\x84\xF0\x9F\x8D\xEF\xB8\x8F\xE2\x80\xCC\x81";

  static std::vector<std::string> seeds() {
    return {"정부에서는 한국어를 공부했다. 사람들이다",
            "@kim #서울 https://a.b/c?d=1 a.b@c.kr 010-1234-5678 1,234.5",
            "\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F44B\U0001F3FD\U0001F1F0\U0001F1F7"
            "3\uFE0F\u20E3☎\uFE0F",
            "스토맄ㅋㅋㅋ 앜ㅋㅋ ㅋㅋ쿠ㅜ 하하하하 ㅠㅠㅠ!!!",
            "\u1112\u1161\u11AB\u1100\u1173\u11AF e\u0301\u0323 \uFB01\u2460\u3131 漢字カナ Straße",
            std::string("a\xFF\xED\xA0\x80\xF4\x90\x80\x80 \xC0\x80\xEA\xB0", 14)};
  }

  template <class Tokenizer>
  static std::size_t count(const Tokenizer& tokenizer, std::string_view text) {
    std::size_t n = 0;
    tokenizer(text, [&](std::string_view token) {
      ++n;
      check(!token.empty());
      kindred::unicode::decode_utf8(token);  // throws where it is not UTF-8
    });
    return n;
  }

  /// A tokenizer whose tokens are, one behind the other, the text without white space.
  template <class Tokenizer>
  static void whole(const Tokenizer& tokenizer, std::string_view text) {
    std::string joined, words;
    tokenizer(text, [&](std::string_view token) { joined += token; });
    kindred::text::whitespace{}(text, [&](std::string_view word) { words += word; });
    check(joined == words);
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    namespace t = kindred::text;
    constexpr auto replace = unicode::invalid_bytes::replace;
    const std::string_view raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    bool valid = true;
    try {
      count(t::whitespace{}, raw);
    } catch (const argument_error&) {
      valid = false;
    }
    // what is refused by one is refused by all, and replacing it leaves nothing to refuse
    const auto refused = [&](auto f) {
      try {
        f();
      } catch (const argument_error&) {
        return true;
      }
      return false;
    };
    check(refused([&] { count(t::korean{}, raw); }) == !valid);
    check(refused([&] { count(t::social{.normalize = false}, raw); }) == !valid);
    check(refused([&] { unicode::nfkc(raw); }) == !valid);
    check(refused([&] { t::collapse_repeats{}(raw); }) == !valid);
    check(refused([&] { t::separate_laughter{}(raw); }) == !valid);

    const std::string text = unicode::encode_utf8(unicode::decode_utf8(raw, replace));
    check(!valid || text == raw);
    const std::string composed = unicode::nfc(raw, replace);
    check(composed == unicode::nfc(text) && composed == unicode::encode_utf8(unicode::nfc(unicode::decode_utf8(text))));
    check(unicode::nfc(composed) == composed && unicode::nfc(unicode::nfd(text)) == composed &&
          unicode::nfd(composed) == unicode::nfd(text));
    const std::string plain = unicode::nfkc(text);
    check(plain == unicode::encode_utf8(unicode::nfkc(unicode::decode_utf8(text))) && unicode::nfkc(plain) == plain);
    check(unicode::nfkc(composed) == plain && unicode::nfkd(plain) == unicode::nfkd(text));
    const std::string folded = unicode::fold_case(text);
    check(unicode::fold_case(folded) == folded);
    const std::string apart = t::separate_laughter{}(text);
    check(t::separate_laughter{}(apart) == apart);
    for (const index_t part : {1, 3}) {
      const t::collapse_repeats collapse{.longest_part = part};
      const std::string shorter = collapse(text);
      check(shorter.size() <= text.size() && collapse(shorter) == shorter);
    }
    const std::u32string joined = unicode::hangul::join(unicode::decode_utf8(text));
    check(unicode::hangul::join(joined) == joined);

    const std::string decomposed = unicode::nfd(text);
    const auto same = [&](const auto& tokenizer) {  // NFD and NFC meet in one token
      check(count(tokenizer, text) == count(tokenizer, decomposed));
    };
    same(t::whitespace{});
    same(t::script_runs{.han = true, .kana = true});
    same(t::social{});
    same(t::korean{});
    same(t::character_ngrams{.longest = 2});
    same(t::jamo_ngrams{});
    count(t::jamo_ngrams{.within_words = false, .normalize = false}, text);
    whole(t::social{}, composed);
    whole(t::korean{}, composed);
    return valid;
  }
};

}  // namespace fuzz
