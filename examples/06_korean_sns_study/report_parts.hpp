// SPDX-License-Identifier: Apache-2.0
// Pieces of the report that show what was learned of words, and where attention falls.
#pragma once

#include <string>

#include "inputs.hpp"
#include "results.hpp"

namespace sns {

/// Rules of the style sheet for the pieces below.
extern const char* const report_parts_style;

/// The map of the most frequent nouns; "" where there are no posts or too few nouns.
std::string noun_map_section(const inputs& data, const settings& how);

/// Where the attention of a method falls: its score where that is known, and for some posts of the test half, drawn by
/// the seed with classes in turn, the picture, its map, what of it reaches the threshold, and the text with such words
/// in colour. "" for a method without attention, or where there are no posts.
std::string attention_section(const inputs& data, const settings& how, const method_result& of,
                              const word_attention& words, int shown);

}  // namespace sns
