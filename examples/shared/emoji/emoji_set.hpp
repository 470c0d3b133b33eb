// SPDX-License-Identifier: Apache-2.0
/// @file
/// The examples' embedded default set: about 1,900 pictures with Korean and English names, keywords and two levels of
/// classes, put together from files of the Debian packages fonts-noto-color-emoji, unicode-cldr-core and unicode-data.
#pragma once

#include <cstdint>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace emoji {

/// Pixels in rows from the top, four bytes each: red, green, blue, opacity (colours are not multiplied by it).
struct picture {
  kindred::index_t width = 0, height = 0;
  std::vector<std::uint8_t> rgba;
};

/// One emoji.
struct item {
  std::string characters;  ///< UTF-8, as emoji-test.txt writes it
  emoji::picture picture;
  std::string korean_name, english_name;
  std::vector<std::string> korean_keywords, english_keywords;
  kindred::label_t group = 0;     ///< into emoji_set::groups
  kindred::label_t subgroup = 0;  ///< into emoji_set::subgroups
};

/// The set, in the order of emoji-test.txt. All pictures have the same size.
struct emoji_set {
  std::vector<item> items;
  std::vector<std::string> groups;
  std::vector<std::string> subgroups;
  kindred::index_t without_name = 0;     ///< left out: CLDR has no Korean or no English name for them
  kindred::index_t without_picture = 0;  ///< left out: the font has no single glyph for them
};

/// Where the files lie and how large pictures are.
struct sources {
  std::string font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
  std::string cldr = "/usr/share/unicode/cldr/common";  ///< holds annotations/ and annotationsDerived/
  std::string list = "/usr/share/unicode/emoji/emoji-test.txt";
  kindred::index_t reduce = 2;  ///< a square of reduce x reduce pixels of the font becomes one
};

/// Builds the set: fully-qualified emoji without skin-tone modifiers that have a glyph and a name in both languages.
/// A name that CLDR derives for a sequence counts as a name.
/// Errors  kindred::io_error for a missing file (it names the Debian package) or a file that is not understood;
///         kindred::argument_error for reduce < 1.
emoji_set build(const sources& from = {});

/// Positions of the two halves of a set, ascending.
struct halves {
  std::vector<kindred::index_t> train, test;
};

/// Splits every subgroup: its items, ordered by a hash of the seed and their code points, go to train and
/// test in turn, so that the halves differ by at most one item in each subgroup. The same set and seed give the same
/// halves.
halves split(const emoji_set& set, std::uint64_t seed = 1);

/// Name and keywords in one line, "name keyword keyword ...": what a text encoder reads.
std::string korean_text(const item& of);
std::string english_text(const item& of);

/// The picture as a PNG file.
/// Errors  kindred::argument_error when the size does not fit the bytes; kindred::io_error when libpng fails.
std::vector<std::uint8_t> png(const picture& of);

}  // namespace emoji
