// SPDX-License-Identifier: Apache-2.0
// Questions to a file of word vectors.
#pragma once

#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace vectors {

struct ask_settings {
  std::string vectors;                 ///< the file
  std::vector<std::string> words;      ///< what is asked
  kindred::index_t top = 10;           ///< words in an answer
  kindred::index_t most_frequent = 0;  ///< only the first so many words of the file answer; 0: all
  std::string method = "additive";     ///< of analogies: additive or multiplicative
  int threads = 1;
  bool json = false;
};

/// Prints the words closest to each word asked.
void neighbours(const ask_settings& how);
/// Prints what the third word is to the second as the first one's: words[0] is to words[1] as words[2] is to what.
void analogy(const ask_settings& how);

struct evaluate_settings {
  std::string vectors, similarity, analogy;  ///< files; similarity or analogy may be empty
  kindred::index_t most_frequent = 0;        ///< of analogies: only the first so many words of the file; 0: all
  int threads = 1;
  std::string json;  ///< file, or empty
};

/// Prints the correlation with people's judgements and the accuracy of analogies by section.
void evaluate(const evaluate_settings& how);

}  // namespace vectors
