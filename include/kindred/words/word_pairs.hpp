// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <string>
#include <vector>

namespace kindred::words {

/// Two words and how similar people find them.
struct word_pair {
  std::string first, second;
  double similarity;
};

/// Reads WordSim-353, SimLex-999 and their like: a line "word, word, number" per pair, further fields ignored. Fields
/// are separated by tabs where the first line holds one, else by commas, and hold none; blanks around them do not
/// count. A first line whose third field is no number is a header; lines that begin with # are comments. Empty lines,
/// CRLF and a byte order mark are tolerated.
///
/// Complexity   O(bytes); holds the file and its words at once.
/// Errors       io_error that names file and line: fewer than three fields, an empty word, a third field that is no
///              finite number, bytes that are not UTF-8; a file without a pair; limits exceeded (rows are lines).
/// Reference    Finkelstein et al. 2002.
std::vector<word_pair> read_word_pairs(io::byte_source& source, const io::limits& accepted = {});
std::vector<word_pair> read_word_pairs(const std::string& path, const io::limits& accepted = {});

}  // namespace kindred::words

#if !defined(KINDRED_COMPILED)
#include <kindred/words/detail/word_pairs_impl.hpp>
#endif
