// SPDX-License-Identifier: Apache-2.0
#include "mutations.hpp"

#include "fuzz/csv.hpp"
#include "fuzz/fvecs.hpp"
#include "fuzz/gzip.hpp"
#include "fuzz/mat.hpp"
#include "fuzz/npy.hpp"
#include "fuzz/npz.hpp"
#include "fuzz/safetensors.hpp"
#include "fuzz/trec.hpp"
#include "fuzz/word_vectors.hpp"

namespace {

/// Both outcomes must be common, else the mutations are too weak or too strong to find anything.
template <class Format>
void damaged_files_load_or_raise_io_error() {
  const auto o = mutations::run<Format>();
  INFO(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 20);
  CHECK(o.refused > 200);
}

}  // namespace

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
