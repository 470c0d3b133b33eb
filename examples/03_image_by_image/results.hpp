// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pictures.hpp"

namespace image {

/// Shares of queries with a picture of their class among the first k, and two measures of the whole list. The query
/// itself is left out by its id, and so are queries without another picture of their class.
struct measures {
  double recall_1 = 0, recall_10 = 0, recall_100 = 0, recall_1000 = 0, map_at_r = 0, r_precision = 0;
};

/// The nearest pictures of one query.
struct ranking {
  index_t query;
  std::vector<index_t> items;
  std::vector<double> scores;
};

struct loss_result {
  std::string name, title;
  measures test{};
  std::vector<double> curve{};      ///< mean loss of each epoch
  std::vector<ranking> rankings{};  ///< some queries of the test half
  std::optional<measures> fused{};  ///< with the list of the words
  double seconds = 0;               ///< to train
};

struct results {
  measures pixels;  ///< the cosine of raw pixels
  std::vector<ranking> pixel_rankings;
  std::optional<measures> words;  ///< BM25
  std::vector<loss_result> losses;
  double seconds_total = 0;
};

/// How a run was started.
struct manifest {
  std::uint64_t seed = 0;
  std::string version, device;
  int threads = 1;
};

}  // namespace image
