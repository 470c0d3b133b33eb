// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "pair_data.hpp"
#include "posts.hpp"

namespace sns {

/// How a picture becomes numbers.
enum class picture_description {
  edges,  ///< colours and directions of edges, encoder::patch_descriptor, with principal components: for any pictures
  recognizer  ///< a network over such cells that has learned to tell the glyphs of scenes apart: for scenes
};

struct picture_settings {
  picture_description how = picture_description::recognizer;
  index_t channels = 128;    ///< numbers of a region, at most
  index_t examples = 32000;  ///< that the recognizer learns from
  std::uint64_t seed = 1;    ///< of the recognizer: weights, and what it is shown
  int threads = 1;
};

/// Pictures as numbers: of each place on a grid, and of the whole.
struct picture_features {
  features images;  ///< one row a picture: mean and maximum of each number over its regions
  sequences
      regions;  ///< rows * cols rows a picture, in rows from the top; region (r, c) covers that part of the picture
  index_t rows = 0, cols = 0;
};

/// Sides of the grid of regions.
inline constexpr index_t regions_down = 7, regions_across = 7;

/// Regions and whole pictures of posts, as the last pooling layer of a network and its mean and maximum are used
/// elsewhere.
///
/// training   posts that may be learned from: their regions are what principal components are fitted on. The recognizer
///            sees no post at all, but single glyphs of random size and place on random grounds, and learns which glyph
///            it is; it stands for the network that others take over from a large collection of labelled pictures. It
///            knows no class and no scene.
///
/// Complexity   of a thread, about 1 ms an example of the recognizer and 2 ms a picture. Pictures become floating point
///              some dozens at a time; memory for the regions, with edges for 56 more numbers each.
/// Determinism  the same bytes for any number of threads.
/// Errors       kindred::argument_error for pictures that are not 112 x 112 pixels, or no training posts.
picture_features describe(const posts& of, std::span<const index_t> training, const picture_settings& how);
/// The same on a GPU. Errors  kindred::device_error when the program was built without CUDA or finds no GPU.
picture_features describe_on_cuda(const posts& of, std::span<const index_t> training, const picture_settings& how);

}  // namespace sns
