// SPDX-License-Identifier: Apache-2.0
// Pictures put together from glyphs, in whole numbers: the same bytes on every machine.
#pragma once

#include "draws.hpp"
#include "posts.hpp"

namespace sns {

/// The part of a glyph that is not fully transparent.
/// Errors  kindred::argument_error for a glyph that nothing is seen of.
emoji::picture cropped(const emoji::picture& glyph);

/// Width and height of `glyph` brought to an area of about size x size pixels, no side longer than `longest`.
std::pair<index_t, index_t> scaled_size(const emoji::picture& glyph, index_t size, index_t longest);

/// Draws `glyph` over the box of `onto`, which has no transparent pixels: each pixel is the mean over its area.
/// The box must lie in the picture; what lies outside of it is left out.
void draw(const emoji::picture& glyph, const box& where, emoji::picture& onto);

/// A ground without transparency: one colour, or two that run into each other in some direction.
emoji::picture ground(index_t width, index_t height, draws& random);

}  // namespace sns
