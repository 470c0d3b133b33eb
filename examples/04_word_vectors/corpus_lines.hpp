// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace vectors {

/// Calls visit(line) for every line of a text file, which may be packed with gzip or xz; holds a piece of it at a time.
/// Errors  kindred::io_error that names the file.
void for_each_line(const std::string& path, const std::function<void(std::string_view line)>& visit);

}  // namespace vectors
