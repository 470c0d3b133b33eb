// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <limits>

using namespace kindred;
using encoder::patch_descriptor;

namespace {

/// Pictures on the host: `items` of height x width pixels, values by (item, row, column, channel).
struct pictures {
  index_t items, height, width, channels;
  std::vector<float> values;

  pictures(index_t n, index_t h, index_t w, index_t c,
           const std::function<double(index_t, index_t, index_t, index_t)>& f)
      : items(n), height(h), width(w), channels(c) {
    for (index_t i = 0; i < n; ++i)
      for (index_t y = 0; y < h; ++y)
        for (index_t x = 0; x < w; ++x)
          for (index_t k = 0; k < c; ++k) values.push_back(static_cast<float>(f(i, y, x, k)));
  }
  double operator()(index_t i, index_t y, index_t x, index_t k) const {
    return static_cast<double>(values[static_cast<std::size_t>(((i * height + y) * width + x) * channels + k)]);
  }
};

pictures noise(index_t n, index_t h, index_t w, index_t c, std::uint64_t seed = 1) {
  index_t at = 0;
  return {n, h, w, c, [&](index_t, index_t, index_t, index_t) {
            return random::uniform(seed, 0, static_cast<std::uint64_t>(at++));
          }};
}

template <class T, Device D>
std::vector<T> described(context<D>& ctx, const patch_descriptor& spec, const pictures& p) {
  const std::vector<T> values(p.values.begin(), p.values.end());
  const matrix<T, D> rows(ctx, p.items * p.height * p.width, p.channels, values);
  const batch_view<const T, D> batch{rows.view(), {}, p.items, p.height * p.width, p.height};
  return spec.encode(ctx, batch).to_host();
}

std::vector<float> described(const patch_descriptor& spec, const pictures& p) {
  context<cpu> ctx;
  return described<float>(ctx, spec, p);
}

/// The definition, by angles, in double.
std::vector<double> naive(const patch_descriptor& spec, const pictures& p) {
  const double pi = std::acos(-1.0);
  const index_t colours = p.channels == 1 ? 1 : 3, dimension = spec.region_dimension();
  std::vector<double> out;
  for (index_t i = 0; i < p.items; ++i) {
    const auto colour = [&](index_t y, index_t x, index_t k) {
      const double opacity = p.channels == 4 ? p(i, y, x, 3) / spec.white : 1.0;
      return p(i, y, x, k) / spec.white * opacity + 1 - opacity;
    };
    const auto light = [&](index_t y, index_t x) {
      y = std::min(std::max(y, index_t(0)), p.height - 1);
      x = std::min(std::max(x, index_t(0)), p.width - 1);
      if (colours == 1) return colour(y, x, 0);
      return 0.299 * colour(y, x, 0) + 0.587 * colour(y, x, 1) + 0.114 * colour(y, x, 2);
    };
    std::vector<double> cells;
    for (index_t r = 0; r < spec.rows; ++r)
      for (index_t c = 0; c < spec.cols; ++c) {
        const index_t top = r * p.height / spec.rows, bottom = std::max(top + 1, (r + 1) * p.height / spec.rows);
        const index_t left = c * p.width / spec.cols, right = std::max(left + 1, (c + 1) * p.width / spec.cols);
        const double area = static_cast<double>((bottom - top) * (right - left));
        std::vector<double> cell(static_cast<std::size_t>(dimension));
        for (index_t k = 0; k < colours; ++k) {
          double mean = 0, square = 0;
          for (index_t y = top; y < bottom; ++y)
            for (index_t x = left; x < right; ++x) mean += colour(y, x, k) / area;
          for (index_t y = top; y < bottom; ++y)
            for (index_t x = left; x < right; ++x) square += std::pow(colour(y, x, k) - mean, 2) / area;
          cell[static_cast<std::size_t>(2 * k)] = mean;
          cell[static_cast<std::size_t>(2 * k + 1)] = std::sqrt(square);
        }
        if (spec.orientations > 0) {
          const double step = (spec.directed ? 2 : 1) * pi / static_cast<double>(spec.orientations);
          for (index_t y = top; y < bottom; ++y)
            for (index_t x = left; x < right; ++x) {
              const double gx = (light(y, x + 1) - light(y, x - 1)) / 2, gy = (light(y + 1, x) - light(y - 1, x)) / 2;
              const double strength = std::hypot(gx, gy), full = step * static_cast<double>(spec.orientations);
              double angle = std::fmod(std::atan2(gy, gx) + 2 * pi, full);
              const auto bin = static_cast<index_t>(angle / step);
              angle -= static_cast<double>(bin) * step;
              cell[static_cast<std::size_t>(2 * colours + bin % spec.orientations)] +=
                  strength * std::sin(step - angle) / std::sin(step) / area;
              cell[static_cast<std::size_t>(2 * colours + (bin + 1) % spec.orientations)] +=
                  strength * std::sin(angle) / std::sin(step) / area;
            }
        }
        cells.insert(cells.end(), cell.begin(), cell.end());
      }
    const auto raw = cells;
    for (index_t r = 0; r < spec.rows; ++r)
      for (index_t c = 0; c < spec.cols; ++c) {
        double sum = 0, count = 0;
        for (index_t u = 0; u < spec.rows; ++u)
          for (index_t v = 0; v < spec.cols; ++v)
            if (std::abs(u - r) <= spec.neighbourhood && std::abs(v - c) <= spec.neighbourhood) {
              ++count;
              for (index_t o = 2 * colours; o < dimension; ++o)
                sum += std::pow(raw[static_cast<std::size_t>((u * spec.cols + v) * dimension + o)], 2);
            }
        for (index_t o = 2 * colours; o < dimension; ++o)
          cells[static_cast<std::size_t>((r * spec.cols + c) * dimension + o)] /=
              std::sqrt(sum / count + spec.floor * spec.floor);
      }
    out.insert(out.end(), cells.begin(), cells.end());
  }
  return out;
}

template <class A, class B>
double largest_difference(const std::vector<A>& a, const std::vector<B>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return most;
}

}  // namespace

TEST_CASE("the descriptor is its definition, for grids that fit the picture and grids that do not") {
  const patch_descriptor specs[] = {
      {},
      {.rows = 3, .cols = 5, .orientations = 2, .neighbourhood = 0},
      {.rows = 4, .cols = 2, .orientations = 9, .directed = true, .neighbourhood = 1, .channels = 4, .white = 255},
      {.rows = 2, .cols = 3, .orientations = 4, .directed = true, .neighbourhood = 7, .channels = 1},
      {.rows = 2, .cols = 2, .orientations = 0},
      {.rows = 1, .cols = 1, .orientations = 31, .floor = 0.5},
  };
  const index_t sizes[][2] = {{24, 24}, {13, 31}, {33, 32}, {5, 7}, {1, 1}, {1, 9}};
  context<cpu> ctx;
  for (const auto& spec : specs)
    for (const auto& size : sizes) {
      const index_t height = size[0], width = size[1];  // a structured binding could not be captured by CAPTURE
      auto p = noise(2, height, width, spec.channels);
      for (auto& v : p.values) v *= static_cast<float>(spec.white);
      CAPTURE(height);
      CAPTURE(spec.rows);
      CHECK(static_cast<index_t>(described(spec, p).size()) == 2 * spec.dimension());
      CHECK(largest_difference(described<double>(ctx, spec, p), naive(spec, p)) < 1e-11);
      CHECK(largest_difference(described(spec, p), naive(spec, p)) < 2e-5);
    }
}

TEST_CASE("a picture of one colour has that colour, no deviation and no edges") {
  const pictures p(1, 20, 30, 3,
                   [](index_t, index_t, index_t, index_t k) { return 0.25 * static_cast<double>(k + 1); });
  const auto y = described({.rows = 2, .cols = 3}, p);
  for (std::size_t cell = 0; cell < 6; ++cell)
    for (std::size_t f = 0; f < 14; ++f) {
      const double want = f < 6 && f % 2 == 0 ? 0.25 * static_cast<double>(f / 2 + 1) : 0.0;
      CHECK(static_cast<double>(y[cell * 14 + f]) == doctest::Approx(want).epsilon(1e-6));
    }
}

TEST_CASE("cells of one colour each give the means of the cells, in rows from the top") {
  const pictures p(1, 12, 12, 1,
                   [](index_t, index_t y, index_t x, index_t) { return static_cast<double>(y / 4 * 3 + x / 4) / 10; });
  const auto y = described({.rows = 3, .cols = 3, .orientations = 0, .channels = 1}, p);
  for (std::size_t cell = 0; cell < 9; ++cell) {
    CHECK(static_cast<double>(y[2 * cell]) == doctest::Approx(static_cast<double>(cell) / 10));
    CHECK(static_cast<double>(y[2 * cell + 1]) == doctest::Approx(0.0));
  }
}

TEST_CASE("a ramp fills the bin of its direction alone, half way between two bins both equally") {
  const patch_descriptor spec{.rows = 1, .cols = 1, .orientations = 8, .directed = true, .floor = 1e-6, .channels = 1};
  for (index_t o = 0; o < 16; ++o) {
    const double angle = static_cast<double>(o) * std::acos(-1.0) / 8;
    // zero gradient at the border would not fit a slanted ramp, so look at one pixel with its four neighbours
    const pictures p(1, 3, 3, 1, [&](index_t, index_t y, index_t x, index_t) {
      return 0.5 + 0.1 * (std::cos(angle) * static_cast<double>(x) + std::sin(angle) * static_cast<double>(y));
    });
    patch_descriptor middle = spec;
    middle.rows = middle.cols = 3;
    middle.neighbourhood = 0;
    const auto all = described(middle, p);
    const std::vector<float> h(all.begin() + 4 * 10 + 2, all.begin() + 4 * 10 + 10);
    for (index_t b = 0; b < 8; ++b) {
      double want = 0;
      if (2 * b == o) want = 1;
      if (2 * b == o - 1 || (2 * b) % 16 == (o + 1) % 16) want = o % 2 == 1 ? std::sqrt(0.5) : want;
      CHECK(static_cast<double>(h[static_cast<std::size_t>(b)]) == doctest::Approx(want).epsilon(1e-3));
    }
  }
}

TEST_CASE("adding a constant to all pixels leaves the gradients, negating them leaves the undirected ones") {
  auto p = noise(3, 17, 23, 1), brighter = p, negative = p;
  for (auto& v : p.values) v *= 0.5f;
  for (auto& v : brighter.values) v = v * 0.5f + 0.25f;
  for (auto& v : negative.values) v = 1 - v * 0.5f;
  const patch_descriptor spec{.rows = 3, .cols = 4, .channels = 1};
  const auto a = described(spec, p), b = described(spec, brighter), c = described(spec, negative);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i % 10 >= 2) {
      CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-5));
      CHECK(a[i] == doctest::Approx(c[i]).epsilon(1e-5));
    } else if (i % 10 == 0) {
      CHECK(b[i] == doctest::Approx(a[i] + 0.25f));
    } else {
      CHECK(b[i] == doctest::Approx(a[i]).epsilon(1e-5));
    }
  }
}

TEST_CASE("a transparent pixel is white whatever its colour, an opaque one is its colour") {
  auto p = noise(1, 9, 9, 4);
  pictures flat(1, 9, 9, 3, [](index_t, index_t, index_t, index_t) { return 1.0; });
  for (std::size_t i = 0; i < 81; ++i) {
    p.values[4 * i + 3] = i % 2 == 0 ? 0.0f : 1.0f;
    if (i % 2 == 1)
      for (std::size_t k = 0; k < 3; ++k) flat.values[3 * i + k] = p.values[4 * i + k];
  }
  CHECK(described({.rows = 2, .cols = 2, .channels = 4}, p) == described({.rows = 2, .cols = 2}, flat));
}

TEST_CASE("bytes and fractions describe the same picture") {
  auto p = noise(1, 16, 16, 3);
  auto bytes = p;
  for (auto& v : bytes.values) v = std::round(v * 255);
  for (std::size_t i = 0; i < p.values.size(); ++i) p.values[i] = bytes.values[i] / 255;
  CHECK(largest_difference(described({}, p), described({.white = 255}, bytes)) < 1e-5);
}

TEST_CASE("regions are the same numbers as the vector, cell by cell") {
  context<cpu> ctx;
  const patch_descriptor spec{.rows = 2, .cols = 3};
  const auto p = noise(4, 11, 10, 3);
  const matrix<float, cpu> rows(ctx, 4 * 110, 3, p.values);
  const batch_view<const float, cpu> input{rows.view(), {}, 4, 110, 11};
  batch<float, cpu> regions(ctx, 4, 6, spec.region_dimension());
  spec.encode(ctx, input, regions.view());
  CHECK(to_host(ctx, regions.view().values) == spec.encode(ctx, input).to_host());
}

TEST_CASE("backends agree, in both lane orders") {
  const patch_descriptor spec{.rows = 3, .cols = 2, .channels = 4};
  for (const index_t width : {1, 31, 32, 33}) {
    const auto p = noise(3, 8, width, 4);
    const auto want = described(spec, p);
    context<emu> up, down(lane_order::descending);
    const auto a = described<float>(up, spec, p);
    CHECK(largest_difference(a, want) < 1e-5);
    CHECK(described<float>(down, spec, p) == a);
  }
}

TEST_CASE("threads, bands and the pictures beside it do not change a picture's numbers") {
  const auto p = noise(9, 24, 18, 3);
  const auto want = described({}, p);
  context<cpu> three(3);
  CHECK(described<float>(three, {}, p) == want);
  pictures last = p;
  last.items = 1;
  last.values.assign(p.values.end() - 24 * 18 * 3, p.values.end());
  CHECK(described({}, last) == std::vector<float>(want.end() - patch_descriptor{}.dimension(), want.end()));
  // two pictures of 1500 x 1500 pixels in two planes of double are more than one band of 64 MiB
  const auto large = noise(2, 1500, 1500, 1);
  pictures second = large;
  second.items = 1;
  second.values.assign(large.values.end() - 1500 * 1500, large.values.end());
  const patch_descriptor grey{.orientations = 2, .channels = 1};
  context<cpu> ctx;
  const auto both = described<double>(ctx, grey, large);
  CHECK(described<double>(ctx, grey, second) == std::vector<double>(both.begin() + grey.dimension(), both.end()));
}

TEST_CASE("NaN stays in the picture where it is") {
  auto p = noise(2, 12, 12, 3);
  const auto want = described({}, p);
  p.values[0] = std::numeric_limits<float>::quiet_NaN();
  const auto y = described({}, p);
  CHECK(std::isnan(y[0]));
  CHECK(std::isnan(y[6]));
  const auto half = static_cast<std::ptrdiff_t>(patch_descriptor{}.dimension());
  CHECK(std::vector<float>(y.begin() + half, y.end()) == std::vector<float>(want.begin() + half, want.end()));
}

TEST_CASE("no pictures give no rows; shapes and options that do not fit are refused") {
  context<cpu> ctx;
  const matrix<float, cpu> none(ctx, 0, 3), rows(ctx, 20, 3);
  const patch_descriptor spec{};
  CHECK(spec.encode(ctx, batch_view<const float, cpu>{none.view(), {}, 0, 0, 0}).rows() == 0);
  const batch_view<const float, cpu> good{rows.view(), {}, 2, 10, 5};
  CHECK(spec.encode(ctx, good).rows() == 2);
  CHECK_THROWS_AS(spec.encode(ctx, batch_view<const float, cpu>{rows.view(), {}, 2, 10, 3}), shape_error);  // 10 / 3
  CHECK_THROWS_AS(spec.encode(ctx, batch_view<const float, cpu>{rows.view(), {}, 2, 9, 3}), shape_error);
  CHECK_THROWS_AS(spec.encode(ctx, batch_view<const float, cpu>(rows.view())), shape_error);  // no pictures
  CHECK_THROWS_AS((patch_descriptor{.channels = 4}.encode(ctx, good)), shape_error);
  CHECK_THROWS_AS((patch_descriptor{.channels = 2}.encode(ctx, good)), argument_error);
  CHECK_THROWS_AS((patch_descriptor{.rows = 0}.encode(ctx, good)), argument_error);
  CHECK_THROWS_AS((patch_descriptor{.orientations = 1}.encode(ctx, good)), argument_error);
  CHECK_THROWS_AS((patch_descriptor{.orientations = 3, .directed = true}.encode(ctx, good)), argument_error);
  CHECK_THROWS_AS((patch_descriptor{.floor = 0}.encode(ctx, good)), argument_error);
  CHECK_THROWS_AS((patch_descriptor{.white = -1}.encode(ctx, good)), argument_error);
  matrix<float, cpu> narrow(ctx, 2, 7);
  CHECK_THROWS_AS(spec.encode(ctx, good, narrow.view()), shape_error);
  batch<float, cpu> few(ctx, 2, 35, spec.region_dimension());
  CHECK_THROWS_AS(spec.encode(ctx, good, few.view()), shape_error);
}
