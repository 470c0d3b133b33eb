// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <string>
#include <vector>

namespace sentence {

/// A map of words in which close words have close vectors.
struct word_map {
  std::string svg, json;  ///< the picture; the places of the words
  double perplexity = 0;  ///< the one asked for, or the largest that so many words take
  double kl_divergence = 0;
};

/// Places words in the plane by t-SNE from the first two principal components.
///
/// vectors   a row for each word
/// Errors    kindred::argument_error for fewer than 4 words.
word_map map_of_words(kindred::context<kindred::cpu>& ctx, const kindred::matrix<float, kindred::cpu>& vectors,
                      const std::vector<std::string>& words, const std::string& title, double perplexity,
                      std::uint64_t seed);

}  // namespace sentence
