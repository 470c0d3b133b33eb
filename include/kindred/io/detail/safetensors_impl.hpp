// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kindred/io/detail/array_header_impl.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/escaped.hpp>
#include <kindred/io/safetensors.hpp>
#include <utility>

namespace kindred::io {

namespace detail {

/// The JSON in the head of a safetensors file and nothing more: an object of entries, each an object of three keys, and
/// one object of texts. It does not nest deeper, so the parser does not recurse.
class tensor_parser {
 public:
  tensor_parser(std::string_view text, const std::string& name, const limits& accepted, index_t data_bytes)
      : text_(text), name_(name), accepted_(accepted), data_bytes_(data_bytes) {}

  void parse(std::map<std::string, tensor>& tensors, std::map<std::string, std::string>& metadata) {
    bool seen_metadata = false;
    check(peek() == '{', "header", "'{' expected");
    object([&](std::string key) {
      if (key == "__metadata__") {
        check(!seen_metadata, "__metadata__", "occurs twice");
        seen_metadata = true;
        if (text_.substr(at_, 4) == "null") {
          at_ += 4;
          return;
        }
        object([&](std::string text_key) {
          count_entry();
          std::string value = string();
          check(metadata.emplace(std::move(text_key), std::move(value)).second, "__metadata__", "a key occurs twice");
        });
      } else {
        count_entry();
        const index_t at = position();
        const auto [place, fresh] = tensors.try_emplace(std::move(key));
        check(fresh, "header", "a name occurs twice");
        entry(place->second, place->first, at);
      }
    });
    skip_blanks();
    check(at_ == text_.size(), "header", "something follows the closing brace");
  }

 private:
  index_t position() const { return 8 + static_cast<index_t>(at_); }
  void check(bool ok, const char* field, const char* what) const {
    expects<io_error>(ok, "{}: byte {}, {}: {}", name_, position(), field, what);
  }
  void count_entry() {
    expects<io_error>(++entries_ <= accepted_.entries, "{}: byte {}, header: more entries than the limit, {}", name_,
                      position(), accepted_.entries);
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take(char c) {
    expects<io_error>(peek() == c && at_ < text_.size(), "{}: byte {}, header: '{}' expected", name_, position(),
                      std::string(1, c));
    ++at_;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }

  /// Calls `value(key)` behind every colon.
  template <class F>
  void object(F value) {
    skip_blanks();
    take('{');
    skip_blanks();
    for (bool first = true; peek() != '}'; first = false) {
      if (!first) take(',');
      skip_blanks();
      std::string key = string();
      skip_blanks();
      take(':');
      skip_blanks();
      value(std::move(key));
      skip_blanks();
    }
    take('}');
  }
  /// Calls `value()` at every element.
  template <class F>
  void array(F value) {
    take('[');
    skip_blanks();
    for (bool first = true; peek() != ']'; first = false) {
      if (!first) take(',');
      skip_blanks();
      value();
      skip_blanks();
    }
    take(']');
  }
  index_t integer(const char* field) {
    check(peek() >= '0' && peek() <= '9', field, "a number without sign expected");
    const bool zero = peek() == '0';
    index_t value = 0;
    for (std::size_t digits = 0; peek() >= '0' && peek() <= '9'; ++at_, ++digits) {
      check(!zero || digits == 0, field, "a number that starts with 0");
      const index_t digit = peek() - '0';
      check(value <= (std::numeric_limits<index_t>::max() - digit) / 10, field, "a number beyond 64 bits");
      value = value * 10 + digit;
    }
    return value;
  }
  unsigned hexadecimal() {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      check(digit >= 0, "header", "four hexadecimal digits expected");
      value = value * 16 + static_cast<unsigned>(digit);
    }
    return value;
  }
  std::string string() {
    check(peek() == '"', "header", "a quoted text expected");
    ++at_;
    std::string out;
    for (;;) {
      check(at_ < text_.size(), "header", "the text does not end");
      const char c = text_[at_];
      check(static_cast<unsigned char>(c) >= 0x20, "header", "a control character in a text");
      ++at_;
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      static constexpr char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
      const char escaped = peek();
      const char* const known = escaped == '\0' ? nullptr : std::strchr(letters, escaped);
      check(known || escaped == 'u', "header", "an unknown escape");
      ++at_;
      if (known) {
        out += means[known - letters];
        continue;
      }
      unsigned code = hexadecimal();
      check(code < 0xDC00 || code > 0xDFFF, "header", "half a surrogate pair");
      if (code >= 0xD800 && code <= 0xDBFF) {
        check(text_.substr(at_, 2) == "\\u", "header", "half a surrogate pair");
        at_ += 2;
        const unsigned low = hexadecimal();
        check(low >= 0xDC00 && low <= 0xDFFF, "header", "half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      }
      append_utf8(out, code);
    }
  }

  void entry(tensor& t, const std::string& key, index_t entry_at) {
    bool dtype = false, shape = false, offsets = false;
    index_t range[2] = {0, 0};
    const auto once = [&](bool& seen, const char* field) {
      check(!seen, field, "occurs twice");
      seen = true;
    };
    object([&](const std::string& field) {
      if (field == "dtype") {
        once(dtype, "dtype");
        t.type = string();
        const auto known = std::find_if(std::begin(safetensors_types), std::end(safetensors_types),
                                        [&](const safetensors_type& s) { return s.name == t.type; });
        if (known != std::end(safetensors_types)) {
          t.element = known->element;
          t.element_bytes = known->bytes;
        }
      } else if (field == "shape") {
        once(shape, "shape");
        array([&] {
          check(t.shape.size() < 32, "shape", "more than 32 axes");
          t.shape.push_back(integer("shape"));
        });
      } else if (field == "data_offsets") {
        once(offsets, "data_offsets");
        std::size_t n = 0;
        array([&] {
          check(n < 2, "data_offsets", "more than 2 numbers");
          range[n++] = integer("data_offsets");
        });
        check(n == 2, "data_offsets", "2 numbers expected");
      } else {
        check(false, "header", "unknown key in a tensor's entry");
      }
    });
    const std::string place = name_ + ": byte " + std::to_string(entry_at) + ", tensor '" + printable(key) + "', ";
    expects<io_error>(dtype, "{}dtype: is missing", place);
    expects<io_error>(shape, "{}shape: is missing", place);
    expects<io_error>(offsets, "{}data_offsets: is missing", place);
    expects<io_error>(range[0] <= range[1] && range[1] <= data_bytes_,
                      "{}data_offsets: {} to {} do not lie within the {} bytes of data", place, range[0], range[1],
                      data_bytes_);
    t.at = range[0];
    t.bytes = range[1] - range[0];
    if (t.element_bytes == 0) return;
    const index_t bytes = checked_bytes(place + "shape", t.shape, t.element_bytes, unlimited);
    expects<io_error>(bytes == t.bytes, "{}data_offsets: {} bytes, type and shape ask for {}", place, t.bytes, bytes);
    t.count = bytes / t.element_bytes;
  }

  std::string_view text_;
  const std::string& name_;
  const limits& accepted_;
  index_t data_bytes_;
  index_t entries_ = 0;
  static constexpr limits unlimited{.rows = std::numeric_limits<index_t>::max(),
                                    .dimensions = std::numeric_limits<index_t>::max()};
  std::size_t at_ = 0;
};

template <class T>
bool all_finite(const T* from, index_t count) {
  return std::all_of(from, from + count, [](T x) { return std::isfinite(x); });
}

}  // namespace detail

KINDRED_INLINE safetensors::safetensors(std::string path, const limits& accepted)
    : name_(std::move(path)), accepted_(accepted), file_(name_), bytes_(file_->bytes()) {
  open();
}

KINDRED_INLINE safetensors::safetensors(std::span<const std::byte> bytes, std::string name, const limits& accepted)
    : name_(std::move(name)), accepted_(accepted), bytes_(bytes) {
  open();
}

KINDRED_INLINE void safetensors::open() {
  byte_source source(bytes_, name_);
  expects<io_error>(source.size() <= accepted_.bytes, "{}: {} bytes, the limit is {}", name_, source.size(),
                    accepted_.bytes);
  expects<io_error>(source.size() >= 8, "{}: byte 0, header length: {} bytes are too few for a safetensors file", name_,
                    source.size());
  unsigned char start[8];
  source.read(start, 8);
  std::uint64_t length = 0;
  for (int i = 8; i-- > 0;) length = length << 8 | start[i];
  expects<io_error>(length <= static_cast<std::uint64_t>(source.remaining()),
                    "{}: byte 0, header length: {} bytes, but {} are left", name_, length, source.remaining());
  expects<io_error>(length <= 100000000, "{}: byte 0, header length: {} bytes, more than 100000000", name_, length);
  const std::string_view text(reinterpret_cast<const char*>(bytes_.data()) + 8, static_cast<std::size_t>(length));
  expects<io_error>(detail::valid_utf8(text), "{}: byte 8, header: not well-formed UTF-8", name_);
  const index_t data_at = 8 + static_cast<index_t>(length), data_bytes = source.size() - data_at;
  detail::tensor_parser(text, name_, accepted_, data_bytes).parse(tensors_, metadata_);

  // one tensor after the other, from the first byte of data to the last
  std::vector<std::pair<const std::string*, detail::tensor*>> ordered;
  for (auto& [name, t] : tensors_) ordered.emplace_back(&name, &t);
  const auto end = [](const detail::tensor& t) { return t.at + t.bytes; };
  std::sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) {
    return std::pair(a.second->at, end(*a.second)) < std::pair(b.second->at, end(*b.second));
  });
  index_t at = 0;
  for (const auto& [name, t] : ordered) {
    expects<io_error>(t->at == at, "{}: byte {}, {}: data_offsets start at {}, {}", name_, data_at + t->at,
                      place(*name), t->at, t->at < at ? "inside another tensor" : "a gap before it");
    at = end(*t);
    t->at += data_at;
  }
  expects<io_error>(at == data_bytes, "{}: byte {}, data: the tensors have {} bytes, {} are there", name_, data_at + at,
                    at, data_bytes);
}

KINDRED_INLINE std::vector<std::string> safetensors::names() const {
  std::vector<std::string> all;
  for (const auto& entry : tensors_) all.push_back(entry.first);
  return all;
}

KINDRED_INLINE const detail::tensor& safetensors::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  expects<io_error>(found != tensors_.end(), "{}: there is no tensor '{}'", name_, detail::printable(name));
  return found->second;
}

KINDRED_INLINE const detail::tensor& safetensors::known(const std::string& name) const {
  const detail::tensor& t = find(name);
  expects<io_error>(t.element_bytes > 0, "{}: dtype: '{}' is not supported", place(name), detail::printable(t.type));
  (void)checked_bytes(place(name) + ": shape", t.shape, t.element_bytes, accepted_);
  return t;
}

KINDRED_INLINE const std::string& safetensors::metadata(const std::string& key) const {
  const auto found = metadata_.find(key);
  expects<io_error>(found != metadata_.end(), "{}: there is no metadata '{}'", name_, detail::printable(key));
  return found->second;
}

KINDRED_INLINE std::string safetensors::place(const std::string& name) const {
  return name_ + ": tensor '" + detail::printable(name) + "'";
}

KINDRED_INLINE void safetensors::check_axes(const std::string& name, bool ok, const char* wanted) const {
  expects<io_error>(ok, "{}: shape: {} axes, {}", place(name), find(name).shape.size(), wanted);
}

KINDRED_INLINE array_header safetensors::header(const std::string& name, index_t wanted_bytes) const {
  const detail::tensor& t = known(name);
  check_wanted_bytes(place(name) + ": shape", t.count, wanted_bytes, accepted_);
  array_header h;
  h.element = t.element;
  h.element_bytes = t.element_bytes;
  h.swapped = std::endian::native != std::endian::little && t.element_bytes > 1;
  h.shape = t.shape;
  h.count = t.count;
  h.data_at = t.at;
  return h;
}

KINDRED_INLINE const void* safetensors::in_place(const std::string& name, io::element wanted) const {
  const detail::tensor& t = find(name);
  expects<io_error>(t.element == wanted && std::endian::native == std::endian::little,
                    "{}: dtype: a view needs the type of the file", place(name));
  const std::byte* const at = bytes_.data() + t.at;
  expects<io_error>(reinterpret_cast<std::uintptr_t>(at) % static_cast<std::uintptr_t>(t.element_bytes) == 0,
                    "{}: byte {}: not a multiple of {}, so the numbers cannot be used in place", place(name), t.at,
                    t.element_bytes);
  if (accepted_.non_finite == non_finite::refuse) {
    const bool finite = wanted == element::float32   ? detail::all_finite(reinterpret_cast<const float*>(at), t.count)
                        : wanted == element::float64 ? detail::all_finite(reinterpret_cast<const double*>(at), t.count)
                                                     : true;
    expects<io_error>(finite, "{}: a number is not finite", place(name));
  }
  return at;
}

}  // namespace kindred::io
