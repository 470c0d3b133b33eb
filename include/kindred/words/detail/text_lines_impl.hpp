// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/core/utf8.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::words::detail {

/// Calls visit(line number from 1, line) for each line of a UTF-8 file, without line ends and byte order mark.
template <class Visit>
void for_each_line(io::byte_source& source, const io::limits& accepted, Visit visit) {
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  std::string content(static_cast<std::size_t>(source.remaining()), '\0');
  source.read(content.data(), source.remaining());
  std::string_view rest = content;
  if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  for (index_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    expects<io_error>(number <= accepted.rows, "{}: line {}: more lines than the limit", name, number);
    expects<io_error>(valid_utf8(line), "{}: line {} is not UTF-8", name, number);
    visit(number, line);
  }
}

/// The next piece of `line` before one of `ends`, and the line shortened by both.
inline std::string_view next_piece(std::string_view& line, const char* ends) {
  const std::size_t end = std::min(line.find_first_of(ends), line.size());
  const std::string_view piece = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return piece;
}

/// `s` without blanks and tabs around it.
inline std::string_view without_blanks(std::string_view s) {
  const std::size_t begin = s.find_first_not_of(" \t"), end = s.find_last_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : s.substr(begin, end - begin + 1);
}

}  // namespace kindred::words::detail
