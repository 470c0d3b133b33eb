// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data.hpp"
#include "results.hpp"

namespace study {

/// What the program prints: mAP and recall of every method, what was chosen, some top-10 lists.
std::string printed(const study_data& data, const study_result& result);

}  // namespace study
