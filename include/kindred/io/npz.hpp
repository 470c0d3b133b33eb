// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/inflater.hpp>
#include <kindred/io/mapped_file.hpp>
#include <kindred/io/npy.hpp>
#include <map>
#include <optional>

namespace kindred::io {

namespace detail {
/// Where the bytes of one member of a zip archive lie.
struct zip_member {
  index_t at = 0, stored = 0, bytes = 0;  // position, length in the archive, length unpacked
  std::uint32_t crc = 0;
  bool deflated = false;
  const char* refused = nullptr;  // why it cannot be read
};
}  // namespace detail

/// An opened .npz archive: .npy files by name, as numpy.savez and numpy.savez_compressed write them. The directory is
/// checked when the archive is opened. When a member is asked for, the head of its .npy file is compared with the size
/// of the member before the rest is unpacked. A compressed member needs `inflate`, interop::inflate for one. Members
/// that are no .npy files or have names that are no UTF-8, folders and comments are ignored. Names are keys and never
/// paths; ".npy" is left off. Constant members may be called from several threads. The file is mapped (mapped_file,
/// whose caveat holds).
///
/// Complexity   O(directory) to open; to load O(bytes of the member), which a compressed one takes as memory too.
/// Errors       io_error that names file, byte and field. Opening refuses: anything ahead of, between or after the
///              members and the directory; members that overlap or lie outside; archives of several disks; sizes that
///              directory and member state differently, that deflate cannot reach, or beyond the limits, which hold for
///              all members together. Loading refuses: a name that occurs twice; encryption; methods other than stored
///              and deflate; a wrong checksum; a compressed member without `inflate`; what npy.hpp refuses.
/// Reference    APPNOTE.TXT 6.3 of PKWARE with zip64; RFC 1951; numpy.lib.format.
class npz {
 public:
  /// Opens the file `path`.
  explicit npz(std::string path, const limits& accepted = {}, inflater inflate = nullptr);
  /// Reads `bytes`, which must outlive the object; `name` stands for it in error messages.
  npz(std::span<const std::byte> bytes, std::string name, const limits& accepted = {}, inflater inflate = nullptr);

  /// The file's path.
  const std::string& name() const { return name_; }
  /// Names of all arrays, in the order of their bytes.
  std::vector<std::string> names() const;
  /// True where there is an array `name`.
  bool contains(const std::string& name) const { return members_.count(name) != 0; }
  /// Lengths of the axes of an array, of which the head is unpacked. Errors, here and below: those of npy.hpp, and
  /// io_error where there is no such array.
  std::vector<index_t> shape(const std::string& name) const { return header(name, 0).shape; }

  /// An array of any number of axes on the host.
  template <Number T>
  npy_array<T> read(const std::string& name) const {
    (void)header(name, sizeof(T));
    const auto bytes = unpacked(name);
    byte_source source(bytes.bytes, place(name));
    return read_npy<T>(source, accepted_);
  }
  /// An array of shape n x d as a matrix on the device of `ctx`.
  template <Number T, Device D>
  matrix<T, D> load_matrix(context<D>& ctx, const std::string& name) const {
    detail::check_matrix_shape(place(name), header(name, sizeof(T)));
    const auto bytes = unpacked(name);
    byte_source source(bytes.bytes, place(name));
    return io::load_matrix<T>(ctx, source, accepted_);
  }
  /// An array of shape n or n x 1 as a vector on the device of `ctx`.
  template <Number T, Device D>
  vector<T, D> load_vector(context<D>& ctx, const std::string& name) const {
    detail::check_vector_shape(place(name), header(name, sizeof(T)));
    const auto bytes = unpacked(name);
    byte_source source(bytes.bytes, place(name));
    return io::load_vector<T>(ctx, source, accepted_);
  }

 private:
  struct member_bytes {
    std::vector<std::byte> owned;      // of a compressed member
    std::span<const std::byte> bytes;  // of any
  };
  void open();
  const detail::zip_member& find(const std::string& name) const;
  array_header header(const std::string& name, index_t wanted_bytes) const;
  member_bytes unpacked(const std::string& name) const;
  std::string place(const std::string& name) const;

  std::string name_;
  limits accepted_;
  inflater inflate_;
  std::optional<mapped_file> file_;
  std::span<const std::byte> bytes_;
  std::map<std::string, detail::zip_member> members_;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/mapped_file_impl.hpp>
#include <kindred/io/detail/npz_impl.hpp>
#endif
