// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <kindred/core/error.hpp>

#include "picture_file.hpp"
#include "pictures.hpp"

namespace image {

namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& path) {
  std::string end = path.extension().string();
  std::transform(end.begin(), end.end(), end.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return end == ".png" || end == ".jpg" || end == ".jpeg";
}

/// What lies in `folder`, in the order of names.
std::vector<fs::path> sorted(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

picture_set load_class_folders(const std::string& folder, index_t size, std::uint64_t seed) {
  picture_set set;
  set.source = folder;
  set.height = set.width = size;
  set.channels = 3;
  set.background = 1;
  std::vector<labelled_picture> all;
  for (const auto& place : sorted(folder)) {
    if (!fs::is_directory(place)) continue;
    for (const auto& path : sorted(place)) {
      if (!is_picture(path)) continue;
      try {
        const std::string stem = path.stem().string();
        all.push_back({resized(read_picture(path.string()), size), place.filename().string(),
                       (place.filename() / path.filename()).string(), stem});
      } catch (const kindred::io_error& e) {
        std::fprintf(stderr, "left out: %s\n", e.what());
        set.broken.push_back((place.filename() / path.filename()).string());
      }
    }
  }
  if (!set.broken.empty()) std::fprintf(stderr, "pictures left out: %zu\n", set.broken.size());
  kindred::expects<kindred::io_error>(!all.empty(), "{}: no pictures in subfolders", folder);
  divide_by_class(std::move(all), seed, set);
  return set;
}

}  // namespace image
