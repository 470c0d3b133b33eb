// SPDX-License-Identifier: Apache-2.0
/// @file
/// PNG files through libpng, for pictures that are shown. Needs libpng 1.6 or later: link with -lpng.
#pragma once

#include <png.h>

#include <cstdint>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <kindred/io/atomic_file.hpp>
#include <span>
#include <string>
#include <vector>

namespace kindred::interop {

/// Pixels as the bytes of a PNG file, 8 bits a channel.
///
///     interop::save_png("looked_at.png", visual::attention_overlay{}.pixels(map, rgb, 3), height, width, 3);
///
/// pixels     height * width * channels bytes in rows from the top, channels last
/// channels   1 (grey), 2 (grey, opacity), 3 (red, green, blue) or 4 (and opacity); colours are not multiplied by it
///
/// Complexity   O(bytes), and as much memory for the file.
/// Determinism  the same bytes for one version of libpng and zlib.
/// Errors       argument_error for other channels, sides that are not 1 to 65535, or another number of bytes; io_error
///              where libpng fails.
/// Reference    PNG 1.2 (ISO/IEC 15948); libpng 1.6, http://www.libpng.org/pub/png.
inline std::vector<std::uint8_t> png(std::span<const std::uint8_t> pixels, index_t height, index_t width,
                                     index_t channels) {
  expects<argument_error>(channels >= 1 && channels <= 4, "interop::png: expected 1 to 4 channels, got {}", channels);
  expects<argument_error>(height >= 1 && width >= 1 && height <= 0xFFFF && width <= 0xFFFF &&
                              static_cast<index_t>(pixels.size()) == height * width * channels,
                          "interop::png: {} x {} pixels of {} channels in {} bytes", width, height, channels,
                          pixels.size());
  constexpr png_uint_32 formats[] = {PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = formats[channels - 1];
  std::vector<std::uint8_t> out(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = out.size();
  const bool written = png_image_write_to_memory(&image, out.data(), &size, 0, pixels.data(), 0, nullptr) != 0;
  expects<io_error>(written, "interop::png: {}", static_cast<const char*>(image.message));
  out.resize(size);
  return out;
}

/// The same as a file, which appears whole or not at all. Errors: as png, and io_error where the file cannot be
/// written.
inline void save_png(const std::string& path, std::span<const std::uint8_t> pixels, index_t height, index_t width,
                     index_t channels) {
  const auto bytes = png(pixels, height, width, channels);
  io::atomic_file file(path);
  file.write(bytes.data(), static_cast<index_t>(bytes.size()));
  file.commit();
}

}  // namespace kindred::interop
