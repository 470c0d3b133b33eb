// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace vectors {

/// Pictures of emoji, described, with Korean texts and the groups that they stand in.
struct picture_texts {
  kindred::index_t columns = 0;
  std::vector<float> pictures;  ///< items x columns
  std::vector<std::string> texts;
  std::vector<kindred::label_t> groups;
};

/// In random order, so that equal scores favour no group.
/// Errors  kindred::io_error that names the missing Debian package.
picture_texts described_emoji(std::uint64_t seed);

}  // namespace vectors
