// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/fbin.hpp>
#include <kindred/io/fvecs.hpp>
#include <limits>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;

namespace {

/// The little-endian bytes of a number.
template <class T>
std::string bytes(T value) {
  std::string s(sizeof value, '\0');
  std::memcpy(s.data(), &value, sizeof value);
  return s;
}

std::string int_bytes(std::initializer_list<std::int32_t> values) {
  std::string s;
  for (const auto v : values) s += bytes(v);
  return s;
}

template <class F>
std::string refused(const std::string& file, F load, const io::limits& accepted = {}) {
  return refusal([&] {
    io::byte_source source(as_bytes(file), "memory");
    load(source, accepted);
  });
}

}  // namespace

TEST_CASE("every row brings its dimension and its numbers") {
  context<cpu> ctx;
  const std::string ints = int_bytes({3, 1, -2, 3, 3, 4, 5, 2147483647});
  io::byte_source ivecs(as_bytes(ints), "memory");
  const auto i = io::load_ivecs<index_t>(ctx, ivecs);
  REQUIRE(i.rows() == 2);
  CHECK(i.to_host() == std::vector<index_t>{1, -2, 3, 4, 5, 2147483647});

  const std::string floats = bytes(std::int32_t{2}) + bytes(0.5f) + bytes(-1e30f);
  io::byte_source fvecs(as_bytes(floats), "memory");
  CHECK(io::load_fvecs(ctx, fvecs).to_host() == std::vector<float>{0.5f, -1e30f});

  const std::string padded = bytes(std::int32_t{1}) + "\xff" + bytes(std::int32_t{1}) + "\x01";
  io::byte_source bvecs(as_bytes(padded), "memory");
  CHECK(io::load_bvecs<float>(ctx, bvecs).to_host() == std::vector<float>{255, 1});
}

TEST_CASE("fbin, ibin, u8bin and i8bin hold a shape and then all rows") {
  context<cpu> ctx;
  const auto of = [&](const std::string& file, auto load) {
    io::byte_source source(as_bytes(file), "memory");
    return load(source);
  };
  const std::string shape = int_bytes({2, 3}), ids = int_bytes({5, 0, 1, 2, 2147483647, 4});
  std::string floats = shape;
  for (const float f : {0.5f, -1e30f, 2.0f, 3.0f, 4.0f, 5.0f}) floats += bytes(f);
  const auto m = of(floats, [&](io::byte_source& s) { return io::load_fbin(ctx, s); });
  CHECK(m.rows() == 2);
  CHECK(m.cols() == 3);
  CHECK(m.to_host() == std::vector<float>{0.5f, -1e30f, 2, 3, 4, 5});
  const std::vector<index_t> expected{5, 0, 1, 2, 2147483647, 4};
  for (const std::string& distances : {std::string(), std::string(24, 'x')})
    CHECK(of(shape + ids + distances, [&](io::byte_source& s) { return io::load_ibin<index_t>(ctx, s); }).to_host() ==
          expected);
  const std::string small = shape + "\1\2\xff\4\5\6";
  CHECK(of(small, [&](io::byte_source& s) { return io::load_u8bin(ctx, s); }).to_host()[2] == 255);
  CHECK(of(small, [&](io::byte_source& s) { return io::load_i8bin(ctx, s); }).to_host()[2] == -1);

  const auto fbin = [&](io::byte_source& s, const io::limits& l) { io::load_fbin(ctx, s, l); };
  CHECK(contains(refused("1234567", fbin), "7 bytes are too few"));
  CHECK(contains(refused(int_bytes({1, 0}), fbin), "dimension: 0"));
  CHECK(contains(refused(floats + "x", fbin), "2 x 3 values take 24 bytes, 25 are there"));
  CHECK(contains(refused(shape + ids + std::string(24, 'x'), fbin), "2 x 3 values take 24 bytes, 48 are there"));
  CHECK(contains(refused(int_bytes({-1, -1}), fbin), "beyond 64 bits"));
  CHECK(contains(refused(floats, fbin, {.rows = 1}), "2 rows, the limit is 1"));
  CHECK(contains(refused(floats, [&](io::byte_source& s, const io::limits& l) { io::load_fvecs(ctx, s, l); }),
                 "2 numbers make rows of 12 bytes, which 32 bytes are no multiple of; as .fbin it holds 2 x 3 values"));
}

TEST_CASE("a row that breaks the shape or holds a number the type cannot is refused with its place") {
  context<cpu> ctx;
  const auto ivecs = [&](io::byte_source& s, const io::limits& l) { io::load_ivecs(ctx, s, l); };
  const auto narrow = [&](io::byte_source& s, const io::limits& l) { io::load_ivecs<std::uint8_t>(ctx, s, l); };
  const auto fvecs = [&](io::byte_source& s, const io::limits& l) { io::load_fvecs(ctx, s, l); };
  const std::string good = int_bytes({2, 5, 6, 2, 7, 300});
  CHECK(refused(good, ivecs).empty());
  CHECK(contains(refused("", ivecs), "0 bytes are too few"));
  CHECK(contains(refused(int_bytes({0}), ivecs), "dimension: 0 is not positive"));
  CHECK(contains(refused(int_bytes({-1, 2}), ivecs), "dimension: -1 is not positive"));
  CHECK(contains(refused(int_bytes({2147483647, 2}), ivecs), "rows of 8589934592 bytes"));
  CHECK(contains(refused(good + "x", ivecs), "25 bytes are no multiple"));
  CHECK(contains(refused(good.substr(0, 20), ivecs), "no multiple"));
  CHECK(contains(refused(int_bytes({2, 5, 6, 1, 7, 8}), ivecs), "byte 12, dimension: 1 in row 1, but 2 in the first"));
  CHECK(contains(refused(good, narrow), "byte 20: row 1, column 1 does not fit"));
  const std::string nan = bytes(std::int32_t{1}) + bytes(std::numeric_limits<float>::quiet_NaN());
  CHECK(contains(refused(nan, fvecs), "byte 4: row 0, column 0 is not finite"));
  CHECK(refused(nan, fvecs, {.non_finite = io::non_finite::keep}).empty());
  CHECK(contains(refused(good, ivecs, {.rows = 1}), "2 rows, the limit is 1"));
  CHECK(contains(refused(good, ivecs, {.dimensions = 1}), "2 numbers per row, the limit is 1"));
  CHECK(contains(refused(good, ivecs, {.bytes = 23}), "24 bytes, the limit is 23"));
  CHECK(contains(refusal([&] { io::load_fvecs(ctx, "no/such.fvecs"); }), "No such file"));
}

TEST_CASE("what is saved is read back, with the bytes of the format") {
  context<cpu> ctx;
  const temporary_folder folder;
  std::vector<float> numbers(7 * 5);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i) / 3;
  const kindred::matrix<float, cpu> m(ctx, 7, 5, numbers);
  io::save_fvecs(folder / "m.fvecs", m);
  CHECK(io::load_fvecs(ctx, folder / "m.fvecs").to_host() == numbers);
  io::save_fvecs(folder / "part.fvecs", m.view().middle_cols(1, 2));
  CHECK(io::load_fvecs<double>(ctx, folder / "part.fvecs").to_host()[13] == static_cast<double>(numbers[32]));
  const kindred::matrix<std::int32_t, cpu> ids(ctx, 2, 2, std::vector<std::int32_t>{5, 6, 7, -300});
  io::save_ivecs(folder / "i.ivecs", ids);
  CHECK(bytes_of(folder / "i.ivecs") == int_bytes({2, 5, 6, 2, 7, -300}));
  CHECK_THROWS_AS(io::save_ivecs(folder / "none.ivecs", ids.view().middle_rows(0, 0)), kindred::shape_error);
  CHECK(folder.count() == 3);
}
