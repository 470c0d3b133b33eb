// SPDX-License-Identifier: Apache-2.0
/// @file
/// Words with a vector each, in the files of word2vec and GloVe.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <string_view>

namespace kindred::io {

/// How words and numbers lie in the file.
enum class word_vector_format : std::uint8_t {
  text,        ///< word2vec -binary 0: a line "words numbers", then a line per word; fastText's .vec
  binary,      ///< word2vec -binary 1: such a line, then per word its bytes, a blank, little-endian floats
  headerless,  ///< GloVe: a line per word and nothing else
  array,       ///< FILE.npy, words x numbers, and beside it FILE.txt, a word a line
};

/// What the name of a file says: binary for .bin, array for .npy, else text.
inline word_vector_format word_vector_format_of(std::string_view path) {
  return path.ends_with(".bin")   ? word_vector_format::binary
         : path.ends_with(".npy") ? word_vector_format::array
                                  : word_vector_format::text;
}

/// What happens to a word that should not be there, and its vector.
enum class bad_word : bool { refuse, skip };

/// How a file of word vectors is read.
struct word_vector_options {
  word_vector_format format = word_vector_format::text;
  index_t dimensions = 0;  ///< numbers per word of a headerless file; 0: the fields of its first line but one
  bad_word not_utf8 = bad_word::refuse;  ///< words that are not well-formed UTF-8
  bad_word repeated = bad_word::refuse;  ///< words that came before: the first one stays
  io::limits limits{};                   ///< rows are words
};

/// Words and their vectors on the host, row by row in the order of the file.
template <Scalar T>
struct word_table {
  std::vector<std::string> words;
  index_t cols = 0;
  std::vector<T> values;
};

/// Words and their vectors: row i of `vectors` belongs to words[i].
template <Scalar T, Device D>
struct word_vectors {
  std::vector<std::string> words;
  matrix<T, D> vectors;
};

namespace detail {
template <class T>
word_table<T> parse_word_vectors(byte_source& source, const word_vector_options& options);
template <class T>
word_table<T> open_word_vectors(const std::string& path, const word_vector_options& options);
template <class T>
void write_word_vectors(const std::string& path, const std::vector<std::string>& words, const T* data, index_t rows,
                        index_t cols, index_t stride, word_vector_format format);
}  // namespace detail

/// The words and vectors in `source`. In text a word is what stands before the last `dimensions` fields of its line, so it
/// may hold blanks, as some of GloVe do; in binary it ends at the first blank. Numbers are converted as in npy.hpp and csv.hpp.
///
/// Complexity   O(bytes); holds words, numbers and one line at a time.
/// Determinism  the same words and numbers on every machine and in every locale.
/// Errors       io_error that names file, and line or byte: an empty file; a head that is not two counts, or counts that the
///              file cannot hold; fewer or more words than the head says; lines with too few fields; words that are empty,
///              longer than 4096 bytes, or refused by the options; numbers that are none or not finite; limits exceeded.
///              argument_error for negative dimensions, or dimensions beside a head; for an array, which is two files, from a
///              byte_source or by a name that does not end with .npy.
/// Reference    word2vec.c (Mikolov and others, 2013); GloVe (Pennington and others, 2014). Differs: word2vec's own reader
///              cuts long words and trusts the head.
template <Scalar T>
word_table<T> read_word_vectors(byte_source& source, const word_vector_options& options = {}) {
  return detail::parse_word_vectors<T>(source, options);
}
/// Those in the file `path`.
template <Scalar T>
word_table<T> read_word_vectors(const std::string& path, const word_vector_options& options = {}) {
  return detail::open_word_vectors<T>(path, options);
}

/// The words of the file `path`, and their vectors on the device of `ctx`.
template <Scalar T, Device D>
word_vectors<T, D> load_word_vectors(context<D>& ctx, const std::string& path,
                                     const word_vector_options& options = {}) {
  auto table = read_word_vectors<T>(path, options);
  const auto rows = static_cast<index_t>(table.words.size());
  return {std::move(table.words), matrix<T, D>(ctx, rows, table.cols, table.values)};
}

/// Writes words and their vectors in host memory. In text and in an array every number reads back as the same number;
/// binary holds floats. Each file appears whole or not at all; of an array the words come first.
///
/// Errors  shape_error for other than one word per row; argument_error for words that are empty or hold blanks or line
///         ends, an array whose name does not end with .npy; io_error where writing fails.
template <class T, HostDevice D>
requires Scalar<std::remove_const_t<T>>
void save_word_vectors(const std::string& path, const std::vector<std::string>& words, matrix_view<T, D> vectors,
                       word_vector_format format = word_vector_format::text) {
  detail::write_word_vectors<std::remove_const_t<T>>(path, words, vectors.data(), vectors.rows(), vectors.cols(),
                                                     vectors.stride(), format);
}
/// From a matrix of any device; waits for it.
template <Scalar T, Device D>
void save_word_vectors(const std::string& path, const std::vector<std::string>& words, const matrix<T, D>& vectors,
                       word_vector_format format = word_vector_format::text) {
  const auto host = vectors.to_host();
  detail::write_word_vectors<T>(path, words, host.data(), vectors.rows(), vectors.cols(), vectors.cols(), format);
}

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/word_vectors_impl.hpp>
#endif
