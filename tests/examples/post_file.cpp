// SPDX-License-Identifier: Apache-2.0
#include "post_file.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <kindred/core/error.hpp>

#include "io/files.hpp"

namespace {

std::string line(const std::string& id, const std::string& rest) {
  return "{\"id\": \"" + id + "\", \"text\": \"바다 #여름 #휴가\"" + rest + "}\n";
}

/// A folder with pictures of 4 x 2 pixels and such, and a file of posts beside
/// them.
struct folder {
  temporary_folder at;

  folder() {
    // left half red, right half blue: the middle square is half of each
    const emoji::picture two{4, 2, {255, 0, 0, 255, 255, 0, 0, 255, 0, 0, 255, 255, 0, 0, 255, 255,
                                    255, 0, 0, 255, 255, 0, 0, 255, 0, 0, 255, 255, 0, 0, 255, 255}};
    const auto png = emoji::png(two);
    put("two.png", std::string(png.begin(), png.end()));
    put("cut.png", std::string(png.begin(), png.end() - 20));
    put("text.jpg", "no picture");
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(at / name, std::ios::binary) << bytes;
  }
  sns::posts load(const std::string& lines, const sns::post_filter& filter, sns::left_out* out = nullptr) const {
    put("posts.jsonl", lines);
    return sns::load_posts(at / "posts.jsonl", at / ".", filter, out);
  }
};

const std::string good = line("1", ", \"image\": \"two.png\", \"class\": \"sky\"") +
                         line("2", ", \"image\": \"two.png\", \"class\": \"sea\", \"hashtags\": [\"a\"]");

}  // namespace

TEST_CASE("posts from a file") {
  const folder f;
  const auto posts = f.load(good + "\n" + line("3", ", \"image\": \"two.png\", \"label\": 7"), {.least_side = 2});
  REQUIRE(posts.items.size() == 3);
  CHECK(posts.class_names == std::vector<std::string>{"000007", "sea", "sky"});
  CHECK(posts.items[0].label == 2);
  CHECK(posts.items[1].label == 1);
  CHECK(posts.items[0].hashtags == std::vector<std::string>{"여름", "휴가"});
  CHECK(posts.items[1].hashtags == std::vector<std::string>{"a"});
  // U+FF03 and # begin a hashtag, full-width marks end one
  const auto wide =
      f.load("{\"id\": \"1\", \"text\": \"바다＃여름！ ＃휴가＃셋#넷\", \"image\": \"two.png\", \"class\": \"sky\"}\n" +
                 line("2", ", \"image\": \"two.png\", \"class\": \"sea\""),
             {.least_side = 2});
  CHECK(wide.items[0].hashtags == std::vector<std::string>{"여름", "휴가", "셋", "넷"});
  CHECK(posts.items[0].glyphs.empty());
  const auto& picture = posts.items[0].picture;
  REQUIRE(picture.rgba.size() == 112 * 112 * 4);
  const auto at = [&](std::size_t x) { return std::vector<int>(&picture.rgba[x * 4], &picture.rgba[x * 4 + 4]); };
  CHECK(at(55) == std::vector<int>{255, 0, 0, 255});
  CHECK(at(56) == std::vector<int>{0, 0, 255, 255});
}

TEST_CASE("posts that are left out, and why") {
  const folder f;
  f.put("blocked.txt", "shop\r\n\n9\n");
  sns::left_out counts;
  const std::string picture = ", \"image\": \"two.png\", \"class\": \"sea\"";
  const auto posts = f.load(good + line("9", picture) + line("4", picture + ", \"user\": \"shop\"") +
                                line("5", picture + ", \"video\": true") + line("6", ", \"class\": \"sea\"") +
                                "{\"id\": \"7\", \"text\": \"  \", \"image\": \"two.png\", "
                                "\"class\": \"sea\"}\n",
                            {.least_side = 2, .blocked = sns::load_blocked(f.at / "blocked.txt")}, &counts);
  CHECK(posts.items.size() == 2);
  CHECK(counts.blocked == 2);
  CHECK(counts.videos == 1);
  CHECK(counts.without_picture == 1);
  CHECK(counts.without_text == 1);
  CHECK(counts.small == 0);
  CHECK_THROWS_WITH_AS(f.load(good, {.least_side = 3}), doctest::Contains("no post is left, 2 were left out"),
                       kindred::io_error);
}

TEST_CASE("what is wrong is said with file and line") {
  const folder f;
  const auto refused = [&](const std::string& third, const char* why) {
    CAPTURE(third);
    CHECK_THROWS_WITH_AS(f.load(good + third, {.least_side = 2}), doctest::Contains(why), kindred::io_error);
  };
  refused("{\"id\": \"3\"", "posts.jsonl: line 3: no JSON object");
  refused("[1]", "line 3: no JSON object");
  refused("{\"text\": \"a\"}", "line 3: no id");
  refused(line("2", ", \"class\": \"sea\""), "line 3: id 2 for the second time");
  refused(line("3", ""), "line 3: neither class");
  refused(line("3", ", \"label\": -1"), "line 3: label is not within");
  refused("{\"id\": 3}", "line 3: id is no text");
  refused(line("3", ", \"class\": \"sea\", \"video\": 1"), "line 3: video is neither");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"../two.png\""), "does not lie in the folder");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"/two.png\""), "does not lie in the folder");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"none.png\""), "line 3: ");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"cut.png\""), "cut.png");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"text.jpg\""), "neither PNG nor JPEG");
  refused(line("3", ", \"class\": \"sea\", \"image\": \"two.png\", \"hashtags\": [1]"), "line 3: hashtags are");
  CHECK_THROWS_WITH_AS(f.load(line("1", ", \"image\": \"two.png\", \"class\": \"sky\""), {.least_side = 2}),
                       doctest::Contains("all posts are of the class sky"), kindred::io_error);
  CHECK_THROWS_AS(sns::load_posts(f.at / "none.jsonl", f.at / ".", {}), kindred::io_error);
  CHECK_THROWS_AS(sns::load_posts(f.at / "posts.jsonl", f.at / "none", {}), kindred::io_error);
}
