// SPDX-License-Identifier: Apache-2.0
/// @file
/// The files of the TEXMEX collections: row after row, each a little-endian 32-bit dimension followed by its numbers:
/// floats in .fvecs, 32-bit integers in .ivecs, bytes in .bvecs. Conversions to T are those of npy.hpp.
///
/// Errors     io_error that names file, byte and row: an empty file, whose dimension nobody knows; a dimension that is
///            not positive or not that of the first row; a size that is no multiple of a row's; limits exceeded.
/// Reference  corpus-texmex.irisa.fr, "file formats". Differs: there rows of other dimensions are possible.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/array_header.hpp>
#include <kindred/io/atomic_file.hpp>

namespace kindred::io {

namespace detail {

/// Rows and columns of a file whose numbers lie as S.
struct vecs_shape {
  index_t rows, cols;
};
/// Reads the first dimension; `source` stands at the first number afterwards.
template <class S>
vecs_shape read_vecs_shape(byte_source& source, const limits& accepted, index_t wanted_bytes);
/// The numbers of all rows to `to`.
template <class S, class T>
void read_vecs(byte_source& source, vecs_shape shape, T* to, non_finite policy);
template <class T>
void write_vecs(const std::string& path, const T* data, index_t rows, index_t cols, index_t stride);

template <class S, class T, Device D>
matrix<T, D> load_vecs(context<D>& ctx, byte_source& source, const limits& accepted) {
  const vecs_shape shape = read_vecs_shape<S>(source, accepted, sizeof(T));
  if constexpr (D::host_memory) {
    matrix<T, D> m(ctx, shape.rows, shape.cols, uninitialized);
    read_vecs<S>(source, shape, m.data(), accepted.non_finite);
    return m;
  } else {
    std::vector<T> host(static_cast<std::size_t>(shape.rows * shape.cols));
    read_vecs<S>(source, shape, host.data(), accepted.non_finite);
    return matrix<T, D>(ctx, shape.rows, shape.cols, host);
  }
}

}  // namespace detail

/// The floats of a .fvecs file as a matrix on the device of `ctx`.
///
/// Complexity   O(bytes); holds one row beside the matrix.
/// Determinism  the same numbers on every machine.
template <Number T = float, Device D>
matrix<T, D> load_fvecs(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_vecs<float, T>(ctx, source, accepted);
}
template <Number T = float, Device D>
matrix<T, D> load_fvecs(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return detail::load_vecs<float, T>(ctx, source, accepted);
}

/// The integers of an .ivecs file: ids of the true neighbours, by ascending distance.
template <Number T = std::int32_t, Device D>
matrix<T, D> load_ivecs(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_vecs<std::int32_t, T>(ctx, source, accepted);
}
template <Number T = std::int32_t, Device D>
matrix<T, D> load_ivecs(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return detail::load_vecs<std::int32_t, T>(ctx, source, accepted);
}

/// The bytes of a .bvecs file.
template <Number T = std::uint8_t, Device D>
matrix<T, D> load_bvecs(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  return detail::load_vecs<std::uint8_t, T>(ctx, source, accepted);
}
template <Number T = std::uint8_t, Device D>
matrix<T, D> load_bvecs(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return detail::load_vecs<std::uint8_t, T>(ctx, source, accepted);
}

/// Writes a matrix in host memory as .fvecs (float) or .ivecs (int32); the file appears whole or not at all.
///
/// Errors  shape_error for a matrix without rows or columns, which the format cannot hold; io_error where writing
///         fails.
template <class T, HostDevice D>
requires std::same_as<std::remove_const_t<T>, float>
void save_fvecs(const std::string& path, matrix_view<T, D> m) {
  detail::write_vecs<float>(path, m.data(), m.rows(), m.cols(), m.stride());
}
template <class T, HostDevice D>
requires std::same_as<std::remove_const_t<T>, std::int32_t>
void save_ivecs(const std::string& path, matrix_view<T, D> m) {
  detail::write_vecs<std::int32_t>(path, m.data(), m.rows(), m.cols(), m.stride());
}
/// Writes an owning matrix of any device; waits for it.
template <Device D>
void save_fvecs(const std::string& path, const matrix<float, D>& m) {
  const auto host = m.to_host();
  detail::write_vecs<float>(path, host.data(), m.rows(), m.cols(), m.cols());
}
template <Device D>
void save_ivecs(const std::string& path, const matrix<std::int32_t, D>& m) {
  const auto host = m.to_host();
  detail::write_vecs<std::int32_t>(path, host.data(), m.rows(), m.cols(), m.cols());
}

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/fvecs_impl.hpp>
#endif
