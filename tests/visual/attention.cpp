// SPDX-License-Identifier: Apache-2.0
// Values of tests/data/visual/attention.txt are PyTorch's and SciPy's, see tests/reference/visual_attention.py.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/visual/attention_overlay.hpp>
#include <kindred/visual/attention_words.hpp>
#include <kindred/visual/pointing_game.hpp>
#include <limits>
#include <locale>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using visual::attention_map;
using visual::attention_overlay;
using visual::attention_words;

namespace {

using map_type = matrix<double, cpu>;
using bytes = std::vector<std::uint8_t>;

map_type made(context<cpu>& ctx, index_t rows, index_t cols, const std::vector<double>& values) {
  return {ctx, rows, cols, values};
}

constexpr auto shares_of_largest = visual::attention_scale::maximum;
constexpr attention_map as_it_is{.scale = visual::attention_scale::none},
    cells{.scale = visual::attention_scale::none, .upsampling = visual::attention_upsampling::nearest};

double at(const map_type& m, index_t r, index_t c) { return m.view()(r, c); }

index_t count(const std::string& text, const std::string& part) {
  index_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("weights are scaled to their least and largest, or to the largest") {
  context<cpu> ctx;
  const auto grid = made(ctx, 2, 2, {0.1, 0.2, 0.3, 0.5});
  const auto ranged = attention_map{}.scaled(ctx, grid),
             shares = attention_map{.scale = shares_of_largest}.scaled(ctx, grid);
  const double want[] = {0, 0.25, 0.5, 1}, share[] = {0.2, 0.4, 0.6, 1};
  for (index_t i = 0; i < 4; ++i) {
    CHECK(at(ranged, i / 2, i % 2) == doctest::Approx(want[i]).epsilon(1e-15));
    CHECK(at(shares, i / 2, i % 2) == doctest::Approx(share[i]).epsilon(1e-15));
    CHECK(at(as_it_is.scaled(ctx, grid), i / 2, i % 2) == at(grid, i / 2, i % 2));
  }
  // one region and equal regions: nothing stands out; as shares of the largest all do
  for (const index_t n : {1, 3}) {
    const auto equal = made(ctx, 1, n, std::vector<double>(static_cast<std::size_t>(n), 1.0 / static_cast<double>(n)));
    for (index_t i = 0; i < n; ++i) {
      CHECK(at(attention_map{}(ctx, equal, 5, 4), 4, i) == 0);
      CHECK(at(attention_map{.scale = shares_of_largest}(ctx, equal, 5, 4), 4, i) == 1);
    }
  }
  CHECK(at(attention_map{.scale = shares_of_largest}.scaled(ctx, made(ctx, 1, 2, {0, 0})), 0, 1) == 0);
  const double huge = std::numeric_limits<double>::max();
  const auto far = attention_map{}.scaled(ctx, made(ctx, 1, 3, {-huge, 0, huge}));
  CHECK((at(far, 0, 0) == 0 && at(far, 0, 1) == 0.5 && at(far, 0, 2) == 1));
}

TEST_CASE("a 2 x 2 grid becomes the 4 x 4 pixels that come out by hand") {
  context<cpu> ctx;
  const auto grid = made(ctx, 2, 2, {0, 1, 0.5, 0.25});
  const auto map = as_it_is(ctx, grid, 4, 4), blocks = cells(ctx, grid, 4, 4);
  // pixel centres lie at -0.25, 0.25, 0.75, 1.25 of the grid: shares 0, 1/4, 3/4, 1 of the second region
  const double by_hand[4][4] = {{0, 0.25, 0.75, 1},
                                {0.125, 0.296875, 0.640625, 0.8125},
                                {0.375, 0.390625, 0.421875, 0.4375},
                                {0.5, 0.4375, 0.3125, 0.25}};
  for (index_t r = 0; r < 4; ++r)
    for (index_t c = 0; c < 4; ++c) {
      CHECK(at(map, r, c) == by_hand[r][c]);
      CHECK(at(blocks, r, c) == at(grid, r / 2, c / 2));
    }
}

TEST_CASE("a plane stays a plane between the outermost centres, and flat outside them") {
  context<cpu> ctx;
  std::vector<double> values;
  for (index_t r = 0; r < 7; ++r)
    for (index_t c = 0; c < 5; ++c) values.push_back(3 + 0.5 * static_cast<double>(r) - 0.25 * static_cast<double>(c));
  const auto map = as_it_is(ctx, made(ctx, 7, 5, values), 61, 83);
  const auto on_grid = [](index_t pixel, double regions, double pixels) {
    return std::min(std::max((static_cast<double>(pixel) + 0.5) * regions / pixels - 0.5, 0.0), regions - 1);
  };
  double worst = 0;
  for (index_t r = 0; r < 61; ++r)
    for (index_t c = 0; c < 83; ++c)
      worst = std::max(worst, std::abs(at(map, r, c) - (3 + 0.5 * on_grid(r, 7, 61) - 0.25 * on_grid(c, 5, 83))));
  CHECK(worst < 1e-14);  // a few roundings of numbers up to 6
}

TEST_CASE("maps of sizes that do not divide are those of PyTorch and SciPy, also from floats and strided grids") {
  context<cpu> ctx;
  const auto fixture = [&](const char* name) { return matrix_fixture(ctx, "visual/attention.txt", name); };
  const auto grid = fixture("grid");
  const auto same = [](const map_type& a, const map_type& b, double within) {
    REQUIRE((a.rows() == b.rows() && a.cols() == b.cols()));
    for (index_t r = 0; r < a.rows(); ++r)
      for (index_t c = 0; c < a.cols(); ++c) CHECK(std::abs(at(a, r, c) - at(b, r, c)) <= within);
  };
  same(as_it_is(ctx, grid, 7, 10), fixture("bilinear"), 1e-12);  // the file holds 13 digits of numbers below 1
  same(cells(ctx, grid, 7, 10), fixture("nearest"), 1e-12);
  same(as_it_is(ctx, grid, 2, 3), fixture("small"), 1e-12);
  std::vector<float> wide(3 * 6, 99.0f);
  for (index_t r = 0; r < 3; ++r)
    for (index_t c = 0; c < 4; ++c) wide[static_cast<std::size_t>(r * 6 + c)] = static_cast<float>(at(grid, r, c));
  const matrix_view<const float, cpu> strided = matrix_view<const float, cpu>(wide.data(), 3, 6).middle_cols(0, 4);
  same(as_it_is(ctx, strided, 7, 10), fixture("bilinear"), 1e-7);
}

TEST_CASE("grids and maps that make no sense are refused by place") {
  context<cpu> ctx;
  const attention_map map;
  CHECK_THROWS_WITH_AS(map(ctx, made(ctx, 2, 2, {0, 1, no_number, 0}), 4, 4),
                       doctest::Contains("visual::attention_map: nan at row 1, column 0"), argument_error);
  CHECK_THROWS_AS(cells(ctx, made(ctx, 1, 1, {std::numeric_limits<double>::infinity()}), 4, 4), argument_error);
  CHECK_THROWS_WITH_AS(attention_map{.scale = shares_of_largest}(ctx, made(ctx, 1, 2, {1, -0.5}), 4, 4),
                       doctest::Contains("weight -0.5 at row 0, column 1"), argument_error);
  CHECK_THROWS_WITH_AS(map(ctx, made(ctx, 1, 1, {1}), 0, 4), doctest::Contains("a map of 1 to 2^28 pixels, got 0 x 4"),
                       argument_error);
  CHECK_THROWS_AS(map(ctx, made(ctx, 1, 1, {1}), index_t(1) << 40, index_t(1) << 40), argument_error);
  CHECK_THROWS_AS(map(ctx, map_type(ctx, 0, 3), 4, 4), shape_error);
}

TEST_CASE("what is at or above the threshold is painted, over colours and over opacity") {
  context<cpu> ctx;
  const auto map = made(ctx, 1, 3, {0.7, 0.69, 1});
  const bytes rgb{0, 100, 200, 1, 2, 3, 255, 0, 50};
  // 0.4 c + 0.6 255
  CHECK(attention_overlay{.opacity = 0.6}.pixels(map, rgb, 3) == bytes{153, 193, 233, 1, 2, 3, 255, 153, 173});
  CHECK(attention_overlay{.opacity = 1}.pixels(map, rgb, 3) == bytes{255, 255, 255, 1, 2, 3, 255, 255, 255});
  CHECK(attention_overlay{.opacity = 0}.pixels(map, rgb, 3) == rgb);
  CHECK(attention_overlay{.threshold = 1.5}.pixels(map, rgb, 3) == rgb);
  CHECK(attention_overlay{.threshold = 0, .colour = {10, 20, 30}, .opacity = 1}.pixels(map, rgb, 3) ==
        bytes{10, 20, 30, 10, 20, 30, 10, 20, 30});
  // opacity 0.5 * 0.7 = 0.35 over 0, 100, 200, and 0.5 over 255, 0, 50
  CHECK(attention_overlay{.opacity = 0.5, .graded = true}.pixels(map, rgb, 3) ==
        bytes{89, 154, 219, 1, 2, 3, 255, 128, 153});
  // over nothing the colour alone is left with its opacity; over half of an opacity it weighs 0.6 to 0.4 * 0.4
  CHECK(attention_overlay{.threshold = 0, .opacity = 0.6}.pixels(made(ctx, 1, 2, {1, 1}),
                                                                 bytes{9, 9, 9, 0, 0, 0, 0, 102},
                                                                 4) == bytes{255, 255, 255, 153, 201, 201, 201, 194});
  CHECK_THROWS_WITH_AS(attention_overlay{}.pixels(map, rgb, 4), doctest::Contains("a map of 1 x 3, and 9 bytes"),
                       shape_error);
  CHECK_THROWS_AS(attention_overlay{}.pixels(map, rgb, 1), argument_error);
  CHECK_THROWS_AS(attention_overlay{.opacity = 1.1}.pixels(map, rgb, 3), argument_error);
  CHECK_THROWS_AS(attention_overlay{.threshold = no_number}.pixels(map, rgb, 3), argument_error);
  CHECK_THROWS_WITH_AS(attention_overlay{}.pixels(made(ctx, 1, 3, {0, no_number, 0}), rgb, 3),
                       doctest::Contains("nan at row 0, column 1"), argument_error);
  CHECK_THROWS_AS(attention_overlay{}.pixels(map_type(ctx, 0, 0), bytes{}, 3), argument_error);
}

TEST_CASE("an SVG holds the picture and rectangles of equal opacity that touch") {
  context<cpu> ctx;
  bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 255};
  const auto grid = made(ctx, 3, 3, {0.9, 0.9, 0, 0.9, 0.9, 0, 0, 0, 0.75});
  attention_overlay overlay{.opacity = 0.5, .title = "a < b"};
  const std::string svg = overlay.svg(grid, png, 30, 60);
  CHECK(count(svg, "<title>a &lt; b</title>") == 1);
  CHECK(count(svg, "href=\"data:image/png;base64,iVBORw0KGgoA/w==\"") == 1);  // base64 of the ten bytes above
  CHECK(count(svg, "<rect") == 2);
  CHECK(count(svg, "<rect x=\"0\" y=\"0\" width=\"40\" height=\"20\" fill-opacity=\"0.5\"/>") == 1);
  CHECK(count(svg, "<rect x=\"40\" y=\"20\" width=\"20\" height=\"10\" fill-opacity=\"0.5\"/>") == 1);
  CHECK(count(svg, "fill=\"#ffffff\"") == 1);
  CHECK(count(svg, "<g ") == count(svg, "</g>"));
  overlay.graded = true;
  CHECK(count(overlay.svg(grid, png, 30, 60), "fill-opacity=\"0.38\"") == 1);  // 0.5 * 0.75, in hundredths
  overlay.threshold = 1;
  CHECK(count(overlay.svg(grid, png, 30, 60), "<rect") == 0);
  // the smooth map: the painted pixels are exactly those at or above the threshold
  const auto map = attention_map{}(ctx, grid, 30, 60);
  const std::string smooth = attention_overlay{}.svg(map, png, 30, 60);
  index_t painted = 0, wanted = 0;
  const auto number = [&](const char* name, std::size_t from) {
    return static_cast<index_t>(std::stod(smooth.substr(smooth.find(name, from) + std::string(name).size())));
  };
  for (std::size_t at = smooth.find("<rect"); at != std::string::npos; at = smooth.find("<rect", at + 1))
    painted += number(" width=\"", at) * number(" height=\"", at);
  for (index_t i = 0; i < 30 * 60; ++i) wanted += at(map, i / 60, i % 60) >= 0.7;
  CHECK(painted == wanted);
  CHECK(wanted > 100);

  struct comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale(), new comma));
  CHECK(attention_overlay{}.svg(map, png, 30, 60) == smooth);
  std::locale::global(before);
  const temporary_folder folder;
  attention_overlay{}.save_svg(folder / "a.svg", map, png, 30, 60);
  CHECK(bytes_of(folder / "a.svg") == smooth);
  CHECK_THROWS_AS(attention_overlay{}.save_svg(folder / "none/a.svg", map, png, 30, 60), io_error);
  CHECK_THROWS_WITH_AS(overlay.svg(grid, bytes{1, 2, 3}, 30, 60), doctest::Contains("3 bytes"), argument_error);
  CHECK_THROWS_AS(overlay.svg(grid, png, 0, 60), argument_error);
  CHECK_THROWS_AS(overlay.svg(grid, png, 30, 30000), argument_error);
}

TEST_CASE("words that attention falls on are coloured, and text stays as it is but for what HTML would read") {
  const std::vector<std::string> words{"고양이", "<b>&", "밥"};
  const std::vector<double> weights{0.5, 0.1, 0.45};
  CHECK(attention_words{}.html(words, weights) ==
        "<span style=\"color:#d00000\">고양이</span> &lt;b&gt;&amp; <span style=\"color:#d00000\">밥</span>");
  CHECK(attention_words{.threshold = 0.9, .colour = {1, 171, 255}}.html(words, weights) ==
        "<span style=\"color:#01abff\">고양이</span> &lt;b&gt;&amp; 밥");
  CHECK(attention_words{}.html("고양이가 \"<b>&\" 밥을\n먹었다", words, weights) ==
        "<span style=\"color:#d00000\">고양이</span>가 &quot;&lt;b&gt;&amp;&quot; <span "
        "style=\"color:#d00000\">밥</span>을 먹었다");
  // a word that comes twice is the next one each time
  CHECK(attention_words{}.html("aa b a", std::vector<std::string>{"a", "a", "a"}, {0, 0, 1}) ==
        "aa b <span style=\"color:#d00000\">a</span>");
  CHECK(attention_words{}.html({}, std::vector<double>{}).empty());
  CHECK(attention_words{}.html("a > b", {}, std::vector<double>{}) == "a &gt; b");
  CHECK(attention_words{}.html(std::vector<std::string>{"\xEA\xB0"}, {1}) ==
        "\uFFFD\uFFFD");  // one word: nothing stands out
  CHECK(attention_words{.scale = shares_of_largest}.html(std::vector<std::string>{"one"}, {0.2}) ==
        "<span style=\"color:#d00000\">one</span>");
  const std::vector<float> floats{0.5f, 0.1f, 0.45f};
  CHECK(attention_words{}.html(words, vector_view<const float, cpu>(floats.data(), 3)) ==
        attention_words{}.html(words, weights));
  CHECK_THROWS_WITH_AS(attention_words{}.html(words, {1, 2}), doctest::Contains("3 words but 2 weights"), shape_error);
  CHECK_THROWS_WITH_AS(attention_words{}.html("밥 고양이", words, weights),
                       doctest::Contains("word 1, '<b>&', does not follow"), argument_error);
  CHECK_THROWS_WITH_AS(attention_words{}.html(words, {1, 2, no_number}),
                       doctest::Contains("visual::attention_words: nan"), argument_error);
  CHECK_THROWS_AS(attention_words{.threshold = no_number}.html(words, weights), argument_error);
}

TEST_CASE("a map points at boxes by its mass and by its largest value") {
  context<cpu> ctx;
  using visual::map_box;
  const auto map = made(ctx, 2, 4, {1, 2, 3, 4, 0, 0, 10, 0});
  const auto score = [&](const std::vector<map_box>& boxes, double tolerance = 0) {
    return visual::pointing_game(map, boxes, tolerance);
  };
  const auto right = score({{2, 0, 4, 2}});
  CHECK(right.mass == doctest::Approx(17.0 / 20));
  CHECK(right.hit == 1);
  CHECK(right.area == 0.5);
  const auto left = score({{0, 0, 2, 2}});
  CHECK(left.mass == doctest::Approx(3.0 / 20));
  CHECK(left.hit == 0);
  const auto twice = score({{0, 0, 2, 1}, {1, 0, 3, 1}, {5, 0, 9, 9}, {2, 2, 2, 2}});  // overlapping, outside, empty
  CHECK(twice.mass == doctest::Approx(6.0 / 20));
  CHECK(twice.area == 3.0 / 8);
  const auto all = score({{-5, -5, 50, 50}}), nothing = score({});
  CHECK((all.mass == 1 && all.hit == 1 && all.area == 1));
  CHECK((nothing.mass == 0 && nothing.hit == 0 && nothing.area == 0));
  // the largest value lies at (2, 1); one to the right of the box, and diagonally one away from the other
  CHECK(score({{0, 0, 2, 2}}, 1).hit == 1);
  CHECK(score({{0, 0, 2, 2}}, 0.9).hit == 0);
  CHECK(score({{3, 0, 4, 1}}, 1.4).hit == 0);
  CHECK(score({{3, 0, 4, 1}}, 1.5).hit == 1);
}

TEST_CASE("a map that says nothing scores what chance gives") {
  context<cpu> ctx;
  const std::vector<visual::map_box> boxes{{0, 0, 3, 2}, {4, 4, 5, 5}};
  for (const double v : {0.0, 0.25, 1e308}) {
    const auto score = visual::pointing_game(made(ctx, 5, 5, std::vector<double>(25, v)), boxes);
    CHECK(score.mass == doctest::Approx(7.0 / 25));
    CHECK(score.hit == doctest::Approx(7.0 / 25));
    CHECK(score.area == doctest::Approx(7.0 / 25));
  }
  const auto two = visual::pointing_game(made(ctx, 1, 3, {5, 1, 5}), std::vector<visual::map_box>{{0, 0, 1, 1}});
  CHECK(two.hit == 0.5);  // one of two largest values
  const auto points = [&](const map_type& map, const std::vector<visual::map_box>& in, double tolerance = 0) {
    return visual::pointing_game(map, in, tolerance);
  };
  const auto good = made(ctx, 1, 2, {0, 1});
  CHECK_THROWS_WITH_AS(points(made(ctx, 1, 2, {0, -1}), {}), doctest::Contains("-1 at row 0, column 1 is below 0"),
                       argument_error);
  CHECK_THROWS_WITH_AS(points(made(ctx, 1, 2, {no_number, 1}), {}), doctest::Contains("nan at row 0, column 0"),
                       argument_error);
  CHECK_THROWS_WITH_AS(points(good, {{2, 0, 1, 1}}), doctest::Contains("a box from column 2 to 1"), argument_error);
  CHECK_THROWS_AS(points(good, {}, -1), argument_error);
  CHECK_THROWS_AS(points(good, {}, no_number), argument_error);
  CHECK_THROWS_AS(points(map_type(ctx, 0, 0), {}), argument_error);
}
