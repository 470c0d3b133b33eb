// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/attention_words.hpp.
#pragma once

#include <kindred/io/escaped.hpp>
#include <kindred/visual/attention_words.hpp>
#include <kindred/visual/detail/attention_map_impl.hpp>

namespace kindred::visual {

KINDRED_INLINE std::vector<std::string> attention_words::shown(std::span<const std::string> words,
                                                               std::vector<double> weights) const {
  expects(words.size() == weights.size(), "visual::attention_words: {} words but {} weights", words.size(),
          weights.size());
  detail::expect_threshold("attention_words", threshold);
  detail::scale_attention("attention_words", scale, weights,
                          std::max<index_t>(1, static_cast<index_t>(weights.size())));
  const std::string begin = "<span style=\"color:" + detail::hexadecimal(colour) + "\">";
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out.push_back(io::escaped(words[i]));
    if (weights[i] >= threshold) out.back() = begin + out.back() + "</span>";
  }
  return out;
}

KINDRED_INLINE std::string attention_words::joined(std::span<const std::string> words,
                                                   const std::vector<double>& weights) const {
  std::string out;
  for (const std::string& word : shown(words, weights)) out += word + ' ';
  if (!out.empty()) out.pop_back();
  return out;
}

KINDRED_INLINE std::string attention_words::within(std::string_view text, std::span<const std::string> words,
                                                   const std::vector<double>& weights) const {
  const std::vector<std::string> pieces = shown(words, weights);
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t at = text.find(words[i], done);
    expects<argument_error>(at != std::string_view::npos,
                            "visual::attention_words: word {}, '{}', does not follow in the text", i, words[i]);
    out += io::escaped(text.substr(done, at - done)) + pieces[i];
    done = at + words[i].size();
  }
  return out + io::escaped(text.substr(done));
}

}  // namespace kindred::visual
