// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/config.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <string>
#include <vector>

namespace kindred::words {

/// Questions "a is to b as c is to what", with their answers, in named sections.
struct analogy_questions {
  struct section {
    std::string name;
    std::vector<std::array<std::string, 4>> questions;  ///< a, b, c and the answer d
  };
  std::vector<section> sections;  ///< in the order of the file
};

/// Reads questions-words.txt of word2vec and its like: a line ": name" opens a section, every other line holds four
/// words between blanks or tabs. Questions before the first such line form a section without a name. Empty lines, CRLF
/// and a byte order mark are tolerated. Words are taken as they are: case is not folded.
///
/// Complexity   O(bytes); holds the file and its words at once.
/// Errors       io_error that names file and line: other than four words, a section without a name, bytes that are not
///              UTF-8; a file without a question; limits exceeded (rows are lines).
/// Reference    Mikolov et al. 2013, word2vec's compute-accuracy.
analogy_questions read_analogy_questions(io::byte_source& source, const io::limits& accepted = {});
analogy_questions read_analogy_questions(const std::string& path, const io::limits& accepted = {});

}  // namespace kindred::words

#if !defined(KINDRED_COMPILED)
#include <kindred/words/detail/analogy_questions_impl.hpp>
#endif
