// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "results.hpp"
#include "settings.hpp"

namespace image {

/// The run as one HTML page that needs no other file and no network: the table, training curves, the nearest pictures
/// of some queries, and how the run was started.
std::string html_report(const picture_set& set, const settings& how, const results& found, const manifest& run);

}  // namespace image
