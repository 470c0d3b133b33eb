// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/io/atomic_file.hpp>
#include <utility>

namespace kindred::io {

KINDRED_INLINE atomic_file::atomic_file(std::string path) : path_(std::move(path)) {
  expects<io_error>(path_.find('\0') == std::string::npos, "{}: the name holds a zero byte", path_.c_str());
  // a directory would only fail in commit(), after all the writing; a device or a pipe would be gone
  struct stat status {};
  const bool there = ::stat(path_.c_str(), &status) == 0;
  expects<io_error>(!there || !S_ISDIR(status.st_mode), "{}: is a directory", path_);
  expects<io_error>(!there || S_ISREG(status.st_mode), "{}: is a device, pipe or socket, which no file replaces",
                    path_);
  for (int i = 0; file_ < 0; ++i) {
    beside_ = path_ + "." + std::to_string(::getpid()) + "." + std::to_string(i) + ".part";
    file_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    expects<io_error>(file_ >= 0 || (errno == EEXIST && i < 1000), "{}: cannot be written: {}", path_,
                      std::strerror(errno));
  }
}

KINDRED_INLINE atomic_file::~atomic_file() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(beside_.c_str());
}

KINDRED_INLINE void atomic_file::write(const void* from, index_t bytes) {
  for (index_t done = 0; done < bytes;) {
    const auto put = ::write(file_, static_cast<const char*>(from) + done, static_cast<std::size_t>(bytes - done));
    if (put < 0 && errno == EINTR) continue;
    expects<io_error>(put > 0, "{}: cannot be written: {}", path_, std::strerror(errno));
    done += static_cast<index_t>(put);
  }
}

KINDRED_INLINE void atomic_file::commit() {
  expects<io_error>(::fsync(file_) == 0, "{}: cannot be brought to disk: {}", path_, std::strerror(errno));
  expects<io_error>(std::rename(beside_.c_str(), path_.c_str()) == 0, "{}: cannot be put in place: {}", path_,
                    std::strerror(errno));
  ::close(file_);
  file_ = -1;
  // the new name itself; where folders cannot be synchronized the file is complete all the same
  const auto slash = path_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  const int open = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (open >= 0) {
    (void)::fsync(open);
    ::close(open);
  }
}

}  // namespace kindred::io
