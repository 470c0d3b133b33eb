// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/io/csv.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/parsed_number.hpp>
#include <string_view>

namespace kindred::io::detail {

/// Cuts a table into fields and lines and knows where it stands.
class csv_reader {
 public:
  csv_reader(std::string_view text, const std::string& name, char delimiter)
      : text_(text), name_(name), delimiter_(delimiter) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  bool at_end() const { return at_ == text_.size(); }
  /// True where nothing but line ends follows.
  bool only_line_ends() const { return text_.find_first_not_of("\r\n", at_) == std::string_view::npos; }
  bool at_empty_line() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  /// The next field, valid until the next call; `last` says that its line ends with it. The end of the text ends a
  /// line.
  std::string_view field(bool& last) {
    ++column_;
    std::string_view out;
    if (at_ < text_.size() && text_[at_] == '"') {
      unquoted_.clear();
      for (++at_;; ++at_) {
        check(at_ < text_.size(), "the quote does not end");
        if (text_[at_] == '"') {
          if (++at_ == text_.size() || text_[at_] != '"') break;
        } else if (text_[at_] == '\n') {
          ++breaks_;
        }
        unquoted_ += text_[at_];
      }
      out = unquoted_;
    } else {
      const std::size_t start = at_;
      while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r') {
        check(text_[at_] != '"', "a quote inside a field without quotes");
        ++at_;
      }
      out = text_.substr(start, at_ - start);
    }
    last = true;
    if (at_ < text_.size() && text_[at_] == delimiter_) {
      last = false;
      ++at_;
    } else if (at_ < text_.size() && text_[at_] == '\n') {
      ++at_;
    } else if (at_ < text_.size()) {
      check(text_[at_] == '\r', "something follows the closing quote");
      check(at_ + 1 < text_.size() && text_[at_ + 1] == '\n', "a carriage return without a line feed");
      at_ += 2;
    }
    return out;
  }
  /// Call after the last field of a line.
  void next_line() {
    line_ += 1 + breaks_;
    breaks_ = 0;
    column_ = 0;
  }
  void check(bool ok, const char* what) const {
    expects<io_error>(ok, "{}: line {}, column {}: {}", name_, line_, column_, what);
  }
  /// Refuses the field just read.
  [[noreturn]] void refuse(std::string_view field, const char* what) const { throw_io_error(printable(field), what); }

 private:
  [[noreturn]] void throw_io_error(const std::string& shown, const char* what) const {
    raise<io_error>("{}: line {}, column {}: '{}' {}", name_, std::to_string(line_), std::to_string(column_), shown,
                    what);
  }

  std::string_view text_;
  const std::string& name_;
  char delimiter_;
  std::string unquoted_;
  std::size_t at_ = 0;
  index_t line_ = 1, column_ = 0, breaks_ = 0;
};

template <class T>
T csv_number(const csv_reader& reader, std::string_view field, non_finite policy) {
  T to{};
  if (const char* const reason = parsed_number(field, to, policy)) reader.refuse(field, reason);
  return to;
}

KINDRED_INLINE void check_csv_delimiter(char d) {
  const bool letter_or_digit = (d >= 'a' && d <= 'z') || (d >= 'A' && d <= 'Z') || (d >= '0' && d <= '9');
  expects<argument_error>(
      !letter_or_digit && d != '\0' && d != '"' && d != '.' && d != '+' && d != '-' && d != '\n' && d != '\r',
      "csv: '{}' cannot separate fields", std::string(1, d));
}

template <class T>
csv_table<T> parse_csv(byte_source& source, const csv_options& options) {
  const limits& accepted = options.limits;
  check_csv_delimiter(options.delimiter);
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  std::string text(static_cast<std::size_t>(source.remaining()), '\0');
  source.read(text.data(), source.remaining());
  csv_reader reader(text, name, options.delimiter);
  expects<io_error>(!reader.only_line_ends(), "{}: line 1: the file is empty", name);

  csv_table<T> table;
  bool last = false;
  if (options.header) {
    while (!last) {
      table.names.emplace_back(reader.field(last));
      ++table.cols;
      expects<io_error>(table.cols <= accepted.dimensions, "{}: line 1: more than {} columns", name,
                        accepted.dimensions);
    }
    reader.next_line();
  }
  while (!reader.at_end()) {
    if (reader.at_empty_line()) {
      if (reader.only_line_ends()) break;
      reader.check(false, "an empty line");
    }
    index_t cols = 0;
    for (last = false; !last; ++cols) {
      const auto field = reader.field(last);
      if (table.rows > 0 || options.header) {
        reader.check(cols < table.cols, "more fields than in the first line");
      } else {
        reader.check(cols < accepted.dimensions, "more columns than the limit");
      }
      reader.check(static_cast<index_t>(table.values.size()) < accepted.bytes / static_cast<index_t>(sizeof(T)),
                   "more numbers than the limit of bytes");
      table.values.push_back(csv_number<T>(reader, field, accepted.non_finite));
    }
    if (table.rows == 0 && !options.header) table.cols = cols;
    reader.check(cols == table.cols, "fewer fields than in the first line");
    ++table.rows;
    reader.check(table.rows <= accepted.rows, "more rows than the limit");
    reader.next_line();
  }
  return table;
}

template <class T>
void write_csv(atomic_file& file, const T* data, index_t rows, index_t cols, index_t stride,
               const std::vector<std::string>& names, char delimiter) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += delimiter;
    out += '"';
    for (const char c : names[i]) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  if (!names.empty()) out += '\n';
  for (index_t r = 0; r < rows; ++r) {
    for (index_t c = 0; c < cols; ++c) {
      if (c > 0) out += delimiter;
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, data[r * stride + c]).ptr;
      out.append(digits, end);
    }
    out += '\n';
    if (out.size() > 1 << 16) {
      file.write(out);
      out.clear();
    }
  }
  file.write(out);
}

}  // namespace kindred::io::detail
