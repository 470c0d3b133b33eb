// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <kindred/core/error.hpp>
#include <kindred/io/atomic_file.hpp>

namespace presentation {

namespace {

namespace fs = std::filesystem;

/// Whether `path` is a pipe, a terminal or another thing that must not be replaced by a file.
bool is_special(const std::string& path) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

/// Where a symbolic link leads, so that not the link is replaced but its file.
std::string behind_links(const std::string& path) {
  std::error_code failed;
  if (!fs::is_symlink(path, failed)) return path;
  const auto real = fs::weakly_canonical(path, failed);
  return failed ? path : real.string();
}

}  // namespace

void check_writable(const std::string& path) {
  if (is_special(path)) {
    const bool writable = ::access(path.c_str(), W_OK) == 0;
    kindred::expects<kindred::io_error>(writable, "{}: cannot be written: {}", path, std::strerror(errno));
  } else {
    kindred::io::atomic_file(behind_links(path));  // without commit() nothing is left
  }
}

void write_file(const std::string& path, const std::string& content) {
  if (is_special(path)) {
    std::ofstream out(path, std::ios::binary);
    kindred::expects<kindred::io_error>(
        out.write(content.data(), static_cast<std::streamsize>(content.size())).flush().good(), "{}: cannot be written",
        path);
    return;
  }
  kindred::io::atomic_file file(behind_links(path));
  file.write(content);
  file.commit();
}

}  // namespace presentation
