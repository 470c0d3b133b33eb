// SPDX-License-Identifier: Apache-2.0
#include "io/mutations.hpp"

#include "fuzz/byte_pair_encoding.hpp"
#include "fuzz/corpus.hpp"
#include "fuzz/vocabulary.hpp"
#include "fuzz/word2vec.hpp"

namespace {

template <class Format>
void damaged_files_load_or_raise_io_error() {
  const auto o = mutations::run<Format>();
  INFO(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 20);
  CHECK(o.refused > 200);
}

}  // namespace

TEST_CASE("damaged vocabularies load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::vocabulary>();
}
TEST_CASE("damaged byte pair encodings load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::byte_pair_encoding>();
}
TEST_CASE("damaged corpora load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::corpus>();
}
TEST_CASE("damaged states of word2vec load or raise io_error, nothing else") {
  damaged_files_load_or_raise_io_error<fuzz::word2vec>();
}
