// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <kindred/core/error.hpp>
#include <kindred/io/npy_impl.hpp>
#include <kindred/io/text_impl.hpp>
#include <kindred/io/word_vectors.hpp>
#include <unordered_set>

namespace kindred::io::detail {

inline constexpr std::size_t longest_word = 4096;

/// A source read in pieces: lines, texts up to a character, bytes.
class buffered_source {
 public:
  explicit buffered_source(byte_source& source) : source_(source) {}

  /// Position of the next byte.
  index_t position() const { return source_.position() - static_cast<index_t>(buffer_.size() - at_); }
  index_t remaining() const { return source_.remaining() + static_cast<index_t>(buffer_.size() - at_); }
  bool at_end() const { return remaining() == 0; }
  /// What stands before the next `end`, which is read too, or before the end of the source; valid until the next call.
  /// At most `most` bytes.
  std::string_view until(char end, std::size_t most) {
    for (std::size_t looked = at_;;) {
      const std::size_t found = buffer_.find(end, looked);
      const std::size_t stop = found == std::string::npos ? buffer_.size() : found;
      expects<io_error>(stop - at_ <= most, "{}: byte {}: more than {} bytes without an end", source_.name(),
                        position(), most);
      if (found != std::string::npos || source_.remaining() == 0) {
        const std::string_view text(buffer_.data() + at_, stop - at_);
        at_ = found == std::string::npos ? stop : stop + 1;
        return text;
      }
      looked = stop - at_;
      more();
    }
  }
  void read(void* to, std::size_t bytes) {
    const std::size_t held = std::min(bytes, buffer_.size() - at_);
    std::copy_n(buffer_.data() + at_, held, static_cast<char*>(to));
    at_ += held;
    if (bytes > held) source_.read(static_cast<char*>(to) + held, static_cast<index_t>(bytes - held));
  }

 private:
  /// Drops what was read and appends a piece of the source.
  void more() {
    buffer_.erase(0, at_);
    at_ = 0;
    const index_t piece = std::min<index_t>(source_.remaining(), 1 << 16);
    const std::size_t held = buffer_.size();
    buffer_.resize(held + static_cast<std::size_t>(piece));
    source_.read(buffer_.data() + held, piece);
  }

  byte_source& source_;
  std::string buffer_;
  std::size_t at_ = 0;
};

/// Takes the words of a file one by one and keeps those that the options let through.
template <class T>
class word_collector {
 public:
  word_collector(const word_vector_options& options, word_table<T>& table) : options_(options), table_(table) {}

  /// False where the word and its numbers are to be passed over. `place` opens the message.
  template <class Place>
  bool take(std::string_view word, Place place) {
    expects<io_error>(!word.empty(), "{}: an empty word", word.empty() ? place() : "");
    expects<io_error>(word.size() <= longest_word, "{}: a word of {} bytes", word.size() > longest_word ? place() : "",
                      word.size());
    if (!valid_utf8(word)) {
      if (options_.not_utf8 == bad_word::refuse)
        expects<io_error>(false, "{}: the word '{}' is not well-formed UTF-8", place(), printable(word));
      return false;
    }
    if (!seen_.emplace(word).second) {
      if (options_.repeated == bad_word::refuse)
        expects<io_error>(false, "{}: the word '{}' stands there twice", place(), printable(word));
      return false;
    }
    const limits& accepted = options_.limits;
    const bool fits =
        static_cast<index_t>(table_.words.size()) < accepted.rows &&
        static_cast<index_t>(table_.values.size()) + table_.cols <= accepted.bytes / static_cast<index_t>(sizeof(T));
    if (!fits) expects<io_error>(false, "{}: more words than the limits allow", place());
    table_.words.emplace_back(word);
    return true;
  }

 private:
  const word_vector_options& options_;
  word_table<T>& table_;
  std::unordered_set<std::string> seen_;
};

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Cuts the last field off `line` and returns it; empty where there is none.
inline std::string_view last_field(std::string_view& line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  std::size_t start = line.size();
  while (start > 0 && !is_blank(line[start - 1])) --start;
  const std::string_view field = line.substr(start);
  line.remove_suffix(field.size());
  return field;
}

/// A count in the head of a file.
inline index_t head_count(std::string_view field, const std::string& name) {
  index_t value = 0;
  const auto [stop, status] = std::from_chars(field.data(), field.data() + field.size(), value);
  expects<io_error>(!field.empty() && stop == field.data() + field.size() && status == std::errc() && value >= 0,
                    "{}: line 1: '{}' is no count; words and numbers per word are wanted", name, printable(field));
  return value;
}

template <class T>
word_table<T> parse_word_vectors(byte_source& source, const word_vector_options& options) {
  const limits& accepted = options.limits;
  const std::string& name = source.name();
  expects<argument_error>(options.format != word_vector_format::array,
                          "read_word_vectors: {}: an array and its words are two files, which are read by name", name);
  const bool headerless = options.format == word_vector_format::headerless,
             binary = options.format == word_vector_format::binary;
  expects<argument_error>(options.dimensions >= 0 && (headerless || options.dimensions == 0),
                          "read_word_vectors: {} dimensions; only a headerless file takes them", options.dimensions);
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  buffered_source in(source);
  expects<io_error>(!in.at_end(), "{}: line 1: the file is empty", name);
  // no line can be longer than its word and its numbers, which are no longer than 1100 characters as double
  const auto longest_line =
      static_cast<std::size_t>(std::min(accepted.bytes, index_t{longest_word} + 1100 * (accepted.dimensions + 1)));

  word_table<T> table;
  index_t count = -1;  // words that the head promises
  if (!headerless) {
    std::string_view line = in.until('\n', 256);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    table.cols = head_count(last_field(line), name);
    count = head_count(last_field(line), name);
    expects<io_error>(last_field(line).empty(), "{}: line 1: more than two counts", name);
    expects<io_error>(table.cols > 0, "{}: line 1: 0 numbers per word", name);
    expects<io_error>(count <= accepted.rows, "{}: line 1: {} words, the limit is {}", name, count, accepted.rows);
  } else {
    table.cols = options.dimensions;
  }
  const auto check_cols = [&] {
    expects<io_error>(table.cols <= accepted.dimensions, "{}: line 1: {} numbers per word, the limit is {}", name,
                      table.cols, accepted.dimensions);
  };
  check_cols();
  if (count >= 0) {
    // a letter, and a blank and a digit per number, and a line end but for the last; or a letter, a blank and floats
    const index_t least = binary ? 2 + 4 * table.cols : 2 + 2 * table.cols;
    expects<io_error>(count <= (in.remaining() + (binary ? 0 : 1)) / least,
                      "{}: line 1: {} words of {} numbers, more than {} bytes can hold", name, count, table.cols,
                      in.remaining());
    expects<io_error>(count == 0 || table.cols <= accepted.bytes / static_cast<index_t>(sizeof(T)) / count,
                      "{}: line 1: {} words of {} numbers, the limit is {} bytes", name, count, table.cols,
                      accepted.bytes);
    table.values.reserve(static_cast<std::size_t>(count * table.cols));
  }

  word_collector<T> collector(options, table);
  std::vector<unsigned char> row(binary ? static_cast<std::size_t>(table.cols) * 4 : 0);
  std::vector<std::string_view> fields;
  for (index_t i = 0; count >= 0 ? i < count : !in.at_end(); ++i) {
    const index_t at = in.position(), line_number = i + (headerless ? 1 : 2);
    const auto place = [&] {
      return binary ? name + ": byte " + std::to_string(at) + ", word " + std::to_string(i + 1)
                    : name + ": line " + std::to_string(line_number);
    };
    if (in.at_end()) expects<io_error>(false, "{}: the file ends, but its head says {} words", place(), count);
    if (binary) {
      std::string_view word = in.until(' ', longest_word + 1);
      if (!word.empty() && word.front() == '\n') word.remove_prefix(1);
      const bool taken = collector.take(word, place);
      if (in.remaining() < static_cast<index_t>(row.size()))
        expects<io_error>(false, "{}: {} bytes are left for {} numbers", place(), in.remaining(), table.cols);
      in.read(row.data(), row.size());
      if (!taken) continue;
      for (index_t c = 0; c < table.cols; ++c) {
        T value{};
        const trouble t = converted(decoded<float>(row.data() + 4 * c, std::endian::native != std::endian::little),
                                    value, accepted.non_finite);
        if (t != trouble::none) expects<io_error>(false, "{}: number {} {}", place(), c + 1, text_of(t));
        table.values.push_back(value);
      }
      continue;
    }
    std::string_view line = in.until('\n', longest_line);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (table.cols == 0) {  // the first line of a headerless file tells the dimensions
      std::string_view rest = line;
      index_t found = -1;
      while (!last_field(rest).empty()) ++found;
      if (found < 1) expects<io_error>(false, "{}: a word and numbers are wanted", place());
      table.cols = found;
      check_cols();
    }
    fields.resize(static_cast<std::size_t>(table.cols));
    for (std::size_t f = fields.size(); f-- > 0;) fields[f] = last_field(line);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) expects<io_error>(false, "{}: a word and {} numbers are wanted", place(), table.cols);
    if (!collector.take(line, place)) continue;
    for (std::size_t f = 0; f < fields.size(); ++f) {
      T value{};
      if (const char* const reason = parsed_number(fields[f], value, accepted.non_finite))
        expects<io_error>(false, "{}: '{}', number {}, {}", place(), printable(fields[f]), f + 1, reason);
      table.values.push_back(value);
    }
  }
  while (!in.at_end()) {
    const index_t at = in.position();
    const std::string_view rest = in.until('\n', longest_line);
    expects<io_error>(rest.empty() || rest == "\r", "{}: byte {}: something follows the {} words of the head", name, at,
                      count);
  }
  return table;
}

/// The name of the words beside an array.
inline std::string words_beside(const std::string& path) {
  expects<argument_error>(path.ends_with(".npy"), "{}: the name of an array of word vectors ends with .npy", path);
  return path.substr(0, path.size() - 4) + ".txt";
}

template <class T>
word_table<T> open_word_vectors(const std::string& path, const word_vector_options& options) {
  if (options.format != word_vector_format::array) {
    byte_source source(path);
    return parse_word_vectors<T>(source, options);
  }
  byte_source source(words_beside(path));
  expects<argument_error>(options.dimensions == 0, "read_word_vectors: {} dimensions beside an array",
                          options.dimensions);
  const npy_array<T> numbers = read_npy<T>(path, options.limits);
  expects<io_error>(numbers.shape.size() == 2 && numbers.shape[1] > 0, "{}: words x numbers wanted, {} axes came", path,
                    numbers.shape.size());
  word_table<T> table;
  table.cols = numbers.shape[1];
  word_collector<T> collector(options, table);
  buffered_source in(source);
  index_t row = 0;
  for (; !in.at_end(); ++row) {
    std::string_view word = in.until('\n', longest_word + 1);
    if (!word.empty() && word.back() == '\r') word.remove_suffix(1);
    expects<io_error>(row < numbers.shape[0], "{}: more words than {} has rows, {}", source.name(), path,
                      numbers.shape[0]);
    const auto place = [&] { return source.name() + ": line " + std::to_string(row + 1); };
    if (!collector.take(word, place)) continue;
    const T* const from = numbers.values.data() + row * table.cols;
    table.values.insert(table.values.end(), from, from + table.cols);
  }
  expects<io_error>(row == numbers.shape[0], "{}: {} words, {} has {} rows", source.name(), row, path,
                    numbers.shape[0]);
  return table;
}

template <class T>
void write_word_vectors(const std::string& path, const std::vector<std::string>& words, const T* data, index_t rows,
                        index_t cols, index_t stride, word_vector_format format) {
  expects(static_cast<index_t>(words.size()) == rows && cols > 0, "save_word_vectors: {} words for {} x {} numbers",
          words.size(), rows, cols);
  const bool array = format == word_vector_format::array, binary = format == word_vector_format::binary;
  atomic_file file(array ? words_beside(path) : path);
  std::string out;
  if (!array && format != word_vector_format::headerless)
    out = std::to_string(rows) + ' ' + std::to_string(cols) + '\n';
  for (index_t r = 0; r < rows; ++r) {
    const std::string& word = words[static_cast<std::size_t>(r)];
    expects<argument_error>(!word.empty() && word.find_first_of(" \t\r\n") == std::string::npos,
                            "save_word_vectors: word {}, '{}', is empty or holds blanks", r, printable(word));
    out += word;
    if (binary) out += ' ';
    for (index_t c = 0; c < cols && !array; ++c) {
      const T number = data[r * stride + c];
      if (binary) {
        auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
        for (int i = 0; i < 4; ++i, bits >>= 8) out += static_cast<char>(bits & 0xFF);
      } else {
        char digits[32];
        out += ' ';
        out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
      }
    }
    out += '\n';
    if (out.size() > 1 << 16) {
      file.write(out);
      out.clear();
    }
  }
  file.write(out);
  file.commit();
  if (array) io::save(path, matrix_view<const T, cpu>(data, rows, cols, stride));
}

}  // namespace kindred::io::detail
