// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <vector>

namespace kindred::model {

/// Labels as the numbers 0 to classes - 1 that losses over classes want.
struct class_numbers {
  std::vector<label_t> classes;  ///< ascending
  std::vector<label_t> numbers;  ///< position in `classes` of each label

  explicit class_numbers(std::span<const label_t> labels) : classes(labels.begin(), labels.end()) {
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    numbers.reserve(labels.size());
    for (const label_t label : labels)
      numbers.push_back(
          static_cast<label_t>(std::lower_bound(classes.begin(), classes.end(), label) - classes.begin()));
  }
};

}  // namespace kindred::model
