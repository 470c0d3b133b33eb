// SPDX-License-Identifier: Apache-2.0
#include <html.hpp>

#include "noun_map.hpp"
#include "report_parts.hpp"

namespace sns {

std::string noun_map_section(const inputs& data, const settings& how) {
  constexpr index_t most = 50;
  if (!data.posts || !data.texts) return "";
  const auto nouns = frequent_nouns(texts_of(*data.posts), parts_of(data).learn);
  const auto map = noun_map(*data.texts, nouns, most, how.seed, how.threads);
  if (!map) return "";
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, "perplexity %g, Kullback-Leibler divergence %.3f", map->perplexity,
                map->kl_divergence);
  // as a picture of its own, which keeps the colours that its text was drawn for
  return "<h2>Nouns</h2>\n<p class=\"soft\">The most frequent words of two syllables or more that the rules of "
         "text::korean take for nouns, in the texts learned from; words with close vectors are close (t-SNE from the "
         "first two principal components, " +
         std::string(numbers) +
         ").</p>\n<figure class=\"map\"><img alt=\"Map of the most frequent nouns\" "
         "src=\"data:image/svg+xml;base64," +
         presentation::base64(std::vector<std::uint8_t>(map->svg.begin(), map->svg.end())) + "\"></figure>\n";
}

}  // namespace sns
