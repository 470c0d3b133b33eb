// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/io/word_vectors.hpp>
#include <kindred/text/corpus.hpp>

namespace kindred::words {

/// How the threads of word2vec share the vectors.
enum class word2vec_mode {
  deterministic,  ///< rounds of parts that start from the same vectors; the same bytes for any number of threads
  hogwild         ///< all threads write into the same vectors without waiting; no two runs on several threads are equal
};

/// What predicts what in word2vec.
enum class word2vec_architecture {
  skip_gram,  ///< each word of the window predicts the centre
  cbow        ///< the mean of the window predicts the centre
};

/// How far training is, for a callback.
struct word2vec_progress {
  index_t pass = 0;        ///< from 0
  index_t words_done = 0;  ///< of all passes, ends of sentences included
  index_t words_total = 0;
  double rate = 0;              ///< learning rate now
  double seconds = 0;           ///< since training began or went on
  double words_per_second = 0;  ///< since then
  double seconds_left = 0;      ///< at that speed
};

/// Word vectors by skip-gram or continuous bag of words with negative sampling.
///
/// For the window c_1 ... c_m around the centre o, with noise words n_1 ... n_k that the whole window shares,
///   skip_gram  loss = - sum_i [log s(u(c_i) . v(o)) + sum_j log s(-u(c_i) . v(n_j))]
///   cbow       loss = - log s(h . v(o)) - sum_j log s(-h . v(n_j)),  h = mean of u(c_i);  u(c_i) -= rate dloss/dh
/// with s(x) = 1 / (1 + exp(-x)). A window is one step: all gradients are taken before it, then rows get their sums. A
/// noise word that is the centre counts nothing. u are the vectors that come out, v are those of the output side.
///
/// - subsampling: an occurrence of a word of share f = count / total stays with probability min(1, (sqrt(f/t) + 1)
///   t/f), t = `sample`, before windows are made, which so close over what went; 0: all stay
/// - radius of a window: uniform in 1 ... `window`, cut at the sentence
/// - noise: words by count^0.75
/// - start: u uniform in (-0.5, 0.5) / dimension, v = 0
/// - learning rate: rate (1 - done / total), at least rate / 10000; done counts words of the corpus and ends of
///   sentences over all passes
///
/// Words that share their noise make a window three small matrix products (scores, and the gradients of both sides),
/// which run in vector registers: AVX-512, AVX2 or SSE2, chosen at run time.
///
/// deterministic: the corpus is cut into parts of `words_per_part` words (to the next end of a sentence); `parts` of
/// them make a round. Each part trains, word after word, on its own copy of the rows it touches; then every row gets
/// the sum of its parts' changes, in the order of the parts. Parts are shared out among the threads.
/// hogwild: threads take parts from a queue and write into the vectors at once. Rows are read and written by vector
/// instructions that the compiler neither splits, repeats nor invents (in assembly on x86-64, relaxed atomics elsewhere
/// and under the thread sanitizer), so the only effect of a collision is that a part of one of two updates is lost. On
/// one thread the bytes are those of every other run on one thread.
///
/// Complexity   O(words * window * (negative + 1) * dimension) per pass. Memory: two matrices of words x dimension
///              (rows rounded up to 16 floats), 8 bytes per word of noise table; deterministic: a copy of the rows that
///              a round touches, about parts * words_per_part * (negative + 2) rows, and 8 bytes per word and thread.
///              The corpus is mapped, not held.
/// Determinism  as said by `mode`; deterministic: the bytes depend on corpus, vocabulary, options and the instruction
///              set. Random numbers are addressed by seed, pass and position in the corpus.
/// Errors       argument_error for options outside their ranges, or whose windows take more than 16 MiB a thread
///              ((2 window + 4) dimension + (2 window + 2)(negative + 12) floats); for an empty vocabulary or corpus, a
///              corpus of another vocabulary; vectors that are not finite any more, as where the rate is too high:
///              looked for in every round.
/// Reference    Mikolov and others 2013 and their word2vec.c, which has the same subsampling, windows, start, decay,
///              direction of prediction and sum over the window in cbow. Differs: noise is shared by the window (as Ji
///              and others 2016; there 5 per pair) and drawn from an alias table; s is exact, not a table cut at 6; the
///              decay goes on with every part; rate, see docs/decisions/0010-word2vec.md.
/// Example      examples/04_word_vectors
struct word2vec {
  index_t dimension = 100;  ///< 1 to 65536
  index_t window = 5;       ///< largest radius, 1 to 1000
  index_t negative = 5;     ///< noise words per window, 1 to 1000
  double sample = 1e-3;     ///< threshold of subsampling, 0 or more
  index_t passes = 5;       ///< over the corpus, 1 to 10^6
  double rate = 0.05;       ///< first learning rate, above 0; word2vec.c has 0.025
  word2vec_mode mode = word2vec_mode::deterministic;
  word2vec_architecture architecture = word2vec_architecture::skip_gram;
  std::uint64_t seed = 1;
  index_t parts = 8;  ///< deterministic: parts of a round, 1 to 1024; more threads than parts have nothing to do
  /// deterministic: 1 to 2^24; 0: 512, or as many fewer (not below 8) as keep the most frequent output row at 3.2 /
  /// rate steps of a round, and that of an average step at 0.8 / rate: where rows take more without the other parts'
  /// changes, vectors get worse, then grow without bound
  index_t words_per_part = 0;

  /// Trains on the threads of `ctx`. `progress`, where given, is called about twice a second and at the end.
  io::word_vectors<float, cpu> train(context<cpu>& ctx, const text::corpus& corpus, const text::vocabulary& words,
                                     const std::function<void(const word2vec_progress&)>& progress = {}) const;
};

}  // namespace kindred::words

#if !defined(KINDRED_COMPILED)
#include <kindred/words/word2vec_training.hpp>  // which brings the bodies of both
#endif
