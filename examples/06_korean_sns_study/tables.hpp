// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pair_tables.hpp>
#include <string>

#include "inputs.hpp"
#include "results.hpp"

namespace sns {

/// What the lists show of the test half.
pairs::exhibition exhibition(const inputs& data);

/// What stands on stdout.
std::string printed(const inputs& data, const settings& how, const results& found);

/// The numbers as JSON. Two runs that differ in their threads, or in what --state had already, only differ in
/// "manifest.threads" and "timings" only.
std::string results_json(const inputs& data, const settings& how, const results& found);

/// The study as one HTML page that needs no other file and no network.
std::string html_report(const inputs& data, const settings& how, const results& found);

}  // namespace sns
