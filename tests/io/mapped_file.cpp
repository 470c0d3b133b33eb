// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/mapped_file.hpp>
#include <utility>

#include "files.hpp"

namespace io = kindred::io;

TEST_CASE("a mapped file shows its bytes, after moving, renaming and removing too") {
  const temporary_folder folder;
  std::string bytes(10000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i % 251);
  write_bytes(folder / "a", bytes);
  io::mapped_file first(folder / "a");
  CHECK(first.name() == folder / "a");
  CHECK(first.size() == 10000);
  const std::byte* const at = first.bytes().data();
  CHECK(reinterpret_cast<std::uintptr_t>(at) % 64 == 0);
  const io::mapped_file second(std::move(first));
  std::filesystem::rename(folder / "a", folder / "b");
  write_bytes(folder / "a", "another file under the old name");
  std::filesystem::remove(folder / "b");
  CHECK(second.bytes().data() == at);
  CHECK(second.bytes().size() == bytes.size());
  CHECK(std::memcmp(at, bytes.data(), bytes.size()) == 0);
}

TEST_CASE("an empty file has no bytes, and what is no file is refused with the reason") {
  const temporary_folder folder;
  write_bytes(folder / "empty", "");
  const io::mapped_file empty(folder / "empty");
  CHECK(empty.size() == 0);
  CHECK(empty.bytes().empty());
  const auto message = [](const std::string& path) { return refusal([&] { io::mapped_file file(path); }); };
  CHECK(contains(message(folder / "absent"), "absent: cannot be opened: No such file"));
  CHECK(contains(message(folder / "."), "it is a directory"));
  CHECK(contains(message("/dev/zero"), "it is not a regular file"));
  CHECK(contains(message(std::string("a\0b", 3)), "zero byte"));
}
