// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/crc32_impl.hpp>
#include <kindred/io/npz_writer.hpp>

namespace kindred::io {

KINDRED_INLINE void npz_writer::write(const std::string& path) const {
  const auto number = [](std::string& to, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) to += static_cast<char>(value >> (8 * i) & 255);
  };
  constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;
  atomic_file file(path);
  std::string directory;
  std::uint64_t at = 0;
  for (const auto& [name, array] : parts()) {
    const std::string member = name + ".npy", head = detail::array_head(array.element, array.shape);
    expects<argument_error>(member.size() <= 65000, "npz_writer: a name of {} bytes", name.size());
    detail::crc32 sum;
    sum.add(reinterpret_cast<const std::byte*>(head.data()), static_cast<index_t>(head.size()));
    array.each_piece([&](const std::byte* from, index_t bytes) { sum.add(from, bytes); });
    const std::uint64_t bytes = head.size() + static_cast<std::uint64_t>(array.bytes());

    // version 4.5 for zip64; flag 11: the name is UTF-8; stored; 1980-01-01 00:00
    std::string shared;
    for (const unsigned value : {45u, 0x0800u, 0u, 0u, 0x21u}) number(shared, value, 2);
    number(shared, sum.value(), 4);
    number(shared, in_zip64, 4);
    number(shared, in_zip64, 4);
    number(shared, member.size(), 2);

    std::string local;
    number(local, 0x04034B50, 4);
    local += shared;
    number(local, 20, 2);
    local += member;
    number(local, 1, 2);
    number(local, 16, 2);
    number(local, bytes, 8);
    number(local, bytes, 8);
    file.write(local);
    file.write(head);
    array.each_piece([&](const std::byte* from, index_t count) { file.write(from, count); });

    number(directory, 0x02014B50, 4);
    number(directory, 45, 2);
    directory += shared;
    number(directory, 28, 2);
    number(directory, 0, 2);  // comment
    number(directory, 0, 2);  // disk
    number(directory, 0, 2);  // attributes
    number(directory, 0, 4);
    number(directory, in_zip64, 4);
    directory += member;
    number(directory, 1, 2);
    number(directory, 24, 2);
    number(directory, bytes, 8);
    number(directory, bytes, 8);
    number(directory, at, 8);
    at += local.size() + bytes;
  }
  const std::uint64_t entries = parts().size(), directory_bytes = directory.size(), end_at = at + directory_bytes;
  number(directory, 0x06064B50, 4);  // end of the directory, zip64
  number(directory, 44, 8);
  number(directory, 45, 2);
  number(directory, 45, 2);
  number(directory, 0, 8);  // disks
  number(directory, entries, 8);
  number(directory, entries, 8);
  number(directory, directory_bytes, 8);
  number(directory, at, 8);
  number(directory, 0x07064B50, 4);  // its locator
  number(directory, 0, 4);
  number(directory, end_at, 8);
  number(directory, 1, 4);
  number(directory, 0x06054B50, 4);  // end of the directory
  number(directory, 0, 4);
  number(directory, 0xFFFF, 2);
  number(directory, 0xFFFF, 2);
  number(directory, in_zip64, 4);
  number(directory, in_zip64, 4);
  number(directory, 0, 2);
  file.write(directory);
  file.commit();
}

}  // namespace kindred::io
