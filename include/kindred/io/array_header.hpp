// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <vector>

namespace kindred::io {

/// The element types of files.
enum class element : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  bfloat16,
  float32,
  float64
};

/// The types that loaders convert to and savers write.
template <class T>
concept Number = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
                 std::same_as<T, std::int64_t> || std::same_as<T, std::uint8_t>;

namespace detail {
/// The element type whose numbers lie in memory as T.
template <Number T>
constexpr element element_of() {
  if constexpr (std::same_as<T, float>) return element::float32;
  if constexpr (std::same_as<T, double>) return element::float64;
  if constexpr (std::same_as<T, std::int32_t>) return element::int32;
  if constexpr (std::same_as<T, std::int64_t>) return element::int64;
  return element::uint8;
}

}  // namespace detail

/// Returns the bytes of an array of this shape, checked against 64 bits and the limits; `field` opens the message.
index_t checked_bytes(const std::string& field, const std::vector<index_t>& shape, index_t element_bytes,
                      const limits& accepted);
/// Checks the numbers after conversion against the limit of bytes.
void check_wanted_bytes(const std::string& field, index_t count, index_t wanted_bytes, const limits& accepted);

/// What the head of a .npy file says, checked against the size of the file and the limits.
struct array_header {
  io::element element = io::element::float32;
  bool swapped = false;        ///< the bytes of an element stand in the other order than this machine's
  bool fortran_order = false;  ///< the first axis runs fastest
  std::vector<index_t> shape;  ///< lengths of the axes; none for a single number
  index_t count = 1;           ///< product of the shape
  index_t element_bytes = 0;   ///< 1, 2, 4 or 8
  index_t data_at = 0;         ///< position of the first element in the file
};

/// Reads and checks the head of a .npy file; `source` stands at the first element afterwards.
///
/// Versions 1.0, 2.0 and 3.0; bool, integers of 1 to 8 bytes, floats of 2, 4 and 8 bytes, either byte order. Nothing is
/// allocated that the file only claims: the data must be as long as type and shape say, to the byte, and the shape must
/// keep the limits.
///
/// wanted_bytes  size of an element after conversion, for limits.bytes
/// Errors        io_error that names file, byte and field: not a .npy file, unknown version, cut short, trailing bytes,
///               malformed or duplicate or missing or unknown entries, object arrays (they carry code), other types.
/// Reference     NumPy Enhancement Proposal 1 and numpy.lib.format. Differs: type and byte order must be explicit, more
///               than 32 axes and heads beyond 64 KiB are refused.
array_header read_array_header(byte_source& source, const limits& accepted, index_t wanted_bytes);

namespace detail {
/// Bytes of a .npy file that hold its head, whatever its length: magic, version, length, text.
inline constexpr index_t longest_array_head = 12 + 65536;
/// The same from a source that holds the first bytes of a file of `file_bytes` bytes, longest_array_head at least.
array_header read_array_start(byte_source& source, index_t file_bytes, const limits& accepted, index_t wanted_bytes);
}  // namespace detail

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/array_header_impl.hpp>
#endif
