// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/detail/npy_impl.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/mat.hpp>
#include <utility>

namespace kindred::io {

namespace detail {

/// Number and size of the element types of .mat files that hold numbers.
struct mat_type {
  index_t number;
  io::element element;
  index_t bytes;
};
inline constexpr mat_type mat_types[] = {{1, element::int8, 1},    {2, element::uint8, 1},   {3, element::int16, 2},
                                         {4, element::uint16, 2},  {5, element::int32, 4},   {6, element::uint32, 4},
                                         {7, element::float32, 4}, {9, element::float64, 8}, {12, element::int64, 8},
                                         {13, element::uint64, 8}};
inline constexpr index_t mat_int32 = 5, mat_uint32 = 6, mat_matrix = 14, mat_compressed = 15;
inline constexpr index_t mat_start =
    512;  // bytes of a compressed variable that hold its start and the tag of its values

/// The class of a variable in words.
inline const char* mat_class(int number) {
  constexpr const char* names[] = {"a variable of class 0", "a cell array",   "a structure", "an object",
                                   "a text (char)",         "a sparse matrix"};
  if (number >= 0 && number <= mat_sparse) return names[number];
  return number <= 15 ? "a full array" : number == 16 ? "a function handle" : "an object";
}

/// Elements in memory that follow each other at multiples of 8; every read is checked against the end.
class mat_reader {
 public:
  struct element {
    index_t type, at, bytes, next;  // data from `at` on; position of the next element
  };

  /// `place` opens the message; positions count from `offset` on.
  mat_reader(std::span<const std::byte> bytes, bool swapped, const std::string& place, index_t offset = 0)
      : bytes_(bytes), swapped_(swapped), place_(place), offset_(offset) {}

  index_t size() const { return static_cast<index_t>(bytes_.size()); }
  void check(bool ok, index_t at, const char* field, const char* what) const {
    expects<io_error>(ok, "{}: byte {}, {}: {}", place_, offset_ + at, field, what);
  }
  index_t word(index_t at) const {
    check(at >= 0 && at <= size() - 4, at, "element", "the data end");
    return decoded<std::uint32_t>(reinterpret_cast<const unsigned char*>(bytes_.data()) + at, swapped_);
  }
  /// The tag at `at`. `whole` says that the data must be there too.
  element tag(index_t at, bool whole = true) const {
    element e{word(at), at + 8, 0, 0};
    if (e.type >> 16 != 0) {  // up to 4 bytes within the tag
      e.bytes = e.type >> 16;
      e.type &= 0xFFFF;
      e.at = at + 4;
      check(e.bytes <= 4, at, "element", "more than 4 bytes in a small element");
      check(at <= size() - 8, at, "element", "the data end");
      e.next = at + 8;
      return e;
    }
    e.bytes = word(at + 4);
    check(!whole || e.bytes <= size() - e.at, at, "element", "reaches beyond the end");
    e.next = e.at + (e.bytes + 7) / 8 * 8;
    return e;
  }
  /// The numbers of an element of 32-bit integers.
  std::vector<index_t> words(const element& e) const {
    std::vector<index_t> all;
    all.reserve(static_cast<std::size_t>(e.bytes / 4));
    for (index_t at = e.at; at + 4 <= e.at + e.bytes; at += 4) all.push_back(word(at));
    return all;
  }
  std::string_view text(const element& e) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + e.at, static_cast<std::size_t>(e.bytes)};
  }

  /// What stands before the numbers of a variable, whose bytes start here; its name, or "" for what has none.
  std::string start(mat_variable& v) const {
    const element flags = tag(0);
    check(flags.type == 6 && flags.bytes == 8, 0, "array flags", "8 bytes of type miUINT32 expected");
    const index_t word_of_flags = word(flags.at);
    v.array_class = static_cast<int>(word_of_flags & 0xFF);
    v.complex = (word_of_flags & 0x800) != 0;
    v.logical = (word_of_flags & 0x200) != 0;
    if (v.array_class > 16) return "";  // an object of its own kind, without a shape
    const element lengths = tag(flags.next);
    check((lengths.type == mat_int32 || lengths.type == mat_uint32) && lengths.bytes % 4 == 0 && lengths.bytes >= 8 &&
              lengths.bytes <= 128,
          flags.next, "dimensions", "2 to 32 numbers of type miINT32 or miUINT32 expected");
    v.shape = words(lengths);
    for (const index_t length : v.shape) check(length <= 0x7FFFFFFF, lengths.at, "dimensions", "a negative length");
    const element name = tag(lengths.next);
    check((name.type == 1 || name.type == 2 || name.type == 16) && name.bytes <= 256, lengths.next, "name",
          "up to 256 bytes of type miINT8 expected");
    v.data_at = name.next;
    check(valid_utf8(text(name)), lengths.next, "name", "not well-formed UTF-8");
    return std::string(text(name));
  }

 private:
  std::span<const std::byte> bytes_;
  bool swapped_;
  const std::string& place_;
  index_t offset_;
};

}  // namespace detail

KINDRED_INLINE mat::mat(std::string path, const limits& accepted, inflater inflate)
    : name_(std::move(path)), accepted_(accepted), inflate_(inflate), file_(name_), bytes_(file_->bytes()) {
  open();
}

KINDRED_INLINE mat::mat(std::span<const std::byte> bytes, std::string name, const limits& accepted, inflater inflate)
    : name_(std::move(name)), accepted_(accepted), inflate_(inflate), bytes_(bytes) {
  open();
}

KINDRED_INLINE void mat::open() {
  expects<io_error>(static_cast<index_t>(bytes_.size()) <= accepted_.bytes, "{}: {} bytes, the limit is {}", name_,
                    bytes_.size(), accepted_.bytes);
  const auto byte = [&](std::size_t i) { return std::to_integer<char>(bytes_[i]); };
  // version 5 starts with a text, version 4 with a number below 5000
  const bool version4 = bytes_.size() >= 20 && std::count(bytes_.begin(), bytes_.begin() + 4, std::byte{0}) > 0;
  expects<io_error>(!version4, "{}: a .mat file of version 4; save it with -v7, or read it by interop::load_mat",
                    name_);
  expects<io_error>(bytes_.size() >= 128, "{}: {} bytes are too few for a .mat file", name_, bytes_.size());
  const bool little = byte(126) == 'I' && byte(127) == 'M', big = byte(126) == 'M' && byte(127) == 'I';
  expects<io_error>(little || big,
                    "{}: byte 126, endian indicator: neither IM nor MI, so this is no .mat file of version 5", name_);
  swapped_ = little != (std::endian::native == std::endian::little);
  const int version = byte(little ? 125 : 124);
  expects<io_error>(version != 2, "{}: byte 124, version: 7.3, which is HDF5; save with -v7", name_);
  expects<io_error>(version == 1, "{}: byte 124, version: {} instead of 1", name_, version);

  const detail::mat_reader file(bytes_, swapped_, name_);
  index_t entries = 0;
  for (index_t at = 128; at < file.size();) {
    const auto e = file.tag(at);
    file.check(e.at == at + 8, at, "element", "a variable expected");
    file.check(e.type == detail::mat_matrix || e.type == detail::mat_compressed, at, "element", "a variable expected");
    expects<io_error>(++entries <= accepted_.entries, "{}: byte {}: more variables than the limit, {}", name_, at,
                      accepted_.entries);
    detail::mat_variable v;
    v.at = e.at;
    v.stored = e.bytes;
    v.compressed = e.type == detail::mat_compressed;
    const auto inside = bytes_.subspan(static_cast<std::size_t>(e.at), static_cast<std::size_t>(e.bytes));
    std::string name;
    if (v.compressed) {
      const std::string where = name_ + ": byte " + std::to_string(at) + ", compressed variable";
      const auto begin = detail::inflated(inflate_, deflated::zlib_start, inside, detail::mat_start, where);
      const detail::mat_reader variable(begin, swapped_, where);
      const auto tag = variable.tag(0, false);
      variable.check(tag.at == 8 && tag.type == detail::mat_matrix, 0, "element", "a matrix expected");
      v.bytes = tag.bytes;
      variable.check(v.bytes <= accepted_.bytes, 0, "size", "beyond the limit of bytes");
      variable.check(v.bytes / 1032 <= v.stored, 0, "size", "more than deflate can make of the bytes");
      const auto held = std::min(begin.size() - 8, static_cast<std::size_t>(v.bytes));
      if (v.bytes > 0)
        name = detail::mat_reader(std::span<const std::byte>(begin).subspan(8, held), swapped_, where, 8).start(v);
    } else {
      v.bytes = e.bytes;
      if (v.bytes > 0) name = detail::mat_reader(inside, swapped_, name_, e.at).start(v);
    }
    if (!name.empty()) {
      const auto [place, fresh] = variables_.emplace(std::move(name), std::move(v));
      place->second.repeated = !fresh;
    }
    // compressed variables follow each other without padding
    at = e.type == detail::mat_compressed ? e.at + e.bytes : e.next;
  }
}

KINDRED_INLINE std::vector<std::string> mat::names() const {
  std::vector<std::string> all;
  for (const auto& v : variables_) all.push_back(v.first);
  return all;
}

KINDRED_INLINE const detail::mat_variable& mat::find(const std::string& name) const {
  const auto found = variables_.find(name);
  expects<io_error>(found != variables_.end(), "{}: there is no variable '{}'", name_, detail::printable(name));
  return found->second;
}

KINDRED_INLINE std::string mat::place(const std::string& name) const {
  return name_ + ": variable '" + detail::printable(name) + "'";
}

KINDRED_INLINE void mat::check_axes(const std::string& name, bool ok, const char* wanted) const {
  expects<io_error>(ok, "{}: dimensions: {} axes, {}", place(name), shape(name).size(), wanted);
}

KINDRED_INLINE void mat::check_class(const std::string& name, bool ok, const char* expected) const {
  const detail::mat_variable& v = find(name);
  expects<io_error>(!v.repeated, "{}: the name occurs twice", place(name));
  expects<io_error>(ok, "{}: {}, expected {}", place(name), detail::mat_class(v.array_class), expected);
  expects<io_error>(!v.complex, "{}: complex numbers", place(name));
}

/// A compressed variable, or its start.
KINDRED_INLINE std::vector<std::byte> mat::inflated(const std::string& name, bool whole) const {
  const detail::mat_variable& v = find(name);
  return detail::inflated(inflate_, whole ? deflated::zlib : deflated::zlib_start,
                          bytes_.subspan(static_cast<std::size_t>(v.at), static_cast<std::size_t>(v.stored)),
                          whole ? 8 + v.bytes : std::min(8 + v.bytes, detail::mat_start), place(name));
}

KINDRED_INLINE mat::variable_numbers mat::unpacked(const std::string& name, index_t wanted_bytes) const {
  const detail::mat_variable& v = find(name);
  const std::string where = place(name);
  check_class(name, v.array_class >= 6 && v.array_class <= 15, "an array of numbers");
  variable_numbers out;
  // the tag is compared with the dimensions, first in the start of a compressed variable
  const auto numbers_of = [&](std::span<const std::byte> inside, bool whole) {
    const detail::mat_reader variable(inside, swapped_, where, v.compressed ? 8 : v.at);
    const auto numbers = variable.tag(v.data_at, whole);
    const auto* const type = std::find_if(std::begin(detail::mat_types), std::end(detail::mat_types),
                                          [&](const detail::mat_type& t) { return t.number == numbers.type; });
    variable.check(type != std::end(detail::mat_types), v.data_at, "numbers", "an unknown type");
    const index_t expected = checked_bytes(where + ": dimensions", v.shape, type->bytes, accepted_);
    variable.check(numbers.bytes == expected, v.data_at, "numbers", "more or fewer than the dimensions say");
    variable.check(numbers.next >= v.bytes, numbers.next, "numbers", "something follows");
    out.header.element = type->element;
    out.header.swapped = swapped_ && type->bytes > 1;
    out.header.element_bytes = type->bytes;
    out.header.count = expected / type->bytes;
    return numbers;
  };
  auto inside = bytes_.subspan(static_cast<std::size_t>(v.at), static_cast<std::size_t>(v.stored));
  if (v.compressed) {
    numbers_of(std::span<const std::byte>(inflated(name, false)).subspan(8), false);
    out.owned = inflated(name, true);
    inside = std::span<const std::byte>(out.owned).subspan(8);
  }
  const auto numbers = numbers_of(inside, true);
  out.header.fortran_order = true;
  out.header.shape = v.shape;
  out.header.data_at = (v.compressed ? 8 : v.at) + numbers.at;
  check_wanted_bytes(where + ": dimensions", out.header.count, wanted_bytes, accepted_);
  out.bytes = inside.subspan(static_cast<std::size_t>(numbers.at), static_cast<std::size_t>(numbers.bytes));
  return out;
}

KINDRED_INLINE mat::sparse_numbers mat::unpacked_sparse(const std::string& name, index_t wanted_bytes) const {
  const detail::mat_variable& v = find(name);
  const std::string where = place(name);
  check_class(name, is_sparse(name), "a sparse matrix");
  check_axes(name, v.shape.size() == 2, "a sparse matrix has 2");
  const index_t rows = v.shape[0], cols = v.shape[1];
  const index_t all = checked_bytes(where + ": dimensions", v.shape, 1, accepted_);
  check_wanted_bytes(where + ": dimensions", rows + 1, sizeof(index_t), accepted_);
  sparse_numbers out;
  // rows of the values, starts of the columns, values; MATLAB reserves room for a value in an empty matrix
  const auto rows_of = [&](const detail::mat_reader& variable, bool whole) {
    const auto ir = variable.tag(v.data_at, whole);
    variable.check(ir.type == detail::mat_int32 || ir.type == detail::mat_uint32, v.data_at, "rows of the values",
                   "numbers of type miINT32 expected");
    const index_t count = ir.bytes / 4;
    variable.check(count <= std::max<index_t>(all, 65536), v.data_at, "rows of the values",
                   "more than the dimensions have");
    variable.check(v.bytes <= ir.next + 4 * (cols + 1) + 8 * count + 32, v.data_at, "size",
                   "more than the values take");
    return ir;
  };
  auto inside = bytes_.subspan(static_cast<std::size_t>(v.at), static_cast<std::size_t>(v.stored));
  const index_t offset = v.compressed ? 8 : v.at;
  if (v.compressed) {
    const auto start = inflated(name, false);
    rows_of({std::span<const std::byte>(start).subspan(8), swapped_, where, offset}, false);
    out.owned = inflated(name, true);
    inside = std::span<const std::byte>(out.owned).subspan(8);
  }
  const detail::mat_reader variable(inside, swapped_, where, offset);
  const auto ir = rows_of(variable, true), jc = variable.tag(ir.next), pr = variable.tag(jc.next);
  variable.check((jc.type == detail::mat_int32 || jc.type == detail::mat_uint32) && jc.bytes == 4 * (cols + 1), ir.next,
                 "starts of the columns", "one more 32-bit number than columns expected");
  // MATLAB stores logical values as bytes, under the tag of double
  const bool bytes = v.logical && pr.bytes < 8 * (ir.bytes / 4);
  const auto* const type = std::find_if(std::begin(detail::mat_types), std::end(detail::mat_types),
                                        [&](const detail::mat_type& t) { return t.number == (bytes ? 2 : pr.type); });
  variable.check(type != std::end(detail::mat_types), jc.next, "values", "an unknown type");
  auto& [row, starts] = out.columns;
  starts = variable.words(jc);
  const index_t count = starts.back();
  variable.check(starts.front() == 0 && std::is_sorted(starts.begin(), starts.end()) && count <= ir.bytes / 4 &&
                     count <= pr.bytes / type->bytes,
                 ir.next, "starts of the columns", "expected to ascend from 0 to the number of values");
  row = variable.words(ir);
  row.resize(static_cast<std::size_t>(count));
  for (std::size_t c = 0; c + 1 < starts.size(); ++c)
    for (index_t i = starts[c]; i < starts[c + 1]; ++i) {
      const auto at = static_cast<std::size_t>(i);
      variable.check(row[at] < rows && (i == starts[c] || row[at] > row[at - 1]), ir.at + 4 * i, "rows of the values",
                     "expected to ascend in each column, below the number of rows");
    }
  out.header.element = type->element;
  out.header.swapped = swapped_ && type->bytes > 1;
  out.header.element_bytes = type->bytes;
  out.header.count = count;
  out.header.shape = {count};
  out.header.data_at = offset + pr.at;
  check_wanted_bytes(where + ": values", count, wanted_bytes, accepted_);
  out.bytes = inside.subspan(static_cast<std::size_t>(pr.at), static_cast<std::size_t>(count * type->bytes));
  return out;
}

}  // namespace kindred::io
