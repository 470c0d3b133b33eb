// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train.hpp"

namespace vectors {

struct compare_settings {
  train_settings training;                             ///< corpus and how vectors are learned; `file` is not used
  std::vector<kindred::index_t> sizes{100, 300, 500};  ///< numbers of a vector
  std::vector<std::string> files;   ///< files of vectors that are there already, in place of a corpus
  std::string similarity, analogy;  ///< files, or empty
  kindred::index_t folds = 5;
  std::uint64_t seed = 1;  ///< of the folds and of random vectors
  std::string json;        ///< file, or empty
};

/// Prints one table: learned vectors of several sizes and random ones of the same sizes, by what people say about words
/// and by how well pictures and texts find each other.
void compare(const compare_settings& how);

}  // namespace vectors
