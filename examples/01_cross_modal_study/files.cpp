// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <kindred/core/error.hpp>

namespace study {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw kindred::io_error("cannot write " + path + ": " + reason);
}

std::string last_error() { return std::strerror(errno); }

/// Whether `path` exists and is no regular file. Folders are refused.
bool is_special(const std::string& path) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status)) fail(path, "it is a folder");
  return fs::exists(status) && !fs::is_regular_file(status);
}

/// Where the file is put together: beside the file that a symbolic link leads to.
struct places {
  std::string target, part;
  explicit places(const std::string& path) : target(path) {
    std::error_code failed;
    if (fs::is_symlink(path, failed)) {
      const auto real = fs::weakly_canonical(path, failed);
      if (!failed) target = real.string();
    }
    part = target + "." + std::to_string(::getpid()) + ".part";
  }
};

}  // namespace

void check_writable(const std::string& path) {
  if (path.empty()) fail("\"\"", "the name is empty");
  if (is_special(path)) {
    if (::access(path.c_str(), W_OK) != 0) fail(path, last_error());
    return;
  }
  const places at(path);
  std::FILE* const file = std::fopen(at.part.c_str(), "wb");
  if (!file) fail(path, last_error());
  std::fclose(file);
  std::remove(at.part.c_str());
}

void write_file(const std::string& path, const std::string& content) {
  const bool in_place = is_special(path);
  const places at(path);
  const std::string& name = in_place ? path : at.part;
  std::FILE* const file = std::fopen(name.c_str(), "wb");
  if (!file) fail(path, last_error());
  bool good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  std::string reason = good ? "" : last_error();
  if (std::fclose(file) != 0 && good) {
    good = false;
    reason = last_error();
  }
  if (good && !in_place && std::rename(at.part.c_str(), at.target.c_str()) != 0) {
    good = false;
    reason = last_error();
  }
  if (good) return;
  if (!in_place) std::remove(at.part.c_str());
  fail(path, reason);
}

}  // namespace study
