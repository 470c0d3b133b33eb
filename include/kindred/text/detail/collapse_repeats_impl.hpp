// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/detail/prepared.hpp>
#include <kindred/text/repeats.hpp>
#include <kindred/text/social.hpp>
#include <kindred/text/whitespace.hpp>
#include <vector>

namespace kindred::text {

KINDRED_INLINE std::string collapse_repeats::operator()(std::string_view text) const {
  expects<argument_error>(most > 0 && longest_part > 0,
                          "text::collapse_repeats: most {} and longest_part {}, but both must be positive", most,
                          longest_part);
  std::string buffer, out;
  text = detail::prepare(text, false, invalid, buffer);
  out.reserve(text.size());
  std::vector<std::size_t> ends;  // of the characters in `out` since the last one that may not be left out
  std::size_t base = 0;           // where they begin
  const auto character = [&](std::size_t back) {  // the back-th from the end, 1 is the last
    const std::size_t i = ends.size() - back, begin = i == 0 ? base : ends[i - 1];
    return std::string_view(out).substr(begin, ends[i] - begin);
  };
  const auto repeated = [&](std::size_t part) {
    const std::size_t all = part * (static_cast<std::size_t>(most) + 1);
    if (all > ends.size()) return false;
    for (std::size_t i = 1; i + part <= all; ++i)
      if (character(i) != character(i + part)) return false;
    return true;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto lexeme = detail::next_lexeme(text, at);
    if (lexeme.tag.empty() || lexeme.tag == "W_URL" || lexeme.tag == "W_EMAIL") {
      out.append(text, at, lexeme.length);
      ends.clear();
      base = out.size();
    } else {
      for (const std::size_t end = at + lexeme.length; at < end;) {
        const std::size_t emoji = detail::emoji_length(text, at);
        const std::size_t length = emoji ? emoji : utf8_front(text.substr(at)).length;
        out.append(text, at, length);
        if (emoji == 0 && text[at] >= '0' && text[at] <= '9') {
          ends.clear();
          base = out.size();
        } else {
          ends.push_back(out.size());
        }
        at += length;
        for (std::size_t part = 1; part <= static_cast<std::size_t>(longest_part); ++part) {
          if (!repeated(part)) continue;
          ends.resize(ends.size() - part);
          out.resize(ends.empty() ? base : ends.back());
          break;  // what is left was looked at before
        }
      }
      continue;
    }
    at += lexeme.length;
  }
  return out;
}

}  // namespace kindred::text
