// SPDX-License-Identifier: Apache-2.0
#include "picture_features.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/core/error.hpp>

#include "scenes.hpp"

namespace {

/// Pictures of one colour, but for the left 48 columns or the upper 32 rows of
/// two of them.
sns::posts coloured() {
  sns::posts out;
  for (int i = 0; i < 3; ++i) {
    sns::post one{.id = std::to_string(i), .text = "", .picture = {112, 112, {}}};
    for (int y = 0; y < 112; ++y)
      for (int x = 0; x < 112; ++x) {
        const bool other = (i == 1 && x < 48) || (i == 2 && y < 32);
        for (const int byte : {other ? 250 : 20, 90, other ? 30 : 200, 255})
          one.picture.rgba.push_back(static_cast<std::uint8_t>(byte));
      }
    out.items.push_back(std::move(one));
  }
  return out;
}

}  // namespace

TEST_CASE(
    "regions lie in rows from the top, and a picture is their mean and "
    "maximum") {
  const auto posts = coloured();
  const std::vector<kindred::index_t> training{0, 1, 2};
  const auto made = sns::describe(posts, training, {.how = sns::picture_description::edges, .channels = 3});
  REQUIRE(made.rows == 7);
  REQUIRE(made.cols == 7);
  REQUIRE(made.regions.offsets == std::vector<kindred::index_t>{0, 49, 98, 147});
  REQUIRE(made.regions.cols == 3);
  const auto first = [&](std::size_t picture, std::size_t r, std::size_t c) {
    return made.regions.values[((picture * 7 + r) * 7 + c) * 3];
  };
  // away from the border between the colours, where there are edges, each
  // colour gives one number
  const float plain = first(0, 0, 0), other = first(1, 0, 0);
  CHECK(std::abs(plain - other) > 0.1f);
  for (std::size_t r = 0; r < 7; ++r)
    for (std::size_t c = 0; c < 7; ++c) {
      CHECK(first(0, r, c) == doctest::Approx(plain));
      if (c < 2 || c > 3) CHECK(first(1, r, c) == doctest::Approx(c < 2 ? other : plain));
      if (r < 1 || r > 2) CHECK(first(2, r, c) == doctest::Approx(r < 1 ? other : plain));
    }
  REQUIRE(made.images.rows == 3);
  REQUIRE(made.images.cols == 6);
  for (std::size_t picture = 0; picture < 3; ++picture) {
    double sum = 0;
    float most = first(picture, 0, 0);
    for (std::size_t r = 0; r < 7; ++r)
      for (std::size_t c = 0; c < 7; ++c) sum += first(picture, r, c), most = std::max(most, first(picture, r, c));
    CHECK(made.images.values[picture * 6] == doctest::Approx(sum / 49));
    CHECK(made.images.values[picture * 6 + 3] == most);
  }
}

TEST_CASE(
    "what the recognizer makes of scenes does not depend on threads, but "
    "on its seed") {
  const auto posts = sns::scenes(5, 1);
  const std::vector<kindred::index_t> training{0, 1};
  sns::picture_settings how{.channels = 8, .examples = 64, .threads = 1};
  const auto one = sns::describe(posts, training, how);
  how.threads = 3;
  const auto three = sns::describe(posts, training, how);
  how.seed = 2;
  const auto other = sns::describe(posts, training, how);
  CHECK(one.regions.cols == 8);
  CHECK(one.regions.offsets.back() == 5 * 49);
  CHECK(one.regions.values == three.regions.values);
  CHECK(one.images.values == three.images.values);
  CHECK(one.regions.values != other.regions.values);
  CHECK(std::all_of(one.regions.values.begin(), one.regions.values.end(), [](float v) { return v >= 0; }));  // relu
}

TEST_CASE("pictures that cannot be described are refused") {
  auto posts = coloured();
  const std::vector<kindred::index_t> training{0};
  CHECK_THROWS_AS(sns::describe(posts, {}, {}), kindred::argument_error);
  CHECK_THROWS_AS(sns::describe({}, training, {}), kindred::argument_error);
  posts.items[1].picture = {2, 2, std::vector<std::uint8_t>(16)};
  CHECK_THROWS_WITH_AS(sns::describe(posts, training, {}), doctest::Contains("1: a picture of 2 x 2 pixels"),
                       kindred::argument_error);
}
