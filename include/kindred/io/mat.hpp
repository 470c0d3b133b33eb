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
  bool compressed = false, complex = false;
  std::vector<index_t> shape;
};
}  // namespace detail

/// An opened MATLAB file of version 5 (-v6 and -v7): its variables by name. The outer structure and the start of every
/// variable are checked when the file is opened; a variable is unpacked, compared with its checksum and checked when it is
/// asked for. A file with compressed variables (-v7 writes them) needs `inflate`, interop::inflate for one, to be opened,
/// as their names are packed too. Numbers of every real class and logical ones are read, in either byte order; cells,
/// structures, texts, sparse and complex arrays are passed over and refused when asked for. Constant members may be called
/// from several threads. The file is mapped (mapped_file, whose caveat holds).
///
/// Conversions are those of npy.hpp.
///
/// Complexity   O(variables) to open; to load O(bytes of the variable), which a compressed one takes as memory too.
/// Errors       io_error that names file, byte and field or variable. Refused: version 7.3, which is HDF5, and version 4;
///              elements that reach beyond the file or their variable; names that come twice; shapes that do not give the
///              numbers; more bytes than deflate can make; broken streams and checksums; a compressed variable
///              without `inflate`; sizes beyond the limits, of which `entries` counts variables.
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

  /// A variable of shape n x d as a matrix on the device of `ctx`, row by row as everywhere here.
  template <Number T, Device D>
  matrix<T, D> load_matrix(context<D>& ctx, const std::string& name) const {
    check_axes(name, shape(name).size() == 2, "a matrix has 2");
    const auto numbers = unpacked(name, sizeof(T));
    byte_source source(numbers.bytes, place(name));
    matrix<T, D> m(ctx, numbers.header.shape[0], numbers.header.shape[1], uninitialized);
    detail::read_to_device(ctx, source, numbers.header, m.data(), accepted_.non_finite);
    return m;
  }
  /// A variable of shape n x 1 or 1 x n as a vector on the device of `ctx`.
  template <Number T, Device D>
  vector<T, D> load_vector(context<D>& ctx, const std::string& name) const {
    const auto& axes = shape(name);
    check_axes(name, axes.size() == 2 && (axes[0] == 1 || axes[1] == 1), "a vector has 2, one of length 1");
    const auto numbers = unpacked(name, sizeof(T));
    byte_source source(numbers.bytes, place(name));
    vector<T, D> v(ctx, numbers.header.count, uninitialized);
    detail::read_to_device(ctx, source, numbers.header, v.data(), accepted_.non_finite);
    return v;
  }

 private:
  struct variable_numbers {
    std::vector<std::byte> owned;      // of a compressed variable
    std::span<const std::byte> bytes;  // the numbers alone
    array_header header;
  };
  void open();
  const detail::mat_variable& find(const std::string& name) const;
  void check_axes(const std::string& name, bool ok, const char* wanted) const;
  variable_numbers unpacked(const std::string& name, index_t wanted_bytes) const;
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
#include <kindred/io/mapped_file_impl.hpp>
#include <kindred/io/mat_impl.hpp>
#endif
