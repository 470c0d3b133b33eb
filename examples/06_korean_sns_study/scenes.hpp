// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "posts.hpp"

namespace sns {

/// Sides of the picture of a scene, in pixels.
inline constexpr index_t scene_size = 112;

/// Posts made up from emoji, of which everything is known: the embedded default.
///
/// picture   two to four glyphs on a ground of one or two colours that has nothing to do with the class. They do not
///           touch, and the main one has the largest area. The others come from other classes, nine times in ten.
/// text      a Korean sentence that names the main glyph and most of the others, with a keyword instead of the name at
///           times, and says truly which lies left of, right of, above, below or beside which (whichever distance of
///           their centres is larger), or that the main one is larger; perhaps laughter; hashtags: names, keywords, and
///           words that say nothing.
/// label     the class of the main glyph, one of the 25 of glyph_classes(). All are equally likely, and so are the
///           glyphs of a class, so every glyph is shown about as often in any random part of the posts: what a test on
///           another part measures is how scenes are understood, not glyphs never seen.
///
/// Scene i depends on the seed and on i alone.
///
/// Complexity   about 0.3 ms and 49 KiB a scene.
/// Determinism  the same bytes on every machine with the same versions of the Debian packages that hold the glyphs.
/// Errors       kindred::argument_error for a negative count; kindred::io_error when a package is missing, which it
///              names.
posts scenes(index_t count, std::uint64_t seed);

}  // namespace sns
