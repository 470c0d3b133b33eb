// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data.hpp"
#include "results.hpp"

namespace study {

/// The study as one HTML page that needs no other file and no network: tables, precision-recall curves, top-10 lists
/// with pictures and texts, what was chosen and how the run was started.
std::string html_report(const study_data& data, const study_result& result, const manifest& run);

}  // namespace study
