// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <kindred/core/error.hpp>
#include <kindred/io/detail/byte_stream_impl.hpp>
#include <kindred/io/detail/npy_impl.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/parsed_number.hpp>
#include <kindred/io/word_vectors.hpp>
#include <limits>
#include <unordered_set>

namespace kindred::io::detail {

inline constexpr std::size_t longest_word = 4096;

/// A source as a stream.
class borrowed_stream final : public byte_stream {
 public:
  explicit borrowed_stream(byte_source& source) : source_(source) {}
  index_t read(void* to, index_t most) override {
    const index_t here = std::min(most, source_.remaining());
    source_.read(to, here);
    return here;
  }
  const std::string& name() const override { return source_.name(); }
  index_t position() const override { return source_.position(); }
  index_t remaining() const override { return source_.remaining(); }

 private:
  byte_source& source_;
};

/// A stream read in pieces: lines, texts up to a character, bytes.
class buffered_source {
 public:
  /// `most`: bytes of the stream altogether.
  buffered_source(byte_stream& source, index_t most) : source_(source), most_(most) {
    expects<io_error>(source.remaining() <= most, "{}: {} bytes, the limit is {}", source.name(), source.remaining(),
                      most);
  }

  const std::string& name() const { return source_.name(); }
  /// Position of the next byte.
  index_t position() const { return taken_ + static_cast<index_t>(at_); }
  /// Bytes that are left; -1 where nobody knows.
  index_t remaining() const {
    const index_t rest = source_.remaining();
    return rest < 0 ? -1 : rest + static_cast<index_t>(buffer_.size() - at_);
  }
  bool at_end() { return ahead(1).empty(); }
  /// The next `bytes` bytes, or all that are left where there are fewer, which stay to be read; valid until the next
  /// call.
  std::string_view ahead(std::size_t bytes) {
    while (buffer_.size() - at_ < bytes && more()) {
    }
    return std::string_view(buffer_).substr(at_, bytes);
  }
  void skip(std::size_t bytes) { at_ += bytes; }
  /// What stands before the next `end`, which is read too, or before the end of the source; valid until the next call.
  /// At most `most` bytes.
  std::string_view until(char end, std::size_t most) {
    for (std::size_t looked = 0;;) {
      const std::size_t found = buffer_.find(end, at_ + looked);
      const std::size_t stop = found == std::string::npos ? buffer_.size() : found;
      expects<io_error>(stop - at_ <= most, "{}: byte {}: more than {} bytes without an end", name(), position(), most);
      looked = stop - at_;
      if (found != std::string::npos || !more()) {
        const std::string_view text(buffer_.data() + at_, looked);
        at_ += looked + (found == std::string::npos ? 0 : 1);
        return text;
      }
    }
  }
  /// Reads bytes; false where fewer are left.
  bool read(void* to, std::size_t bytes) {
    const std::string_view next = ahead(bytes);
    if (next.size() < bytes) return false;
    std::copy(next.begin(), next.end(), static_cast<char*>(to));
    at_ += bytes;
    return true;
  }

 private:
  /// Drops what was read and appends a piece of the stream; false at its end.
  bool more() {
    taken_ += static_cast<index_t>(at_);
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t held = buffer_.size();
    buffer_.resize(held + piece);
    const index_t got = source_.read(buffer_.data() + held, piece);
    buffer_.resize(held + static_cast<std::size_t>(got));
    expects<io_error>(taken_ + static_cast<index_t>(buffer_.size()) <= most_, "{}: more bytes than the limit, {}",
                      name(), most_);
    return got > 0;
  }

  static constexpr index_t piece = 1 << 16;
  byte_stream& source_;
  index_t most_, taken_ = 0;  // bytes ahead of the buffer
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
        expects<io_error>(false, "{}: the word '{}' occurs twice", place(), printable(word));
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

/// A count in the head of a file; -1 for what is none.
inline index_t count_of(std::string_view field) {
  index_t value = -1;
  const auto [stop, status] = std::from_chars(field.data(), field.data() + field.size(), value);
  return stop == field.data() + field.size() && status == std::errc() ? value : -1;
}

inline std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Fields of a line, and how many at its end are numbers.
struct counted_fields {
  index_t fields = 0, numbers = 0;
};
inline counted_fields fields_of(std::string_view line) {
  counted_fields found;
  bool numbers = true;
  for (std::string_view field; !(field = last_field(line)).empty(); ++found.fields) {
    double ignored = 0;
    numbers = numbers && parsed_number(field, ignored, non_finite::keep) == nullptr;
    found.numbers += numbers;
  }
  return found;
}

/// What the first bytes of a file of word vectors look like.
struct seen_words {
  bool head = false;               // two counts
  bool binary = false;             // floats follow a word; only with a head
  index_t words = 0, numbers = 0;  // of the head
  counted_fields first, second;    // lines
};

/// Refuses what is known to be something else; drops a byte order mark.
KINDRED_INLINE void check_words_start(buffered_source& in) {
  struct known {
    std::string_view start;
    const char* what;
  };
  constexpr known others[] = {
      {"\xba\x16\x4f\x2f", "a model of fastText (.bin); read the vectors in its .vec file"},
      {"\x93NUMPY", "a NumPy array; word_vector_format::array reads it by a name that ends with .npy"},
      {"PK\x03\x04", "a zip archive; unpack it first"},
      {"\x1f\x8b", "compressed by gzip; give interop::gzip_format as one of word_vector_options::formats"},
      {"\xfd"
       "7zXZ",
       "compressed by xz; give interop::xz_format as one of word_vector_options::formats"},
      {"\x89HDF", "an HDF5 file"}};
  const std::string_view start = in.ahead(8);
  for (const known& k : others) expects<io_error>(!start.starts_with(k.start), "{}: this is {}", in.name(), k.what);
  const bool pickle = start.size() > 2 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5;
  expects<io_error>(!pickle, "{}: this is a pickle of Python; gensim exports it by save_word2vec_format", in.name());
  if (start.starts_with(byte_order_mark)) in.skip(byte_order_mark.size());
}

/// Reads the first two lines, at most 64 KiB of them.
KINDRED_INLINE seen_words look_at_words(buffered_source& in) {
  seen_words seen;
  const std::string_view window = in.ahead(1 << 16);
  const std::size_t end = std::min(window.find('\n'), window.size());
  const std::string_view first = without_line_end(window.substr(0, end));
  seen.first = fields_of(first);
  std::string_view body = window.substr(std::min(end + 1, window.size()));
  const std::size_t stop = std::min(body.find('\n'), body.size());
  std::string_view second = without_line_end(body.substr(0, stop));
  const bool cut = stop == body.size() && window.size() == 1 << 16;
  if (cut) (void)last_field(second);  // perhaps a part of a number
  seen.second = fields_of(second);
  if (seen.first.fields != 2) return seen;
  std::string_view counts = first;
  seen.numbers = count_of(last_field(counts));
  seen.words = count_of(last_field(counts));
  if (seen.words < 0 || seen.numbers < 0) return seen;
  const bool text = cut ? seen.second.numbers > 0
                        : seen.second.fields > seen.numbers && seen.second.numbers >= seen.numbers && seen.numbers > 0;
  // bytes that no number in text has
  const std::string_view floats =
      body.substr(std::min(body.find(' '), body.size()))
          .substr(0, static_cast<std::size_t>(std::min<index_t>(seen.numbers, 1 << 14)) * 4 + 1);
  seen.binary = !text && std::any_of(floats.begin(), floats.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x7e || (c < ' ' && !is_blank(c) && c != '\r' && c != '\n');
  });
  seen.head = true;
  return seen;
}

/// The format of a file, text, binary or headerless, which is `format` unless that is automatic.
/// Errors  io_error where the file does not look like it.
KINDRED_INLINE word_vector_format checked_format(buffered_source& in, word_vector_format format, index_t dimensions) {
  using enum word_vector_format;
  const seen_words seen = look_at_words(in);
  if (format == automatic) return seen.head ? (seen.binary ? binary : text) : headerless;
  const bool one = seen.second.fields == 2 || dimensions == 1;  // a word that is a count, and a number
  const bool words_of_glove = !seen.head && seen.first.numbers > 0 && seen.first.fields > 1 &&
                              (seen.second.fields == 0 || seen.second.fields == seen.first.fields);
  const char* looks = nullptr;
  if (format == headerless && seen.head && !one)
    looks = seen.binary ? "the binary form of word2vec: use word_vector_format::binary"
                        : "the text of word2vec: use word_vector_format::text";
  if (format != headerless && words_of_glove) looks = "a file of GloVe: use word_vector_format::headerless";
  if (format == text && seen.binary) looks = "the binary form of word2vec: use word_vector_format::binary";
  if (format == binary && seen.head && !seen.binary && seen.numbers > 1 && seen.second.numbers >= seen.numbers)
    looks = "the text of word2vec: use word_vector_format::text";
  expects<io_error>(looks == nullptr, "{}: line 1: this looks like {}, or automatic", in.name(), looks);
  return format;
}

template <class T>
word_table<T> parse_word_vectors(byte_stream& stream, const word_vector_options& options) {
  const limits& accepted = options.limits;
  const std::string& name = stream.name();
  expects<argument_error>(options.format != word_vector_format::array,
                          "read_word_vectors: {}: an array and its words are two files, which are read by name", name);
  expects<argument_error>(options.dimensions >= 0 && options.most_words >= 0,
                          "read_word_vectors: {} dimensions, {} words at most; expected 0 or more", options.dimensions,
                          options.most_words);
  buffered_source in(stream, accepted.bytes);
  check_words_start(in);
  expects<io_error>(!in.at_end(), "{}: line 1: the file is empty", name);
  const word_vector_format format = checked_format(in, options.format, options.dimensions);
  const bool headerless = format == word_vector_format::headerless, binary = format == word_vector_format::binary;
  // no line can be longer than its word and its numbers, which are no longer than 1100 characters as double
  const auto longest_line =
      static_cast<std::size_t>(std::min(accepted.bytes, index_t{longest_word} + 1100 * (accepted.dimensions + 1)));

  word_table<T> table;
  index_t count = -1;  // words that the head promises
  if (!headerless) {
    std::string_view line = without_line_end(in.until('\n', 256));
    const auto head_count = [&] {
      const std::string_view field = last_field(line);
      const index_t value = count_of(field);
      expects<io_error>(value >= 0, "{}: line 1: '{}' is no count; expected two, of words and of numbers per word",
                        name, printable(field));
      return value;
    };
    table.cols = head_count();
    count = head_count();
    expects<io_error>(last_field(line).empty(), "{}: line 1: more than two counts", name);
    expects<io_error>(table.cols > 0, "{}: line 1: 0 numbers per word", name);
    expects<io_error>(count <= accepted.rows, "{}: line 1: {} words, the limit is {}", name, count, accepted.rows);
    expects<io_error>(options.dimensions == 0 || options.dimensions == table.cols,
                      "{}: line 1: expected {} numbers per word, got {}", name, options.dimensions, table.cols);
  } else {
    table.cols = options.dimensions;
  }
  const auto check_cols = [&] {
    expects<io_error>(table.cols <= accepted.dimensions, "{}: line 1: {} numbers per word, the limit is {}", name,
                      table.cols, accepted.dimensions);
  };
  check_cols();
  const index_t most = options.most_words > 0 ? options.most_words : std::numeric_limits<index_t>::max();
  const index_t rows = std::min(count, most);
  if (count >= 0) {
    // a letter, and a blank and a digit per number, and a line end but for the last; or a letter, a blank and floats
    const index_t least = binary ? 2 + 4 * table.cols : 2 + 2 * table.cols;
    const index_t left = in.remaining();
    expects<io_error>(left < 0 || count <= (left + (binary ? 0 : 1)) / least,
                      "{}: line 1: {} words of {} numbers, more than {} bytes can hold", name, count, table.cols, left);
    expects<io_error>(rows == 0 || table.cols <= accepted.bytes / static_cast<index_t>(sizeof(T)) / rows,
                      "{}: line 1: {} words of {} numbers, the limit is {} bytes", name, rows, table.cols,
                      accepted.bytes);
    if (left >= 0) table.values.reserve(static_cast<std::size_t>(rows * table.cols));
  }

  word_collector<T> collector(options, table);
  std::vector<unsigned char> row(binary ? static_cast<std::size_t>(table.cols) * 4 : 0);
  std::vector<std::string_view> fields;
  for (index_t i = 0; count >= 0 ? i < rows : i < most && !in.at_end(); ++i) {
    const index_t at = in.position(), line_number = i + (headerless ? 1 : 2);
    const auto place = [&] {
      return binary ? name + ": byte " + std::to_string(at) + ", word " + std::to_string(i + 1)
                    : name + ": line " + std::to_string(line_number);
    };
    if (in.at_end()) expects<io_error>(false, "{}: the file ends, but its head says {} words", place(), count);
    if (binary) {
      std::string_view word = in.until(' ', longest_word + 2);
      if (word.starts_with("\r\n")) word.remove_prefix(1);
      if (word.starts_with('\n')) word.remove_prefix(1);
      const bool taken = collector.take(word, place);
      if (!in.read(row.data(), row.size()))
        expects<io_error>(false, "{}: {} bytes are left for {} numbers", place(), in.ahead(row.size()).size(),
                          table.cols);
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
    std::string_view line = without_line_end(in.until('\n', longest_line));
    if (table.cols == 0) {  // the first line of a headerless file shows the dimensions
      table.cols = fields_of(line).fields - 1;
      if (table.cols < 1) expects<io_error>(false, "{}: expected a word and numbers", place());
      check_cols();
    }
    fields.resize(static_cast<std::size_t>(table.cols));
    for (std::size_t f = fields.size(); f-- > 0;) fields[f] = last_field(line);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) expects<io_error>(false, "{}: expected a word and {} numbers", place(), table.cols);
    if (options.dimensions == 0 && line.find_first_of(" \t") != std::string_view::npos && fields_of(line).numbers > 0)
      expects<io_error>(false, "{}: more than {} numbers; if the word is '{}', give the dimensions", place(),
                        table.cols, printable(line));
    if (!collector.take(line, place)) continue;
    for (std::size_t f = 0; f < fields.size(); ++f) {
      T value{};
      if (const char* const reason = parsed_number(fields[f], value, accepted.non_finite))
        expects<io_error>(false, "{}: '{}', number {}, {}", place(), printable(fields[f]), f + 1, reason);
      table.values.push_back(value);
    }
  }
  while (rows == count && count >= 0 && !in.at_end()) {
    const index_t at = in.position();
    const std::string_view rest = in.until('\n', longest_line);
    expects<io_error>(rest.empty() || rest == "\r", "{}: byte {}: something follows the {} words of the head", name, at,
                      count);
  }
  return table;
}

template <class T>
word_table<T> parse_word_vectors(byte_source& source, const word_vector_options& options) {
  borrowed_stream stream(source);
  return parse_word_vectors<T>(static_cast<byte_stream&>(stream), options);
}

/// The name of the words beside an array.
inline std::string words_beside(const std::string& path) {
  expects<argument_error>(path.ends_with(".npy"), "{}: the name of an array of word vectors ends with .npy", path);
  return path.substr(0, path.size() - 4) + ".txt";
}

template <class T>
word_table<T> open_word_vectors(const std::string& path, const word_vector_options& options) {
  const bool array = options.format == word_vector_format::array ||
                     (options.format == word_vector_format::automatic && path.ends_with(".npy"));
  if (!array) return parse_word_vectors<T>(*open_stream(path, options.formats), options);
  const std::string words = words_beside(path);
  byte_source source(path);
  array_header h = read_array_header(source, options.limits, sizeof(T));
  expects<io_error>(h.shape.size() == 2 && h.shape[1] > 0, "{}: expected words x numbers, got {} axes", path,
                    h.shape.size());
  word_table<T> table;
  table.cols = h.shape[1];
  expects<io_error>(options.dimensions == 0 || options.dimensions == table.cols,
                    "{}: expected {} numbers per word, got {}", path, options.dimensions, table.cols);
  const index_t rows = options.most_words > 0 ? std::min(options.most_words, h.shape[0]) : h.shape[0];
  if (!h.fortran_order) {  // the first rows are the first bytes
    h.shape[0] = rows;
    h.count = rows * table.cols;
  }
  std::vector<T> numbers(static_cast<std::size_t>(h.count));
  read_elements(source, h, numbers.data(), options.limits.non_finite);
  word_collector<T> collector(options, table);
  file_stream stream(words);
  buffered_source in(stream, options.limits.bytes);
  if (in.ahead(byte_order_mark.size()) == byte_order_mark) in.skip(byte_order_mark.size());
  index_t row = 0;
  for (; !in.at_end() && (row < rows || options.most_words == 0); ++row) {
    const std::string_view word = without_line_end(in.until('\n', longest_word + 1));
    expects<io_error>(row < rows, "{}: more words than {} has rows, {}", words, path, rows);
    const auto place = [&] { return words + ": line " + std::to_string(row + 1); };
    if (!collector.take(word, place)) continue;
    const T* const from = numbers.data() + row * table.cols;
    table.values.insert(table.values.end(), from, from + table.cols);
  }
  expects<io_error>(row == rows, "{}: {} words, {} has {} rows", words, row, path, rows);
  return table;
}

/// Refuses words that no reader takes. `first_bytes`: the file starts with the first word.
KINDRED_INLINE void check_written_words(const std::vector<std::string>& words, bool first_bytes) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t r = 0; r < words.size(); ++r) {
    const std::string& word = words[r];
    const char* const reason = word.empty()                                         ? "is empty"
                               : word.find_first_of(" \t\r\n") != std::string::npos ? "holds blanks or line ends"
                               : word.size() > longest_word                         ? "is longer than 4096 bytes"
                               : !valid_utf8(word)                                  ? "is not well-formed UTF-8"
                               : r == 0 && first_bytes && word.starts_with(byte_order_mark)
                                   ? "begins with a byte order mark"
                               : !seen.insert(word).second ? "occurs twice"
                                                           : nullptr;
    expects<argument_error>(reason == nullptr, "save_word_vectors: word {}, '{}', {}", r, printable(word), reason);
  }
}

template <class T>
void write_word_vectors(const std::string& path, const std::vector<std::string>& words, const T* data, index_t rows,
                        index_t cols, index_t stride, word_vector_format format) {
  expects(static_cast<index_t>(words.size()) == rows && cols > 0, "save_word_vectors: {} words for {} x {} numbers",
          words.size(), rows, cols);
  expects<argument_error>(format != word_vector_format::automatic, "save_word_vectors: the format is automatic");
  const bool array = format == word_vector_format::array, binary = format == word_vector_format::binary;
  check_written_words(words, array || format == word_vector_format::headerless);
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 0; c < cols; ++c) {
      const T value = data[r * stride + c];
      expects<argument_error>(std::isfinite(binary ? static_cast<T>(static_cast<float>(value)) : value),
                              "save_word_vectors: word {}, number {} is not finite", r, c);
    }
  const std::string beside = array ? words_beside(path) : path;
  atomic_file file(beside);
  std::string out;
  if (!array && format != word_vector_format::headerless)
    out = std::to_string(rows) + ' ' + std::to_string(cols) + '\n';
  for (index_t r = 0; r < rows; ++r) {
    out += words[static_cast<std::size_t>(r)];
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
