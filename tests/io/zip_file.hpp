// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/crc32_impl.hpp>
#include <string>
#include <vector>

/// A member of an archive for the tests; `packed` is its deflate stream, empty for stored bytes.
struct zip_part {
  std::string name, bytes, packed = {};
  unsigned flags = 0x0800, method = 0;
  std::size_t unpacked = 0;  // for a stream whose bytes nobody holds
  std::uint32_t crc = 0;
};

/// A zip archive of these members with a comment.
inline std::string zip_file(const std::vector<zip_part>& parts, const std::string& comment = "") {
  const auto number = [](std::string& to, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) to += static_cast<char>(value >> (8 * i) & 255);
  };
  std::string file, directory;
  for (const zip_part& p : parts) {
    kindred::io::detail::crc32 sum;
    sum.add(reinterpret_cast<const std::byte*>(p.bytes.data()), static_cast<kindred::index_t>(p.bytes.size()));
    const std::string& data = p.packed.empty() ? p.bytes : p.packed;
    std::string shared;
    for (const unsigned value : {20u, p.flags, p.method, 0u, 0x21u}) number(shared, value, 2);
    number(shared, p.unpacked > 0 ? p.crc : sum.value(), 4);
    number(shared, data.size(), 4);
    number(shared, p.unpacked > 0 ? p.unpacked : p.bytes.size(), 4);
    number(shared, p.name.size(), 2);
    number(shared, 0, 2);
    number(directory, 0x02014B50, 4);
    number(directory, 20, 2);
    directory += shared;
    number(directory, 3, 2);  // a comment of the member
    number(directory, 0, 2);
    number(directory, 0, 2);
    number(directory, 0, 4);
    number(directory, file.size(), 4);
    directory += p.name + "abc";
    number(file, 0x04034B50, 4);
    file += shared + p.name + data;
  }
  const std::size_t at = file.size();
  file += directory;
  number(file, 0x06054B50, 4);
  number(file, 0, 4);
  number(file, parts.size(), 2);
  number(file, parts.size(), 2);
  number(file, directory.size(), 4);
  number(file, at, 4);
  number(file, comment.size(), 2);
  return file + comment;
}
