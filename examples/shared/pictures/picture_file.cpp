// SPDX-License-Identifier: Apache-2.0
#include "picture_file.hpp"

// jpeglib.h wants these first
#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <kindred/core/error.hpp>
#include <kindred/interop/png.hpp>

namespace image {

namespace {

using kindred::expects;
using kindred::io_error;

constexpr index_t most_pixels = index_t(1) << 26;

bytes_picture read_png(const std::string& path, const std::vector<std::uint8_t>& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const bool begun = png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0;
  expects<io_error>(begun, "{}: {}", path, static_cast<const char*>(image.message));
  image.format = PNG_FORMAT_RGBA;
  const auto height = static_cast<index_t>(image.height), width = static_cast<index_t>(image.width);
  if (height > most_pixels / width) png_image_free(&image);
  expects<io_error>(height <= most_pixels / width, "{}: {} x {} pixels are too many", path, height, width);
  bytes_picture out{height, width, 4, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
  const bool read = png_image_finish_read(&image, nullptr, out.values.data(), 0, nullptr) != 0;
  expects<io_error>(read && !PNG_IMAGE_FAILED(image), "{}: {}", path, static_cast<const char*>(image.message));
  return on_white(out);
}

struct jpeg_failure {
  jpeg_error_mgr handlers;
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

extern "C" void jpeg_gave_up(j_common_ptr of) {
  auto* const failure = reinterpret_cast<jpeg_failure*>(of->err);
  of->err->format_message(of, failure->message);
  std::longjmp(failure->back, 1);
}
extern "C" void jpeg_says_nothing(j_common_ptr) {}

// no object with a destructor may live where longjmp passes, so memory is the caller's
bool decode_jpeg(const std::vector<std::uint8_t>& file, jpeg_failure& failure, bytes_picture& out) {
  jpeg_decompress_struct state{};
  state.err = jpeg_std_error(&failure.handlers);
  failure.handlers.error_exit = jpeg_gave_up;
  failure.handlers.output_message = jpeg_says_nothing;
  if (setjmp(failure.back)) {
    jpeg_destroy_decompress(&state);
    return false;
  }
  jpeg_create_decompress(&state);
  jpeg_mem_src(&state, file.data(), static_cast<unsigned long>(file.size()));
  jpeg_read_header(&state, TRUE);
  state.out_color_space = JCS_RGB;
  jpeg_start_decompress(&state);
  out.height = static_cast<index_t>(state.output_height);
  out.width = static_cast<index_t>(state.output_width);
  out.channels = 3;
  if (out.height > most_pixels / out.width) {
    std::snprintf(failure.message, sizeof failure.message, "too many pixels");
    jpeg_destroy_decompress(&state);
    return false;
  }
  out.values.resize(static_cast<std::size_t>(out.height * out.width * 3));
  while (state.output_scanline < state.output_height) {
    JSAMPROW line = out.values.data() + static_cast<std::size_t>(state.output_scanline) * state.output_width * 3;
    jpeg_read_scanlines(&state, &line, 1);
  }
  // a file that ends early is only warned about by libjpeg
  const bool whole = state.err->num_warnings == 0;
  if (!whole) state.err->format_message(reinterpret_cast<j_common_ptr>(&state), failure.message);
  jpeg_finish_decompress(&state);
  jpeg_destroy_decompress(&state);
  return whole;
}

}  // namespace

bytes_picture read_picture(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  expects<io_error>(stream.good(), "{}: cannot be opened", path);
  const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream), {}};
  if (file.size() > 8 && png_sig_cmp(file.data(), 0, 8) == 0) return read_png(path, file);
  expects<io_error>(file.size() > 3 && file[0] == 0xFF && file[1] == 0xD8, "{}: neither PNG nor JPEG", path);
  jpeg_failure failure{};
  bytes_picture out;
  const bool decoded = decode_jpeg(file, failure, out);
  expects<io_error>(decoded, "{}: {}", path, static_cast<const char*>(failure.message));
  return out;
}

bytes_picture on_white(const bytes_picture& rgba) {
  bytes_picture out{rgba.height, rgba.width, 3, {}};
  out.values.reserve(rgba.values.size() / 4 * 3);
  for (std::size_t p = 0; p + 3 < rgba.values.size(); p += 4) {
    const int opacity = rgba.values[p + 3];
    for (std::size_t c = 0; c < 3; ++c)
      out.values.push_back(
          static_cast<std::uint8_t>((rgba.values[p + c] * opacity + 255 * (255 - opacity) + 127) / 255));
  }
  return out;
}

bytes_picture centre_square(const bytes_picture& from) {
  const index_t side = std::min(from.height, from.width);
  const index_t top = (from.height - side) / 2, left = (from.width - side) / 2;
  bytes_picture out{side, side, from.channels, {}};
  out.values.reserve(static_cast<std::size_t>(side * side * from.channels));
  for (index_t y = 0; y < side; ++y) {
    const auto line = from.values.begin() + ((top + y) * from.width + left) * from.channels;
    out.values.insert(out.values.end(), line, line + side * from.channels);
  }
  return out;
}

std::vector<float> resized(const bytes_picture& from, index_t size) {
  // each cell is the mean over its area, in shares of pixels; first along the rows, then along the columns
  struct span {
    index_t first, last;
    double begin, end;
    double share(index_t i) const {
      return std::min(end, static_cast<double>(i + 1)) - std::max(begin, static_cast<double>(i));
    }
  };
  const auto cell = [&](index_t i, index_t length) {
    const double step = static_cast<double>(length) / static_cast<double>(size);
    const double begin = static_cast<double>(i) * step, end = begin + step;
    return span{static_cast<index_t>(begin), std::min(length - 1, static_cast<index_t>(end)), begin, end};
  };
  const index_t channels = from.channels;
  std::vector<double> lines(static_cast<std::size_t>(from.height * size * channels));
  for (index_t r = 0; r < from.height; ++r)
    for (index_t c = 0; c < size; ++c) {
      const span s = cell(c, from.width);
      for (index_t i = s.first; i <= s.last; ++i)
        for (index_t k = 0; k < channels; ++k)
          lines[static_cast<std::size_t>((r * size + c) * channels + k)] +=
              s.share(i) * from.values[static_cast<std::size_t>((r * from.width + i) * channels + k)];
    }
  std::vector<float> out(static_cast<std::size_t>(size * size * channels));
  const double area = static_cast<double>(from.height) * static_cast<double>(from.width) / static_cast<double>(size) /
                      static_cast<double>(size);
  for (index_t r = 0; r < size; ++r) {
    const span s = cell(r, from.height);
    for (index_t c = 0; c < size * channels; ++c) {
      double sum = 0;
      for (index_t i = s.first; i <= s.last; ++i)
        sum += s.share(i) * lines[static_cast<std::size_t>(i * size * channels + c)];
      out[static_cast<std::size_t>(r * size * channels + c)] = static_cast<float>(sum / area / 255);
    }
  }
  return out;
}

std::vector<std::uint8_t> png(const float* pixels, index_t height, index_t width, index_t channels) {
  std::vector<std::uint8_t> bytes;
  for (index_t i = 0; i < height * width * channels; ++i)
    bytes.push_back(static_cast<std::uint8_t>(std::clamp(pixels[i], 0.0f, 1.0f) * 255.0f + 0.5f));
  return kindred::interop::png(bytes, height, width, channels);
}

}  // namespace image
