// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a tokenizer makes of a text.
template <class Tokenizer>
std::vector<std::string> tokens_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::string> out;
  tokenizer(text, [&](std::string_view token) { out.emplace_back(token); });
  return out;
}

/// The same with tags, each token as form/tag.
template <class Tokenizer>
std::vector<std::string> tagged(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::string> out;
  tokenizer.tagged(text, [&](auto token) { out.push_back(std::string(token.form) + "/" + std::string(token.tag)); });
  return out;
}
