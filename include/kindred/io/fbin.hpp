// SPDX-License-Identifier: Apache-2.0
/// @file
/// The files of the big-ann benchmarks, DiskANN and cuVS: two little-endian 32-bit numbers, of rows and of values per
/// row, then all values row by row: floats in .fbin, 32-bit integers in .ibin, bytes in .u8bin and .i8bin. Conversions
/// to T are those of npy.hpp.
///
/// Complexity   O(bytes); read in pieces straight into the matrix.
/// Determinism  the same numbers on every machine.
/// Errors       io_error that names file and byte: a size other than the head says, 0 values per row, limits exceeded.
/// Reference    big-ann-benchmarks.com, "file formats". Their ground truth is an .ibin file of ids with as many floats,
///              the distances, after them, which load_ibin leaves out.
#pragma once

#include <kindred/io/npy.hpp>

namespace kindred::io {

namespace detail {
/// Reads and checks the head of a file of such elements; `source` is at the first one afterwards.
array_header read_bin_head(byte_source& source, io::element element, index_t element_bytes, const limits& accepted,
                           index_t wanted_bytes);

template <class T, Device D>
matrix<T, D> load_bin(context<D>& ctx, byte_source& source, io::element element, index_t element_bytes,
                      const limits& accepted) {
  const array_header h = read_bin_head(source, element, element_bytes, accepted, sizeof(T));
  matrix<T, D> m(ctx, h.shape[0], h.shape[1], uninitialized);
  read_to_device(ctx, source, h, m.data(), accepted.non_finite);
  return m;
}
}  // namespace detail

/// The floats of an .fbin file as a matrix on the device of `ctx`.
template <Number T = float, Device D>
matrix<T, D> load_fbin(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_bin<T>(ctx, source, element::float32, 4, accepted);
}
template <Number T = float, Device D>
matrix<T, D> load_fbin(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_fbin<T>(ctx, source, accepted);
}

/// The integers of an .ibin file: ids of the true neighbours, by ascending distance.
template <Number T = std::int32_t, Device D>
matrix<T, D> load_ibin(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_bin<T>(ctx, source, element::int32, 4, accepted);
}
template <Number T = std::int32_t, Device D>
matrix<T, D> load_ibin(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_ibin<T>(ctx, source, accepted);
}

/// The bytes of a .u8bin file.
template <Number T = std::uint8_t, Device D>
matrix<T, D> load_u8bin(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_bin<T>(ctx, source, element::uint8, 1, accepted);
}
template <Number T = std::uint8_t, Device D>
matrix<T, D> load_u8bin(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_u8bin<T>(ctx, source, accepted);
}

/// The signed bytes of an .i8bin file.
template <Number T = float, Device D>
matrix<T, D> load_i8bin(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_bin<T>(ctx, source, element::int8, 1, accepted);
}
template <Number T = float, Device D>
matrix<T, D> load_i8bin(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_i8bin<T>(ctx, source, accepted);
}

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/fbin_impl.hpp>
#endif
