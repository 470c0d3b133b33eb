// SPDX-License-Identifier: Apache-2.0
/// @file
/// Text of files that nobody has checked yet.
#pragma once

#include <kindred/core/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::io::detail {

using kindred::valid_utf8;

/// Returns the start of `s` for an error message: at most 40 bytes.
inline std::string printable(std::string_view s) { return kindred::printable(s, 40); }

}  // namespace kindred::io::detail
