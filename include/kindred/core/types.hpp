// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <kindred/core/config.hpp>

namespace kindred {

/// Counts, positions and ids: signed, 64 bits, on every device.
using index_t = std::int64_t;

/// Class labels.
using label_t = std::int32_t;

}  // namespace kindred
