// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <pair_results.hpp>
#include <string>
#include <vector>

namespace study {

using pairs::both_directions;
using pairs::direction;
using pairs::parameter;
using pairs::ranking;

struct method_result {
  std::string name, title;
  std::vector<parameter> chosen;
  std::optional<double> validation;     ///< mean of both directions' mAP over the folds, where something was chosen
  both_directions coarse;               ///< relevant: the same class
  std::optional<both_directions> fine;  ///< relevant: the same subclass
  long trials = 0;                      ///< settings that were tried
  std::string trial_table{};            ///< what each of them had, as comma-separated values
  double seconds = 0;                   ///< to fit with the chosen hyper-parameters and to evaluate
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
  int threads = 1, folds = 5, trials = 8;
};

}  // namespace study
