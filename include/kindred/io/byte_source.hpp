// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <string>

namespace kindred::io {

namespace detail {
/// A descriptor of the regular file `name`, opened for reading, and its size.
int open_regular(const std::string& name, index_t& size);
}  // namespace detail

/// The bytes of a regular file or of memory, read once from the front. What every loader reads from.
///
/// Errors  io_error, with the system's reason, where the file is missing, unreadable or not a regular file; when more
///         is read than there is, or the file shrinks meanwhile.
class byte_source {
 public:
  /// Opens the file `path`.
  explicit byte_source(std::string path);
  /// Reads `bytes`, which must outlive the source; `name` stands for it in error messages.
  byte_source(std::span<const std::byte> bytes, std::string name);
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;
  ~byte_source();

  const std::string& name() const { return name_; }
  index_t size() const { return size_; }
  index_t position() const { return at_; }
  index_t remaining() const { return size_ - at_; }
  /// The next `bytes` bytes to `to`.
  void read(void* to, index_t bytes);
  /// Passes over the next `bytes` bytes.
  void skip(index_t bytes);

 private:
  void check_remaining(index_t bytes) const;

  std::string name_;
  const std::byte* memory_ = nullptr;
  index_t size_ = 0, at_ = 0;
  int file_ = -1;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/byte_source_impl.hpp>
#endif
