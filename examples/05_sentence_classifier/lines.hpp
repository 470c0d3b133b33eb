// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <kindred/core/types.hpp>
#include <string>
#include <string_view>

namespace sentence {

/// Calls visit(number from 1, line) for each line of a file, plain or packed with gzip, without its end and without a
/// byte order mark.
/// Errors  kindred::io_error that names the file.
void for_each_line(const std::string& path, const std::function<void(kindred::index_t, std::string_view)>& visit);

}  // namespace sentence
