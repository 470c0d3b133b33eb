// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/io/byte_source.hpp>
#include <utility>

namespace kindred::io {

KINDRED_INLINE int detail::open_regular(const std::string& name, index_t& size) {
  // a name with a zero byte would open another file; non-blocking, so that a pipe is refused and not waited for
  expects<io_error>(name.find('\0') == std::string::npos, "{}: the name holds a zero byte", name.c_str());
  const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  expects<io_error>(file >= 0, "{}: cannot be opened: {}", name, std::strerror(errno));
  struct stat status {};
  const int failed = ::fstat(file, &status);
  if (failed != 0 || !S_ISREG(status.st_mode)) {
    const std::string reason = failed != 0               ? std::strerror(errno)
                               : S_ISDIR(status.st_mode) ? "it is a directory"
                                                         : "it is not a regular file";
    ::close(file);
    expects<io_error>(false, "{}: cannot be read: {}", name, reason);
  }
  size = static_cast<index_t>(status.st_size);
  return file;
}

KINDRED_INLINE byte_source::byte_source(std::string path)
    : name_(std::move(path)), file_(detail::open_regular(name_, size_)) {}

KINDRED_INLINE byte_source::byte_source(std::span<const std::byte> bytes, std::string name)
    : name_(std::move(name)), memory_(bytes.data()), size_(static_cast<index_t>(bytes.size())) {}

KINDRED_INLINE byte_source::~byte_source() {
  if (file_ >= 0) ::close(file_);
}

KINDRED_INLINE void byte_source::check_remaining(index_t bytes) const {
  expects<io_error>(bytes >= 0 && bytes <= remaining(), "{}: byte {}: expected {} bytes, {} are left", name_, at_,
                    bytes, remaining());
}

KINDRED_INLINE void byte_source::skip(index_t bytes) {
  check_remaining(bytes);
  if (file_ >= 0)
    expects<io_error>(::lseek(file_, static_cast<off_t>(bytes), SEEK_CUR) >= 0, "{}: byte {}: {}", name_, at_,
                      std::strerror(errno));
  at_ += bytes;
}

KINDRED_INLINE void byte_source::read(void* to, index_t bytes) {
  check_remaining(bytes);
  if (bytes == 0) return;
  if (file_ < 0) {
    std::memcpy(to, memory_ + at_, static_cast<std::size_t>(bytes));
    at_ += bytes;
    return;
  }
  for (index_t done = 0; done < bytes;) {
    const auto got = ::read(file_, static_cast<char*>(to) + done, static_cast<std::size_t>(bytes - done));
    if (got < 0 && errno == EINTR) continue;
    expects<io_error>(got >= 0, "{}: byte {}: {}", name_, at_, std::strerror(errno));
    expects<io_error>(got > 0, "{}: byte {}: the file became shorter while it was read", name_, at_);
    done += static_cast<index_t>(got);
    at_ += static_cast<index_t>(got);
  }
}

}  // namespace kindred::io
