// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <kindred/visual/attention_map.hpp>
#include <string>
#include <string_view>

namespace kindred::visual {

/// Words of a text in HTML, those that attention falls on in colour: by the rule of pictures, scaled weights of at
/// least `threshold`.
///
///     visual::attention_words{}.html(words, weights)          the <span style="color:#d00000">red</span> house
///     visual::attention_words{}.html(text, words, weights)    the same in the text as it stands
///
/// words     n of them, such as the tokens that an encoder read; UTF-8
/// weights   n, one per word. Where attention lies on steps of a convolution over words, spread it over the words first
/// text      holds the words one behind the other; what stands between them is kept, so Korean particles stay at their
///           nouns
/// returns   a piece of a page; words without a text have a blank between them
///
/// Text is escaped (io::escaped).
///
/// Complexity   O(bytes).
/// Determinism  the same bytes on every machine.
/// Errors       shape_error for another number of weights than words; argument_error for a weight that is not finite
///              or, under `maximum`, negative, a threshold that is no number, and a word that does not follow in the
///              text.
struct attention_words {
  attention_scale scale = attention_scale::min_max;
  double threshold = 0.7;
  std::array<std::uint8_t, 3> colour{208, 0, 0};  ///< of the words: red, green, blue

  template <class T>
  std::string html(std::span<const std::string> words, vector_view<T, cpu> weights) const {
    return joined(words, listed(weights));
  }
  template <class T>
  std::string html(std::string_view text, std::span<const std::string> words, vector_view<T, cpu> weights) const {
    return within(text, words, listed(weights));
  }
  std::string html(std::span<const std::string> words, const std::vector<double>& weights) const {
    return joined(words, weights);
  }
  std::string html(std::string_view text, std::span<const std::string> words,
                   const std::vector<double>& weights) const {
    return within(text, words, weights);
  }

 private:
  template <class T>
  static std::vector<double> listed(vector_view<T, cpu> weights) {
    return {weights.begin(), weights.end()};
  }
  std::vector<std::string> shown(std::span<const std::string> words, std::vector<double> weights) const;
  std::string joined(std::span<const std::string> words, const std::vector<double>& weights) const;
  std::string within(std::string_view text, std::span<const std::string> words,
                     const std::vector<double>& weights) const;
};

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/attention_words_impl.hpp>
#endif
