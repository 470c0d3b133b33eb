// SPDX-License-Identifier: Apache-2.0
/// @file
/// Matrices of MATLAB files through the library matio, which also reads versions that io::mat does not: 4, and 7.3
/// where it was built with HDF5. Needs matio 1.5.20 or later: link with -lmatio.
#pragma once

#include <matio.h>

#include <kindred/io/npy.hpp>
#include <memory>

namespace kindred::interop {

namespace detail {

/// The type of the numbers that matio has read; their size in bytes, 0 for what is none.
inline index_t element_of(matio_types type, io::element& element) {
  switch (type) {
    case MAT_T_INT8:
      return element = io::element::int8, 1;
    case MAT_T_UINT8:
      return element = io::element::uint8, 1;
    case MAT_T_INT16:
      return element = io::element::int16, 2;
    case MAT_T_UINT16:
      return element = io::element::uint16, 2;
    case MAT_T_INT32:
      return element = io::element::int32, 4;
    case MAT_T_UINT32:
      return element = io::element::uint32, 4;
    case MAT_T_INT64:
      return element = io::element::int64, 8;
    case MAT_T_UINT64:
      return element = io::element::uint64, 8;
    case MAT_T_SINGLE:
      return element = io::element::float32, 4;
    case MAT_T_DOUBLE:
      return element = io::element::float64, 8;
    default:
      return 0;
  }
}

/// The class of a variable in words.
inline const char* class_of(matio_classes c) {
  switch (c) {
    case MAT_C_EMPTY:
      return "an empty variable";
    case MAT_C_CELL:
      return "a cell array";
    case MAT_C_STRUCT:
      return "a structure";
    case MAT_C_CHAR:
      return "a text (char)";
    case MAT_C_SPARSE:
      return "a sparse matrix";
    case MAT_C_FUNCTION:
      return "a function handle";
    default:
      return "an object";
  }
}

}  // namespace detail

/// The variable `name` of the file `path`, of shape n x d, as a matrix on the device of `ctx`. Conversions are those of
/// io/npy.hpp. Shape and class are checked against the limits and the size of the file before matio is asked for the
/// numbers; how carefully it parses what stands before them is up to matio. io::mat reads files of version 5 from
/// strangers.
///
/// Complexity   O(bytes); matio holds the numbers beside the matrix.
/// Errors       io_error that names file and variable: what is no regular file or no file of matio's; no such variable;
///              other than two axes; classes that are no full real arrays of numbers; sizes beyond the limits or beyond
///              what compression can make of the file; numbers that T cannot hold, or that are not finite, as the
///              limits say.
/// Reference    matio 1.5, https://github.com/tbeu/matio
template <io::Number T, Device D>
matrix<T, D> load_mat(context<D>& ctx, const std::string& path, const std::string& name,
                      const io::limits& accepted = {}) {
  const std::string place = path + ": variable '" + name + "'";
  const index_t bytes = io::byte_source(path).size();
  expects<io_error>(bytes <= accepted.bytes, "{}: {} bytes, the limit is {}", path, bytes, accepted.bytes);
  const std::unique_ptr<mat_t, int (*)(mat_t*)> file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), &Mat_Close);
  expects<io_error>(file != nullptr, "{}: matio cannot open it", path);
  const std::unique_ptr<matvar_t, void (*)(matvar_t*)> variable(Mat_VarReadInfo(file.get(), name.c_str()),
                                                                &Mat_VarFree);
  expects<io_error>(variable != nullptr, "{}: there is no such variable", place);
  expects<io_error>(variable->rank == 2 && variable->dims != nullptr, "{}: {} axes, a matrix has 2", place,
                    variable->rank);
  expects<io_error>(variable->class_type >= MAT_C_DOUBLE && variable->class_type <= MAT_C_UINT64,
                    "{}: {}, expected an array of numbers", place, detail::class_of(variable->class_type));
  expects<io_error>(variable->isComplex == 0, "{}: complex numbers", place);
  io::array_header h;
  for (int axis = 0; axis < 2; ++axis) {
    expects<io_error>(variable->dims[axis] <= static_cast<std::size_t>(accepted.bytes), "{}: an axis of length {}",
                      place, variable->dims[axis]);
    h.shape.push_back(static_cast<index_t>(variable->dims[axis]));
  }
  const index_t most = io::checked_bytes(place, h.shape, 8, accepted);
  const bool packed = variable->compression != MAT_COMPRESSION_NONE || Mat_GetVersion(file.get()) == MAT_FT_MAT73;
  expects<io_error>(most / 8 / (packed ? 1032 : 1) <= bytes, "{}: {} x {} numbers, more than {} bytes can hold", place,
                    h.shape[0], h.shape[1], bytes);
  io::check_wanted_bytes(place, most / 8, 8, accepted);
  if (most > 0) {
    const int status = Mat_VarReadDataAll(file.get(), variable.get());
    expects<io_error>(status == 0 && variable->data != nullptr, "{}: matio cannot read the numbers", place);
  }
  // without numbers matio leaves the type open
  h.element_bytes = detail::element_of(most > 0 ? variable->data_type : MAT_T_DOUBLE, h.element);
  expects<io_error>(h.element_bytes > 0 && (most == 0 || h.element_bytes == variable->data_size), "{}: an unknown type",
                    place);
  h.fortran_order = true;
  h.count = most / 8;
  expects<io_error>(most == 0 || variable->nbytes == static_cast<std::size_t>(h.count * h.element_bytes),
                    "{}: {} bytes for {} numbers", place, variable->nbytes, h.count);
  const auto* const numbers = static_cast<const std::byte*>(most > 0 ? variable->data : nullptr);
  io::byte_source source({numbers, static_cast<std::size_t>(h.count * h.element_bytes)}, place);
  matrix<T, D> m(ctx, h.shape[0], h.shape[1], uninitialized);
  io::read_to_device(ctx, source, h, m.data(), accepted.non_finite);
  return m;
}

}  // namespace kindred::interop
