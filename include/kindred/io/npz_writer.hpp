// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/named_arrays.hpp>
#include <kindred/io/npy.hpp>

namespace kindred::io {

/// Puts named arrays (add, of named_arrays) together and writes them as one .npz archive, each as a .npy file of
/// version 1.0, stored, in the order of their names. Always with zip64 fields, as large archives need them; numpy.load
/// reads it.
///
/// Determinism  the bytes depend on names and numbers only; the time of the members is that of an empty clock.
/// Errors       argument_error for a name that came before, is not well-formed UTF-8 or longer than 65000 bytes.
class npz_writer : public detail::named_arrays {
 public:
  /// Writes the file; it appears whole or not at all (atomic_file). May be called again.
  ///
  /// Errors  io_error where writing fails.
  void write(const std::string& path) const;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/named_arrays_impl.hpp>
#include <kindred/io/detail/npz_writer_impl.hpp>
#endif
