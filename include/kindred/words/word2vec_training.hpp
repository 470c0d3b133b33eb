// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/safetensors_writer.hpp>
#include <kindred/words/word2vec.hpp>
#include <memory>

namespace kindred::words {

/// The training of a words::word2vec, round by round: to stop, save, and go on later.
///
///     words::word2vec_training training(ctx, {.mode = words::word2vec_mode::hogwild}, corpus, words);
///     while (training.step()) if (time_to_save) training.save("training.safetensors");
///     const auto vectors = training.vectors();
///
/// A training that was saved and loaded again goes on where it was: in deterministic mode the vectors have the bytes of
/// a training that was never stopped, whatever the threads before and after.
///
/// Complexity   a step is one round: parts * words_per_part words in deterministic mode, about a million in hogwild
///              mode.
/// Errors       those of word2vec. Where vectors are not finite any more a step throws argument_error that names the
///              word: in deterministic mode before they change, so that the training can be saved and read as it was;
///              in hogwild mode they are lost, and step() and save() refuse them, so that a file of before stays.
class word2vec_training {
 public:
  /// `ctx`, `corpus` and `words` must outlive the object.
  word2vec_training(context<cpu>& ctx, const word2vec& options, const text::corpus& corpus,
                    const text::vocabulary& words);
  word2vec_training(word2vec_training&&) noexcept;
  word2vec_training& operator=(word2vec_training&&) noexcept;
  ~word2vec_training();

  /// Trains one round; false where there was nothing left to train.
  bool step();
  bool done() const;
  const word2vec& options() const;
  /// The clock runs from the first step of this object on.
  word2vec_progress progress() const;

  /// Words and the vectors u as they are now.
  io::word_vectors<float, cpu> vectors() const;
  /// The vectors v of the output side: words x dimension.
  matrix<float, cpu> output_vectors() const;

  /// Writes a safetensors file with options, position and both matrices; it appears whole or not at all.
  void save(const std::string& path) const;
  /// Goes on with what was saved, on the same corpus and vocabulary.
  /// Errors  io_error that names the file and what in it is missing, malformed or does not fit the corpus;
  ///         argument_error as above.
  static word2vec_training load(context<cpu>& ctx, const std::string& path, const text::corpus& corpus,
                                const text::vocabulary& words, const io::limits& accepted = {});

 private:
  struct state;
  explicit word2vec_training(std::unique_ptr<state> from);
  std::unique_ptr<state> state_;
};

}  // namespace kindred::words

#if !defined(KINDRED_COMPILED)
#include <kindred/words/detail/word2vec_impl.hpp>
#endif
