// SPDX-License-Identifier: Apache-2.0
#include "post_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <kindred/core/error.hpp>
#include <kindred/io/line_reader.hpp>
#include <nlohmann/json.hpp>
#include <picture_file.hpp>
#include <string_view>

#include "scenes.hpp"

namespace sns {

namespace {

using kindred::expects;
using kindred::io_error;
using json = nlohmann::json;

/// What is wrong is thrown with the line in front.
class line_of {
 public:
  line_of(std::string path, index_t number) : where_(std::move(path) + ": line " + std::to_string(number)) {}

  [[noreturn]] void refuse(const std::string& why) const { throw io_error(where_ + ": " + why); }
  void expect(bool good, const std::string& why) const {
    if (!good) refuse(why);
  }
  /// A text that may be missing.
  std::string text(const json& object, const char* key) const {
    const auto at = object.find(key);
    if (at == object.end() || at->is_null()) return {};
    expect(at->is_string(), std::string(key) + " is no text");
    return at->get<std::string>();
  }

 private:
  std::string where_;
};

bool blank(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::string_view(" \t\r\n").find(c) < 4; });
}

/// The words after number signs; full-width forms of the signs and of the marks that end a word count too.
std::vector<std::string> hashtags_of(std::string text) {
  for (const char mark : {'#', '.', ',', '!', '?'}) {
    const char full_width[]{'\xEF', '\xBC', static_cast<char>(mark + 0x60), '\0'};  // U+FF01 to U+FF1F
    for (auto at = text.find(full_width); at != text.npos; at = text.find(full_width, at)) text.replace(at, 3, 1, mark);
  }
  std::vector<std::string> out;
  for (auto at = text.find('#'); at != text.npos; at = text.find('#', at + 1)) {
    const auto end = std::min(text.find_first_of(" \t\r\n#.,!?", at + 1), text.size());
    if (end > at + 1) out.push_back(text.substr(at + 1, end - at - 1));
  }
  return out;
}

std::string class_of(const json& object, const line_of& line) {
  const auto label = object.find("label");
  if (label != object.end() && label->is_number_integer()) {
    // of one length, so that names sort as numbers do
    const auto number = label->get<std::int64_t>();
    line.expect(number >= 0 && number <= 999999, "label is not within 0 and 999999");
    const std::string digits = std::to_string(number);
    return std::string(6 - digits.size(), '0') + digits;
  }
  const std::string name = line.text(object, "class");
  line.expect(!name.empty(), "neither class, a text, nor label, a whole number");
  return name;
}

emoji::picture read(const std::filesystem::path& path, const line_of& line, index_t least_side) {
  image::bytes_picture whole;
  try {
    whole = image::read_picture(path.string());
  } catch (const kindred::error& e) {
    line.refuse(e.what());
  }
  if (std::min(whole.height, whole.width) < least_side) return {};
  const auto square = image::resized(image::centre_square(whole), scene_size);
  emoji::picture out{scene_size, scene_size, {}};
  out.rgba.reserve(static_cast<std::size_t>(scene_size * scene_size * 4));
  for (std::size_t i = 0; i < square.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c)
      out.rgba.push_back(static_cast<std::uint8_t>(std::clamp(square[i + c], 0.0f, 1.0f) * 255.0f + 0.5f));
    out.rgba.push_back(255);
  }
  return out;
}

}  // namespace

std::set<std::string> load_blocked(const std::string& path) {
  std::set<std::string> out;
  kindred::io::line_reader lines(path);
  for (std::string_view line; lines.next(line);)
    if (!blank(std::string(line))) out.emplace(line);
  return out;
}

posts load_posts(const std::string& path, const std::string& folder, const post_filter& filter, left_out* out) {
  std::error_code ignored;
  expects<io_error>(std::filesystem::is_directory(folder, ignored), "{}: is not a folder", folder);
  posts all;
  all.source = path;
  left_out counts;
  std::vector<std::string> classes;
  std::set<std::string> ids;
  kindred::io::line_reader lines(path);
  for (std::string_view text; lines.next(text);) {
    if (blank(std::string(text))) continue;
    const line_of line(path, lines.number());
    const json object = json::parse(text, nullptr, false);
    line.expect(object.is_object(), "no JSON object");
    post one{.id = line.text(object, "id"), .text = line.text(object, "text"), .picture = {}};
    line.expect(!one.id.empty(), "no id");
    line.expect(ids.insert(one.id).second, "id " + one.id + " for the second time");
    const std::string image = line.text(object, "image"), user = line.text(object, "user");
    const std::string of_class = class_of(object, line);
    const auto video = object.find("video");
    line.expect(video == object.end() || video->is_boolean(), "video is neither true nor false");
    if (filter.blocked.contains(one.id) || (!user.empty() && filter.blocked.contains(user))) {
      ++counts.blocked;
      continue;
    }
    if (video != object.end() && video->get<bool>()) {
      ++counts.videos;
      continue;
    }
    if (blank(one.text)) {
      ++counts.without_text;
      continue;
    }
    if (image.empty()) {
      ++counts.without_picture;
      continue;
    }
    const std::filesystem::path under(image);
    line.expect(under.is_relative() && std::find(under.begin(), under.end(), "..") == under.end(),
                "image " + image + " does not lie in the folder");
    one.picture = read(std::filesystem::path(folder) / under, line, filter.least_side);
    if (one.picture.rgba.empty()) {
      ++counts.small;
      continue;
    }
    if (const auto tags = object.find("hashtags"); tags != object.end()) {
      line.expect(
          tags->is_array() && std::all_of(tags->begin(), tags->end(), [](const json& t) { return t.is_string(); }),
          "hashtags are no list of texts");
      one.hashtags = tags->get<std::vector<std::string>>();
    } else {
      one.hashtags = hashtags_of(one.text);
    }
    classes.push_back(of_class);
    all.items.push_back(std::move(one));
  }
  expects<io_error>(!all.items.empty(), "{}: no post is left, {} were left out", path, counts.all());
  all.class_names = classes;
  std::sort(all.class_names.begin(), all.class_names.end());
  all.class_names.erase(std::unique(all.class_names.begin(), all.class_names.end()), all.class_names.end());
  expects<io_error>(all.class_names.size() > 1, "{}: all posts are of the class {}", path, all.class_names[0]);
  for (std::size_t i = 0; i < classes.size(); ++i)
    all.items[i].label = static_cast<label_t>(
        std::lower_bound(all.class_names.begin(), all.class_names.end(), classes[i]) - all.class_names.begin());
  if (out) *out = counts;
  return all;
}

}  // namespace sns
