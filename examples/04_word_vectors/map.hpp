// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <string>

#include "tokenizer.hpp"

namespace vectors {

struct map_settings {
  std::string vectors, file;      ///< what is read, and the SVG that is written
  std::string json;               ///< places of the words, or empty
  tokenizer_settings tokenizer;   ///< with tags: only words that it takes for one token with such a tag
  kindred::index_t top = 50;      ///< words, the first of the file that qualify
  kindred::index_t shortest = 1;  ///< characters of a word
  double perplexity = 12;         ///< at most a third of the words less one
  std::uint64_t seed = 1;
  int threads = 1;
};

/// Draws the most frequent words as a map in which close words have close vectors.
void map(const map_settings& how);

}  // namespace vectors
