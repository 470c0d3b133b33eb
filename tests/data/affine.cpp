// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/emu.hpp>
#include <kindred/data/random_affine.hpp>
#include <limits>
#include <matrix_fixture.hpp>

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
using kd::data::affine;

namespace {

/// Pictures of height x width whose numbers are all different.
template <class T, class D>
kd::batch<T, D> numbered(kd::context<D>& ctx, index_t items, index_t height, index_t width, index_t channels = 1) {
  kd::batch<T, D> b(ctx, items, height * width, channels, height);
  T* to = b.view().values.data();
  for (index_t i = 0; i < items * height * width * channels; ++i) to[i] = static_cast<T>(i + 1);
  return b;
}

template <class T, class D, class Map>
std::vector<T> moved(kd::context<D>& ctx, const kd::batch<T, D>& x, Map map) {
  kd::batch<T, D> y(ctx, x.items(), x.view().longest, x.view().values.cols(), x.view().height);
  map(x.view(), y.view());
  return to_host(ctx, y.view().values);
}
template <class T, class D>
std::vector<T> moved(kd::context<D>& ctx, const kd::batch<T, D>& x, const affine& map) {
  return moved(ctx, x, [&](auto from, auto to) { map(ctx, from, to); });
}

/// What stands at (row, column) of picture `item` after the map that source(row, column) -> {row, column} undoes.
template <class Source>
void check_exact(const affine& map, index_t height, index_t width, Source source) {
  kd::context<cpu> ctx;
  const auto x = numbered<float>(ctx, 2, height, width, 3);
  const auto y = moved(ctx, x, map);
  const auto from = x.view().values;
  for (index_t item = 0; item < 2; ++item)
    for (index_t r = 0; r < height; ++r)
      for (index_t c = 0; c < width; ++c)
        for (index_t channel = 0; channel < 3; ++channel) {
          const auto [row, column] = source(r, c);
          const bool inside = row >= 0 && column >= 0 && row < height && column < width;
          const index_t first = item * height * width;
          const float wanted = inside ? from(first + row * width + column, channel) : static_cast<float>(map.border);
          CHECK(y[static_cast<std::size_t>((first + r * width + c) * 3 + channel)] == wanted);
        }
}

using place = std::pair<index_t, index_t>;

}  // namespace

TEST_CASE("maps onto whole pixels move them unchanged") {
  check_exact({}, 5, 7, [](index_t r, index_t c) { return place{r, c}; });
  check_exact({.shift_down = 2, .shift_across = -3, .border = 9}, 5, 7, [](index_t r, index_t c) {
    return place{r - 2, c + 3};
  });
  check_exact({.flip = true}, 4, 7, [](index_t r, index_t c) { return place{r, 6 - c}; });
  check_exact({.rotation = 90}, 6, 6, [](index_t r, index_t c) { return place{c, 5 - r}; });
  check_exact({.rotation = 180}, 4, 7, [](index_t r, index_t c) { return place{3 - r, 6 - c}; });
  check_exact({.rotation = -90}, 5, 5, [](index_t r, index_t c) { return place{4 - c, r}; });
  check_exact({.rotation = 450, .shift_down = 1}, 5, 5, [](index_t r, index_t c) { return place{c, 5 - r}; });
}

TEST_CASE("other maps give the numbers of SciPy, on every device") {
  kd::context<cpu> ctx;
  kd::context<emu> up, down(kd::lane_order::descending);
  const auto file = "data/affine.txt";
  const auto picture = matrix_fixture(ctx, file, "picture");
  const auto fill = [&](auto& b) {
    std::memcpy(b.view().values.data(), picture.data(),
                static_cast<std::size_t>(picture.view().size()) * sizeof(double));
  };
  kd::batch<double, cpu> x(ctx, 1, picture.view().size(), 1, picture.rows());
  kd::batch<double, emu> a(up, 1, picture.view().size(), 1, picture.rows()),
      b(down, 1, picture.view().size(), 1, picture.rows());
  fill(x), fill(a), fill(b);
  for (const std::string name : {"turned", "moved", "scaled", "leaning", "all"}) {
    const auto n = matrix_fixture(ctx, file, name + ".map").to_host();
    const affine map{.rotation = n[0],
                     .shift_down = n[1],
                     .shift_across = n[2],
                     .scale = n[3],
                     .shear = n[4],
                     .flip = n[5] != 0,
                     .border = n[6]};
    const auto wanted = matrix_fixture(ctx, file, name).to_host();
    const auto y = moved(ctx, x, map);
    CAPTURE(name);
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(std::abs(y[i] - wanted[i]) < 1e-9);
    CHECK(moved(up, a, map) == y);
    CHECK(moved(down, b, map) == y);
  }
}

TEST_CASE("every picture of a batch goes through its own drawn map, the same for any number of threads") {
  kd::context<cpu> ctx(1), two(2);
  const kd::data::random_affine random{
      .rotation = 15, .shift = 0.2, .scale = 1.3, .shear = 10, .flip = true, .border = -1};
  const auto x = numbered<float>(ctx, 9, 8, 6);
  const auto run = [&](kd::context<cpu>& c, std::uint64_t seed) {
    return moved(c, x, [&](auto from, auto to) { random(c, from, to, seed); });
  };
  const auto y = run(ctx, 5);
  CHECK(run(two, 5) == y);
  CHECK(run(ctx, 6) != y);
  for (index_t i = 0; i < 9; ++i) {
    const auto alone = moved(ctx, x, random.drawn(5, i, 8, 6));
    for (std::size_t p = 0; p < 48; ++p)
      CHECK(alone[static_cast<std::size_t>(i) * 48 + p] == y[static_cast<std::size_t>(i) * 48 + p]);
  }
}

TEST_CASE("drawn maps fill their ranges") {
  const kd::data::random_affine random{.rotation = 15, .shift = 0.25, .scale = 2, .shear = 5, .flip = true};
  affine least = random.drawn(1, 0, 40, 20), most = least;
  int flips = 0;
  for (index_t i = 0; i < 2000; ++i) {
    const affine m = random.drawn(1, i, 40, 20);
    for (const auto field :
         {&affine::rotation, &affine::shift_down, &affine::shift_across, &affine::scale, &affine::shear}) {
      least.*field = std::min(least.*field, m.*field);
      most.*field = std::max(most.*field, m.*field);
    }
    flips += m.flip;
  }
  const auto check = [&](double affine::*field, double low, double high) {
    CHECK(least.*field >= low);
    CHECK(most.*field <= high);
    CHECK(most.*field - least.*field > 0.98 * (high - low));
  };
  check(&affine::rotation, -15, 15);
  check(&affine::shift_down, -10, 10);
  check(&affine::shift_across, -5, 5);
  check(&affine::scale, 0.5, 2);
  check(&affine::shear, -5, 5);
  CHECK(flips > 900);
  CHECK(flips < 1100);
  CHECK_FALSE(kd::data::random_affine{}.drawn(1, 3, 4, 4).flip);
}

TEST_CASE("NaN goes only where its pixel has a part; empty batches and pictures that cannot be") {
  kd::context<cpu> ctx;
  auto x = numbered<double>(ctx, 1, 3, 3);
  x.view().values(4, 0) = std::numeric_limits<double>::quiet_NaN();
  const auto same = moved(ctx, x, affine{});
  for (std::size_t i = 0; i < 9; ++i) CHECK(std::isnan(same[i]) == (i == 4));
  const auto half = moved(ctx, x, affine{.shift_across = 0.5});
  for (std::size_t i = 0; i < 9; ++i) CHECK(std::isnan(half[i]) == (i == 4 || i == 5));

  kd::batch<double, cpu> none(ctx, 0, 9, 1, 3), other(ctx, 1, 9, 2, 3), flat(ctx, 1, 9, 1);
  CHECK(moved(ctx, none, affine{}).empty());
  CHECK_THROWS_AS(affine{}(ctx, x.view(), other.view()), kd::shape_error);
  CHECK_THROWS_AS(affine{}(ctx, flat.view(), flat.view()), kd::shape_error);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const affine bad : {affine{.scale = 0}, affine{.shear = 90}, affine{.rotation = nan},
                           affine{.shift_down = -std::numeric_limits<double>::infinity()}})
    CHECK_THROWS_AS(moved(ctx, x, bad), kd::argument_error);
  CHECK_THROWS_AS(kd::data::random_affine{.scale = 0.9}.drawn(1, 0, 3, 3), kd::argument_error);
}
