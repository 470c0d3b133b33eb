// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "results.hpp"

namespace image {

/// What is printed: the table, and the nearest pictures of some queries.
std::string printed(const picture_set& set, const results& found);

}  // namespace image
