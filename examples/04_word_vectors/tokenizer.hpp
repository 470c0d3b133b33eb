// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <kindred/text/korean_stems.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vectors {

/// Which words a text has.
struct tokenizer_settings {
  std::string name = "script_runs";  ///< see known_tokenizers()
  std::vector<std::string> tags;     ///< beginnings of the parts of speech that stay; empty: all
  bool stems = false;                ///< korean: count the stems of the corpus first and cut by them
};

/// Names of the tokenizers, the first of which is the default.
std::vector<std::string> known_tokenizers();

/// One of the library's tokenizers, chosen when the program runs; a text::Tokenizer itself.
class tokenizer {
 public:
  /// `stems`: those of the corpus, where the settings ask for them.
  /// Errors  kindred::argument_error for an unknown name, and for tags or stems beside a tokenizer that has none.
  explicit tokenizer(const tokenizer_settings& how, std::shared_ptr<const kindred::text::korean_stems> stems = nullptr);

  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    cut_(text, [&](std::string_view token) { emit(token); });
  }
  /// Whether `word` is one token to this tokenizer, of a part of speech that stays.
  bool keeps_whole(std::string_view word) const;

 private:
  std::function<void(std::string_view, const std::function<void(std::string_view)>&)> cut_;
};

}  // namespace vectors
