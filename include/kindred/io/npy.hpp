// SPDX-License-Identifier: Apache-2.0
/// @file
/// NumPy's .npy files. Loaders check everything before they allocate; an element that the wanted type cannot hold is an
/// error and never a changed number. Conversions to T:
///
///   bool, integer -> float, double   nearest; bool gives 0 and 1
///   float -> float, double           nearest; a finite number beyond T is refused, NaN and infinities as
///                                    limits.non_finite says (refused unless asked otherwise)
///   bool, integer -> integer         the same number, else refused
///   float -> integer                 the same number, else refused: fractions, NaN, infinities
///
/// Determinism  the same numbers on every machine.
/// Errors       io_error that names file, byte offset and field or row and column. Nothing is returned then.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/array_header.hpp>
#include <kindred/io/atomic_file.hpp>

namespace kindred::io {

/// The numbers of a .npy file on the host in C order (last axis fastest), whatever the file's order.
template <Number T>
struct npy_array {
  std::vector<index_t> shape;
  std::vector<T> values;
};

namespace detail {

/// All elements after the head, in C order, to `to`. Float and double: NaN and infinities as `policy` says.
template <class T>
void read_elements(byte_source& source, const array_header& h, T* to, non_finite policy);

/// Head of version 1.0 for C order, padded so that the data lie at a multiple of 64 bytes.
std::string array_head(io::element element, const std::vector<index_t>& shape);

bool file_exists(const std::string& path);

}  // namespace detail

/// Reads the elements that follow the head `h` into memory of a device, without a detour where the host reaches it.
template <class T, Device D>
void read_to_device(context<D>& ctx, byte_source& source, const array_header& h, T* to, non_finite policy) {
  if constexpr (D::host_memory) {
    detail::read_elements(source, h, to, policy);
  } else {
    std::vector<T> host(static_cast<std::size_t>(h.count));
    detail::read_elements(source, h, host.data(), policy);
    ctx.copy_from_host(to, host.data(), h.count * static_cast<index_t>(sizeof(T)));
  }
}

namespace detail {

inline void check_matrix_shape(const std::string& name, const array_header& h) {
  expects<io_error>(h.shape.size() == 2, "{}: byte {}, shape: {} axes, a matrix has 2", name, h.data_at,
                    h.shape.size());
}
inline void check_vector_shape(const std::string& name, const array_header& h) {
  expects<io_error>(h.shape.size() == 1 || (h.shape.size() == 2 && h.shape[1] == 1),
                    "{}: byte {}, shape: {} axes, a vector has 1, or 2 of which the second has length 1", name,
                    h.data_at, h.shape.size());
}

/// Positions of items in `rows` rows, checked here so that the error names the file.
inline std::vector<index_t> checked_offsets(const std::string& path, std::vector<index_t> offsets, index_t rows) {
  expects<io_error>(!offsets.empty() && offsets.front() == 0, "{}: offsets must start at 0", path);
  for (std::size_t i = 1; i < offsets.size(); ++i)
    expects<io_error>(offsets[i] >= offsets[i - 1], "{}: offset {} is {}, smaller than the one before it", path, i,
                      offsets[i]);
  expects<io_error>(offsets.back() == rows, "{}: the last offset is {}, but there are {} rows", path, offsets.back(),
                    rows);
  return offsets;
}

}  // namespace detail

/// The array of any number of axes in `source`.
template <Number T>
npy_array<T> read_npy(byte_source& source, const limits& accepted = {}) {
  const array_header h = read_array_header(source, accepted, sizeof(T));
  npy_array<T> a{h.shape, std::vector<T>(static_cast<std::size_t>(h.count))};
  detail::read_elements(source, h, a.values.data(), accepted.non_finite);
  return a;
}

/// The array of any number of axes in the file `path`.
template <Number T>
npy_array<T> read_npy(const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return read_npy<T>(source, accepted);
}

/// A file of shape n x d as a matrix on the device of `ctx`. One axis is refused: features and labels are easily
/// swapped.
template <Number T, Device D>
matrix<T, D> load_matrix(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  const array_header h = read_array_header(source, accepted, sizeof(T));
  detail::check_matrix_shape(source.name(), h);
  matrix<T, D> m(ctx, h.shape[0], h.shape[1], uninitialized);
  read_to_device(ctx, source, h, m.data(), accepted.non_finite);
  return m;
}
template <Number T, Device D>
matrix<T, D> load_matrix(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_matrix<T>(ctx, source, accepted);
}

/// A file of shape n or n x 1 as a vector on the device of `ctx`.
template <Number T, Device D>
vector<T, D> load_vector(context<D>& ctx, byte_source& source, const limits& accepted = {}) {
  const array_header h = read_array_header(source, accepted, sizeof(T));
  detail::check_vector_shape(source.name(), h);
  vector<T, D> v(ctx, h.count, uninitialized);
  read_to_device(ctx, source, h, v.data(), accepted.non_finite);
  return v;
}
template <Number T, Device D>
vector<T, D> load_vector(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  return load_vector<T>(ctx, source, accepted);
}

/// Items of several rows: `folder`/values.npy of shape rows x d with `folder`/offsets.npy, items + 1 positions from 0
/// to rows; or, without offsets.npy, values of shape items x rows per item x d. The limit of rows holds for the first
/// axis of each file.
///
/// Errors  io_error also when the offsets do not start at 0, decrease, or do not end at the number of rows.
template <Number T, Device D>
batch<T, D> load_sequences(context<D>& ctx, const std::string& folder, const limits& accepted = {}) {
  const std::string values = folder + "/values.npy", offsets = folder + "/offsets.npy";
  byte_source source(values);
  const array_header h = read_array_header(source, accepted, sizeof(T));
  if (!detail::file_exists(offsets)) {
    expects<io_error>(h.shape.size() == 3,
                      "{}: byte {}, shape: got {} axes, expected 3 for sequences without an offsets.npy", values,
                      h.data_at, h.shape.size());
    batch<T, D> b(ctx, h.shape[0], h.shape[1], h.shape[2]);
    read_to_device(ctx, source, h, b.view().values.data(), accepted.non_finite);
    return b;
  }
  expects<io_error>(h.shape.size() == 2,
                    "{}: byte {}, shape: got {} axes, expected 2 for sequences with an offsets.npy", values, h.data_at,
                    h.shape.size());
  auto ends = read_npy<index_t>(offsets, accepted);
  expects<io_error>(ends.shape.size() == 1, "{}: shape: {} axes, offsets have 1", offsets, ends.shape.size());
  const auto checked = detail::checked_offsets(offsets, std::move(ends.values), h.shape[0]);
  matrix<T, D> rows(ctx, h.shape[0], h.shape[1], uninitialized);
  read_to_device(ctx, source, h, rows.data(), accepted.non_finite);
  return batch<T, D>(ctx, std::move(rows), checked);
}

/// Pictures of shape n x height x width or n x height x width x channels as a batch whose rows are pixels. Numbers are
/// not scaled: bytes give 0 to 255.
template <Number T, Device D>
batch<T, D> load_pictures(context<D>& ctx, const std::string& path, const limits& accepted = {}) {
  byte_source source(path);
  const array_header h = read_array_header(source, accepted, sizeof(T));
  expects<io_error>(h.shape.size() == 3 || h.shape.size() == 4, "{}: byte {}, shape: {} axes, pictures have 3 or 4",
                    path, h.data_at, h.shape.size());
  const index_t pixels = h.shape[1] * h.shape[2], channels = h.shape.size() == 4 ? h.shape[3] : 1;
  expects<io_error>(pixels > 0 && channels > 0, "{}: byte {}, shape: pictures without pixels", path, h.data_at);
  batch<T, D> b(ctx, h.shape[0], pixels, channels, h.shape[1]);
  read_to_device(ctx, source, h, b.view().values.data(), accepted.non_finite);
  return b;
}

/// Writes a matrix in host memory as n x d, version 1.0, C order; it appears whole or not at all (atomic_file).
template <class T, HostDevice D>
requires Number<std::remove_const_t<T>>
void save(const std::string& path, matrix_view<T, D> m) {
  atomic_file file(path);
  file.write(detail::array_head(detail::element_of<std::remove_const_t<T>>(), {m.rows(), m.cols()}));
  if (m.contiguous()) {
    file.write(m.data(), m.size() * static_cast<index_t>(sizeof(T)));
  } else {
    for (index_t r = 0; r < m.rows(); ++r) file.write(m.row(r).data(), m.cols() * static_cast<index_t>(sizeof(T)));
  }
  file.commit();
}

/// Writes a vector in host memory as n.
template <class T, HostDevice D>
requires Number<std::remove_const_t<T>>
void save(const std::string& path, vector_view<T, D> v) {
  atomic_file file(path);
  file.write(detail::array_head(detail::element_of<std::remove_const_t<T>>(), {v.size()}));
  file.write(v.data(), v.size() * static_cast<index_t>(sizeof(T)));
  file.commit();
}

/// Writes an owning matrix or vector of any device; waits for it.
template <Number T, Device D>
void save(const std::string& path, const matrix<T, D>& m) {
  const auto host = m.to_host();
  save(path, matrix_view<const T, cpu>(host.data(), m.rows(), m.cols()));
}
template <Number T, Device D>
void save(const std::string& path, const vector<T, D>& v) {
  const auto host = v.to_host();
  save(path, vector_view<const T, cpu>(host.data(), v.size()));
}

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/npy_impl.hpp>
#endif
