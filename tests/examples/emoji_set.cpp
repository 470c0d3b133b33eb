// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <emoji_set.hpp>
#include <kindred/core/error.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>
#include <set>

using namespace kindred;

namespace {

const emoji::emoji_set& set() {
  static const emoji::emoji_set built = emoji::build();
  return built;
}

const emoji::item& find(const std::string& characters) {
  const auto at = std::find_if(set().items.begin(), set().items.end(),
                               [&](const emoji::item& i) { return i.characters == characters; });
  REQUIRE(at != set().items.end());
  return *at;
}

/// Share of pixels that are mostly opaque and for which `is` holds of red, green, blue.
template <class F>
double share(const emoji::picture& p, F is) {
  double count = 0;
  for (std::size_t i = 0; i < p.rgba.size(); i += 4)
    if (p.rgba[i + 3] > 200 && is(int(p.rgba[i]), int(p.rgba[i + 1]), int(p.rgba[i + 2]))) ++count;
  return count / (static_cast<double>(p.rgba.size()) / 4);
}

}  // namespace

TEST_CASE("the set has about 1,900 items in 9 groups, each with picture, names and keywords") {
  const auto& s = set();
  CHECK(s.items.size() > 1700);
  CHECK(s.items.size() + static_cast<std::size_t>(s.without_name + s.without_picture) < 2200);
  CHECK(s.groups.size() == 9);
  CHECK(s.groups[0] == "Smileys & Emotion");
  CHECK(s.groups[8] == "Flags");
  CHECK(s.subgroups.size() > 90);
  CHECK(s.without_picture == 0);
  std::set<std::string> characters;
  std::vector<label_t> group_of(s.subgroups.size(), -1);
  for (const auto& i : s.items) {
    CAPTURE(i.characters);
    CHECK(characters.insert(i.characters).second);
    const bool sized = i.picture.width == 68 && i.picture.height == 64 && i.picture.rgba.size() == 68 * 64 * 4;
    CHECK(sized);
    CHECK(share(i.picture, [](int, int, int) { return true; }) > 0.01);
    const auto korean = unicode::decode_utf8(i.korean_name);
    const bool hangul = std::any_of(korean.begin(), korean.end(), unicode::hangul::is_syllable);
    CHECK((hangul || i.korean_name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos));
    CHECK_FALSE(i.english_name.empty());
    CHECK_FALSE(i.korean_keywords.empty());
    CHECK_FALSE(i.english_keywords.empty());
    auto& group = group_of.at(static_cast<std::size_t>(i.subgroup));
    if (group < 0) group = i.group;
    CHECK(group == i.group);  // a class tree
  }
}

TEST_CASE("known emoji have their words, classes and colours") {
  const auto& apple = find("\U0001F34E");
  CHECK(apple.english_name == "red apple");
  CHECK(apple.korean_name == "빨간 사과");
  CHECK(std::count(apple.korean_keywords.begin(), apple.korean_keywords.end(), "과일") == 1);
  CHECK(set().groups.at(static_cast<std::size_t>(apple.group)) == "Food & Drink");
  CHECK(set().subgroups.at(static_cast<std::size_t>(apple.subgroup)) == "food-fruit");
  CHECK(share(apple.picture, [](int r, int g, int b) { return r > 150 && g < 100 && b < 100; }) > 0.2);
  const auto& blue = find("\U0001F535");
  CHECK(share(blue.picture, [](int r, int g, int b) { return b > 150 && r < 100 && b > g; }) > 0.4);
  CHECK(emoji::korean_text(apple).starts_with("빨간 사과 "));
  CHECK(emoji::english_text(apple).find("apple") != std::string::npos);
}

TEST_CASE("sequences are joined to one picture") {
  const auto& japan = find("\U0001F1EF\U0001F1F5");  // a white flag with a red disc
  const auto red = [](int r, int g, int b) { return r > 150 && g < 90 && b < 100; };
  const auto white = [](int r, int g, int b) { return r > 200 && g > 200 && b > 200; };
  CHECK(share(japan.picture, red) > 0.05);
  CHECK(share(japan.picture, white) > 0.25);
  find("3\uFE0F\u20E3");
  find("\U0001F469\u200D\U0001F527");
}

TEST_CASE("the halves are disjoint, cover the set, balance every subgroup and follow the seed") {
  const auto a = emoji::split(set(), 1), b = emoji::split(set(), 1), c = emoji::split(set(), 2);
  CHECK(a.train == b.train);
  CHECK(a.test == b.test);
  CHECK(a.train != c.train);
  std::set<index_t> all(a.train.begin(), a.train.end());
  all.insert(a.test.begin(), a.test.end());
  CHECK(all.size() == a.train.size() + a.test.size());
  CHECK(all.size() == set().items.size());
  std::vector<int> balance(set().subgroups.size());
  for (const auto i : a.train) ++balance[static_cast<std::size_t>(set().items[static_cast<std::size_t>(i)].subgroup)];
  for (const auto i : a.test) --balance[static_cast<std::size_t>(set().items[static_cast<std::size_t>(i)].subgroup)];
  for (const int difference : balance) CHECK(std::abs(difference) <= 1);
}

TEST_CASE("a picture becomes a PNG file of its size") {
  const auto bytes = emoji::png(find("\U0001F34E").picture);
  REQUIRE(bytes.size() > 100);
  const std::vector<std::uint8_t> begin{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13,
                                        'I',  'H', 'D', 'R', 0,    0,    0,    68,   0, 0, 0, 64};
  CHECK(std::equal(begin.begin(), begin.end(), bytes.begin()));
  CHECK_THROWS_AS(emoji::png({.width = 2, .height = 2, .rgba = std::vector<std::uint8_t>(15)}), argument_error);
  CHECK_THROWS_AS(emoji::png({}), argument_error);
}

TEST_CASE("what is missing is named with the package that holds it") {
  CHECK_THROWS_WITH_AS(emoji::build({.font = "/nowhere/font.ttf"}),
                       doctest::Contains("apt-get install fonts-noto-color-emoji"), io_error);
  CHECK_THROWS_WITH_AS(emoji::build({.cldr = "/nowhere"}), doctest::Contains("apt-get install unicode-cldr-core"),
                       io_error);
  CHECK_THROWS_WITH_AS(emoji::build({.list = "/nowhere/list.txt"}), doctest::Contains("apt-get install unicode-data"),
                       io_error);
  CHECK_THROWS_AS(emoji::build({.font = emoji::sources{}.list}), io_error);  // no font
  CHECK_THROWS_AS(emoji::build({.list = emoji::sources{}.font}), io_error);  // no list
  CHECK_THROWS_AS(emoji::build({.reduce = 0}), argument_error);
}
