// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace image {

using kindred::index_t;

/// Bytes in rows from the top, channels last.
struct bytes_picture {
  index_t height = 0, width = 0, channels = 0;
  std::vector<std::uint8_t> values;
};

/// Reads a PNG or JPEG file, told apart by their first bytes, as colours over white.
/// Errors  kindred::io_error that names the file and what is wrong with it; pictures of more than 2^26 pixels are
///         refused.
bytes_picture read_picture(const std::string& path);

/// Red, green, blue and opacity over white.
bytes_picture on_white(const bytes_picture& rgba);

/// The largest square about the middle.
bytes_picture centre_square(const bytes_picture& from);

/// The means of size x size areas of the whole picture, in [0, 1]; smaller pictures are enlarged.
std::vector<float> resized(const bytes_picture& from, index_t size);

/// A PNG file of numbers in [0, 1] with 1 or 3 channels.
std::vector<std::uint8_t> png(const float* pixels, index_t height, index_t width, index_t channels);

}  // namespace image
