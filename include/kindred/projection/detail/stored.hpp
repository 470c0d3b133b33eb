// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the fitted projections share when they are saved and loaded.
#pragma once

#include <kindred/io/stored.hpp>

namespace kindred::projection::detail {

using io::expect_type;
using io::stored_list;

/// What save(path) does.
template <class Writer, class P>
void save_alone(const P& part, const std::string& path) {
  Writer file;
  part.save(file, "");
  file.write(path);
}

}  // namespace kindred::projection::detail
