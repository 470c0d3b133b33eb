// SPDX-License-Identifier: Apache-2.0
#include "vector_file.hpp"

#include <kindred/interop/lzma.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/unicode/normalize.hpp>

namespace vectors {

kd::io::word_vectors<float, cpu> read_vectors(kd::context<cpu>& ctx, const std::string& path) {
  const kd::io::stream_format formats[] = {kd::interop::gzip_format, kd::interop::xz_format};
  return kd::io::load_word_vectors<float>(
      ctx, path, {.not_utf8 = kd::io::bad_word::skip, .repeated = kd::io::bad_word::skip, .formats = formats});
}

embedding read_embedding(kd::context<cpu>& ctx, const std::string& path) {
  auto read = read_vectors(ctx, path);
  kd::expects<kd::io_error>(!read.words.empty(), "{}: no words", path);
  return {ctx, std::move(read)};
}

std::vector<index_t> rows_of(const embedding& words, const std::vector<std::string>& asked) {
  std::vector<index_t> rows;
  for (const std::string& word : asked) {
    rows.push_back(words.row(kd::unicode::nfc(word)));
    kd::expects<kd::argument_error>(rows.back() >= 0, "the word '{}' is not among the {} words", word, words.size());
  }
  return rows;
}

std::vector<kd::words::word_pair> read_pairs(const std::string& path) {
  auto pairs = kd::words::read_word_pairs(path);
  for (auto& pair : pairs) {
    pair.first = kd::unicode::nfc(pair.first);
    pair.second = kd::unicode::nfc(pair.second);
  }
  return pairs;
}

kd::words::analogy_questions read_questions(const std::string& path) {
  auto questions = kd::words::read_analogy_questions(path);
  for (auto& section : questions.sections)
    for (auto& words : section.questions)
      for (auto& word : words) word = kd::unicode::nfc(word);
  return questions;
}

}  // namespace vectors
