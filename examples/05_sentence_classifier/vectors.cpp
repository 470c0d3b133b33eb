// SPDX-License-Identifier: Apache-2.0
// Word vectors trained here, by skip-gram on the training texts.
#include <unistd.h>

#include <filesystem>
#include <kindred/backend/cpu.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/text/word2vec.hpp>
#include <progress.hpp>

#include "words.hpp"

namespace sentence {

namespace {

namespace text = kindred::text;
namespace fs = std::filesystem;

/// A file that is gone when the object is.
struct passing_file {
  std::string path =
      (fs::temp_directory_path() / ("sentence_classifier." + std::to_string(::getpid()) + ".ids")).string();
  passing_file() = default;
  passing_file(const passing_file&) = delete;
  passing_file& operator=(const passing_file&) = delete;
  ~passing_file() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

word_table trained_vectors(const labelled_texts& data, const std::vector<index_t>& rows, const tokenizer& cut,
                           const settings& how) {
  const text::vocabulary words = known_words(data, rows, cut, nullptr, how);
  const passing_file file;
  text::corpus_writer writer(file.path, words);
  for (const index_t r : rows) writer.add(data.texts[static_cast<std::size_t>(r)], cut);
  writer.commit();
  const text::corpus corpus(file.path);
  kindred::context<kindred::cpu> ctx(how.threads);
  const text::word2vec training{
      .dimension = how.dimension, .sample = 1e-4, .passes = how.vector_passes, .seed = how.seed};
  constexpr long steps = 1000;
  presentation::progress told("word vectors", steps);
  long done = 0;
  auto made = training.train(ctx, corpus, words, [&](const text::word2vec_progress& p) {
    for (; done < p.words_done * steps / p.words_total; ++done) told.step("pass " + std::to_string(p.pass + 1));
  });
  return {std::move(made.words), made.vectors.cols(), made.vectors.to_host()};
}

}  // namespace sentence
