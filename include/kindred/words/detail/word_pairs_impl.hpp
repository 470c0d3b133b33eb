// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/parsed_number.hpp>
#include <kindred/words/detail/text_lines_impl.hpp>
#include <kindred/words/word_pairs.hpp>

namespace kindred::words {

KINDRED_INLINE std::vector<word_pair> read_word_pairs(io::byte_source& source, const io::limits& accepted) {
  std::vector<word_pair> pairs;
  const char* ends = nullptr;  // what stands between fields, once the first line was seen
  detail::for_each_line(source, accepted, [&](index_t number, std::string_view line) {
    if (detail::without_blanks(line).empty() || line.front() == '#') return;
    const bool first_line = ends == nullptr;
    if (first_line) ends = line.find('\t') == std::string_view::npos ? "," : "\t";
    const auto count = std::count(line.begin(), line.end(), *ends) + 1;
    expects<io_error>(count >= 3, "{}: line {}: expected three fields, got {}", source.name(), number, count);
    std::string_view fields[3];
    for (auto& field : fields) field = detail::without_blanks(detail::next_piece(line, ends));
    double similarity = 0;
    const char* const reason = io::parsed_number(fields[2], similarity, io::non_finite::refuse);
    if (reason != nullptr && first_line) return;  // a header
    if (reason != nullptr)
      expects<io_error>(false, "{}: line {}: '{}' {}", source.name(), number, printable(fields[2], 40), reason);
    expects<io_error>(!fields[0].empty() && !fields[1].empty(), "{}: line {}: an empty word", source.name(), number);
    pairs.push_back({std::string(fields[0]), std::string(fields[1]), similarity});
  });
  expects<io_error>(!pairs.empty(), "{}: no pair of words", source.name());
  return pairs;
}

KINDRED_INLINE std::vector<word_pair> read_word_pairs(const std::string& path, const io::limits& accepted) {
  io::byte_source source(path);
  return read_word_pairs(source, accepted);
}

}  // namespace kindred::words
