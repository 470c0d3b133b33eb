// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/types.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace study {

/// How well one direction ranks the test half: means over its queries.
struct direction {
  static constexpr std::size_t recall_levels = 21;

  double average_precision = 0;                   ///< over all results
  double hit_1 = 0, hit_5 = 0, hit_10 = 0;        ///< share of queries with an item of their class among the first K
  std::array<double, recall_levels> precision{};  ///< interpolated, at recall 0, 0.05, ..., 1
};

struct both_directions {
  direction image_to_text, text_to_image;
  double average_precision() const { return (image_to_text.average_precision + text_to_image.average_precision) / 2; }
};

/// A hyper-parameter: its name and the value that cross-validation chose.
using parameter = std::pair<std::string, double>;

struct method_result {
  std::string name, title;
  std::vector<parameter> chosen;
  std::optional<double> validation;     ///< mean of both directions' mAP over the folds, where something was chosen
  both_directions coarse;               ///< relevant: the same class
  std::optional<both_directions> fine;  ///< relevant: the same subclass
  double seconds = 0;                   ///< to fit with the chosen hyper-parameters and to evaluate
};

/// The first results for one query of the test half.
struct ranking {
  struct entry {
    kindred::index_t item;
    double score;
    bool relevant;
  };
  bool image_query;
  kindred::index_t query;
  std::vector<entry> entries;
};

struct study_result {
  std::vector<method_result> methods;
  std::string ranked_by;  ///< the method of the rankings: the best in cross-validation
  std::vector<ranking> rankings;
  double seconds_choosing = 0, seconds_total = 0;
};

/// How the run was started.
struct manifest {
  std::uint64_t seed = 0;
  std::string version, device;
  int threads = 1, folds = 5;
};

}  // namespace study
