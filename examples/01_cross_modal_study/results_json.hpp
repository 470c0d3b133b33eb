// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data.hpp"
#include "results.hpp"

namespace study {

/// The results as JSON: "methods", "subclasses" (where there are any), "chosen", "manifest", "timings". Two runs that
/// differ in their threads only differ in "manifest.threads" and "timings" only.
std::string results_json(const study_data& data, const study_result& result, const manifest& run);

}  // namespace study
