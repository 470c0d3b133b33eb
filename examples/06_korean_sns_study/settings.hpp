// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysers.hpp"
#include "methods.hpp"

namespace sns {

/// How a study is made.
struct settings {
  std::string folder, posts, images;  ///< --data, --posts and --images; all empty: scenes
  index_t least_side = 224;           ///< of the pictures of --posts, in pixels
  std::string blocked;                ///< file with ids and users whose posts are left out, or empty
  index_t scenes = 12000;
  std::vector<method> methods;
  std::string device = "cpu";
  std::uint64_t seed = 1;
  int threads = 1;
  int lists = 3;               ///< rankings shown in each direction
  double effort = 1;           ///< share of all epochs
  index_t trials = 8;          ///< settings that are tried for each method, at most
  index_t trial_pairs = 2000;  ///< pairs that a trial learns from, at most; 0: all but those it is judged on
  analyser_files analysers;    ///< of analysers that need them
  bool comparisons = true;     ///< of analysers and of word vectors
  bool choosing = false;       ///< the validation part is tested, and the test part is left alone
  std::string state;           ///< folder of finished stages, or empty
};

}  // namespace sns
