// SPDX-License-Identifier: Apache-2.0
#include "mutations.hpp"

#include <zlib.h>

#include "files.hpp"
#include "fuzz/csv.hpp"
#include "fuzz/fvecs.hpp"
#include "fuzz/gzip.hpp"
#include "fuzz/mat.hpp"
#include "fuzz/npy.hpp"
#include "fuzz/npz.hpp"
#include "fuzz/safetensors.hpp"
#include "fuzz/trec.hpp"
#include "fuzz/word_vectors.hpp"
#include "zip_file.hpp"

namespace {

/// Both outcomes must be common, else the mutations are too weak or too strong to find anything.
template <class Format>
void damaged_files_load_or_raise_io_error() {
  const auto o = mutations::run<Format>();
  INFO(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 20);
  CHECK(o.refused > 200);
}

/// `head` and then zeros, deflated, with the head and checksum of zlib or without; the checksum of zip.
std::string deflated(const std::string& head, std::size_t zeros, int bits, std::uint32_t& crc) {
  const std::string bytes = head + std::string(zeros, '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  crc = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  return out;
}

}  // namespace

TEST_CASE("a compressed part that is larger than its head says is refused before it is unpacked") {
  constexpr std::size_t zeros = std::size_t(1) << 24;
  using kindred::io_error;
  std::uint32_t crc = 0;
  std::string head = bytes_of(fixture("number.npy"));
  const std::string packed = deflated(head, zeros, -15, crc);
  const std::string npz = zip_file({{"a.npy", "", packed, 0x0800, 8, head.size() + zeros, crc}});
  std::string message;
  const auto in_npz = [&] {
    message =
        refusal([&] { kindred::io::npz(as_bytes(npz), "memory", {}, kindred::interop::inflate).read<float>("a"); });
  };
  CHECK(allocations::peak_of(in_npz) < 1 << 18);
  CHECK(contains(message, "member 'a': byte 128, data: type and shape ask for"));

  // flags, 1 x 1, name x, numbers of type double, as a full and as a sparse matrix
  const auto n = [](std::uint64_t value, int width = 4) {
    std::string s;
    for (int i = 0; i < width; ++i) s += static_cast<char>(value >> (8 * i) & 255);
    return s;
  };
  for (const bool sparse : {false, true}) {
    std::string inside =
        n(6) + n(8) + n(sparse ? 5 : 6) + n(0) + n(5) + n(8) + n(1) + n(1) + n(1, 2) + n(1, 2) + "x" + n(0, 3);
    inside += n(sparse ? 5 : 9) + n(zeros);
    inside = n(14) + n(inside.size() + zeros) + inside;
    const std::string variable = deflated(inside, zeros, 15, crc);
    std::string mat = "MATLAB 5.0 MAT-file";
    mat.resize(124, ' ');
    mat += n(0x0100, 2) + "IM" + n(15) + n(variable.size()) + variable;
    const auto in_mat = [&] {
      message =
          refusal([&] { kindred::io::mat(as_bytes(mat), "memory", {}, kindred::interop::inflate).read<float>("x"); });
    };
    CHECK(allocations::peak_of(in_mat) < 1 << 16);
    CHECK(
        contains(message, sparse ? "more than the dimensions have" : "numbers: more or fewer than the dimensions say"));
  }
}

TEST_CASE("damaged npy files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::npy>();
}
TEST_CASE("damaged csv files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::csv>();
}
TEST_CASE("damaged safetensors files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::safetensors>();
}
TEST_CASE("damaged fvecs, ivecs and bvecs files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::fvecs>();
}
TEST_CASE("damaged TREC files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::trec>();
}
TEST_CASE("damaged npz files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::npz>();
}
TEST_CASE("damaged word vectors load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::word_vectors>();
}
TEST_CASE("damaged MATLAB files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::mat>();
}
TEST_CASE("damaged gzip files load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::gzip>();
}
