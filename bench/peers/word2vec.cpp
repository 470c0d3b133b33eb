// SPDX-License-Identifier: Apache-2.0
// Word vectors beside gensim: see bench/peers/word2vec.py, which runs this program.
//
//   word2vec encode TEXT FOLDER            tokens between blanks, a sentence a line: vocabulary and corpus, at least 5
//                                          times
//   word2vec MODE FOLDER RATE PASSES OUT   MODE hogwild or deterministic, two threads; prints seconds of training, MiB
//                                          at most
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/line_reader.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/text/whitespace.hpp>
#include <kindred/words/word2vec.hpp>
#include <string>

namespace kd = kindred;

int main(int argc, char** argv) {
  if (argc < 4) return std::puts("word2vec encode TEXT FOLDER | word2vec MODE FOLDER RATE PASSES OUT"), 2;
  const std::string what = argv[1];
  if (what == "encode") {
    const kd::text::whitespace blanks;
    kd::text::word_counts counts;
    kd::io::line_reader first(argv[2]);
    for (std::string_view line; first.next(line);) counts.add(line, blanks);
    const kd::text::vocabulary words(counts, {.fewest = 5});
    words.save(std::string(argv[3]) + "/words");
    kd::text::corpus_writer writer(std::string(argv[3]) + "/ids", words);
    kd::io::line_reader second(argv[2]);
    for (std::string_view line; second.next(line);) writer.add(line, blanks);
    writer.commit();
    std::printf("%lld\n", static_cast<long long>(counts.total()));
    return 0;
  }
  if (argc != 6) return 2;
  const std::string folder = argv[2];
  const auto words = kd::text::vocabulary::load(folder + "/words");
  const kd::text::corpus corpus(folder + "/ids");
  kd::context<kd::cpu> ctx(2);
  const kd::words::word2vec options{
      .sample = 1e-4,
      .passes = std::atoi(argv[4]),
      .rate = std::atof(argv[3]),
      .mode = what == "hogwild" ? kd::words::word2vec_mode::hogwild : kd::words::word2vec_mode::deterministic};
  double seconds = 0;
  const auto vectors =
      options.train(ctx, corpus, words, [&](const kd::words::word2vec_progress& p) { seconds = p.seconds; });
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("%.3f %ld\n", seconds, used.ru_maxrss / 1024);
  if (std::string(argv[5]) != "-") kd::io::save_word_vectors(argv[5], vectors.words, vectors.vectors);
  return 0;
}
