// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <string>
#include <utility>

namespace kindred::io {

/// The bytes of a regular file as read-only memory, brought from disk page by page when they are touched. Where the
/// file system cannot map files the bytes are read at once. The first byte lies at a multiple of 64. Moving keeps the
/// address; the memory is given back with the object, and views of it end there. The file may be renamed or removed
/// meanwhile.
///
/// An empty file has 0 bytes at no address.
///
/// Caveat  a file that another process makes shorter loses its pages: touching them then ends the program with SIGBUS,
///         which no check can prevent, and bytes that another process changes change here. Replace files (atomic_file
///         does), do not rewrite them in place; read what others may rewrite through byte_source.
/// Errors  io_error, with the system's reason, where the file is missing, unreadable or not a regular file.
class mapped_file {
 public:
  explicit mapped_file(std::string path);
  mapped_file(mapped_file&& other) noexcept
      : name_(std::move(other.name_)),
        size_(std::exchange(other.size_, 0)),
        memory_(std::exchange(other.memory_, nullptr)),
        mapped_(other.mapped_) {}
  mapped_file& operator=(mapped_file&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(size_, other.size_);
    std::swap(memory_, other.memory_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~mapped_file();

  const std::string& name() const { return name_; }
  std::span<const std::byte> bytes() const { return {memory_, static_cast<std::size_t>(size_)}; }
  index_t size() const { return size_; }

 private:
  std::string name_;
  index_t size_ = 0;
  const std::byte* memory_ = nullptr;
  bool mapped_ = false;  // else read into memory of its own
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/mapped_file_impl.hpp>
#endif
