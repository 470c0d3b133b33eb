// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inputs.hpp"
#include "learning.hpp"
#include "results.hpp"
#include "stages.hpp"

namespace sns {

/// Learns every method, ranks the test half with it, and compares analysers and word vectors where asked to.
///
/// Determinism  the same numbers for any number of threads, and whether stages were taken from files or made.
results studied(const inputs& data, const settings& how, const stages& kept, const device_work& work);

}  // namespace sns
