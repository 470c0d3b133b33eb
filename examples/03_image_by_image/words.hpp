// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace image {

/// Runs of letters and digits, ASCII in lower case; every character beyond ASCII counts as a letter. A text::Tokenizer.
struct words {
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::string word;
    const auto put = [&] {
      if (!word.empty()) emit(std::string_view(word));
      word.clear();
    };
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool upper = c >= 'A' && c <= 'Z';
      if (byte >= 128 || upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        word += upper ? static_cast<char>(c - 'A' + 'a') : c;
      else
        put();
    }
    put();
  }
};

}  // namespace image
