// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace presentation {

/// Finds out whether write_file(path, ...) will be allowed to write, so that this is known before the long work.
/// Errors  kindred::io_error that names the path and the reason.
void check_writable(const std::string& path);

/// Writes the whole file or nothing: no reader ever sees half of it. What is no regular file (a pipe, /dev/null) is
/// written in place.
/// Errors  kindred::io_error that names the path and the reason.
void write_file(const std::string& path, const std::string& content);

}  // namespace presentation
