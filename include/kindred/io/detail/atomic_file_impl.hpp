// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/io/atomic_file.hpp>
#include <utility>

namespace kindred::io {

namespace detail {

/// `path` up to its last slash.
inline std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// The file that a chain of links leads to, whether it is there or not.
inline std::string behind_links(const std::string& path) {
  std::string at = path;
  for (int link = 0; link < 40; ++link) {
    char to[4096];
    const auto size = ::readlink(at.c_str(), to, sizeof to);
    if (size <= 0 || size == sizeof to) return at;
    at = (to[0] == '/' ? std::string() : folder_of(at)) + std::string(to, static_cast<std::size_t>(size));
  }
  throw io_error(path + ": cannot be written: " + std::strerror(ELOOP));
}

/// The name of part `number` of `target`, in its folder; long names are cut, between characters, to what folders take.
inline std::string part_name(const std::string& target, int number) {
  const std::string suffix = std::string(1, '.') + std::to_string(number) + ".part", folder = folder_of(target);
  std::size_t most = folder.size() + 255 - suffix.size();
  if (target.size() <= most) return target + suffix;
  while (most > folder.size() && (static_cast<unsigned char>(target[most]) & 0xc0) == 0x80) --most;
  return target.substr(0, most) + suffix;
}

/// Removes a part that no living writer has locked. Whoever holds the lock of what the name means may remove it.
inline void sweep_part(const std::string& part) {
  const int file = ::open(part.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  struct stat opened {
  }, named{};
  if (::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &opened) == 0 && S_ISREG(opened.st_mode) &&
      ::lstat(part.c_str(), &named) == 0 && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
    ::unlink(part.c_str());
  ::close(file);
}

/// Gives a new file the owner, group and mode of the one it replaces, as far as permitted.
inline void keep_rights(int file, const struct stat& old) {
  struct stat made {};
  if (::fstat(file, &made) != 0) return;
  mode_t mode = old.st_mode & 07777;
  if ((made.st_uid != old.st_uid || made.st_gid != old.st_gid) && ::fchown(file, old.st_uid, old.st_gid) != 0) {
    mode &= 0777;
    if (made.st_gid != old.st_gid && ::fchown(file, static_cast<uid_t>(-1), old.st_gid) != 0)
      mode &= static_cast<mode_t>(0707 | (mode & 07) << 3);  // another group: what everybody may
  }
  (void)::fchmod(file, mode);  // where not permitted the file stays private
}

}  // namespace detail

KINDRED_INLINE atomic_file::atomic_file(std::string path) : path_(std::move(path)) {
  expects<io_error>(path_.find('\0') == std::string::npos, "{}: the name holds a zero byte", path_.c_str());
  target_ = detail::behind_links(path_);
  // a directory would only fail in commit(), after all the writing; a device or a pipe would be gone
  struct stat status {};
  const bool there = ::stat(target_.c_str(), &status) == 0;
  expects<io_error>(there || errno == ENOENT, "{}: cannot be written: {}", path_, std::strerror(errno));
  expects<io_error>(!there || !S_ISDIR(status.st_mode), "{}: is a directory", path_);
  expects<io_error>(!there || S_ISREG(status.st_mode), "{}: is a device, pipe or socket, which no file replaces",
                    path_);
  int number = 0;
  for (; file_ < 0; ++number) {
    part_ = detail::part_name(target_, number);
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, there ? 0600 : 0666);
    if (file_ < 0 && errno == EEXIST) {
      detail::sweep_part(part_);
      file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, there ? 0600 : 0666);
    }
    expects<io_error>(file_ >= 0 || (errno == EEXIST && number < 1000), "{}: cannot be written: {}", path_,
                      std::strerror(errno));
    if (file_ < 0) continue;
    // another process that swept between open() and flock() has removed the file or is about to
    struct stat made {};
    const bool taken = ::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (taken || (::fstat(file_, &made) == 0 && made.st_nlink == 0)) {
      ::close(file_);
      file_ = -1;
    }
  }
  struct stat left {};
  for (; number < 1000 && ::lstat(detail::part_name(target_, number).c_str(), &left) == 0; ++number)
    detail::sweep_part(detail::part_name(target_, number));
  if (there) detail::keep_rights(file_, status);
}

KINDRED_INLINE atomic_file::~atomic_file() {
  if (file_ < 0) return;
  ::unlink(part_.c_str());
  ::close(file_);
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
  expects<io_error>(std::rename(part_.c_str(), target_.c_str()) == 0, "{}: cannot be put in place: {}", path_,
                    std::strerror(errno));
  ::close(file_);
  file_ = -1;
  // the new name itself; where folders cannot be synchronized the file is complete all the same
  const std::string folder = detail::folder_of(target_);
  const int open = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (open >= 0) {
    (void)::fsync(open);
    ::close(open);
  }
}

}  // namespace kindred::io
