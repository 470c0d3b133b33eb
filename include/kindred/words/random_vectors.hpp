// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <span>
#include <string>
#include <string_view>

namespace kindred::words {

/// From where the numbers of random word vectors come.
enum class random_distribution {
  uniform,  ///< U(-0.25, 0.25), as the "rand" and unknown words of Kim 2014
  normal    ///< N(0, 1 / dimension): vectors of length 1 in expectation
};

/// A random vector for each word: the baseline beside which trained vectors have to show what they learned.
///
/// Number j of a word's vector depends on the seed, the bytes of the word, j and, for normal, the dimension, and on
/// nothing else: the same word has the same vector in any vocabulary and at any place in it, and a longer vector begins
/// with the shorter one (for uniform).
///
/// Complexity   O(words * dimension) on the host, and one copy.
/// Determinism  uniform: the same bits everywhere; normal: as random::normal.
/// Errors       argument_error for a dimension below 1.
/// Reference    Kim 2014, "CNN-rand" and words without a vector.
struct random_vectors {
  index_t dimension = 100;
  random_distribution distribution = random_distribution::uniform;
  std::uint64_t seed = 1;

  /// Number j of the vector of `word`.
  double number(std::string_view word, index_t j) const { return number_of(key(word), static_cast<std::uint64_t>(j)); }

  /// One row per word on the device of `ctx`.
  template <Scalar T, Device D>
  matrix<T, D> make(context<D>& ctx, std::span<const std::string> words) const {
    expects<argument_error>(dimension >= 1, "words::random_vectors: dimension is {}", dimension);
    std::vector<T> host;
    host.reserve(words.size() * static_cast<std::size_t>(dimension));
    for (const std::string& word : words) {
      const std::uint64_t of_word = key(word);
      for (index_t j = 0; j < dimension; ++j)
        host.push_back(static_cast<T>(number_of(of_word, static_cast<std::uint64_t>(j))));
    }
    return matrix<T, D>(ctx, static_cast<index_t>(words.size()), dimension, host);
  }

 private:
  std::uint64_t key(std::string_view word) const {
    std::uint64_t k = random::bits(seed, 0, word.size());
    for (const char c : word) k = random::bits(seed, k, static_cast<unsigned char>(c));
    return k;
  }
  double number_of(std::uint64_t of_word, std::uint64_t j) const {
    return distribution == random_distribution::uniform
               ? 0.5 * random::uniform(seed, of_word, j) - 0.25
               : random::normal(seed, of_word, j) / std::sqrt(static_cast<double>(dimension));
  }
};

}  // namespace kindred::words
