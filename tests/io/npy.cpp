// SPDX-License-Identifier: Apache-2.0
// Fixtures in tests/data/io are written by NumPy: tests/reference/io_npy.py.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/npy.hpp>
#include <limits>
#include <string>
#include <vector>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;

namespace {

/// A .npy file of version 1.0 with this header text.
std::string npy(const std::string& header, const std::string& data) {
  std::string s("\x93NUMPY\x01\x00", 8);
  s += static_cast<char>(header.size() & 255);
  s += static_cast<char>(header.size() >> 8);
  return s + header + data;
}

template <class T = double>
io::npy_array<T> parsed(const std::string& bytes, const io::limits& accepted = {}) {
  io::byte_source source(as_bytes(bytes), "memory");
  return io::read_npy<T>(source, accepted);
}

std::string refused(const std::string& bytes, const io::limits& accepted = {}) {
  return refusal([&] { parsed(bytes, accepted); });
}

}  // namespace

TEST_CASE("every element type, byte order and layout that NumPy writes is read") {
  struct kind {
    const char* name;
    double step, start;
  };
  for (const kind k : {kind{"i1", 1, -5}, kind{"i2", 1000, -5000}, kind{"i4", 100000, -500000}, kind{"i8", 1e12, -5e12},
                       kind{"u1", 20, 0}, kind{"u2", 5000, 0}, kind{"u4", 3e8, 0}, kind{"u8", 1e15, 0},
                       kind{"f2", 0.25, -1.25}, kind{"f4", 0.1, -0.5}, kind{"f8", 0.1, -0.5}, kind{"b1", 0, 0}})
    for (const char* order : {"little", "big"})
      for (const char* layout : {"C", "F"}) {
        const std::string name = std::string(k.name) + "_" + order + "_" + layout + ".npy";
        CAPTURE(name);
        const auto a = io::read_npy<double>(fixture(name));
        REQUIRE(a.shape == std::vector<index_t>{3, 4});
        for (int i = 0; i < 12; ++i) {
          double want = i * k.step + k.start;
          if (k.name[0] == 'b') want = i % 3 == 0;
          if (std::strcmp(k.name, "f4") == 0) want = static_cast<double>(static_cast<float>(want));
          CHECK(a.values[static_cast<std::size_t>(i)] == want);
        }
      }
}

TEST_CASE("numbers keep their value in every type that can hold them") {
  CHECK(io::read_npy<std::int64_t>(fixture("u8_big_F.npy")).values[11] == 11000000000000000);
  CHECK(io::read_npy<std::int32_t>(fixture("i4_big_C.npy")).values[0] == -500000);
  CHECK(io::read_npy<std::uint8_t>(fixture("u1_little_C.npy")).values[11] == 220);
  CHECK(io::read_npy<std::uint8_t>(fixture("b1_little_F.npy")).values[3] == 1);
  CHECK(io::read_npy<std::int64_t>(fixture("large.npy")).values[2] == 9007199254740993);
  CHECK(io::read_npy<float>(fixture("f8_little_C.npy")).values[1] == static_cast<float>(0.1 - 0.5));
}

TEST_CASE("a number that the wanted type cannot hold is refused with its place") {
  const auto message = [](auto load) { return refusal(load); };
  const auto large = message([] { io::read_npy<std::int32_t>(fixture("large.npy")); });
  CHECK(contains(large, "element (1) does not fit"));
  CHECK(contains(large, "byte 136"));
  CHECK(contains(large, "large.npy"));
  CHECK(contains(message([] { io::read_npy<std::uint8_t>(fixture("i1_little_C.npy")); }),
                 "row 0, column 0 does not fit"));
  CHECK(contains(message([] { io::read_npy<std::uint8_t>(fixture("u2_big_F.npy")); }), "row 1, column 0 does not fit"));
  CHECK(
      contains(message([] { io::read_npy<std::int32_t>(fixture("fraction.npy")); }), "row 0, column 1 is no integer"));
  CHECK(contains(message([] { io::read_npy<float>(fixture("huge.npy")); }), "element (0) does not fit"));
  CHECK(contains(
      message([] { io::read_npy<std::int32_t>(fixture("not_finite.npy"), {.non_finite = io::non_finite::keep}); }),
      "row 1, column 0 is not finite"));
  // 2^63 and -2^63 stand at the very edge of 64 bits
  const auto edge = [](double x) {
    std::string data(8, '\0');
    std::memcpy(data.data(), &x, 8);
    return npy("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", data);
  };
  CHECK(parsed<std::int64_t>(edge(-0x1.0p63)).values[0] == std::numeric_limits<std::int64_t>::min());
  CHECK_THROWS_AS(parsed<std::int64_t>(edge(0x1.0p63)), kindred::io_error);
  CHECK(parsed<std::uint8_t>(edge(255)).values[0] == 255);
  CHECK_THROWS_AS(parsed<std::uint8_t>(edge(256)), kindred::io_error);
  CHECK_THROWS_AS(parsed<std::uint8_t>(edge(-1)), kindred::io_error);
}

TEST_CASE("NaN and infinities are refused unless they are asked for") {
  const auto message = refusal([] { io::read_npy<float>(fixture("not_finite.npy")); });
  CHECK(contains(message, "row 1, column 0 is not finite"));
  const auto a = io::read_npy<double>(fixture("not_finite.npy"), {.non_finite = io::non_finite::keep});
  CHECK(a.values[1] == 2);
  CHECK(std::isnan(a.values[2]));
  CHECK(a.values[4] == std::numeric_limits<double>::infinity());
  CHECK(a.values[5] == -std::numeric_limits<double>::infinity());
}

TEST_CASE("half precision is widened without rounding") {
  const auto a = io::read_npy<float>(fixture("half.npy"), {.non_finite = io::non_finite::keep}).values;
  REQUIRE(a.size() == 11);
  const float want[] = {0, -0.0f, 0x1.0p-24f, 1023 * 0x1.0p-24f, 0x1.0p-14f, 1, 65504, -65504};
  for (std::size_t i = 0; i < 8; ++i) CHECK(a[i] == want[i]);
  CHECK(std::signbit(a[1]));
  CHECK(a[8] == std::numeric_limits<float>::infinity());
  CHECK(a[9] == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(a[10]));
}

TEST_CASE("versions 1, 2 and 3 hold the same array") {
  for (const char* name : {"version_1.npy", "version_2.npy", "version_3.npy"}) {
    CAPTURE(name);
    const auto a = io::read_npy<double>(fixture(name));
    REQUIRE(a.values.size() == 12);
    CHECK(a.values[11] == 5.5);
  }
  std::string later = bytes_of(fixture("version_1.npy"));
  later[6] = 4;
  CHECK(contains(refused(later), "byte 6, version"));
  later[6] = 1;
  later[7] = 1;
  CHECK(contains(refused(later), "byte 6, version"));
}

TEST_CASE("any number of axes, none among them") {
  CHECK(io::read_npy<double>(fixture("number.npy")).shape.empty());
  CHECK(io::read_npy<double>(fixture("number.npy")).values == std::vector<double>{2.5});
  CHECK(io::read_npy<float>(fixture("no_rows.npy")).shape == std::vector<index_t>{0, 3});
  CHECK(io::read_npy<float>(fixture("no_columns.npy")).shape == std::vector<index_t>{3, 0});
  const auto cube = io::read_npy<std::int32_t>(fixture("cube_F.npy"));
  REQUIRE(cube.shape == std::vector<index_t>{2, 3, 4});
  for (int i = 0; i < 24; ++i) CHECK(cube.values[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("matrices, vectors, sequences and pictures come with their shapes") {
  context<cpu> ctx;
  const auto m = io::load_matrix<float>(ctx, fixture("f8_big_F.npy"));
  CHECK(m.rows() == 3);
  CHECK(m.cols() == 4);
  CHECK(m.view()(2, 1) == static_cast<float>(9 * 0.1 - 0.5));
  CHECK(io::load_matrix<float>(ctx, fixture("no_rows.npy")).rows() == 0);
  CHECK(io::load_matrix<float>(ctx, fixture("no_columns.npy")).rows() == 3);
  CHECK(io::load_vector<kindred::label_t>(ctx, fixture("vector.npy")).to_host() ==
        std::vector<kindred::label_t>{0, 1, 2, 3, 4});
  CHECK(io::load_vector<kindred::label_t>(ctx, fixture("column.npy")).size() == 5);
  CHECK(contains(refusal([&] { io::load_matrix<float>(ctx, fixture("vector.npy")); }), "1 axes, a matrix has 2"));
  CHECK(contains(refusal([&] { io::load_matrix<float>(ctx, fixture("number.npy")); }), "0 axes"));
  CHECK(contains(refusal([&] { io::load_vector<float>(ctx, fixture("version_1.npy")); }), "a vector has 1"));

  const auto pictures = io::load_pictures<float>(ctx, fixture("pictures.npy"));
  const auto p = pictures.view();
  CHECK(p.items == 2);
  CHECK(p.height == 3);
  CHECK(p.longest == 12);
  CHECK(p.values.cols() == 2);
  CHECK(p.values(p.begin(1) + 5, 1) == 24 + 5 * 2 + 1);
  const auto grey = io::load_pictures<std::uint8_t>(ctx, fixture("cube_F.npy"));
  CHECK(grey.view().values.cols() == 1);
  CHECK(grey.view().values(23, 0) == 23);
  CHECK_THROWS_AS(io::load_pictures<float>(ctx, fixture("version_1.npy")), kindred::io_error);
}

TEST_CASE("sequences are values with offsets, or of one length without") {
  context<cpu> ctx;
  const temporary_folder folder;
  write_bytes(folder / "values.npy", bytes_of(fixture("version_1.npy")));
  const auto offsets = [&](std::vector<index_t> o) {
    io::save(folder / "offsets.npy",
             kindred::vector_view<const index_t, cpu>(o.data(), static_cast<index_t>(o.size())));
  };
  const auto load = [&] { return io::load_sequences<float>(ctx, folder / "."); };
  CHECK(contains(refusal(load), "expected 3 for sequences"));
  offsets({0, 2, 2, 3});
  const auto b = load();
  CHECK(b.items() == 3);
  CHECK(b.view().longest == 2);
  CHECK(b.view().begin(2) == 2);
  CHECK(b.view().values(2, 3) == 5.5f);
  offsets({1, 3});
  CHECK(contains(refusal(load), "must start at 0"));
  offsets({0, 2, 1, 3});
  CHECK(contains(refusal(load), "offset 2 is 1, smaller"));
  offsets({0, 2});
  CHECK(contains(refusal(load), "the last offset is 2, but there are 3 rows"));
  offsets({});
  CHECK(contains(refusal(load), "must start at 0"));
  std::filesystem::remove(folder / "offsets.npy");
  write_bytes(folder / "values.npy", bytes_of(fixture("cube_F.npy")));
  const auto equal = load();
  CHECK(equal.items() == 2);
  CHECK(equal.view().longest == 3);
  CHECK(equal.view().values(5, 3) == 23);
}

TEST_CASE_TEMPLATE("what is saved is read back, bit by bit", T, float, double, std::int32_t, std::int64_t,
                   std::uint8_t) {
  const temporary_folder folder;
  context<cpu> ctx;
  for (const index_t rows : {0, 1, 33})
    for (const index_t cols : {0, 1, 31, 32}) {
      std::vector<T> host(static_cast<std::size_t>(rows * cols));
      for (std::size_t i = 0; i < host.size(); ++i)
        host[i] = static_cast<T>(kindred::random::bits(1, 2, i) % 200) / static_cast<T>(3);
      const kindred::matrix<T, cpu> m(ctx, rows, cols, host);
      io::save(folder / "m.npy", m);
      const auto back = io::load_matrix<T>(ctx, folder / "m.npy");
      REQUIRE(back.rows() == rows);
      REQUIRE(back.cols() == cols);
      CHECK(back.to_host() == host);
      CHECK(bytes_of(folder / "m.npy").size() % 64 == host.size() * sizeof(T) % 64);
      if (cols > 2) {  // a strided view
        io::save(folder / "part.npy", m.view().middle_cols(1, 2));
        const auto part = io::load_matrix<T>(ctx, folder / "part.npy");
        CHECK(part.cols() == 2);
        if (rows > 0) CHECK(part.view()(rows - 1, 1) == m.view()(rows - 1, 2));
      }
    }
  CHECK(folder.count() == 2);
}

TEST_CASE("a saved file is byte for byte NumPy's") {
  const temporary_folder folder;
  context<cpu> ctx;
  io::save(folder / "m.npy", io::load_matrix<double>(ctx, fixture("f8_little_C.npy")));
  CHECK(bytes_of(folder / "m.npy") == bytes_of(fixture("f8_little_C.npy")));
  io::save(folder / "v.npy", io::load_vector<std::int32_t>(ctx, fixture("vector.npy")));
  CHECK(bytes_of(folder / "v.npy") == bytes_of(fixture("vector.npy")));
}

TEST_CASE("a file that cannot be read or written is an error with the system's reason") {
  const temporary_folder folder;
  context<cpu> ctx;
  const auto load = [&](const std::string& path) { return refusal([&] { io::load_matrix<float>(ctx, path); }); };
  CHECK(contains(load(folder / "absent.npy"), "No such file"));
  CHECK(contains(load(folder / "absent.npy"), "absent.npy"));
  CHECK(contains(load(folder / "."), "it is a directory"));
  CHECK(contains(load("/dev/null"), "not a regular file"));
  CHECK(contains(load(std::string("a\0b", 3)), "zero byte"));
  write_bytes(folder / "empty.npy", "");
  CHECK(contains(load(folder / "empty.npy"), "byte 0, magic"));

  const float one = 1;
  const kindred::matrix_view<const float, cpu> m(&one, 1, 1);
  CHECK(contains(refusal([&] { io::save(folder / "no/such/folder.npy", m); }), "No such file"));
  CHECK(contains(refusal([&] { io::save(folder / ".", m); }), "is a directory"));
  {  // a file would take the place of the pipe
    const temporary_folder other;
    REQUIRE(::mkfifo((other / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink(other / "pipe", other / "to_pipe");
    for (const char* const name : {"pipe", "to_pipe"}) {
      CHECK(contains(refusal([&] { io::save(other / name, m); }), "is a device, pipe or socket"));
      CHECK(std::filesystem::is_fifo(other / name));
    }
    CHECK(other.count() == 2);
  }
  {
    io::atomic_file file(folder / "empty.npy");
    file.write("never finished");
    CHECK(folder.count() == 2);
  }
  CHECK(folder.count() == 1);
  CHECK(bytes_of(folder / "empty.npy").empty());
}

TEST_CASE("types that hold no plain numbers are refused by name") {
  CHECK(contains(refusal([] { io::read_npy<float>(fixture("object.npy")); }), "objects are refused"));
  CHECK(contains(refusal([] { io::read_npy<float>(fixture("complex.npy")); }), "'<c16' is none of"));
  CHECK(contains(refusal([] { io::read_npy<float>(fixture("text.npy")); }), "'<U1' is none of"));
  CHECK(contains(refusal([] { io::read_npy<float>(fixture("record.npy")); }), "records are not supported"));
}

TEST_CASE("a header that is not exactly a header is refused with field and offset") {
  const std::string good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", data(8, '\0');
  CHECK(parsed(npy(good, data)).values[0] == 0);
  CHECK(parsed(npy(good + "   \n", data)).values[0] == 0);
  CHECK(parsed(npy("{\"shape\":(1L,),'fortran_order':True,'descr':'=f8'}", data)).values[0] == 0);
  struct bad {
    const char *header, *message;
  };
  for (const bad b : {
           bad{"", "'{' expected"},
           bad{"{}", "descr: is missing"},
           bad{"{'descr': '<f8', 'fortran_order': False}", "shape: is missing"},
           bad{"{'descr': '<f8', 'shape': (1,)}", "fortran_order: is missing"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", "'}' expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", "something follows"},
           bad{"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", "descr: occurs twice"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown key"},
           bad{"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "True or False expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (1)}", "expected a tuple"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': 1}", "'(' expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "a length expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,)}", "')' expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (,)}", "a length expected"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,)}", "beyond 64 bits"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "beyond 64 bits"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", "beyond 64 bits"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296)}", "beyond 64 bits"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", "ask for 16 bytes, 8 are there"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': (0,)}", "ask for 0 bytes, 8 are there"},
           bad{"{'descr': '<f8', 'fortran_order': False, 'shape': ("
               "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}",
               "more than 32 axes"},
           bad{"{'descr': 'f8', 'fortran_order': False, 'shape': (1,)}", "with its byte order"},
           bad{"{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}", "the byte order is missing"},
           bad{"{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}", "'<f3' is none of"},
           bad{"{'descr': '', 'fortran_order': False, 'shape': (1,)}", "'' is none of"},
           bad{"{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}", "is none of"},
           bad{"{'descr': '<f\\8', 'fortran_order': False, 'shape': (1,)}", "escapes"},
           bad{"{'descr': '<f8", "the string does not end"},
           bad{"{descr: '<f8'}", "a quoted string expected"},
       }) {
    CAPTURE(b.header);
    const std::string message = refused(npy(b.header, data));
    CAPTURE(message);
    CHECK(contains(message, b.message));
    CHECK(contains(message, "memory: byte "));
  }
  CHECK(contains(refused(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}", "\x02")),
                 "neither true nor false"));
  std::string longer = npy(good, data);
  longer[9] = 1;
  CHECK(contains(refused(longer), "byte 8, header length"));
  CHECK(contains(refused("XNUMPY\x01..........."), "byte 0, magic"));
}

TEST_CASE("every truncation and every surplus byte is refused") {
  for (const char* name : {"f4_little_C.npy", "version_2.npy", "cube_F.npy", "b1_big_F.npy"}) {
    const std::string whole = bytes_of(fixture(name));
    CHECK(refused(whole).empty());
    for (std::size_t n = 0; n < whole.size(); ++n) CHECK_FALSE(refused(whole.substr(0, n)).empty());
    CHECK(contains(refused(whole + '\0'), "data: type and shape ask for"));
  }
}

TEST_CASE("arrays that numpy.save appended to a file are named") {
  const std::string array = bytes_of(fixture("f4_little_C.npy"));
  CHECK(contains(refused(array + array), "a second array follows; expected one array in the file"));
  const temporary_folder folder;
  write_bytes(folder / "two.npy", array + array);
  CHECK(contains(refusal([&] { io::read_npy<float>(folder / "two.npy"); }),
                 "two.npy: byte " + std::to_string(array.size()) + ": a second array follows"));
}

TEST_CASE("limits hold for each call") {
  const std::string file = bytes_of(fixture("u1_little_C.npy"));  // 3 x 4 bytes
  CHECK(refused(file, {.bytes = 140, .rows = 3, .dimensions = 4}).empty());
  CHECK(contains(refused(file, {.rows = 2}), "3 rows, the limit is 2"));
  CHECK(contains(refused(file, {.dimensions = 3}), "4 numbers per row, the limit is 3"));
  CHECK(contains(refused(file, {.bytes = 100}), "140 bytes, the limit is 100"));
  const std::string bools = npy("{'descr': '|b1', 'fortran_order': False, 'shape': (500,)}", std::string(500, '\1'));
  CHECK(contains(refused(bools, {.bytes = 3999}), "500 numbers of 8 bytes, the limit is 3999 bytes"));
  CHECK(refused(bools, {.bytes = 4000}).empty());
}
