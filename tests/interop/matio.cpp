// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/interop/matio.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/mat.hpp>

#include "io/files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;
using kindred::interop::load_mat;

namespace {

/// Writes 40 x 30 doubles, column by column, by matio.
std::vector<double> write_by_matio(const std::string& path, mat_ft version, matio_compression compression) {
  std::vector<double> columns(1200), rows(1200);
  for (std::size_t i = 0; i < 1200; ++i) {
    columns[i] = std::floor(kindred::random::uniform(3, 4, i) * 64) / 8;
    rows[i % 40 * 30 + i / 40] = columns[i];
  }
  std::size_t dims[] = {40, 30};
  mat_t* const file = Mat_CreateVer(path.c_str(), nullptr, version);
  REQUIRE(file);
  matvar_t* const x = Mat_VarCreate("x", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, columns.data(), 0);
  REQUIRE(Mat_VarWrite(file, x, compression) == 0);
  Mat_VarFree(x);
  REQUIRE(Mat_Close(file) == 0);
  return rows;
}

}  // namespace

TEST_CASE("what matio writes is read by matio and by io::mat alike") {
  context<cpu> ctx;
  const temporary_folder folder;
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    const auto rows = write_by_matio(folder / "x.mat", MAT_FT_MAT5, compression);
    CHECK(io::mat(folder / "x.mat", {}, kindred::interop::inflate).load_matrix<double>(ctx, "x").to_host() == rows);
    CHECK(load_mat<double>(ctx, folder / "x.mat", "x").to_host() == rows);
  }
  const auto rows = write_by_matio(folder / "old.mat", MAT_FT_MAT4, MAT_COMPRESSION_NONE);
  CHECK(load_mat<float>(ctx, folder / "old.mat", "x").to_host().back() == static_cast<float>(rows[1199]));
  CHECK(contains(refusal([&] { io::mat(folder / "old.mat"); }), "a .mat file of version 4"));
}

TEST_CASE("matio and io::mat read the same from SciPy's files") {
  context<cpu> ctx;
  for (const char* name : {"plain.mat", "compressed.mat"}) {
    const io::mat file(fixture(name), {}, kindred::interop::inflate);
    for (const char* variable : {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "single",
                                 "double", "logical", "row", "column", "number", "empty", "large"}) {
      CAPTURE(variable);
      const auto m = load_mat<double>(ctx, fixture(name), variable);
      CHECK(m.rows() == file.shape(variable)[0]);
      CHECK(m.cols() == file.shape(variable)[1]);
      CHECK(m.to_host() == file.load_matrix<double>(ctx, variable).to_host());
    }
  }
}

TEST_CASE("what is no matrix of numbers within the limits is refused with file and variable") {
  context<cpu> ctx;
  const std::string path = fixture("compressed.mat");
  const auto message = [&](const char* variable, const io::limits& accepted = {}) {
    return refusal([&] { load_mat<float>(ctx, path, variable, accepted); });
  };
  CHECK(contains(message("absent"), "variable 'absent': there is no such variable"));
  CHECK(contains(message("cube"), "3 axes, a matrix has 2"));
  CHECK(contains(message("complex"), "complex numbers"));
  for (const auto& [variable, what] :
       {std::pair{"text", "a text (char)"}, {"cell", "a cell array"}, {"record", "a structure"}})
    CHECK(contains(message(variable), std::string(what) + ", expected an array of numbers"));
  CHECK(contains(message("not_finite"), "row 0, column 1 is not finite"));
  CHECK(message("not_finite", {.non_finite = io::non_finite::keep}).empty());
  CHECK(contains(message("double", {.rows = 2}), "3 rows, the limit is 2"));
  CHECK(contains(message("double", {.bytes = 100}), "the limit is 100"));
  CHECK(contains(message("large", {.bytes = 3000}), "the limit is 3000 bytes"));
  CHECK(contains(refusal([&] { load_mat<float>(ctx, "absent.mat", "x"); }), "No such file"));
  CHECK(contains(refusal([&] { load_mat<float>(ctx, fixture("half.npy"), "x"); }), "half.npy: "));
  // dimensions that only the file claims: 30000 x 30000 in 12 KB
  const temporary_folder folder;
  std::string huge = bytes_of(fixture("plain.mat"));
  const std::string lengths("\3\0\0\0\4\0\0\0", 8), claimed("\x30\x75\0\0\x30\x75\0\0", 8);
  huge.replace(huge.rfind(lengths, huge.find("double")), 8, claimed);
  write_bytes(folder / "huge.mat", huge);
  CHECK(contains(refusal([&] { load_mat<float>(ctx, folder / "huge.mat", "double"); }),
                 "more than 12160 bytes can hold"));
}
