// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/projection/logistic_regression.hpp>

namespace kindred::projection::detail {

KINDRED_INLINE labelled_rows labelled(std::span<const label_t> labels, index_t rows, const char* who) {
  expects(static_cast<index_t>(labels.size()) == rows, "{}: {} labels for {} rows", who, labels.size(), rows);
  labelled_rows out{{labels.begin(), labels.end()}, {}};
  std::sort(out.classes.begin(), out.classes.end());
  out.classes.erase(std::unique(out.classes.begin(), out.classes.end()), out.classes.end());
  expects<argument_error>(out.classes.size() >= 2, "{}: {} classes among {} labels, 2 are needed", who,
                          out.classes.size(), rows);
  out.targets.reserve(labels.size());
  for (const label_t label : labels)
    out.targets.push_back(std::lower_bound(out.classes.begin(), out.classes.end(), label) - out.classes.begin());
  return out;
}

}  // namespace kindred::projection::detail
