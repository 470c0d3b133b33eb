// SPDX-License-Identifier: Apache-2.0
#include "emoji_set.hpp"

#include <algorithm>
#include <fstream>
#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>
#include <kindred/interop/png.hpp>
#include <kindred/unicode/utf8.hpp>
#include <map>
#include <pugixml.hpp>
#include <string_view>
#include <utility>

#include "emoji_font.hpp"

namespace emoji {

using kindred::argument_error;
using kindred::expects;
using kindred::index_t;
using kindred::io_error;
using kindred::label_t;

namespace {

/// Refuses a file that is not there in words that say how to get it.
void expect_file(const std::string& path, const char* package) {
  expects<io_error>(std::ifstream(path).good(), "{} is missing: apt-get install {}", path, package);
}

std::string_view trimmed(std::string_view s) {
  const auto begin = s.find_first_not_of(" \t\r\n"), end = s.find_last_not_of(" \t\r\n");
  return begin == s.npos ? std::string_view() : s.substr(begin, end - begin + 1);
}

/// The key of CLDR's annotations: without the selectors of emoji presentation.
std::string without_selectors(std::u32string sequence) {
  std::erase(sequence, char32_t{0xFE0F});
  return kindred::unicode::encode_utf8(sequence);
}

struct annotation {
  std::string name;
  std::vector<std::string> keywords;
};

/// Names and keywords of one language, by characters.
std::map<std::string, annotation> read_annotations(const std::string& cldr, const std::string& language) {
  std::map<std::string, annotation> out;
  for (const char* folder : {"/annotations/", "/annotationsDerived/"}) {
    const std::string path = cldr + folder + language + ".xml";
    expect_file(path, "unicode-cldr-core");
    pugi::xml_document document;
    const auto result = document.load_file(path.c_str());
    expects<io_error>(static_cast<bool>(result), "{}: byte {}: {}", path, static_cast<index_t>(result.offset),
                      result.description());
    const auto list = document.child("ldml").child("annotations");
    expects<io_error>(static_cast<bool>(list), "{}: no element ldml/annotations", path);
    for (const auto& node : list.children("annotation")) {
      auto& entry = out[without_selectors(kindred::unicode::decode_utf8(node.attribute("cp").value()))];
      const std::string_view value = node.text().get();
      if (std::string_view(node.attribute("type").value()) == "tts") {
        entry.name = trimmed(value);
        continue;
      }
      for (std::size_t at = 0; at <= value.size();) {
        const auto bar = std::min(value.find('|', at), value.size());
        const auto keyword = trimmed(value.substr(at, bar - at));
        if (!keyword.empty()) entry.keywords.emplace_back(keyword);
        at = bar + 1;
      }
    }
  }
  return out;
}

/// Position of `name` in `names`, appended when it is new.
label_t position(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name) - names.begin();
  if (at == std::ssize(names)) names.push_back(name);
  return static_cast<label_t>(at);
}

/// The code points in front of the first semicolon of a line of emoji-test.txt.
std::u32string sequence_of(const std::string& path, index_t number, const std::string& line) {
  std::u32string out;
  const char* at = line.c_str();
  while (*at == ' ') ++at;
  while (*at != ';') {
    char* end = nullptr;
    const unsigned long c = std::strtoul(at, &end, 16);
    expects<io_error>(end != at && c <= 0x10FFFF, "{}: line {}: no code point", path, number);
    out.push_back(static_cast<char32_t>(c));
    at = end;
    while (*at == ' ') ++at;
  }
  return out;
}

std::string joined(const std::string& name, const std::vector<std::string>& keywords) {
  std::string out = name;
  for (const auto& keyword : keywords) (out += ' ') += keyword;
  return out;
}

}  // namespace

emoji_set build(const sources& from) {
  expects<argument_error>(from.reduce >= 1, "emoji::build: reduce is {}", from.reduce);
  expect_file(from.font, "fonts-noto-color-emoji");
  expect_file(from.list, "unicode-data");
  const auto korean = read_annotations(from.cldr, "ko"), english = read_annotations(from.cldr, "en");
  const font glyphs(from.font);

  emoji_set set;
  std::ifstream list(from.list);
  std::string line, group, subgroup;
  for (index_t number = 1; std::getline(list, line); ++number) {
    const auto after = [&](std::string_view prefix, std::string& name) {
      if (line.starts_with(prefix)) name = trimmed(std::string_view(line).substr(prefix.size()));
    };
    after("# group:", group);
    after("# subgroup:", subgroup);
    const auto semicolon = line.find(';');
    if (line.starts_with('#') || semicolon == line.npos) continue;
    const std::string_view status = trimmed(std::string_view(line).substr(semicolon + 1));
    if (!status.starts_with("fully-qualified")) continue;
    const auto sequence = sequence_of(from.list, number, line);
    if (std::any_of(sequence.begin(), sequence.end(), [](char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }))
      continue;
    expects<io_error>(!group.empty() && !subgroup.empty(), "{}: line {}: an emoji before its group", from.list, number);

    const auto key = without_selectors(sequence);
    const auto ko = korean.find(key), en = english.find(key);
    if (ko == korean.end() || en == english.end() || ko->second.name.empty() || en->second.name.empty()) {
      ++set.without_name;
      continue;
    }
    const auto glyph = glyphs.glyph(sequence);
    if (glyph == 0) {
      ++set.without_picture;
      continue;
    }
    item next;
    next.characters = kindred::unicode::encode_utf8(sequence);
    next.picture = glyphs.picture(glyph, from.reduce);
    next.korean_name = ko->second.name;
    next.english_name = en->second.name;
    next.korean_keywords = ko->second.keywords;
    next.english_keywords = en->second.keywords;
    next.group = position(set.groups, group);
    next.subgroup = position(set.subgroups, subgroup);
    const auto &size = next.picture, &first = set.items.empty() ? size : set.items.front().picture;
    expects<io_error>(size.width == first.width && size.height == first.height,
                      "{}: glyph {} is {} x {} pixels after reduction, the first one {} x {}", from.font, glyph,
                      size.width, size.height, first.width, first.height);
    set.items.push_back(std::move(next));
  }
  expects<io_error>(!set.items.empty(), "{}: no emoji that {} shows and CLDR names", from.list, from.font);
  return set;
}

halves split(const emoji_set& set, std::uint64_t seed) {
  // keyed by the characters, so that an item keeps its key when others come or go
  std::vector<std::vector<std::pair<std::uint64_t, index_t>>> members(set.subgroups.size());
  for (std::size_t i = 0; i < set.items.size(); ++i) {
    std::uint64_t key = 0;
    kindred::unicode::decode_utf8(set.items[i].characters, kindred::unicode::invalid_bytes::replace,
                                  [&](char32_t c) { key = kindred::random::bits(seed, key, c); });
    members[static_cast<std::size_t>(set.items[i].subgroup)].emplace_back(key, static_cast<index_t>(i));
  }
  halves out;
  bool to_test = false;  // goes on from one subgroup to the next, so that the halves stay equally large
  for (auto& subgroup : members) {
    std::sort(subgroup.begin(), subgroup.end());
    for (const auto& member : subgroup) {
      (to_test ? out.test : out.train).push_back(member.second);
      to_test = !to_test;
    }
  }
  std::sort(out.train.begin(), out.train.end());
  std::sort(out.test.begin(), out.test.end());
  return out;
}

std::string korean_text(const item& of) { return joined(of.korean_name, of.korean_keywords); }

std::string english_text(const item& of) { return joined(of.english_name, of.english_keywords); }

std::vector<std::uint8_t> png(const picture& of) { return kindred::interop::png(of.rgba, of.height, of.width, 4); }

}  // namespace emoji
