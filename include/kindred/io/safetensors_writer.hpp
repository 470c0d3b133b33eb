// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/named_arrays.hpp>
#include <kindred/io/safetensors.hpp>

namespace kindred::io {

/// Puts named tensors (add, of named_arrays) and texts together and writes them as one safetensors file.
///
/// Tensors lie in the file one after the other without gaps, as the format wants, from a multiple of 64 on, in the
/// order of the largest power of two (at most 64) that divides their bytes, then of their names. So each starts at a
/// multiple of its element's size, and one whose bytes are a multiple of 64 at a multiple of 64: all can be used in
/// place (safetensors::view).
///
/// Determinism  the bytes depend on names, texts and numbers only, not on the order of the calls.
/// Errors       argument_error for a name or key that came before, is "__metadata__" or is not well-formed UTF-8.
/// Reference    the safetensors format.
class safetensors_writer : public detail::named_arrays {
 public:
  /// Adds a text under a key.
  void metadata(std::string key, std::string text);
  /// Writes the file; it appears whole or not at all (atomic_file). May be called again.
  ///
  /// Errors  io_error where writing fails, and on big-endian machines.
  void write(const std::string& path) const;

 private:
  std::map<std::string, std::string> metadata_;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/named_arrays_impl.hpp>
#include <kindred/io/detail/safetensors_writer_impl.hpp>
#endif
