// SPDX-License-Identifier: Apache-2.0
// The archives in tests/data/io are written by NumPy and zlib: tests/reference/io_npz.py.
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/detail/crc32_impl.hpp>
#include <kindred/io/npz.hpp>
#include <kindred/io/npz_writer.hpp>

#include "files.hpp"
#include "zip_file.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;
using kindred::interop::inflate;

namespace {

std::string refused(const std::string& bytes, const io::limits& accepted = {}) {
  return refusal([&] {
    const io::npz archive(as_bytes(bytes), "memory", accepted, inflate);
    for (const std::string& name : archive.names()) archive.read<double>(name);
  });
}

/// The bytes of a file with those at `at` replaced.
std::string with(std::string bytes, std::size_t at, const std::string& other) {
  return bytes.replace(at, other.size(), other);
}

void write_sample(const std::string& path) {
  context<cpu> ctx;
  std::vector<float> x(12);
  for (std::size_t i = 0; i < 12; ++i) x[i] = static_cast<float>(i) / 2;
  const kindred::matrix<float, cpu> m(ctx, 3, 4, x);
  io::npz_writer w;
  w.add("x", m);
  w.add("ids", std::vector<index_t>{-1, index_t{1} << 40});
  w.add("이름", m.view().middle_cols(1, 2));
  w.add("empty", kindred::matrix<double, cpu>(ctx, 0, 5));
  w.write(path);
}

}  // namespace

TEST_CASE("arrays of numpy.savez and numpy.savez_compressed are read by name") {
  context<cpu> ctx;
  std::vector<double> x(12);
  for (std::size_t i = 0; i < 12; ++i) x[i] = static_cast<double>(i) * 0.5 - 1;
  for (const char* name : {"stored.npz", "compressed.npz"}) {
    CAPTURE(name);
    const io::npz archive(fixture(name), {}, inflate);
    CHECK(archive.names().size() == 3);
    CHECK(archive.contains("x"));
    CHECK(!archive.contains("x.npy"));
    CHECK(archive.load_matrix<double>(ctx, "x").to_host() == x);
    CHECK(archive.load_vector<kindred::label_t>(ctx, "labels").to_host() ==
          std::vector<kindred::label_t>{0, 1, 2, 3, 4});
    CHECK(contains(refusal([&] { archive.load_vector<float>(ctx, "x"); }), "member 'x': byte 128, shape: 2 axes"));
    CHECK(contains(refusal([&] { archive.read<float>("y"); }), "there is no array 'y'"));
    CHECK(contains(refusal([&] { archive.read<std::uint8_t>("x"); }), "member 'x': byte 128: row 0, column 0"));
  }
  CHECK(io::npz(fixture("stored.npz")).read<double>("folder/이름").values == std::vector<double>{2.5});
  const auto cube = io::npz(fixture("compressed.npz"), {}, inflate).read<std::int32_t>("cube");
  CHECK(cube.shape == std::vector<index_t>{2, 3, 4});
  for (int i = 0; i < 24; ++i) CHECK(cube.values[static_cast<std::size_t>(i)] == i);
  const auto zeros = io::npz(fixture("zeros.npz"), {}, inflate).read<float>("x");
  CHECK(zeros.shape == std::vector<index_t>{200, 300});
  CHECK(zeros.values == std::vector<float>(60000));
  for (const char* name : {"streamed.npz", "zip64.npz"})
    for (const char* array : {"a", "b"}) CHECK(io::npz(fixture(name), {}, inflate).read<double>(array).values == x);
}

TEST_CASE("every kind of block that zlib writes is unpacked") {
  const io::npz archive(fixture("blocks.npz"), {}, inflate);
  REQUIRE(archive.names() == std::vector<std::string>{"best", "default", "fixed", "huffman", "level0", "runs"});
  for (const std::string& name : archive.names()) {
    CAPTURE(name);
    const auto table = archive.read<std::int64_t>(name);
    REQUIRE(table.shape == std::vector<index_t>{300, 20});
    for (index_t k = 0; k < 6000; ++k)
      REQUIRE(table.values[static_cast<std::size_t>(k)] == (((k * k) % 251 + (k / 1000) * (k % 7)) & 255));
  }
}

TEST_CASE("without an inflater an archive opens, stored arrays load and compressed ones say what is missing") {
  CHECK(io::npz(fixture("stored.npz")).contains("x"));
  const io::npz archive(fixture("compressed.npz"));
  CHECK(archive.contains("x"));
  CHECK(contains(refusal([&] { archive.read<double>("x"); }),
                 "compressed.npz: member 'x': compressed, so include kindred/interop/zlib.hpp and give the loader "
                 "interop::inflate"));
}

TEST_CASE("checksums are those of zip") {
  const auto sum = [](const std::string& s) {
    io::detail::crc32 c;
    c.add(as_bytes(s).data(), static_cast<index_t>(s.size() / 2));
    c.add(as_bytes(s).data() + s.size() / 2, static_cast<index_t>(s.size() - s.size() / 2));
    return c.value();
  };
  CHECK(sum("123456789") == 0xCBF43926u);  // the check value of the catalogue of CRCs
  CHECK(sum("") == 0);
}

TEST_CASE("an archive that contradicts itself is refused with byte and field") {
  const std::string good = bytes_of(fixture("compressed.npz")), stored = bytes_of(fixture("stored.npz"));
  REQUIRE(refused(good).empty());
  REQUIRE(refused(stored).empty());
  const std::size_t end = good.size() - 22, entry = good.find("PK\1\2"), data = good.find("x.npy") + 5 + 20;
  REQUIRE(entry != std::string::npos);
  CHECK(contains(refused(""), "end record"));
  CHECK(contains(refused(good + "x"), "this is no zip archive"));
  CHECK(contains(refused("x" + good), "directory: is not directly ahead of the end record"));
  CHECK(contains(refused(with(good, end + 4, "\1")), "several disks"));
  CHECK(contains(refused(with(good, end + 8, "\2")), "several disks"));
  CHECK(contains(refused(with(good, end + 8, std::string("\2\0\2\0", 4))), "directory: does not end where"));
  CHECK(contains(refused(with(good, end + 8, std::string("\4\0\4\0", 4))), "more than the directory"));
  CHECK(contains(refused(with(good, entry, "X")), "directory: an entry expected"));
  CHECK(contains(refused(with(good, end + 8, "\xff\xff\xff\xff")), "more than the directory can hold"));
  CHECK(contains(refused(with(good, entry + 8, "\1")), "flags or method contradict the directory"));
  CHECK(contains(refused(with(good, entry + 10, "\x0c")), "flags or method contradict the directory"));
  CHECK(contains(refused(with(good, entry + 10, std::string(1, '\0'))), "size: stored bytes that are packed"));
  CHECK(contains(refused(with(good, entry + 16, "abcd")), "sizes or checksum contradict"));
  CHECK(contains(refused(with(good, entry + 27, "\x7f")), "more than deflate can make"));
  CHECK(contains(refused(with(good, entry + 42, "\1")), "is not where the directory says"));
  CHECK(contains(refused(with(good, entry + 46, "y")), "name: contradicts the directory"));
  CHECK(contains(refused(with(good, entry + 46, "\xff")), "name: contradicts the directory"));
  CHECK(contains(refused(with(good, entry + 50, "z")), "name: contradicts the directory"));
  CHECK(contains(refused(with(good, data + 8, "~~~~")), "member 'x': byte"));
  const std::string wrong = with(stored, stored.find("x.npy") + 5 + 20 + 130, "~");
  CHECK(contains(refused(wrong), "member 'x': byte"));
  CHECK(contains(refused(wrong), "the checksum is wrong"));

  CHECK(contains(refused(good, {.bytes = 500}), "the limit is 500"));
  CHECK(contains(refused(good, {.entries = 2}), "entries: 3, the limit is 2"));
  CHECK(contains(refused(bytes_of(fixture("blocks.npz")), {.bytes = 36000}), "members are larger than the limit"));
  CHECK(contains(refused(good, {.rows = 2}), "the limit is 2"));
}

TEST_CASE("what is no array, folders and comments do not keep an archive from being read") {
  const std::string x = bytes_of(fixture("f8_little_C.npy"));
  const std::string bytes = zip_file({{"meta.json", "{}"},
                                      {"x/", ""},
                                      {"x/a.npy", x},
                                      {"\xff.npy", x},
                                      {"hidden.npy", x, {}, 0x0801},
                                      {"hidden.txt", "x", {}, 0x0801, 99},
                                      {"lzma.npy", x, {}, 0x0800, 14},
                                      {"twice.npy", x},
                                      {"twice.npy", x}},
                                     "the end record PK\5\6 is not here, but follows");
  const io::npz archive(as_bytes(bytes), "memory");
  CHECK(archive.names() == std::vector<std::string>{"hidden", "lzma", "twice", "x/a"});
  CHECK(archive.read<double>("x/a").values.size() == 12);
  CHECK(archive.shape("x/a") == std::vector<index_t>{3, 4});
  CHECK(contains(refusal([&] { archive.read<double>("hidden"); }), "memory: member 'hidden': encrypted"));
  CHECK(contains(refusal([&] { archive.read<double>("lzma"); }), "member 'lzma': packed by a method"));
  CHECK(contains(refusal([&] { archive.read<double>("twice"); }), "member 'twice': the name occurs twice"));
  CHECK(contains(refusal([&] { archive.read<double>("meta.json"); }), "there is no array 'meta.json'"));
  CHECK(contains(refused(bytes + "x"), "this is no zip archive"));
  CHECK(contains(refused(zip_file({{"a.npy", x}}, std::string(70000, 'x'))), "this is no zip archive"));
}

TEST_CASE("every truncation of an archive is refused") {
  for (const char* name : {"stored.npz", "compressed.npz", "zip64.npz"}) {
    const std::string whole = bytes_of(fixture(name));
    for (std::size_t n = 0; n < whole.size(); n += 7) CHECK_FALSE(refused(whole.substr(0, n)).empty());
  }
}

TEST_CASE("a written archive is read back; Python reads it too") {
  const temporary_folder folder;
  write_sample(folder / "sample.npz");
  CHECK(bytes_of(folder / "sample.npz") == bytes_of(fixture("golden_1.npz")));
  context<cpu> ctx;
  const io::npz archive(folder / "sample.npz");
  CHECK(archive.names() == std::vector<std::string>{"empty", "ids", "x", "이름"});
  CHECK(archive.load_matrix<float>(ctx, "x").to_host()[11] == 5.5f);
  CHECK(archive.load_matrix<double>(ctx, "이름").to_host()[5] == 5.0);
  CHECK(archive.load_vector<index_t>(ctx, "ids").to_host()[1] == index_t{1} << 40);
  CHECK(archive.load_matrix<float>(ctx, "empty").cols() == 5);
  io::npz_writer().write(folder / "none.npz");
  CHECK(io::npz(folder / "none.npz").names().empty());
  CHECK(folder.count() == 2);
}
