// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <kindred/io/byte_source.hpp>
#include <kindred/io/mapped_file.hpp>
#include <new>
#include <utility>

namespace kindred::io {

KINDRED_INLINE mapped_file::mapped_file(std::string path) : name_(std::move(path)) {
  const int file = detail::open_regular(name_, size_);
  const auto length = static_cast<std::size_t>(size_);
  void* const mapped = size_ > 0 ? ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  ::close(file);
  if (size_ == 0) return;
  if (mapped != MAP_FAILED) {
    memory_ = {static_cast<const std::byte*>(mapped),
               [length](const std::byte* p) { ::munmap(const_cast<std::byte*>(p), length); }};
    return;
  }
  byte_source source(name_);
  size_ = source.size();
  constexpr std::align_val_t alignment{64};
  auto* const read = static_cast<std::byte*>(::operator new(static_cast<std::size_t>(size_), alignment));
  memory_ = {read, [](const std::byte* p) { ::operator delete (const_cast<std::byte*>(p), std::align_val_t{64}); }};
  source.read(read, size_);
}

}  // namespace kindred::io
