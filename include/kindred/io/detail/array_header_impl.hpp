// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/io/array_header.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <limits>
#include <string_view>

namespace kindred::io {

namespace detail {

inline constexpr char npy_magic[] = "\x93NUMPY";

/// Name, without byte order, and size of the element types of .npy files.
struct npy_type {
  const char* name;
  io::element element;
  index_t bytes;
};
inline constexpr npy_type npy_types[] = {
    {"b1", element::boolean, 1}, {"i1", element::int8, 1},    {"i2", element::int16, 2},   {"i4", element::int32, 4},
    {"i8", element::int64, 8},   {"u1", element::uint8, 1},   {"u2", element::uint16, 2},  {"u4", element::uint32, 4},
    {"u8", element::uint64, 8},  {"f2", element::float16, 2}, {"f4", element::float32, 4}, {"f8", element::float64, 8}};

/// The Python dictionary literal in the head of a .npy file: three known keys, strings, booleans, tuples of integers.
class header_parser {
 public:
  header_parser(std::string_view text, const std::string& name, index_t text_at)
      : text_(text), name_(name), text_at_(text_at) {}

  void parse(array_header& h) {
    bool descr = false, order = false, shape = false;
    skip_blanks();
    take('{', "header");
    for (;;) {
      skip_blanks();
      if (peek() == '}') break;
      const std::string_view key = string("header");
      skip_blanks();
      take(':', "header");
      skip_blanks();
      if (key == "descr") {
        once(descr, "descr");
        check(peek() != '[', "descr", "records are not supported");
        element_type(h, string("descr"));
      } else if (key == "fortran_order") {
        once(order, "fortran_order");
        h.fortran_order = boolean();
      } else if (key == "shape") {
        once(shape, "shape");
        tuple(h.shape);
      } else {
        check(false, "header", "unknown key");
      }
      skip_blanks();
      if (peek() != ',') break;
      ++at_;
    }
    take('}', "header");
    skip_blanks();
    check(at_ == text_.size(), "header", "something follows the closing brace");
    check(descr, "descr", "is missing");
    check(order, "fortran_order", "is missing");
    check(shape, "shape", "is missing");
  }

 private:
  void check(bool ok, const char* field, const char* what) const {
    expects<io_error>(ok, "{}: byte {}, {}: {}", name_, text_at_ + static_cast<index_t>(at_), field, what);
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take(char c, const char* field) {
    expects<io_error>(at_ < text_.size() && text_[at_] == c, "{}: byte {}, {}: '{}' expected", name_,
                      text_at_ + static_cast<index_t>(at_), field, std::string(1, c));
    ++at_;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  void once(bool& seen, const char* field) const {
    check(!seen, field, "occurs twice");
    seen = true;
  }
  std::string_view string(const char* field) {
    const char quote = peek();
    check(quote == '\'' || quote == '"', field, "a quoted string expected");
    const auto end = text_.find(quote, at_ + 1);
    check(end != std::string_view::npos, field, "the string does not end");
    const auto inner = text_.substr(at_ + 1, end - at_ - 1);
    check(inner.find('\\') == std::string_view::npos, field, "escapes are not supported");
    at_ = end + 1;
    return inner;
  }
  bool boolean() {
    for (const std::string_view word : {"True", "False"})
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return word == "True";
      }
    check(false, "fortran_order", "True or False expected");
    return false;
  }
  void tuple(std::vector<index_t>& shape) {
    take('(', "shape");
    skip_blanks();
    while (peek() != ')') {
      check(peek() >= '0' && peek() <= '9', "shape", "a length expected");
      check(shape.size() < 32, "shape", "more than 32 axes");
      index_t length = 0;
      for (; peek() >= '0' && peek() <= '9'; ++at_) {
        const index_t digit = peek() - '0';
        check(length <= (std::numeric_limits<index_t>::max() - digit) / 10, "shape", "a length beyond 64 bits");
        length = length * 10 + digit;
      }
      if (peek() == 'L') ++at_;  // Python 2
      shape.push_back(length);
      skip_blanks();
      if (peek() != ',') {
        check(shape.size() > 1 || peek() != ')', "shape", "expected a tuple, got a number in parentheses");
        break;
      }
      ++at_;
      skip_blanks();
    }
    take(')', "shape");
  }
  void element_type(array_header& h, std::string_view type) const {
    const char order = type.empty() ? '\0' : type[0];
    check(type.find('O') == std::string_view::npos, "descr", "objects are refused, because they carry code to run");
    if (order == '<' || order == '>' || order == '=' || order == '|')
      for (const auto& k : npy_types)
        if (k.name == type.substr(1)) {
          check(order != '|' || k.bytes == 1, "descr", "the byte order is missing");
          h.element = k.element;
          h.element_bytes = k.bytes;
          constexpr char native = std::endian::native == std::endian::little ? '<' : '>';
          h.swapped = k.bytes > 1 && order != '=' && order != native;
          return;
        }
    expects<io_error>(false,
                      "{}: byte {}, descr: '{}' is none of bool, i1 to i8, u1 to u8, f2, f4, f8 with its byte order",
                      name_, text_at_ + static_cast<index_t>(at_), printable(type));
  }

  std::string_view text_;
  const std::string& name_;
  index_t text_at_;
  std::size_t at_ = 0;
};

/// a * b into `a`; false where it does not fit. For a, b >= 0.
KINDRED_INLINE bool multiply(index_t& a, index_t b) {
  if (b != 0 && a > std::numeric_limits<index_t>::max() / b) return false;
  a *= b;
  return true;
}

}  // namespace detail

KINDRED_INLINE index_t checked_bytes(const std::string& field, const std::vector<index_t>& shape, index_t element_bytes,
                                     const limits& accepted) {
  // An axis of length 0 counts as 1 here: then every product of some of the lengths fits as well.
  index_t dimensions = 1, all = element_bytes;
  bool fits = true, empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const index_t factor = shape[i] > 0 ? shape[i] : 1;
    fits = fits && detail::multiply(all, factor) && (i == 0 || detail::multiply(dimensions, factor));
    empty = empty || shape[i] == 0;
  }
  expects<io_error>(fits, "{}: the product of the lengths is beyond 64 bits", field);
  const index_t rows = shape.empty() ? 1 : shape[0];
  expects<io_error>(rows <= accepted.rows, "{}: {} rows, the limit is {}", field, rows, accepted.rows);
  expects<io_error>(dimensions <= accepted.dimensions, "{}: {} numbers per row, the limit is {}", field, dimensions,
                    accepted.dimensions);
  return empty ? 0 : all;
}

KINDRED_INLINE void check_wanted_bytes(const std::string& field, index_t count, index_t wanted_bytes,
                                       const limits& accepted) {
  expects<io_error>(wanted_bytes <= 0 || count <= accepted.bytes / wanted_bytes,
                    "{}: {} numbers of {} bytes, the limit is {} bytes", field, count, wanted_bytes, accepted.bytes);
}

KINDRED_INLINE array_header detail::read_array_start(byte_source& source, index_t file_bytes, const limits& accepted,
                                                     index_t wanted_bytes) {
  const std::string& name = source.name();
  const auto left = [&] { return file_bytes - source.position(); };
  expects<io_error>(file_bytes <= accepted.bytes, "{}: {} bytes, the limit is {}", name, file_bytes, accepted.bytes);
  unsigned char start[12];
  expects<io_error>(left() >= 10, "{}: byte 0, magic: {} bytes are too few for a .npy file", name, left());
  source.read(start, 10);
  expects<io_error>(std::memcmp(start, npy_magic, 6) == 0, "{}: byte 0, magic: this is no .npy file", name);
  const int major = start[6], minor = start[7];
  expects<io_error>(major >= 1 && major <= 3 && minor == 0, "{}: byte 6, version: {}.{} is none of 1.0, 2.0, 3.0", name,
                    major, minor);
  index_t length = start[8] | start[9] << 8;
  if (major > 1) {
    expects<io_error>(left() >= 2, "{}: byte 10, header length: the file ends", name);
    source.read(start + 10, 2);
    length |= static_cast<index_t>(start[10]) << 16 | static_cast<index_t>(start[11]) << 24;
  }
  expects<io_error>(length <= left(), "{}: byte 8, header length: {} bytes, but {} are left", name, length, left());
  expects<io_error>(length <= 65536, "{}: byte 8, header length: {} bytes, more than 65536", name, length);
  const index_t text_at = source.position();
  std::string text(static_cast<std::size_t>(length), '\0');
  source.read(text.data(), length);

  array_header h;
  header_parser(text, name, text_at).parse(h);
  h.data_at = source.position();
  const std::string field = name + ": byte " + std::to_string(text_at) + ", shape";
  const index_t bytes = checked_bytes(field, h.shape, h.element_bytes, accepted), there = left();
  h.count = bytes / h.element_bytes;
  if (bytes <= there - 6 && bytes <= source.remaining() - 6) {  // numpy.save appends to a file that is open
    source.skip(bytes);
    source.read(start, 6);
    expects<io_error>(std::memcmp(start, npy_magic, 6) != 0,
                      "{}: byte {}: a second array follows; expected one array in the file", name, h.data_at + bytes);
  }
  expects<io_error>(bytes == there, "{}: byte {}, data: type and shape ask for {} bytes, {} are there", name, h.data_at,
                    bytes, there);
  check_wanted_bytes(field, h.count, wanted_bytes, accepted);
  return h;
}

KINDRED_INLINE array_header read_array_header(byte_source& source, const limits& accepted, index_t wanted_bytes) {
  return detail::read_array_start(source, source.size(), accepted, wanted_bytes);
}

}  // namespace kindred::io
