// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>
#include <string>

namespace kindred::io {

/// A file that appears whole or not at all: written as `path`.N.part in the same folder, brought to disk and renamed by
/// commit(). Without commit() nothing stays behind and an older file of that name is untouched.
///
/// A file that is replaced keeps its mode, its owner and its group as far as the system permits it; without its group,
/// the new one may do what everybody may. Access control lists are not copied. A new file has the mode of the umask.
/// Where `path` is a link, the file it leads to is replaced or made, and the link stays. The next save of the same name
/// removes what a killed one left: a part is in use as long as its writer holds a lock on it (flock).
///
/// Errors  io_error, with the system's reason, when the folder is missing or not writable or the disk is full; for a
///         directory, a device, a pipe or a socket of that name, or behind a link of that name; for links in a circle.
class atomic_file {
 public:
  explicit atomic_file(std::string path);
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;
  ~atomic_file();

  void write(const void* from, index_t bytes);
  void write(const std::string& text) { write(text.data(), static_cast<index_t>(text.size())); }
  /// Puts the file in its place. Once, after the last write.
  void commit();

 private:
  std::string path_, target_, part_;  // as it was given, behind links, while it is written
  int file_ = -1;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/atomic_file_impl.hpp>
#endif
