// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/word_vectors.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/text/word_ids.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::words {

/// Words with a vector of length 1 each, and the way from a word to its row: what nearest_words(), analogies and word
/// similarities work on.
///
/// unit(i, .) = vectors(i, .) / |vectors(i, .)|; a row of zeros stays zero, so its cosine with everything is 0
///
/// Row i belongs to word(i). Files of word2vec hold the most frequent words first, so the first n rows are the n most
/// frequent words.
///
/// Complexity   O(words * dimensions) to make, one copy of the vectors; row() O(bytes of the word) expected.
/// Determinism  as op::normalize_rows.
/// Errors       shape_error for other than one row per word; argument_error for a word that is there twice or empty,
///              and for NaN or infinity in the vector of a word (the word is named).
template <Scalar T, Device D>
class word_embedding {
 public:
  static constexpr index_t unknown = -1;  ///< what row() gives for a word that is not there

  word_embedding(context<D>& ctx, const std::vector<std::string>& words, const_matrix<T, D> vectors)
      : unit_(ctx, vectors.rows(), vectors.cols(), uninitialized) {
    const auto count = static_cast<index_t>(words.size());
    expects(count == vectors.rows(), "words::word_embedding: {} words but {} vectors", count, vectors.rows());
    words_.reserve(words.size());
    for (index_t i = 0; i < count; ++i) {
      const std::string& added = words[static_cast<std::size_t>(i)];
      expects<argument_error>(!added.empty(), "words::word_embedding: word {} is empty", i);
      expects<argument_error>(words_.add(added) == i, "words::word_embedding: the word '{}' is there twice", added);
    }
    const index_t bad = op::first_non_finite_row<T>(ctx, vectors);
    expects<argument_error>(bad < 0, "words::word_embedding: the vector of '{}' holds NaN or infinity",
                            bad < 0 ? std::string() : word(bad));
    op::normalize_rows<D, T>(ctx, vectors, unit_.view());
  }
  word_embedding(context<D>& ctx, const io::word_vectors<T, D>& from) : word_embedding(ctx, from.words, from.vectors) {}

  index_t size() const { return words_.size(); }
  /// Numbers of a vector.
  index_t dimension() const { return unit_.cols(); }
  const std::vector<std::string>& words() const { return words_.words(); }
  const std::string& word(index_t row) const { return words()[static_cast<std::size_t>(row)]; }
  /// The row of a word, or `unknown`.
  index_t row(std::string_view word) const { return words_.find(word); }
  /// size() x dimension(), rows of length 1 or 0.
  matrix_view<const T, D> unit() const KINDRED_LIFETIMEBOUND { return unit_.view(); }

 private:
  text::word_ids words_;
  matrix<T, D> unit_;
};

}  // namespace kindred::words
