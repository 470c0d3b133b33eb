// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/inflater.hpp>
#include <kindred/io/mapped_file.hpp>
#include <kindred/io/npy.hpp>
#include <map>
#include <optional>

namespace kindred::io {

namespace detail {
/// One variable of a .mat file: where its element lies and what its start says.
struct mat_variable {
  index_t at = 0, stored = 0;  // behind the tag of the outer element
  index_t bytes = 0;           // of the element of type miMATRIX, without its tag, unpacked
  index_t data_at = 0;         // of the tag of the numbers, in those bytes
  int array_class = 0;
  bool compressed = false, complex = false, logical = false, repeated = false;
  std::vector<index_t> shape;
};
inline constexpr int mat_sparse = 5;

/// The values of a sparse variable, column by column: their rows, and where each column starts and the last one ends.
struct mat_columns {
  std::vector<index_t> rows, starts;
};
}  // namespace detail

/// A sparse matrix of a file on the host, compressed by rows: row r holds values[i] in column columns[i] for i in
/// [offsets[r], offsets[r + 1]); columns ascend within a row. linalg::sparse_matrix takes cols, offsets, columns and
/// values.
template <Number T>
struct sparse_table {
  index_t rows = 0, cols = 0;
  std::vector<index_t> offsets, columns;
  std::vector<T> values;
};

namespace detail {

template <class T>
sparse_table<T> by_row(index_t rows, index_t cols, const mat_columns& from, const std::vector<T>& values) {
  const auto at = [](index_t i) { return static_cast<std::size_t>(i); };
  sparse_table<T> to{rows, cols, std::vector<index_t>(at(rows + 1)), std::vector<index_t>(values.size()),
                     std::vector<T>(values.size())};
  for (const index_t r : from.rows) ++to.offsets[at(r + 1)];
  for (std::size_t r = 1; r < to.offsets.size(); ++r) to.offsets[r] += to.offsets[r - 1];
  std::vector<index_t> next(to.offsets.begin(), to.offsets.end() - 1);
  for (index_t c = 0; c < cols; ++c)
    for (index_t i = from.starts[at(c)]; i < from.starts[at(c + 1)]; ++i) {
      const index_t place = next[at(from.rows[at(i)])]++;
      to.columns[at(place)] = c;
      to.values[at(place)] = values[at(i)];
    }
  return to;
}

template <class T>
std::vector<T> dense(const sparse_table<T>& from) {
  std::vector<T> to(static_cast<std::size_t>(from.rows * from.cols));
  for (index_t r = 0; r < from.rows; ++r)
    for (auto i = static_cast<std::size_t>(from.offsets[static_cast<std::size_t>(r)]);
         i < static_cast<std::size_t>(from.offsets[static_cast<std::size_t>(r) + 1]); ++i)
      to[static_cast<std::size_t>(r * from.cols + from.columns[i])] = from.values[i];
  return to;
}

}  // namespace detail

/// An opened MATLAB file of version 5 (-v6 and -v7): its variables by name. The outer structure and the start of every
/// variable are checked when the file is opened; a variable is unpacked, compared with its checksum and checked when it
/// is asked for. A file with compressed variables (-v7 writes them) needs `inflate`, interop::inflate for one, to be
/// opened, as their names are packed too. Values of every real class and logical ones are read, in either byte order,
/// and sparse matrices of them. Cells, structures, texts, objects and complex arrays are ignored and refused by name
/// when asked for. Constant members may be called from several threads. The file is mapped (mapped_file, whose caveat
/// holds).
///
/// Conversions are those of npy.hpp.
///
/// Complexity   O(variables) to open; to load O(bytes of the variable), which a compressed one takes as memory too. The
///              size of its values is compared with its dimensions before more than the first 512 bytes are unpacked.
/// Errors       io_error that names file, byte and field or variable. Opening refuses: version 7.3, which is HDF5, and
///              version 4; elements that reach beyond the file or their variable; more bytes than deflate can make;
///              broken streams; a compressed variable without `inflate`; more variables than limits.entries. Loading
///              refuses: a name that occurs twice; dimensions that do not match the values; sizes beyond the limits; a
///              wrong checksum; sparse columns that are not in order.
/// Reference    MAT-File Format, The MathWorks, chapter 1; RFC 1950 and 1951. scipy.io and matio read the same.
class mat {
 public:
  /// Opens the file `path`.
  explicit mat(std::string path, const limits& accepted = {}, inflater inflate = nullptr);
  /// Reads `bytes`, which must outlive the object; `name` stands for it in error messages.
  mat(std::span<const std::byte> bytes, std::string name, const limits& accepted = {}, inflater inflate = nullptr);

  /// The file's path.
  const std::string& name() const { return name_; }
  /// Names of all variables, in the order of their bytes.
  std::vector<std::string> names() const;
  /// True where there is a variable `name`.
  bool contains(const std::string& name) const { return variables_.count(name) != 0; }
  /// Lengths of its axes, two at least. Errors, here and below: io_error where there is no such variable.
  const std::vector<index_t>& shape(const std::string& name) const { return find(name).shape; }

  /// True for a sparse matrix.
  bool is_sparse(const std::string& name) const { return find(name).array_class == detail::mat_sparse; }

  /// A variable of any number of axes on the host in C order (last axis fastest), a sparse one with its zeros.
  template <Number T>
  npy_array<T> read(const std::string& name) const {
    npy_array<T> a{shape(name), {}};
    if (is_sparse(name)) {
      const auto from = read_sparse<T>(name);
      check_wanted_bytes(place(name), from.rows * from.cols, sizeof(T), accepted_);
      a.values = detail::dense(from);
      return a;
    }
    const auto numbers = unpacked(name, sizeof(T));
    byte_source source(numbers.bytes, place(name));
    a.values.resize(static_cast<std::size_t>(numbers.header.count));
    detail::read_elements(source, numbers.header, a.values.data(), accepted_.non_finite);
    return a;
  }
  /// A sparse variable, row by row. Explicit zeros stay.
  /// Errors  io_error, also for a variable that is not sparse.
  template <Number T>
  sparse_table<T> read_sparse(const std::string& name) const {
    const auto parts = unpacked_sparse(name, sizeof(T));
    byte_source source(parts.bytes, place(name));
    std::vector<T> by_column(static_cast<std::size_t>(parts.header.count));
    detail::read_elements(source, parts.header, by_column.data(), accepted_.non_finite);
    return detail::by_row(shape(name)[0], shape(name)[1], parts.columns, by_column);
  }
  /// A variable of shape n x d as a matrix on the device of `ctx`, row by row as everywhere here.
  template <Number T, Device D>
  matrix<T, D> load_matrix(context<D>& ctx, const std::string& name) const {
    check_axes(name, shape(name).size() == 2, "a matrix has 2");
    if (is_sparse(name)) return matrix<T, D>(ctx, shape(name)[0], shape(name)[1], read<T>(name).values);
    const auto numbers = unpacked(name, sizeof(T));
    byte_source source(numbers.bytes, place(name));
    matrix<T, D> m(ctx, numbers.header.shape[0], numbers.header.shape[1], uninitialized);
    read_to_device(ctx, source, numbers.header, m.data(), accepted_.non_finite);
    return m;
  }
  /// A variable of shape n x 1 or 1 x n as a vector on the device of `ctx`.
  template <Number T, Device D>
  vector<T, D> load_vector(context<D>& ctx, const std::string& name) const {
    const auto& axes = shape(name);
    check_axes(name, axes.size() == 2 && (axes[0] == 1 || axes[1] == 1), "a vector has 2, one of length 1");
    if (is_sparse(name)) return vector<T, D>(ctx, read<T>(name).values);
    const auto numbers = unpacked(name, sizeof(T));
    byte_source source(numbers.bytes, place(name));
    vector<T, D> v(ctx, numbers.header.count, uninitialized);
    read_to_device(ctx, source, numbers.header, v.data(), accepted_.non_finite);
    return v;
  }

 private:
  struct variable_numbers {
    std::vector<std::byte> owned;      // of a compressed variable
    std::span<const std::byte> bytes;  // the numbers alone
    array_header header;
  };
  struct sparse_numbers : variable_numbers {
    detail::mat_columns columns;
  };
  void open();
  const detail::mat_variable& find(const std::string& name) const;
  void check_axes(const std::string& name, bool ok, const char* wanted) const;
  void check_class(const std::string& name, bool ok, const char* expected) const;
  std::vector<std::byte> inflated(const std::string& name, bool whole) const;
  variable_numbers unpacked(const std::string& name, index_t wanted_bytes) const;
  sparse_numbers unpacked_sparse(const std::string& name, index_t wanted_bytes) const;
  std::string place(const std::string& name) const;

  std::string name_;
  limits accepted_;
  inflater inflate_;
  std::optional<mapped_file> file_;
  std::span<const std::byte> bytes_;
  bool swapped_ = false;
  std::map<std::string, detail::mat_variable> variables_;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/mapped_file_impl.hpp>
#include <kindred/io/detail/mat_impl.hpp>
#endif
