// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <kindred/io/byte_source.hpp>
#include <kindred/io/mapped_file.hpp>
#include <new>
#include <utility>

namespace kindred::io {

namespace detail {
inline constexpr std::align_val_t mapped_alignment{64};
}

KINDRED_INLINE mapped_file::mapped_file(std::string path) : name_(std::move(path)) {
  const int file = detail::open_regular(name_, size_);
  const auto length = static_cast<std::size_t>(size_);
  void* const mapped = size_ > 0 ? ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  ::close(file);
  if (size_ == 0) return;
  if (mapped != MAP_FAILED) {
    memory_ = static_cast<const std::byte*>(mapped);
    mapped_ = true;
    return;
  }
  byte_source source(name_);
  size_ = source.size();
  auto* const read = static_cast<std::byte*>(::operator new(static_cast<std::size_t>(size_), detail::mapped_alignment));
  try {
    source.read(read, size_);
  } catch (...) {
    ::operator delete(read, detail::mapped_alignment);
    throw;
  }
  memory_ = read;
}

KINDRED_INLINE mapped_file::~mapped_file() {
  if (memory_ == nullptr) return;
  auto* const memory = const_cast<std::byte*>(memory_);
  if (mapped_)
    ::munmap(memory, static_cast<std::size_t>(size_));
  else
    ::operator delete(memory, detail::mapped_alignment);
}

}  // namespace kindred::io
