// SPDX-License-Identifier: Apache-2.0
// Files are read back by libpng's own reader.
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/interop/png.hpp>

#include "io/files.hpp"

using namespace kindred;

namespace {

struct picture {
  index_t height = 0, width = 0, channels = 0;
  std::vector<std::uint8_t> pixels;
};

picture read(std::span<const std::uint8_t> file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0);
  picture out{static_cast<index_t>(image.height),
              static_cast<index_t>(image.width),
              static_cast<index_t>(PNG_IMAGE_SAMPLE_CHANNELS(image.format)),
              {}};
  out.pixels.resize(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, out.pixels.data(), 0, nullptr) != 0);
  return out;
}

}  // namespace

TEST_CASE("pixels come back from the file, with 1 to 4 channels and sides that are no multiple of anything") {
  for (index_t channels = 1; channels <= 4; ++channels) {
    std::vector<std::uint8_t> pixels;
    for (index_t i = 0; i < 7 * 5 * channels; ++i) pixels.push_back(static_cast<std::uint8_t>(i * 37 % 256));
    // grey 0 to 3 alone would make libpng write fewer bits; it gives them back as bytes
    const auto got = read(interop::png(pixels, 7, 5, channels));
    CHECK(got.height == 7);
    CHECK(got.width == 5);
    CHECK(got.channels == channels);
    CHECK(got.pixels == pixels);
  }
  const auto one = read(interop::png(std::vector<std::uint8_t>{9, 8, 7}, 1, 1, 3));
  CHECK(one.pixels == std::vector<std::uint8_t>{9, 8, 7});
}

TEST_CASE("files hold the same bytes, and what cannot be written is refused") {
  const temporary_folder folder;
  const std::vector<std::uint8_t> pixels(12, 200);
  interop::save_png(folder / "a.png", pixels, 2, 2, 3);
  const std::string file = bytes_of(folder / "a.png");
  const auto bytes = interop::png(pixels, 2, 2, 3);
  CHECK(file == std::string(bytes.begin(), bytes.end()));
  CHECK_THROWS_AS(interop::save_png(folder / "none/a.png", pixels, 2, 2, 3), io_error);
  CHECK_THROWS_WITH_AS(interop::png(pixels, 2, 3, 3), doctest::Contains("3 x 2 pixels of 3 channels in 12 bytes"),
                       argument_error);
  CHECK_THROWS_AS(interop::png(pixels, 2, 2, 5), argument_error);
  CHECK_THROWS_AS(interop::png(pixels, 12, 1, 0), argument_error);
  CHECK_THROWS_AS(interop::png({}, 0, 2, 3), argument_error);
  CHECK_THROWS_AS(interop::png(std::vector<std::uint8_t>(65536), 1, 65536, 1), argument_error);
}
