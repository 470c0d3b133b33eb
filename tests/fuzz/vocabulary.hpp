// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/vocabulary.hpp>

#include "target.hpp"

namespace fuzz {

struct vocabulary {
  static constexpr const char* alphabet = "0123456789\t\n\r -ab";

  static std::vector<std::string> seeds() {
    // long words with counts of their own stay a vocabulary when a letter changes
    std::string long_words;
    for (char c = 'a'; c < 'q'; ++c) long_words += std::string(40, c) + '\t' + std::to_string(300 - 2 * c) + '\n';
    return {"the\t9\na\t4\nb\t4\n\xEA\xB0\x80\t1\n", "large\t9223372036854775783\r\nb\t12\r\ntab\tinside\t12", "",
            long_words, long_words};
  }

  static bool load(std::span<const std::byte> bytes) {
    return loads([&] {
      kindred::io::byte_source source(bytes, "memory");
      const auto words = kindred::text::vocabulary::load(source, limits);
      std::int64_t total = 0;
      for (kindred::label_t i = 0; i < words.size(); ++i) {
        check(words.id(words.word(i)) == i);
        check(words.count(i) > 0);
        check(i == 0 || words.count(i - 1) >= words.count(i));
        total += words.count(i);
      }
      check(total == words.total());
    });
  }
};

}  // namespace fuzz
