// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/words/analogy_questions.hpp>
#include <kindred/words/detail/text_lines_impl.hpp>

namespace kindred::words {

KINDRED_INLINE analogy_questions read_analogy_questions(io::byte_source& source, const io::limits& accepted) {
  analogy_questions out;
  index_t questions = 0;
  detail::for_each_line(source, accepted, [&](index_t number, std::string_view line) {
    line = detail::without_blanks(line);
    if (line.empty()) return;
    if (line.front() == ':') {
      const std::string_view name = detail::without_blanks(line.substr(1));
      expects<io_error>(!name.empty(), "{}: line {}: a section without a name", source.name(), number);
      out.sections.push_back({std::string(name), {}});
      return;
    }
    std::array<std::string, 4> words;
    std::size_t count = 0;
    while (!line.empty()) {
      const std::string_view word = detail::next_piece(line, " \t");
      if (word.empty()) continue;
      if (count < 4) words[count] = word;
      ++count;
    }
    expects<io_error>(count == 4, "{}: line {}: expected four words, got {}", source.name(), number, count);
    if (out.sections.empty()) out.sections.emplace_back();
    out.sections.back().questions.push_back(std::move(words));
    ++questions;
  });
  expects<io_error>(questions > 0, "{}: no question of four words", source.name());
  return out;
}

KINDRED_INLINE analogy_questions read_analogy_questions(const std::string& path, const io::limits& accepted) {
  io::byte_source source(path);
  return read_analogy_questions(source, accepted);
}

}  // namespace kindred::words
