// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <emoji_set.hpp>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace sns {

using kindred::index_t;

/// A glyph that scenes show.
struct known_glyph {
  index_t item;         ///< into emoji_set::items
  std::string name;     ///< one Korean word
  std::string synonym;  ///< another one that means the same, or empty
};

/// Glyphs of one subgroup of emoji.
struct glyph_class {
  std::string name;   ///< the subgroup
  std::string group;  ///< what it is a subclass of
  std::vector<known_glyph> glyphs{};
};

/// What scenes are made of: 25 subgroups under 7 groups, as many as the classes of the published study, with 8 to 16
/// glyphs each. No word stands for two glyphs.
/// Errors  kindred::io_error for a set without most of the names.
std::vector<glyph_class> glyph_classes(const emoji::emoji_set& set);

}  // namespace sns
