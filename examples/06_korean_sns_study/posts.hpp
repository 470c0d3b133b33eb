// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <emoji_set.hpp>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace sns {

using kindred::index_t;
using kindred::label_t;

/// A rectangle of a picture, in pixels.
struct box {
  index_t left = 0, top = 0, width = 0, height = 0;

  friend bool operator==(const box&, const box&) = default;
};

/// A thing in a picture, of which it is known where it lies.
struct shown_glyph {
  std::string name;   ///< as the text says it, without particles; empty where the text does not name it
  box where;          ///< the pixels that show it
  bool main = false;  ///< what the post is about; one a post
};

/// A post of a social network: a picture, what its author wrote, and what it is about.
struct post {
  std::string id;
  std::string text;  ///< UTF-8, hashtags included
  emoji::picture picture;
  std::vector<std::string> hashtags{};  ///< without the number sign, in the order of the text
  label_t label = 0;                    ///< into posts::class_names
  std::vector<shown_glyph> glyphs{};    ///< empty where nothing is known of what the picture shows
};

struct posts {
  std::string source;  ///< the file, or "embedded"
  std::vector<post> items;
  std::vector<std::string> class_names;
};

}  // namespace sns
