// SPDX-License-Identifier: Apache-2.0
#include "korean_sentence.hpp"

#include <kindred/core/error.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>

namespace sns {

using kindred::argument_error;
using kindred::expects;

namespace {

/// Behind a consonant, behind a vowel.
constexpr std::string_view pairs[][2] = {{"이", "가"}, {"은", "는"}, {"을", "를"}, {"과", "와"}};

}  // namespace

std::string with_particle(const std::string& word, std::string_view particle) {
  const auto characters = kindred::unicode::decode_utf8(word);
  expects<argument_error>(!characters.empty() && kindred::unicode::hangul::is_syllable(characters.back()),
                          "'{}' does not end in a Hangul syllable, which particles go by", word);
  const bool closed = kindred::unicode::hangul::decompose(characters.back()).trailing != 0;
  for (const auto& pair : pairs)
    if (particle == pair[0]) particle = closed ? pair[0] : pair[1];
  return word + std::string(particle);
}

std::string sentence(std::string_view pattern, const std::map<std::string, std::string, std::less<>>& words) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == pattern.npos) break;
    const auto close = pattern.find('}', open);
    expects<argument_error>(close != pattern.npos, "'{}': a brace does not close", std::string(pattern));
    const auto inside = pattern.substr(open + 1, close - open - 1);
    auto length = inside.size();
    while (length > 0 && !words.contains(inside.substr(0, length))) --length;
    expects<argument_error>(length > 0, "'{}' represents no word", std::string(inside));
    const auto& word = words.find(inside.substr(0, length))->second;
    out += length == inside.size() ? word : with_particle(word, inside.substr(length));
    pattern.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace sns
