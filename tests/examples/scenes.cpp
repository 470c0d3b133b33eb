// SPDX-License-Identifier: Apache-2.0
#include "scenes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/unicode/utf8.hpp>
#include <set>
#include <sstream>

#include "glyph_classes.hpp"
#include "glyph_drawing.hpp"
#include "korean_sentence.hpp"

using kindred::index_t;

namespace {

constexpr index_t count = 1000;

const sns::posts& made() {
  static const sns::posts posts = sns::scenes(count, 1);
  return posts;
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

const sns::shown_glyph* called(const sns::post& post, const std::string& word) {
  for (const auto& glyph : post.glyphs)
    if (!glyph.name.empty() && glyph.name == word) return &glyph;
  return nullptr;
}

/// The glyph that a word of the text names, with the particle behind the name.
std::pair<const sns::shown_glyph*, std::string> parsed(const sns::post& post, std::string word) {
  while (!word.empty() && std::string(",.!~").find(word.back()) != std::string::npos) word.pop_back();
  for (const char* particle : {"", "이", "가", "은", "는", "을", "를", "과", "와", "도", "보다"})
    if (word.ends_with(particle))
      if (const auto* glyph = called(post, word.substr(0, word.size() - std::string(particle).size())))
        return {glyph, particle};
  return {nullptr, ""};
}

double middle_x(const sns::box& b) { return static_cast<double>(b.left) + static_cast<double>(b.width) / 2; }
double middle_y(const sns::box& b) { return static_cast<double>(b.top) + static_cast<double>(b.height) / 2; }

bool lies(const std::string& where, const sns::box& a, const sns::box& b) {
  const double x = middle_x(a) - middle_x(b), y = middle_y(a) - middle_y(b);
  if (where == "왼쪽") return x < 0 && -x >= std::abs(y);
  if (where == "오른쪽") return x >= 0 && x >= std::abs(y);
  if (where == "옆") return std::abs(x) >= std::abs(y);
  if (where == "위") return y < 0 && -y > std::abs(x);
  return y > 0 && y > std::abs(x);
}

emoji::picture picture(index_t width, index_t height, std::vector<std::uint8_t> rgba) {
  return {width, height, std::move(rgba)};
}

}  // namespace

TEST_CASE("particles go by the last consonant") {
  CHECK(sns::with_particle("사과", "이") == "사과가");
  CHECK(sns::with_particle("수박", "이") == "수박이");
  CHECK(sns::with_particle("기차", "은") == "기차는");
  CHECK(sns::with_particle("곰", "은") == "곰은");
  CHECK(sns::with_particle("얼음", "을") == "얼음을");
  CHECK(sns::with_particle("피자", "을") == "피자를");
  CHECK(sns::with_particle("펭귄", "과") == "펭귄과");
  CHECK(sns::with_particle("고래", "과") == "고래와");
  CHECK(sns::with_particle("달", "이") == "달이");
  CHECK(sns::with_particle("달", "도") == "달도");
  CHECK(sns::with_particle("나무", "보다") == "나무보다");
  CHECK_THROWS_AS(sns::with_particle("KTX", "이"), kindred::argument_error);
  CHECK_THROWS_AS(sns::with_particle("", "이"), kindred::argument_error);
}

TEST_CASE("sentences from patterns") {
  const std::map<std::string, std::string, std::less<>> words{{"A", "고래"}, {"M", "수박"}, {"MA", "왼쪽"}};
  CHECK(sns::sentence("{A} {MA}에 {M이} 있다", words) == "고래 왼쪽에 수박이 있다");
  CHECK(sns::sentence("{M과} {A은}", words) == "수박과 고래는");
  CHECK(sns::sentence("없다", words) == "없다");
  CHECK_THROWS_AS(sns::sentence("{B이}", words), kindred::argument_error);
  CHECK_THROWS_AS(sns::sentence("{A", words), kindred::argument_error);
}

TEST_CASE("drawing takes means over areas and lets the ground through") {
  const auto four = picture(2, 2, {0, 0, 0, 255, 200, 0, 0, 255, 0, 100, 0, 255, 0, 0, 40, 255});
  auto onto = picture(2, 1, {9, 9, 9, 255, 9, 9, 9, 255});
  sns::draw(four, {1, 0, 1, 1}, onto);
  CHECK(onto.rgba == std::vector<std::uint8_t>{9, 9, 9, 255, 50, 25, 10, 255});
  // three pixels to two: each holds one and a half; the opacity of 51 lets four fifths of the ground through
  const auto three = picture(3, 1, {30, 0, 0, 255, 60, 0, 0, 255, 90, 0, 0, 255});
  onto = picture(2, 1, {0, 0, 0, 255, 0, 0, 0, 255});
  sns::draw(three, {0, 0, 2, 1}, onto);
  CHECK(onto.rgba == std::vector<std::uint8_t>{40, 0, 0, 255, 80, 0, 0, 255});
  onto = picture(1, 1, {100, 100, 100, 255});
  sns::draw(picture(1, 1, {200, 0, 100, 51}), {0, 0, 1, 1}, onto);
  CHECK(onto.rgba == std::vector<std::uint8_t>{120, 80, 100, 255});
  // enlarged, and partly outside
  onto = picture(2, 2, std::vector<std::uint8_t>(16, 255));
  sns::draw(picture(1, 1, {1, 2, 3, 255}), {1, -1, 5, 2}, onto);
  CHECK(onto.rgba ==
        std::vector<std::uint8_t>{255, 255, 255, 255, 1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255});

  const auto dot =
      sns::cropped(picture(3, 2, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 5, 0, 0, 0, 0}));
  CHECK(dot.width == 1);
  CHECK(dot.rgba == std::vector<std::uint8_t>{7, 8, 9, 5});
  CHECK_THROWS_AS(sns::cropped(picture(1, 1, {1, 1, 1, 0})), kindred::argument_error);
  CHECK(sns::scaled_size(picture(60, 30, {}), 20, 56) == std::pair<index_t, index_t>(28, 14));
  CHECK(sns::scaled_size(picture(10, 60, {}), 40, 56) == std::pair<index_t, index_t>(9, 56));
}

TEST_CASE("grounds are one colour or run from one to another") {
  sns::draws random{3, 0};
  int plain = 0;
  for (int i = 0; i < 200; ++i) {
    const auto g = sns::ground(9, 7, random);
    REQUIRE(g.rgba.size() == 9 * 7 * 4);
    bool one = true, even = true;
    for (std::size_t p = 0; p < 63; ++p)
      for (std::size_t c = 0; c < 4; ++c) {
        one = one && g.rgba[p * 4 + c] == g.rgba[c];
        if (p % 9 > 0 && p % 9 < 8)  // a straight line: the middle of its neighbours, but for rounding
          even = even && std::abs(2 * g.rgba[p * 4 + c] - g.rgba[p * 4 + c - 4] - g.rgba[p * 4 + c + 4]) <= 2;
        if (c == 3) even = even && g.rgba[p * 4 + c] == 255;
      }
    CHECK(even);
    plain += one;
  }
  // 40 % and what gradients have no direction (1 / 49 of the rest); standard deviation 7
  CHECK(plain > 50);
  CHECK(plain < 115);
}

TEST_CASE("25 classes under 7 groups, no word for two glyphs, synonyms from CLDR") {
  const auto set = emoji::build();
  const auto classes = sns::glyph_classes(set);
  CHECK(classes.size() == 25);
  std::set<std::string> groups, words;
  for (const auto& one : classes) {
    CAPTURE(one.name);
    groups.insert(one.group);
    CHECK(one.glyphs.size() >= 8);
    CHECK(one.glyphs.size() <= 16);
    for (const auto& glyph : one.glyphs) {
      CAPTURE(glyph.name);
      const auto& item = set.items.at(static_cast<std::size_t>(glyph.item));
      CHECK(item.korean_name == glyph.name);
      CHECK(words.insert(glyph.name).second);
      if (glyph.synonym.empty()) continue;
      CHECK(words.insert(glyph.synonym).second);
      CHECK(std::count(item.korean_keywords.begin(), item.korean_keywords.end(), glyph.synonym) == 1);
    }
  }
  CHECK(groups.size() == 7);
  CHECK_THROWS_AS(sns::glyph_classes({}), kindred::io_error);
}

TEST_CASE("scenes: glyphs in their places") {
  const auto& posts = made();
  REQUIRE(posts.items.size() == count);
  std::vector<int> sizes(25), numbers(5);
  std::set<std::string> ids, mains;
  int others = 0, named = 0;
  for (const auto& post : posts.items) {
    CAPTURE(post.text);
    ids.insert(post.id);
    REQUIRE(post.picture.width == sns::scene_size);
    REQUIRE(post.picture.rgba.size() == sns::scene_size * sns::scene_size * 4);
    REQUIRE(post.glyphs.size() >= 2);
    REQUIRE(post.glyphs.size() <= 4);
    ++numbers[post.glyphs.size()];
    ++sizes.at(static_cast<std::size_t>(post.label));
    REQUIRE(post.glyphs[0].main);
    const auto& main = post.glyphs[0].where;
    mains.insert(post.glyphs[0].name);
    for (std::size_t i = 0; i < post.glyphs.size(); ++i) {
      const auto& b = post.glyphs[i].where;
      CHECK((b.left >= 0 && b.top >= 0 && b.width > 0 && b.height > 0));
      CHECK((b.left + b.width <= sns::scene_size && b.top + b.height <= sns::scene_size));
      CHECK(post.glyphs[i].main == (i == 0));
      if (i > 0) CHECK(4 * b.width * b.height <= 3 * main.width * main.height + 1);
      if (i > 0) ++others, named += !post.glyphs[i].name.empty();
      for (std::size_t j = 0; j < i; ++j) {
        const auto& c = post.glyphs[j].where;
        CHECK((b.left + b.width < c.left || c.left + c.width < b.left || b.top + b.height < c.top ||
               c.top + c.height < b.top));
      }
    }
  }
  CHECK(ids.size() == count);
  CHECK(mains.size() > 250);  // 1,000 draws among 304 glyphs and their synonyms
  // bounds of five standard deviations
  for (const int size : sizes) CHECK(std::abs(size - 40) < 31);
  for (const int number : {2, 3, 4}) CHECK(std::abs(numbers[static_cast<std::size_t>(number)] - 333) < 75);
  CHECK(std::abs(named - 0.75 * others) < 100);
}

TEST_CASE("scenes: texts say what pictures show") {
  const std::vector<std::string> places{"왼쪽", "오른쪽", "옆", "위", "아래"};
  std::set<std::string> seen;
  int relations = 0, particles = 0;
  for (const auto& post : made().items) {
    CAPTURE(post.text);
    auto words = split(post.text.substr(0, post.text.find(" #")));
    for (const auto& glyph : post.glyphs) {
      if (glyph.main) CHECK_FALSE(glyph.name.empty());
      if (glyph.name.empty()) continue;
      CHECK(std::any_of(words.begin(), words.end(),
                        [&](const std::string& w) { return parsed(post, w).first == &glyph; }));
    }
    for (const auto& word : words) {
      const auto [glyph, particle] = parsed(post, word);
      if (!glyph || particle.empty() || particle == "도" || particle == "보다") continue;
      ++particles;
      const bool closed = (kindred::unicode::decode_utf8(glyph->name).back() - 0xAC00) % 28 != 0;
      CHECK(closed == (particle == "이" || particle == "은" || particle == "을" || particle == "과"));
    }
    const sns::shown_glyph* anchor = nullptr;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto place = std::find_if(places.begin(), places.end(), [&](const std::string& p) {
        return words[i] == p + "에" || words[i] == p + "에는" || words[i] == p + "에서";
      });
      if (place == places.end()) continue;
      REQUIRE(i > 0);
      REQUIRE(i + 1 < words.size());
      if (const auto* before = called(post, words[i - 1])) anchor = before;
      if (words[i - 1] == "보세요") anchor = parsed(post, words[i - 2]).first;
      REQUIRE(anchor);
      const sns::shown_glyph* target = parsed(post, words[i + 1]).first;
      for (std::size_t j = i; !target && j-- > 0;) {  // A는 B 옆에 있다
        const auto [glyph, particle] = parsed(post, words[j]);
        if (particle == "은" || particle == "는") target = glyph;
      }
      REQUIRE(target);
      REQUIRE(target != anchor);
      CHECK(lies(*place, target->where, anchor->where));
      seen.insert(*place);
      ++relations;
    }
    std::string tags;
    for (const auto& tag : post.hashtags) {
      CHECK(tag.find_first_of(" #") == std::string::npos);
      tags += " #" + tag;
    }
    CHECK(post.text.ends_with(tags));
    CHECK(std::count(post.text.begin(), post.text.end(), '#') == std::ssize(post.hashtags));
  }
  CHECK(seen.size() == 5);
  CHECK(relations > 500);
  CHECK(particles > 1000);
}

TEST_CASE("a scene depends on the seed and its number alone") {
  const auto few = sns::scenes(100, 1), other = sns::scenes(20, 2);
  for (std::size_t i = 0; i < few.items.size(); ++i) {
    const auto &a = few.items[i], &b = made().items[i];
    CHECK(a.text == b.text);
    CHECK(a.picture.rgba == b.picture.rgba);
    CHECK(a.label == b.label);
    REQUIRE(a.glyphs.size() == b.glyphs.size());
    for (std::size_t g = 0; g < a.glyphs.size(); ++g) CHECK(a.glyphs[g].where == b.glyphs[g].where);
  }
  CHECK(other.items[0].text != few.items[0].text);
  CHECK(sns::scenes(0, 1).items.empty());
  CHECK_THROWS_AS(sns::scenes(-1, 1), kindred::argument_error);
}
