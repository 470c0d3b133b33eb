// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <training_settings.hpp>

namespace sentence {

/// How the classifier is made, trained and shown.
struct settings : training_settings {
  std::vector<std::string> variants;     ///< of Kim 2014: rand, static, non_static, multichannel
  double validation = 0.1, tests = 0.2;  ///< shares that are held out of the training texts, and of all texts
  index_t folds = 0;                     ///< of a cross-validation; 0: none
  std::string checkpoints;               ///< folder, or empty
  int shown = 10;                        ///< texts shown of each kind
};

}  // namespace sentence
