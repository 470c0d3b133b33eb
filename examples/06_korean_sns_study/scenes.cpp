// SPDX-License-Identifier: Apache-2.0
#include "scenes.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <kindred/core/error.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>
#include <set>

#include "draws.hpp"
#include "glyph_classes.hpp"
#include "glyph_drawing.hpp"
#include "korean_sentence.hpp"

namespace sns {

namespace {

/// Pixels: the main glyph is as large as a square of main_least to main_most, the others of less; no side is longer
/// than the last.
constexpr index_t main_least = 37, main_most = 44, other_least = 25, other_most = 33, longest_side = 56;
/// Of 100: others of the class of the main glyph; others that the text names; words instead of names.
constexpr index_t same_class = 10, named = 75, by_synonym = 35;

// M is the main glyph; A, B, C are named others; MA says where M lies as seen from A
constexpr const char* of_one[] = {"{M이} 보여요",          "{M을} 찍었어요",         "오늘의 주인공은 {M}",
                                  "제일 좋은 건 역시 {M}", "{M은} 언제 봐도 좋네요", "여기 {M이} 있어요"};
constexpr const char* of_two[] = {
    "{A} {MA}에 {M이} 있어요", "{M은} {A} {MA}에 있네요",     "{A은} {M} {AM}에 있고 {M이} 더 커요",
    "{A보다} {M이} 더 크네요", "{M} {AM}에는 {A이} 있어요",   "{A과} {M을} 찍었는데 주인공은 {M}",
    "{A도} 있지만 오늘은 {M}", "{A} {MA}에서 {M을} 찾았어요", "{M을} 보세요 {AM}에 {A도} 있어요"};
constexpr const char* of_three[] = {"{A} {MA}에 {M이} 있고 {B은} {A} {BA}에 있어요",
                                    "{M} {AM}에는 {A이} {BM}에는 {B이} 보여요",
                                    "{A}, {B보다} {M이} 더 커요",
                                    "{A은} {M} {AM}에 있고 {B은} {M} {BM}에 있어요",
                                    "{A과} {B도} 있지만 오늘은 {M}",
                                    "{A} {BA}에 {B이} 있고 {M이} 제일 커요"};
constexpr const char* of_four[] = {"{A}, {B}, {C보다} {M이} 더 커요", "{A} {MA}에 {M이} 있고 {B과} {C도} 보여요",
                                   "{M} {AM}에는 {A이} {BM}에는 {B이} {CM}에는 {C이} 있어요",
                                   "{A과} {B} 그리고 {C도} 있지만 주인공은 {M}"};
constexpr const char* openings[] = {"오늘 ", "와 ", "드디어 ", "주말에 찍은 사진 ", "이 사진 좀 보세요 ", "요즘 "};
constexpr const char* endings[] = {"!", "!!", "~", " ㅋㅋ", " ㅋㅋㅋ", " ㅋㅋㅋㅋ", " ㅎㅎ", " ㅠㅠ", " ㅠㅠㅠ", "."};
constexpr const char* idle_tags[] = {"일상", "데일리", "소통", "사진", "주말", "기록", "좋아요", "오늘"};

/// A glyph of the set, ready to be shown.
struct ready_glyph {
  emoji::picture picture;
  std::string name, synonym;
  std::vector<std::string> keywords;  ///< for hashtags
};
using ready_classes = std::vector<std::vector<ready_glyph>>;

bool one_word(const std::string& word) {
  const auto characters = kindred::unicode::decode_utf8(word);
  return characters.size() > 1 &&
         std::all_of(characters.begin(), characters.end(), kindred::unicode::hangul::is_syllable);
}

ready_classes made_ready(const emoji::emoji_set& set, const std::vector<glyph_class>& classes) {
  std::set<std::string> words;  // that stand for a glyph
  for (const auto& one : classes)
    for (const auto& glyph : one.glyphs) words.insert({glyph.name, glyph.synonym});
  ready_classes out;
  for (const auto& one : classes) {
    out.emplace_back();
    for (const auto& glyph : one.glyphs) {
      const auto& item = set.items[static_cast<std::size_t>(glyph.item)];
      ready_glyph ready{cropped(item.picture), glyph.name, glyph.synonym, {}};
      for (const auto& keyword : item.korean_keywords)
        if (one_word(keyword) && !words.contains(keyword)) ready.keywords.push_back(keyword);
      out.back().push_back(std::move(ready));
    }
  }
  return out;
}

/// A glyph that a scene shows.
struct chosen {
  const ready_glyph* glyph;
  index_t width, height;
  box where{};
  bool named = true;
  std::string word{};
};

bool apart(const box& a, const box& b) {
  return a.left + a.width < b.left || b.left + b.width < a.left || a.top + a.height < b.top || b.top + b.height < a.top;
}

/// Puts all glyphs somewhere, with a pixel or more between them.
void place(std::vector<chosen>& glyphs, draws& random) {
  constexpr int tries = 40;
  for (std::size_t i = 0; i < glyphs.size();) {
    auto& one = glyphs[i];
    int left = tries;
    do {
      one.where = {random.below(scene_size - one.width + 1), random.below(scene_size - one.height + 1), one.width,
                   one.height};
    } while (--left > 0 && !std::all_of(glyphs.begin(), glyphs.begin() + static_cast<std::ptrdiff_t>(i),
                                        [&](const chosen& before) { return apart(before.where, one.where); }));
    i = left > 0 ? i + 1 : 0;  // no room: all over again
  }
}

/// The first glyph is the main one.
std::vector<chosen> choose(const ready_classes& classes, std::size_t label, draws& random) {
  std::vector<chosen> out;
  const auto show = [&](const ready_glyph& glyph, index_t size) {
    const auto [width, height] = scaled_size(glyph.picture, size, longest_side);
    out.push_back({&glyph, width, height});
  };
  show(random.one_of(classes[label]), random.between(main_least, main_most));
  const index_t others = random.between(1, 3);
  // the area of each other is at most three quarters of the main one's
  index_t limit = other_most;
  while (4 * limit * limit > 3 * out[0].width * out[0].height) --limit;
  while (static_cast<index_t>(out.size()) <= others) {
    std::size_t from = label;
    if (!random.chance(same_class)) {
      from = static_cast<std::size_t>(random.below(static_cast<index_t>(classes.size()) - 1));
      from += from >= label;
    }
    const ready_glyph& glyph = random.one_of(classes[from]);
    if (std::any_of(out.begin(), out.end(), [&](const chosen& c) { return c.glyph == &glyph; })) continue;
    show(glyph, std::min(limit, random.between(other_least, other_most)));
    out.back().named = random.chance(named);
  }
  place(out, random);
  for (auto& one : out)
    one.word = !one.glyph->synonym.empty() && random.chance(by_synonym) ? one.glyph->synonym : one.glyph->name;
  return out;
}

/// Where `a` lies as seen from `b`.
std::string place_word(const box& a, const box& b, draws& random) {
  const index_t across = 2 * (a.left - b.left) + a.width - b.width, down = 2 * (a.top - b.top) + a.height - b.height;
  if (std::abs(across) >= std::abs(down)) return random.chance(25) ? "옆" : across < 0 ? "왼쪽" : "오른쪽";
  return down < 0 ? "위" : "아래";
}

std::string told(const std::vector<chosen>& glyphs, draws& random) {
  std::vector<const chosen*> order;
  for (std::size_t i = 1; i < glyphs.size(); ++i)
    if (glyphs[i].named) order.push_back(&glyphs[i]);
  random.shuffle(order);
  order.insert(order.begin(), &glyphs[0]);
  std::map<std::string, std::string, std::less<>> words;
  constexpr std::string_view letters = "MABC";
  for (std::size_t i = 0; i < order.size(); ++i) {
    words[std::string(1, letters[i])] = order[i]->word;
    for (std::size_t j = 0; j < order.size(); ++j)
      if (i != j) words[{letters[i], letters[j]}] = place_word(order[i]->where, order[j]->where, random);
  }
  const char* pattern = order.size() == 1   ? random.one_of(of_one)
                        : order.size() == 2 ? random.one_of(of_two)
                        : order.size() == 3 ? random.one_of(of_three)
                                            : random.one_of(of_four);
  std::string out = random.chance(30) ? random.one_of(openings) : "";
  out += sentence(pattern, words);
  if (random.chance(60)) out += random.one_of(endings);
  return out;
}

std::vector<std::string> tags(const std::vector<chosen>& glyphs, draws& random) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& tag) {
    if (std::find(out.begin(), out.end(), tag) == out.end()) out.push_back(tag);
  };
  const auto keyword = [&](const ready_glyph& glyph) {
    if (!glyph.keywords.empty()) add(random.one_of(glyph.keywords));
  };
  for (const auto& one : glyphs) {
    const bool main = &one == &glyphs.front();
    if (!one.named) continue;
    if (random.chance(main ? 65 : 35)) add(one.glyph->name);
    if (random.chance(main ? 45 : 20)) keyword(*one.glyph);
  }
  for (index_t idle = random.below(3); idle > 0; --idle) add(random.one_of(idle_tags));
  random.shuffle(out);
  return out;
}

post scene(const ready_classes& classes, std::uint64_t seed, index_t number) {
  draws random{seed, static_cast<std::uint64_t>(number)};
  const auto label = static_cast<std::size_t>(random.below(static_cast<index_t>(classes.size())));
  const auto glyphs = choose(classes, label, random);
  char id[32];
  std::snprintf(id, sizeof id, "scene-%06lld", static_cast<long long>(number));
  post out{.id = id, .text = told(glyphs, random), .picture = ground(scene_size, scene_size, random)};
  out.label = static_cast<label_t>(label);
  out.hashtags = tags(glyphs, random);
  for (const auto& tag : out.hashtags) out.text += " #" + tag;
  for (const auto& one : glyphs) {
    draw(one.glyph->picture, one.where, out.picture);
    out.glyphs.push_back({one.named ? one.word : std::string(), one.where, &one == &glyphs.front()});
  }
  return out;
}

}  // namespace

posts scenes(index_t count, std::uint64_t seed) {
  kindred::expects<kindred::argument_error>(count >= 0, "scenes: expected a count of at least 0, got {}", count);
  const emoji::emoji_set set = emoji::build();
  const auto classes = glyph_classes(set);
  const auto ready = made_ready(set, classes);
  posts out;
  out.source = "embedded";
  for (const auto& one : classes) out.class_names.push_back(one.name);
  out.items.reserve(static_cast<std::size_t>(count));
  for (index_t i = 0; i < count; ++i) out.items.push_back(scene(ready, seed, i));
  return out;
}

}  // namespace sns
