// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <kindred/text/corpus_writer.hpp>

#include "target.hpp"

namespace fuzz {

/// Files of text::corpus.
struct corpus {
  static constexpr const char* alphabet = "kindredcopus 1\n\xff\x01\x02\x03\x04\x05";

  static kindred::text::vocabulary words() {
    kindred::text::word_counts counts;
    for (const char* const word : {"a", "b", "c", "d", "e"}) counts.add(word, 5 - (word[0] - 'a'));
    return kindred::text::vocabulary(counts);
  }
  /// The file of some sentences of ids 0 to 4.
  static std::string written(const std::vector<std::vector<kindred::label_t>>& sentences) {
    const std::string path = file_of({});
    const auto known = words();
    kindred::text::corpus_writer writer(path, known);
    for (const auto& sentence : sentences) writer.add(sentence);
    writer.commit();
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::vector<std::string> seeds() {
    return {written({{0, 1, 2, 3, 4}, {0, 0, 1}, {4}}), written({}), written({{0}}),
            written(std::vector<std::vector<kindred::label_t>>(40, {0, 1, 0, 2}))};
  }

  static bool load(std::span<const std::byte> bytes) {
    return loads([&] {
      const kindred::text::corpus read(file_of(bytes));
      kindred::index_t ends = 0;
      for (const auto id : read.entries()) {
        check(id >= kindred::text::corpus::sentence_end && id < read.words());
        ends += id == kindred::text::corpus::sentence_end;
      }
      check(ends == read.sentences());
      check(read.tokens() + ends == static_cast<kindred::index_t>(read.entries().size()));
    });
  }
};

}  // namespace fuzz
