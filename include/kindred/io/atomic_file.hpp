// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>
#include <string>

namespace kindred::io {

/// A file that appears whole or not at all: written beside `path`, brought to disk and renamed by commit(). Without
/// commit() nothing stays behind and an older file of that name is untouched. A link of that name is replaced.
///
/// Errors  io_error, with the system's reason, when the folder is missing or not writable or the disk is full; for a
///         directory, a device, a pipe or a socket of that name, or behind a link of that name.
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
  std::string path_, beside_;
  int file_ = -1;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/atomic_file_impl.hpp>
#endif
