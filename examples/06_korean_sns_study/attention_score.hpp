// SPDX-License-Identifier: Apache-2.0
// How well attention falls on what is meant, where it is known what lies where.
#pragma once

#include <span>
#include <string_view>

#include "posts.hpp"
#include "results.hpp"

namespace sns {

/// What attention over the regions of a picture ought to fall on.
enum class attention_target {
  named,  ///< the glyphs that the text names
  main    ///< the glyph that the post is about
};

/// The glyph that a word of a post names: its name, perhaps with a particle or punctuation behind it. Null: none.
const shown_glyph* named_by(const post& of, std::string_view word);

/// How much of the attention over a grid of regions falls into boxes: means over the posts that have any.
///
/// Weights stand for the pixels of their regions, spread evenly; so a region counts as inside by the share of it that
/// boxes cover, for the mass as for the peak. Attention that is the same everywhere gives the share of the picture that
/// they cover, the uniform figures, in mass and peak alike. See kindred::visual::pointing_game.
///
/// items     which posts
/// weights   rows * cols numbers a post, in rows from the top, not negative
///
/// Complexity   O(pixels of the pictures).
/// Errors       kindred::argument_error for another number of weights, negative ones or what is no number, or pictures
///              that the grid does not divide.
pointing attention_score(const posts& of, std::span<const index_t> items, std::span<const float> weights, index_t rows,
                         index_t cols, attention_target target);

/// A word of a post, and how near to it each region of the picture is.
struct word_map {
  index_t item;  ///< into posts::items
  std::string word;
  std::vector<float> nearness;  ///< rows * cols numbers; what is below 0 counts as 0
};

/// The same for words that name a glyph, each against the box of that glyph; other words are passed over.
pointing word_score(const posts& of, std::span<const word_map> words, index_t rows, index_t cols);

}  // namespace sns
