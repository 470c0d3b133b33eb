// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tables of numbers as text, one row a line (RFC 4180): quotes around fields, CRLF and a byte order mark are
/// tolerated, the decimal point is a point in every locale. Conversions to T are those of npy.hpp; numbers are read as
/// double first.
///
/// Errors  io_error that names file, line and column: rows of different lengths, fields that are no number, numbers
///         that T cannot hold, broken quotes, empty lines other than at the end.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/io/array_header.hpp>
#include <kindred/io/atomic_file.hpp>
#include <string>

namespace kindred::io {

/// How a table is written.
struct csv_options {
  char delimiter = ',';  ///< between fields: any character but quote, point, sign, letter, digit and line end
  bool header = false;   ///< the first line holds names
  io::limits limits{};   ///< rows do not count the header; bytes are those of the file and of the numbers
};

/// The numbers of a table on the host, row by row.
template <Number T>
struct csv_table {
  index_t rows = 0, cols = 0;
  std::vector<T> values;
  std::vector<std::string> names;  ///< one per column with a header, else none
};

namespace detail {
void check_csv_delimiter(char delimiter);
template <class T>
csv_table<T> parse_csv(byte_source& source, const csv_options& options);
template <class T>
void write_csv(atomic_file& file, const T* data, index_t rows, index_t cols, index_t stride,
               const std::vector<std::string>& names, char delimiter);
}  // namespace detail

/// The table in `source`. A header alone gives 0 rows; an empty file is refused.
///
/// Complexity   O(bytes); holds the file and the numbers at once.
/// Determinism  the same numbers on every machine and in every locale.
template <Number T>
csv_table<T> read_csv(byte_source& source, const csv_options& options = {}) {
  return detail::parse_csv<T>(source, options);
}

/// The table in the file `path`.
template <Number T>
csv_table<T> read_csv(const std::string& path, const csv_options& options = {}) {
  byte_source source(path);
  return detail::parse_csv<T>(source, options);
}

/// The table in the file `path` as a matrix on the device of `ctx`.
template <Number T, Device D>
matrix<T, D> load_csv(context<D>& ctx, const std::string& path, const csv_options& options = {}) {
  const auto table = read_csv<T>(path, options);
  return matrix<T, D>(ctx, table.rows, table.cols, table.values);
}

/// Writes a matrix in host memory, after a line of `names` where there are any; the file appears whole or not at all.
/// Every number is the shortest text that reads back as the same number.
///
/// Errors  io_error where writing fails; shape_error when there are names but not one per column, or neither names nor
///         rows, or no columns; argument_error for a delimiter that csv_options does not allow.
template <class T, HostDevice D>
requires Number<std::remove_const_t<T>>
void save_csv(const std::string& path, matrix_view<T, D> m, const std::vector<std::string>& names = {},
              char delimiter = ',') {
  detail::check_csv_delimiter(delimiter);
  expects(m.cols() > 0 && (m.rows() > 0 || !names.empty()), "save_csv: {} x {} values and no names", m.rows(),
          m.cols());
  expects(names.empty() || static_cast<index_t>(names.size()) == m.cols(), "save_csv: {} names for {} columns",
          names.size(), m.cols());
  atomic_file file(path);
  detail::write_csv<std::remove_const_t<T>>(file, m.data(), m.rows(), m.cols(), m.stride(), names, delimiter);
  file.commit();
}

/// Writes an owning matrix of any device; waits for it.
template <Number T, Device D>
void save_csv(const std::string& path, const matrix<T, D>& m, const std::vector<std::string>& names = {},
              char delimiter = ',') {
  const auto host = m.to_host();
  save_csv(path, matrix_view<const T, cpu>(host.data(), m.rows(), m.cols()), names, delimiter);
}

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/csv_impl.hpp>
#endif
