// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "results.hpp"
#include "settings.hpp"

namespace image {

/// The results as JSON: "losses", "baseline", "words" and "fused" (where pictures have words), "curves", "manifest",
/// "timings". Two runs that differ in their threads only differ in "manifest.threads" and "timings" only.
std::string results_json(const picture_set& set, const settings& how, const results& found, const manifest& run);

}  // namespace image
