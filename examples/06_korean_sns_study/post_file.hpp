// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "posts.hpp"

namespace sns {

/// Which posts of a file are taken.
struct post_filter {
  index_t least_side = 224;         ///< pixels; pictures with a shorter side are left out
  std::set<std::string> blocked{};  ///< ids of posts and names of users that are left out: those of advertisers
};

/// How many posts of a file were left out, and why: the first reason that holds, in this order.
struct left_out {
  index_t blocked = 0, videos = 0, without_text = 0, without_picture = 0, small = 0;

  index_t all() const { return blocked + videos + without_text + without_picture + small; }
};

/// Posts from a file, one JSON object a line:
///
///   {"id": "1", "text": "바다 #여름", "image": "1.jpg", "class": "sea", "user": "someone", "hashtags": ["여름"], "video":
///   false}
///
/// id        a text of its own
/// text      white space alone counts as none
/// image     a PNG or JPEG file under `folder`; its middle square becomes 112 x 112 pixels
/// class     a text, or `label`, a whole number
/// user, hashtags, video   may be left out; without hashtags they are the words of the text after a number sign, # or
///                         U+FF03
///
/// Classes are numbered in the order of their names. Posts without text or picture, with video, with small pictures,
/// and blocked ones are left out, as in the published study; whether a post is off its topic, or an advertisement of
/// someone who is not listed, is not decided here.
///
/// Complexity   O(pixels of the files); memory for 49 KiB a post.
/// Errors       kindred::io_error that names file and line: for what is no such object, an id that comes twice, a path
///              that leads out of the folder, a picture that is missing, broken, neither PNG nor JPEG, or has too many
///              pixels; and for a file of which nothing is left or all is of one class.
posts load_posts(const std::string& path, const std::string& folder, const post_filter& filter = {},
                 left_out* out = nullptr);

/// A list of ids and users, one a line; empty lines are passed over. Errors: kindred::io_error.
std::set<std::string> load_blocked(const std::string& path);

}  // namespace sns
