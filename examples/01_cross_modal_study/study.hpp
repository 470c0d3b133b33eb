// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data.hpp"
#include "methods.hpp"
#include "results.hpp"

namespace study {

struct settings {
  std::vector<method> methods;
  std::uint64_t seed = 1;
  int threads = 1;
  int folds = 5;
  index_t trials = 8;  ///< settings that are tried for each method, at most
  int lists = 3;       ///< rankings shown in each direction
};

/// Chooses hyper-parameters by selection::search over folds of the training half, fits on all of it and evaluates on
/// the test half. Says on stderr how far it has come.
///
/// Determinism  the same numbers for any number of threads.
/// Errors       kindred::argument_error when the training half is too small for the folds.
study_result run_on_cpu(const study_data& data, const settings& how);

/// The same on a GPU. Errors  kindred::device_error when the program was built without CUDA or finds no GPU.
study_result run_on_cuda(const study_data& data, const settings& how);

/// Throws what run_on_cuda would throw before it starts.
void check_cuda();

}  // namespace study
