// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/npy_impl.hpp>
#include <kindred/io/fbin.hpp>

namespace kindred::io {

KINDRED_INLINE array_header detail::read_bin_head(byte_source& source, io::element element, index_t element_bytes,
                                                  const limits& accepted, index_t wanted_bytes) {
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  expects<io_error>(source.remaining() >= 8, "{}: byte 0: {} bytes are too few for rows and dimension", name,
                    source.remaining());
  unsigned char start[8];
  source.read(start, 8);
  constexpr bool swapped = std::endian::native != std::endian::little;
  array_header h;
  h.element = element;
  h.element_bytes = element_bytes;
  h.swapped = swapped && element_bytes > 1;
  h.shape = {decoded<std::uint32_t>(start, swapped), decoded<std::uint32_t>(start + 4, swapped)};
  h.data_at = 8;
  expects<io_error>(h.shape[1] > 0, "{}: byte 4, dimension: 0", name);
  const index_t bytes = checked_bytes(name + ": byte 0, shape", h.shape, element_bytes, accepted);
  const bool distances = element == io::element::int32 && bytes == source.remaining() - bytes;
  expects<io_error>(bytes == source.remaining() || distances,
                    "{}: byte 0, shape: {} x {} values take {} bytes, {} are there", name, h.shape[0], h.shape[1],
                    bytes, source.remaining());
  h.count = bytes / element_bytes;
  check_wanted_bytes(name + ": byte 0, shape", h.count, wanted_bytes, accepted);
  return h;
}

}  // namespace kindred::io
