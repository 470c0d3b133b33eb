// SPDX-License-Identifier: Apache-2.0
// plain.mat and compressed.mat are written by SciPy: tests/reference/io_mat.py. tests/interop/matio.cpp compares with
// matio.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/mat.hpp>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;
using kindred::interop::inflate;

namespace {

std::string number(std::uint64_t value, int width, bool big_endian = false) {
  std::string s;
  for (int i = 0; i < width; ++i) s += static_cast<char>(value >> (8 * (big_endian ? width - 1 - i : i)) & 255);
  return s;
}

/// A file with one variable x of class double and type int16: 2 x 3 numbers, column by column.
std::string by_hand(bool big_endian) {
  const auto n = [&](std::uint64_t value, int width) { return number(value, width, big_endian); };
  std::string v = n(6, 4) + n(8, 4) + n(6, 4) + n(0, 4);  // flags: class double
  v += n(5, 4) + n(8, 4) + n(2, 4) + n(3, 4);             // dimensions
  v += n(1, 2) + n(1, 2) + "x" + std::string(3, '\0');    // name, a small element: size and type are both 1
  v += n(3, 4) + n(12, 4);
  for (const int x : {1, 4, 2, 5, 3, 600}) v += n(static_cast<std::uint64_t>(x), 2);
  v += std::string(4, '\0');
  std::string head = "MATLAB 5.0 MAT-file";
  head.resize(124, ' ');
  return head + n(0x0100, 2) + (big_endian ? "MI" : "IM") + n(14, 4) + n(v.size(), 4) + v;
}

std::string refused(const std::string& bytes, const io::limits& accepted = {}) {
  context<cpu> ctx;
  return refusal([&] {
    const io::mat file(as_bytes(bytes), "memory", accepted, inflate);
    for (const std::string& name : file.names()) file.load_matrix<double>(ctx, name);
  });
}

std::string with(std::string bytes, std::size_t at, const std::string& other) {
  return bytes.replace(at, other.size(), other);
}

}  // namespace

TEST_CASE("every class that SciPy writes is read, plain and compressed") {
  context<cpu> ctx;
  for (const char* file_name : {"plain.mat", "compressed.mat"}) {
    CAPTURE(file_name);
    const io::mat file(fixture(file_name), {}, inflate);
    struct kind {
      const char* name;
      double step, start;
    };
    for (const kind k :
         {kind{"int8", 1, -5}, kind{"int16", 1000, -5000}, kind{"int32", 100000, -500000}, kind{"int64", 1e12, -5e12},
          kind{"uint8", 20, 0}, kind{"uint16", 5000, 0}, kind{"uint32", 3e8, 0}, kind{"uint64", 1e15, 0},
          kind{"single", 0.1, -0.5}, kind{"double", 0.1, -0.5}, kind{"logical", 0, 0}}) {
      CAPTURE(k.name);
      const auto m = file.load_matrix<double>(ctx, k.name);
      REQUIRE(m.rows() == 3);
      REQUIRE(m.cols() == 4);
      for (index_t i = 0; i < 12; ++i) {
        double want = static_cast<double>(i) * k.step + k.start;
        if (k.name[0] == 'l') want = i % 3 == 0;
        if (std::strcmp(k.name, "single") == 0) want = static_cast<double>(static_cast<float>(want));
        CHECK(m.view()(i / 4, i % 4) == want);
      }
    }
    CHECK(file.load_vector<kindred::label_t>(ctx, "row").to_host() == std::vector<kindred::label_t>{0, 1, 2, 3, 4});
    CHECK(file.load_vector<float>(ctx, "column").size() == 5);
    CHECK(file.load_matrix<double>(ctx, "number").to_host()[0] == 2.5);
    CHECK(file.load_matrix<double>(ctx, "empty").rows() == 0);
    CHECK(file.shape("cube") == std::vector<index_t>{2, 3, 4});
    const auto large = file.load_matrix<float>(ctx, "large");
    double sum = 0;
    index_t at = 0;
    for (index_t i = 0; i < 12; ++i) {
      sum += static_cast<double>((i * i) % 7);
      for (int repeated = 0; repeated < 100; ++repeated, ++at)
        REQUIRE(large.view()(at / 12, at % 12) == static_cast<float>(sum));
    }
    const auto message = [&](auto load) { return refusal(load); };
    CHECK(contains(message([&] { file.load_matrix<float>(ctx, "complex"); }), "variable 'complex': complex numbers"));
    CHECK(contains(message([&] { file.read<float>("text"); }), "'text': a text (char), expected an array of numbers"));
    CHECK(contains(message([&] { file.read<float>("cell"); }), "'cell': a cell array, expected"));
    CHECK(contains(message([&] { file.load_matrix<float>(ctx, "record"); }), "'record': a structure, expected"));
    const auto cube = file.read<float>("cube");
    CHECK(cube.shape == std::vector<index_t>{2, 3, 4});
    for (std::size_t i = 0; i < 24; ++i) CHECK(cube.values[i] == static_cast<float>(i));
    CHECK(file.read<double>("number").values == std::vector<double>{2.5});
    CHECK(contains(message([&] { file.read_sparse<float>("cube"); }), "a full array, expected a sparse matrix"));
    CHECK(contains(message([&] { file.load_matrix<float>(ctx, "cube"); }), "3 axes, a matrix has 2"));
    CHECK(contains(message([&] { file.load_vector<float>(ctx, "double"); }), "one of length 1"));
    CHECK(contains(message([&] { file.load_matrix<float>(ctx, "absent"); }), "there is no variable 'absent'"));
    CHECK(contains(message([&] { file.load_matrix<float>(ctx, "not_finite"); }), "row 0, column 1 is not finite"));
    CHECK(contains(message([&] { file.load_matrix<std::int32_t>(ctx, "double"); }), "row 0, column 0 is no integer"));
    const io::mat keeping(fixture(file_name), {.non_finite = io::non_finite::keep}, inflate);
    CHECK(std::isnan(keeping.load_vector<float>(ctx, "not_finite").to_host()[1]));
  }
}

TEST_CASE("a file by hand is read in either byte order") {
  context<cpu> ctx;
  for (const bool big_endian : {false, true}) {
    CAPTURE(big_endian);
    const std::string bytes = by_hand(big_endian);
    const io::mat file(as_bytes(bytes), "memory");
    CHECK(file.load_matrix<double>(ctx, "x").to_host() == std::vector<double>{1, 2, 3, 4, 5, 600});
  }
}

TEST_CASE("a file that contradicts itself is refused with byte and field") {
  const std::string good = by_hand(false);
  REQUIRE(refused(good).empty());
  CHECK(contains(refused(""), "0 bytes are too few"));
  CHECK(contains(refused(with(good, 126, "XY")), "endian indicator"));
  CHECK(contains(refused(with(good, 125, "\2")), "7.3, which is HDF5"));
  CHECK(contains(refused(with(good, 125, "\3")), "version: 3 instead of 1"));
  CHECK(contains(refused(with(good, 128, "\7")), "byte 128, element: a variable expected"));
  CHECK(contains(refused(with(good, 132, "\x71")), "byte 128, element: reaches beyond the end"));
  CHECK(contains(refused(good + "more"), "byte 200, element: more than 4 bytes in a small element"));
  CHECK(contains(refused(with(good, 136, "\5")), "array flags"));
  CHECK(contains(refused(with(good, 140, "\4")), "array flags"));
  CHECK(refused(with(good, 152, "\6")).empty());  // miUINT32
  CHECK(contains(refused(with(good, 152, "\4")), "dimensions: 2 to 32 numbers"));
  CHECK(contains(refused(with(good, 156, "\7")), "dimensions: 2 to 32 numbers"));
  CHECK(contains(refused(with(good, 163, "\xff")), "dimensions: a negative length"));
  CHECK(contains(refused(with(good, 160, number(0x7FFFFFFF, 4) + number(0x7FFFFFFF, 4))), "the limit is"));
  CHECK(contains(refused(with(good, 160, "\3")), "numbers: more or fewer than the dimensions say"));
  CHECK(contains(refused(with(good, 168, "\x0e")), "name: up to 256 bytes"));
  CHECK(contains(refused(with(good, 172, "\xff")), "name: not well-formed UTF-8"));
  CHECK(contains(refused(with(good, 176, "\x0b")), "variable 'x': byte 176, numbers: an unknown type"));
  CHECK(contains(refused(with(good, 180, "\x0a")), "numbers: more or fewer"));
  CHECK(contains(refused(good + good.substr(128)), "variable 'x': the name occurs twice"));
  const auto size = static_cast<index_t>(good.size());
  CHECK(contains(refused(good, {.bytes = size - 1}), "the limit is"));
  CHECK(contains(refused(good, {.rows = 1}), "2 rows, the limit is 1"));
  CHECK(contains(refused(good, {.dimensions = 2}), "3 numbers per row, the limit is 2"));
  CHECK(contains(refused(good, {.entries = 0}), "more variables than the limit, 0"));
  for (std::size_t n = 0; n < good.size(); ++n)
    if (n != 128) CHECK_FALSE(refused(good.substr(0, n)).empty());
}

TEST_CASE("a file of version 4 is named") {
  for (const std::size_t more : {0u, 200u})
    CHECK(contains(refused(number(0, 4) + number(1, 4) + number(2, 4) + number(0, 4) + number(2, 4) + "x" +
                           std::string(1 + 16 + more, '\0')),
                   "memory: a .mat file of version 4"));
}

TEST_CASE("sparse matrices are read row by row and with their zeros") {
  context<cpu> ctx;
  const io::mat file(fixture("sparse.mat"), {}, inflate);
  REQUIRE(file.names() == std::vector<std::string>{"column", "flags", "none", "tags"});
  CHECK(file.is_sparse("tags"));
  CHECK(file.shape("tags") == std::vector<index_t>{7, 5});
  const auto full = file.load_matrix<float>(ctx, "tags");
  const auto rows = file.read_sparse<double>("tags");
  CHECK(rows.rows == 7);
  CHECK(rows.cols == 5);
  std::size_t at = 0;
  for (index_t r = 0; r < 7; ++r) {
    CHECK(rows.offsets[static_cast<std::size_t>(r)] == static_cast<index_t>(at));
    for (index_t c = 0; c < 5; ++c) {
      const bool there = (r * 5 + c) % 3 == 0 && r != 4;
      const double value = there ? static_cast<double>(r) - 2.5 * static_cast<double>(c) + 0.25 : 0;
      CHECK(full.view()(r, c) == static_cast<float>(value));
      if (!there) continue;
      REQUIRE(at < rows.values.size());
      CHECK(rows.columns[at] == c);
      CHECK(rows.values[at++] == value);
    }
  }
  CHECK(rows.offsets.back() == static_cast<index_t>(at));
  CHECK(rows.values.size() == at);
  CHECK(file.load_matrix<std::uint8_t>(ctx, "flags").to_host() == std::vector<std::uint8_t>{1, 0, 0, 0, 0, 1});
  CHECK(file.read_sparse<float>("none").values.empty());
  CHECK(file.load_vector<float>(ctx, "column").to_host() == std::vector<float>{0, 0, 3, 0});
  CHECK(contains(refusal([&] { file.read_sparse<std::uint8_t>("tags"); }), "is no integer"));
  const io::mat small(fixture("sparse.mat"), {.bytes = 4000}, inflate);
  CHECK(small.read_sparse<double>("tags").values.size() == at);
}

TEST_CASE("a sparse matrix that contradicts itself is refused") {
  // 3 x 2: 5 in row 0 of column 0, 7 in row 2 of column 1
  std::string v = number(6, 4) + number(8, 4) + number(5, 4) + number(2, 4);
  v += number(5, 4) + number(8, 4) + number(3, 4) + number(2, 4);
  v += number(1, 2) + number(1, 2) + "x" + std::string(3, '\0');
  v += number(5, 4) + number(8, 4) + number(0, 4) + number(2, 4);                                         // at 48
  v += number(5, 4) + number(12, 4) + number(0, 4) + number(1, 4) + number(2, 4) + std::string(4, '\0');  // at 64
  v += number(2, 2) + number(2, 2) + "\5\7" + std::string(2, '\0');                                       // at 88
  std::string head = "MATLAB 5.0 MAT-file";
  head.resize(124, ' ');
  const std::string good = head + number(0x0100, 2) + "IM" + number(14, 4) + number(v.size(), 4) + v;
  constexpr std::size_t at = 136;
  REQUIRE(refused(good).empty());
  context<cpu> ctx;
  CHECK(io::mat(as_bytes(good), "memory").load_matrix<double>(ctx, "x").to_host() ==
        std::vector<double>{5, 0, 0, 0, 0, 7});
  // logical values are bytes, though MATLAB tags them as double
  const std::string logical = with(with(good, at + 8, number(0x205, 4)), at + 80, number(9, 2));
  CHECK(io::mat(as_bytes(logical), "memory").load_matrix<double>(ctx, "x").to_host() ==
        std::vector<double>{5, 0, 0, 0, 0, 7});
  const auto changed = [&](std::size_t where, std::uint64_t value) {
    return refused(with(good, at + where, number(value, 4)));
  };
  CHECK(contains(changed(8, 0x805), "complex numbers"));
  CHECK(contains(changed(40, 7), "rows of the values: numbers of type miINT32 expected"));
  CHECK(contains(changed(48, 3), "expected to ascend in each column, below the number of rows"));
  CHECK(contains(changed(60, 8), "starts of the columns: one more 32-bit number than columns"));
  CHECK(contains(changed(64, 1), "starts of the columns: expected to ascend from 0"));
  CHECK(contains(changed(72, 3), "starts of the columns: expected to ascend from 0"));
  CHECK(contains(changed(68, 3), "starts of the columns: expected to ascend from 0"));
  CHECK(contains(changed(80, 0x00020062), "values: an unknown type"));
  for (std::size_t n = 129; n < good.size(); ++n) CHECK_FALSE(refused(good.substr(0, n)).empty());
}

TEST_CASE("a compressed variable that is damaged is refused") {
  const std::string whole = bytes_of(fixture("compressed.mat"));
  context<cpu> ctx;
  const std::size_t at = 128 + 8;
  CHECK(contains(refused(with(whole, at, "\1")),
                 "byte 128, compressed variable: byte 2 of the compressed data: incorrect header check"));
  const std::size_t stored = static_cast<unsigned char>(whole[132]);
  const std::string wrong = with(whole, at + stored - 1, std::string(1, static_cast<char>(whole[at + stored - 1] ^ 1)));
  const io::mat other(as_bytes(wrong), "memory", {}, inflate);
  int checksums = 0;
  for (const std::string& name : other.names())
    checksums += contains(refusal([&] { other.load_matrix<double>(ctx, name); }), "incorrect data check");
  CHECK(checksums == 1);
  CHECK(contains(refused(whole, {.bytes = 3000}), "size: beyond the limit of bytes"));
}

TEST_CASE("without an inflater plain files are read and compressed ones say what is missing") {
  CHECK(io::mat(fixture("plain.mat")).contains("double"));
  CHECK(contains(
      refusal([&] { io::mat(fixture("compressed.mat")); }),
      "compressed.mat: byte 128, compressed variable: compressed, so include kindred/interop/zlib.hpp and give "
      "the loader interop::inflate"));
}
