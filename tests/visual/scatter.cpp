// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <kindred/core/random.hpp>
#include <kindred/visual/scatter.hpp>
#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace kindred;
using visual::scatter;
using visual::scatter_point;

namespace {

index_t count(const std::string& text, const std::string& part) {
  index_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

// the number behind name=" from `at` on
double number(const std::string& text, const std::string& name, std::size_t at) {
  return std::stod(text.substr(text.find(name + "=\"", at) + name.size() + 2));
}

struct shown_label {
  double x, y;
  std::string text;
};

// what stands in the group of labels, which is the one with a rim
std::vector<shown_label> labels_of(const std::string& svg) {
  std::vector<shown_label> found;
  const std::size_t end = svg.find("</g>", svg.find("paint-order"));
  for (std::size_t at = svg.find("<text", svg.find("paint-order")); at < end; at = svg.find("<text", at + 1)) {
    const std::size_t text = svg.find('>', at) + 1;
    found.push_back({number(svg, "x", at), number(svg, "y", at), svg.substr(text, svg.find('<', text) - text)});
  }
  return found;
}

// every element is closed in its order and no bare ampersand is left: enough for what scatter writes
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos || xml.find('<', at + 1) < end) return false;
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (count(tag, "\"") % 2 != 0) return false;
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
  }
  for (std::size_t at = xml.find('&'); at != std::string::npos; at = xml.find('&', at + 1)) {
    const std::string name = xml.substr(at, xml.find(';', at) - at);
    if (name != "&amp" && name != "&lt" && name != "&gt" && name != "&quot") return false;
  }
  return open.empty();
}

std::vector<scatter_point> cloud(std::size_t n, const char* word) {
  std::vector<scatter_point> points;
  for (std::size_t i = 0; i < n; ++i)
    points.push_back({random::normal(5, 0, i), random::normal(5, 1, i), word + std::to_string(i)});
  return points;
}

struct comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("JSON says the same to another parser") {
  const scatter plot{.title = "a \"map\" \\ of\n\t\x01 words", .groups = {"바다", "산\x7f"}};
  const std::vector<scatter_point> points{{0.1, -2, "해변", 0},
                                          {1e300, 5e-324, "tab\there", 1},
                                          {-0.0, 123456789.125, "😀/\xE2\x80\xA8", -1},
                                          {1, 2, "broken \xFF\xC3 bytes \xED\xA0\x80", 1}};
  const auto got = nlohmann::json::parse(plot.json(points));
  CHECK(got["title"] == plot.title);
  CHECK(got["groups"] == plot.groups);
  REQUIRE(got["points"].size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(got["points"][i]["x"].get<double>() == points[i].x);
    CHECK(got["points"][i]["y"].get<double>() == points[i].y);
    if (i < 3) CHECK(got["points"][i]["label"] == points[i].label);
  }
  CHECK(got["points"][3]["label"] == "broken \uFFFD\uFFFD bytes \uFFFD\uFFFD\uFFFD");
  CHECK(got["points"][2]["group"].is_null());
  CHECK(got["points"][1]["group"] == 1);
  CHECK(nlohmann::json::parse(scatter{}.json({}))["points"].empty());
}

TEST_CASE("SVG is well-formed whatever labels hold, and shows what they say") {
  const std::string bad = "<b>&\"' \x01\xFF";
  const std::string svg = scatter{.title = bad, .groups = {bad}}.svg({{0, 0, bad, 0}, {1, 1, "x", -1}});
  CHECK(well_formed(svg));
  CHECK(count(svg, "<b>") == 0);
  CHECK(count(svg, "&lt;b&gt;&amp;&quot;' \uFFFD\uFFFD") == 5);  // the title twice, mark, label and legend
  CHECK(count(svg, "'") - 5 >= 10);                              // the fonts' names
  CHECK(well_formed(scatter{}.svg({})));
  CHECK(well_formed(scatter{}.svg({{3, 4, "하나"}})));
  CHECK(labels_of(scatter{}.svg({{3, 4, "하나"}})).size() == 1);
}

TEST_CASE("one unit is as long in both directions and y grows upwards") {
  for (const double scale : {1.0, 1e-200, 1e200, 1e308}) {
    const std::string svg = scatter{.width = 500, .height = 300, .radius = 2}.svg({{0, 0}, {scale, 0}, {0, scale}});
    std::vector<std::pair<double, double>> at;
    for (std::size_t c = svg.find("<circle"); c != std::string::npos; c = svg.find("<circle", c + 1))
      at.push_back({number(svg, "cx", c), number(svg, "cy", c)});
    REQUIRE(at.size() == 3);
    CHECK(at[1].first - at[0].first > 100);
    CHECK(at[1].first - at[0].first == doctest::Approx(at[0].second - at[2].second).epsilon(1e-3));
    CHECK(at[1].second == at[0].second);
    for (const auto& [x, y] : at) CHECK((x > 20 && x < 480 && y > 20 && y < 280));
  }
}

TEST_CASE("labels that are shown do not cover each other, and all are shown where there is room") {
  const double em = 13;
  for (const std::size_t n : {20u, 400u}) {
    const auto labels = labels_of(scatter{}.svg(cloud(n, "단어")));
    CHECK(labels.size() == (n == 20 ? 20 : labels.size()));
    CHECK(labels.size() >= std::min<std::size_t>(n, 80));
    for (std::size_t i = 0; i < labels.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        // two syllables of one em and digits of half an em are surely that wide, letters 0.9 em high
        const double wide =
            em * (1.9 + 0.5 * static_cast<double>(std::min(labels[i].text.size(), labels[j].text.size()) - 6));
        CHECK((std::abs(labels[i].x - labels[j].x) > wide || std::abs(labels[i].y - labels[j].y) > 0.9 * em));
      }
  }
  CHECK(labels_of(scatter{.all_labels = true}.svg(cloud(400, "단어"))).size() == 400);
  // the first label wins where there is no room for all
  const auto first = labels_of(scatter{.width = 120, .height = 90}.svg(std::vector<scatter_point>(20, {0, 0, "word"})));
  CHECK((first.size() >= 1 && first.size() < 20));
  const auto named =
      labels_of(scatter{.width = 120, .height = 90}.svg({{0, 0, "aaaa"}, {0, 0, "bbbb"}, {0, 0, "cccc"}}));
  REQUIRE(named.size() >= 1);
  CHECK(named[0].text == "aaaa");
}

TEST_CASE("groups differ in colour, from the ninth on in their marks") {
  scatter plot;
  std::vector<scatter_point> points;
  for (index_t g = 0; g < 33; ++g) {
    plot.groups.push_back('g' + std::to_string(g));
    points.push_back({static_cast<double>(g), 0, "", g});
  }
  const std::string svg = plot.svg(points);
  CHECK(well_formed(svg));
  CHECK(count(svg, "#0072b2") >= 5);
  CHECK(count(svg, "<circle") >= 9);
  CHECK(count(svg, "<path") >= 24);
  plot.height = 150;
  CHECK(count(plot.svg(points), ">+ ") == 1);  // a legend that does not fit says how many it leaves out
}

TEST_CASE("bytes do not depend on the locale, and files hold them") {
  const auto points = cloud(50, "word");
  const scatter plot{.title = "map"};
  const std::string svg = plot.svg(points), json = plot.json(points);
  const std::locale before = std::locale::global(std::locale(std::locale(), new comma));
  CHECK(plot.svg(points) == svg);
  CHECK(plot.json(points) == json);
  std::locale::global(before);
  const auto folder = std::filesystem::temp_directory_path() / "kindred_visual_scatter";
  std::filesystem::create_directories(folder);
  plot.save_svg((folder / "a.svg").string(), points);
  plot.save_json((folder / "a.json").string(), points);
  const auto content = [&](const char* name) {
    std::ifstream file(folder / name, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
  };
  CHECK(content("a.svg") == svg);
  CHECK(content("a.json") == json);
  CHECK_THROWS_AS(plot.save_svg((folder / "none" / "a.svg").string(), points), io_error);
  std::filesystem::remove_all(folder);
}

TEST_CASE("points of a map take labels and groups, and what cannot be drawn is refused by name") {
  const float m[] = {1, 2, 3, 4};
  const auto points = visual::scatter_points(matrix_view<const float, cpu>(m, 2, 2), {"a", "b"}, {0, -1});
  CHECK((points[1].x == 3 && points[1].y == 4 && points[1].label == "b" && points[0].group == 0));
  CHECK_THROWS_AS(visual::scatter_points(matrix_view<const float, cpu>(m, 2, 2), {"a"}), shape_error);
  CHECK_THROWS_AS(visual::scatter_points(matrix_view<const float, cpu>(m, 1, 4)), shape_error);
  const auto refused = [](const scatter& plot, const scatter_point& p) {
    try {
      plot.svg({{0, 0}, p});
      return std::string();
    } catch (const argument_error& e) {
      return std::string(e.what());
    }
  };
  CHECK(refused({}, {std::nan(""), 1}).find("point 1 lies at (nan, 1)") != std::string::npos);
  CHECK(refused({}, {0, std::numeric_limits<double>::infinity()}).find("point 1") != std::string::npos);
  CHECK(refused({}, {0, 0, "", 0}).find("group 0 of 0") != std::string::npos);
  CHECK(refused({.width = 50}, {0, 0}).find("50 x 720") != std::string::npos);
  CHECK_THROWS_AS(scatter{}.json({{std::nan(""), 0}}), argument_error);
}
