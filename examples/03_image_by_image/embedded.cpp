// SPDX-License-Identifier: Apache-2.0
// The embedded default: emoji, their subgroups as classes.
#include <emoji_set.hpp>

#include "picture_file.hpp"
#include "pictures.hpp"

namespace image {

picture_set embedded(index_t size, std::uint64_t seed) {
  const emoji::emoji_set set = emoji::build();
  picture_set out;
  out.source = "embedded";
  out.height = out.width = size;
  out.channels = 3;
  out.background = 1;
  std::vector<labelled_picture> all;
  for (const auto& item : set.items) {
    const bytes_picture colours = on_white({item.picture.height, item.picture.width, 4, item.picture.rgba});
    all.push_back({resized(colours, size), set.subgroups[static_cast<std::size_t>(item.subgroup)], item.english_name,
                   emoji::english_text(item) + " " + emoji::korean_text(item)});
  }
  divide_by_class(std::move(all), seed, out);
  return out;
}

}  // namespace image
