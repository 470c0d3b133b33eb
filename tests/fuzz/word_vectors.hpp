// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/word_vectors.hpp>

#include "target.hpp"

namespace fuzz {

struct word_vectors {
  static constexpr const char* alphabet = "0123456789 .-e\n\r\tabnif";

  static std::vector<std::string> seeds() {
    return {"2 3\n</s> 0.5 -1 2e-3 \n\xEA\xB3\xA0 1 2 3 \n", "the 1 2\n. . 3 4\nnan inf 5\n",
            std::string("2 1\na \0\0\x80\x3f\nbc \0\0\0\xc0\n", 19), "1 1\nword abcd",
            "\xEF\xBB\xBF"
            "w 1 2\r\nx 3 4\r\n"};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    const auto from = [&](const io::word_vector_options& options) {
      return loads([&] {
        io::byte_source source(bytes, "memory");
        const auto t = io::read_word_vectors<float>(source, options);
        check(static_cast<index_t>(t.words.size()) * t.cols == static_cast<index_t>(t.values.size()));
      });
    };
    const auto skip = io::bad_word::skip;
    return any_loaded(
        {from({.not_utf8 = skip, .repeated = skip, .limits = limits}), from({.limits = limits, .most_words = 2}),
         from({.format = io::word_vector_format::text, .not_utf8 = skip, .repeated = skip, .limits = limits}),
         from({.format = io::word_vector_format::binary, .limits = limits}),
         from({.format = io::word_vector_format::headerless, .repeated = skip, .limits = limits}),
         from({.format = io::word_vector_format::headerless, .dimensions = 2, .not_utf8 = skip, .limits = limits})});
  }
};

}  // namespace fuzz
