// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>

namespace kindred::io {

/// What a loader does with NaN and infinities where the wanted type can hold them.
enum class non_finite : bool { refuse, keep };

/// What a loader accepts, checked before anything is allocated. A file beyond it is an io_error.
struct limits {
  index_t bytes = index_t(1) << 36;       ///< of the file, and of the numbers in the wanted type: 64 GiB
  index_t rows = index_t(1) << 32;        ///< length of the first axis
  index_t dimensions = index_t(1) << 24;  ///< numbers per row: the product of the other axes
  index_t entries = index_t(1) << 20;     ///< named parts of one file: tensors, members of an archive
  io::non_finite non_finite = io::non_finite::refuse;
};

}  // namespace kindred::io
