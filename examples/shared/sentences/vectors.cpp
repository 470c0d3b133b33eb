// SPDX-License-Identifier: Apache-2.0
// Word vectors trained here, by skip-gram on the training texts.
#include <kindred/backend/cpu.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/words/word2vec.hpp>

#include "passing_file.hpp"
#include "words.hpp"

namespace sentence {

namespace words = kindred::words;
namespace text = kindred::text;

word_table trained_vectors(const std::vector<std::string>& texts, const std::vector<index_t>& rows,
                           const tokenizer& cut, const training_settings& how,
                           const std::function<void(index_t, index_t)>& told) {
  const text::vocabulary words = known_words(texts, rows, cut, nullptr, how);
  const passing_file file;
  text::corpus_writer writer(file.path(), words);
  for (const index_t r : rows) writer.add(texts[static_cast<std::size_t>(r)], cut);
  writer.commit();
  const text::corpus corpus(file.path());
  kindred::context<kindred::cpu> ctx(how.threads);
  const words::word2vec training{
      .dimension = how.dimension, .sample = how.vector_sample, .passes = how.vector_passes, .seed = how.seed};
  auto made = training.train(ctx, corpus, words, [&](const words::word2vec_progress& p) {
    if (told) told(p.words_done, p.words_total);
  });
  return {std::move(made.words), made.vectors.cols(), made.vectors.to_host()};
}

}  // namespace sentence
