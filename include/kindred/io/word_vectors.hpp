// SPDX-License-Identifier: Apache-2.0
/// @file
/// Words with a vector each, in the files of word2vec, fastText (.vec) and GloVe.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/byte_stream.hpp>
#include <kindred/io/limits.hpp>
#include <string_view>

namespace kindred::io {

/// How words and numbers lie in the file.
enum class word_vector_format : std::uint8_t {
  automatic,   ///< one of those below, found out from the name (.npy) and the first two lines; for reading only
  text,        ///< word2vec -binary 0: a line "words numbers", then a line per word; fastText's .vec
  binary,      ///< word2vec -binary 1: such a line, then per word its bytes, a blank, little-endian floats
  headerless,  ///< GloVe: a line per word and nothing else
  array,       ///< FILE.npy, words x numbers, and beside it FILE.txt, a word a line
};

/// The format to write a file of this name in: binary for .bin, array for .npy, else text.
inline word_vector_format word_vector_format_of(std::string_view path) {
  return path.ends_with(".bin")   ? word_vector_format::binary
         : path.ends_with(".npy") ? word_vector_format::array
                                  : word_vector_format::text;
}

/// What happens to a word that should not be there, and its vector.
enum class bad_word : bool { refuse, skip };

/// How a file of word vectors is read.
struct word_vector_options {
  word_vector_format format = word_vector_format::automatic;
  index_t dimensions = 0;                    ///< numbers per word; 0: what the head, or else the first line, has
  bad_word not_utf8 = bad_word::refuse;      ///< words that are not well-formed UTF-8
  bad_word repeated = bad_word::refuse;      ///< words that came before: the first one stays
  io::limits limits{};                       ///< rows are words
  index_t most_words = 0;                    ///< only the first words of the file, skipped ones counted; 0: all
  std::span<const stream_format> formats{};  ///< how compressed files are unpacked, as of line_reader
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

/// Reads the words and vectors in `source`. In text the last fields of a line are the vector and what precedes them is
/// the word, so that it may hold blanks, as some of GloVe do; in binary it ends at the first blank. A byte order mark
/// is dropped; lines may end with CRLF, in binary files too. Numbers are converted as in npy.hpp and csv.hpp.
///
///     const auto table = io::read_word_vectors<float>("glove.6B.300d.txt", {.most_words = 50000});
///     const io::stream_format formats[] = {interop::gzip_format};
///     const auto news = io::read_word_vectors<float>("GoogleNews-vectors-negative300.bin.gz", {.formats = formats});
///
/// automatic takes a first line of two counts for a head. A file that looks like another format than `format` is
/// refused with the name of that format, and so are models of fastText (.bin), archives and pickles.
///
/// Complexity   O(bytes read); holds words, numbers and one line at a time.
/// Determinism  the same words and numbers on every machine and in every locale.
/// Errors       io_error that names file, and line or byte: an empty file; another format; a head that is not two
///              counts, or counts that the file cannot hold, or other dimensions than expected; fewer or more words
///              than the head says; lines with too few fields; words that are empty, longer than 4096 bytes, or refused
///              by the options; a word whose part after a blank is a number, unless `dimensions` is given; numbers that
///              are none or not finite; limits exceeded; as open_stream. argument_error for negative options; for an
///              array, which is two files, from a byte_source or by a name that does not end with .npy.
/// Reference    word2vec.c (Mikolov and others, 2013); GloVe (Pennington and others, 2014); most_words is gensim's
///              limit. Differs: word2vec's own reader cuts long words and trusts the head.
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
/// Errors  before anything is written: shape_error for other than one word per row or rows without values;
///         argument_error for what no reader takes: words that are empty, longer than 4096 bytes, not well-formed
///         UTF-8, that occur twice, hold blanks or line ends; a file without a head whose first word begins with a byte
///         order mark; values that are not finite (as float in binary); word_vector_format::automatic; an array whose
///         name does not end with .npy. io_error where writing fails.
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
#include <kindred/io/detail/word_vectors_impl.hpp>
#endif
