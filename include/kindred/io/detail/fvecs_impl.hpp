// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/array_header_impl.hpp>
#include <kindred/io/detail/npy_impl.hpp>
#include <kindred/io/fvecs.hpp>

namespace kindred::io::detail {

inline constexpr bool vecs_swapped = std::endian::native != std::endian::little;

template <class S>
vecs_shape read_vecs_shape(byte_source& source, const limits& accepted, index_t wanted_bytes) {
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  expects<io_error>(source.remaining() >= 4, "{}: byte 0, dimension: {} bytes are too few", name, source.remaining());
  unsigned char start[4];
  source.read(start, 4);
  const std::int32_t cols = decoded<std::int32_t>(start, vecs_swapped);
  expects<io_error>(cols > 0, "{}: byte 0, dimension: {} is not positive", name, cols);
  const index_t row_bytes = 4 + cols * static_cast<index_t>(sizeof(S));
  const index_t bytes = 4 + source.remaining(), rows = bytes / row_bytes;
  if (bytes % row_bytes != 0) {
    std::uint32_t second = 0;  // an .fbin file starts with its rows and its dimension
    if (bytes >= 8) {
      source.read(start, 4);
      second = decoded<std::uint32_t>(start, vecs_swapped);
    }
    index_t values = cols;
    const bool other = bytes >= 8 && multiply(values, static_cast<index_t>(second)) &&
                       values == (bytes - 8) / static_cast<index_t>(sizeof(S));
    expects<io_error>(
        false, "{}: byte 0, dimension: {} numbers make rows of {} bytes, which {} bytes are no multiple of{}", name,
        cols, row_bytes, bytes,
        other ? "; as .fbin it holds " + std::to_string(cols) + " x " + std::to_string(second) + " values" : "");
  }
  checked_bytes(name + ": byte 0, dimension", {rows, cols}, sizeof(S), accepted);
  check_wanted_bytes(name + ": byte 0, dimension", rows * cols, wanted_bytes, accepted);
  return {rows, cols};
}

template <class S, class T>
void read_vecs(byte_source& source, vecs_shape shape, T* to, non_finite policy) {
  const index_t numbers = shape.cols * static_cast<index_t>(sizeof(S));
  std::vector<unsigned char> row(static_cast<std::size_t>(numbers + 4));
  for (index_t r = 0; r < shape.rows; ++r) {
    const index_t row_at = source.position();
    const bool last = r + 1 == shape.rows;
    source.read(row.data(), last ? numbers : numbers + 4);
    for (index_t c = 0; c < shape.cols; ++c) {
      const auto at = static_cast<std::size_t>(c) * sizeof(S);
      const trouble t = converted(decoded<S>(row.data() + at, vecs_swapped), to[r * shape.cols + c], policy);
      if (t != trouble::none) [[unlikely]]
        expects<io_error>(false, "{}: byte {}: row {}, column {} {}", source.name(), row_at + static_cast<index_t>(at),
                          r, c, text_of(t));
    }
    if (last) break;
    const std::int32_t cols = decoded<std::int32_t>(row.data() + numbers, vecs_swapped);
    expects<io_error>(cols == shape.cols, "{}: byte {}, dimension: {} in row {}, but {} in the first", source.name(),
                      row_at + numbers, cols, r + 1, shape.cols);
  }
}

template <class T>
void write_vecs(const std::string& path, const T* data, index_t rows, index_t cols, index_t stride) {
  expects(rows > 0 && cols > 0 && cols <= std::numeric_limits<std::int32_t>::max(),
          "{}: {} x {} numbers cannot be written as vecs", path, rows, cols);
  atomic_file file(path);
  std::vector<unsigned char> row(4 + static_cast<std::size_t>(cols) * sizeof(T));
  const auto put = [&](auto value, std::size_t at) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&value);
    std::copy(bytes, bytes + sizeof value, row.data() + at);
    if (vecs_swapped) std::reverse(row.data() + at, row.data() + at + sizeof value);
  };
  put(static_cast<std::int32_t>(cols), 0);
  for (index_t r = 0; r < rows; ++r) {
    for (index_t c = 0; c < cols; ++c) put(data[r * stride + c], 4 + static_cast<std::size_t>(c) * sizeof(T));
    file.write(row.data(), static_cast<index_t>(row.size()));
  }
  file.commit();
}

}  // namespace kindred::io::detail
