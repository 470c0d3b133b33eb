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
};
}  // namespace detail

/// An opened .npz archive: .npy files by name, as numpy.savez and numpy.savez_compressed write them. The directory is
/// checked when the archive is opened; a member is unpacked, compared with its checksum and checked like any .npy file
/// when it is asked for. A compressed member needs `inflate`, interop::inflate for one. Names are keys and never paths;
/// ".npy" is left off. Constant members may be called from several threads. The file is mapped (mapped_file, whose caveat
/// holds).
///
/// Complexity   O(directory) to open; to load O(bytes of the member), which a compressed one takes as memory too.
/// Errors       io_error that names file, byte and field. Refused: anything before, between or behind the members and the
///              directory; members that overlap or lie outside; names that come twice, are no UTF-8 or do not end in .npy;
///              encrypted archives, those of several disks or with a comment; methods other than stored and deflate; sizes
///              that directory and member tell differently, that deflate cannot reach, or beyond the limits, which hold
///              for all members together; a wrong checksum; a compressed member asked for without `inflate`.
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

  /// An array of any number of axes on the host. Errors, here and below: those of npy.hpp, and io_error where there is no
  /// such array.
  template <Number T>
  npy_array<T> read(const std::string& name) const {
    const auto bytes = unpacked(name);
    byte_source source(bytes.bytes, place(name));
    return read_npy<T>(source, accepted_);
  }
  /// An array of shape n x d as a matrix on the device of `ctx`.
  template <Number T, Device D>
  matrix<T, D> load_matrix(context<D>& ctx, const std::string& name) const {
    const auto bytes = unpacked(name);
    byte_source source(bytes.bytes, place(name));
    return io::load_matrix<T>(ctx, source, accepted_);
  }
  /// An array of shape n or n x 1 as a vector on the device of `ctx`.
  template <Number T, Device D>
  vector<T, D> load_vector(context<D>& ctx, const std::string& name) const {
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
#include <kindred/io/mapped_file_impl.hpp>
#include <kindred/io/npz_impl.hpp>
#endif
