// SPDX-License-Identifier: Apache-2.0
#include "noun_map.hpp"

#include <kindred/op/norm.hpp>

namespace sns {

std::optional<sentence::word_map> noun_map(const text_features& of, const std::vector<std::string>& nouns, index_t most,
                                           std::uint64_t seed, int threads) {
  constexpr double perplexity = 12;  // t-SNE takes a third of the words less one: 16 of 50
  // a row of `words` for each word of the vocabulary that a text has
  std::vector<index_t> row_of(static_cast<std::size_t>(of.vocabulary.size()), -1);
  for (std::size_t r = 0; r < of.rows.size(); ++r)
    if (of.rows[r] >= 0) row_of[static_cast<std::size_t>(of.rows[r])] = static_cast<index_t>(r);
  std::vector<std::string> shown;
  std::vector<float> vectors;
  for (const auto& noun : nouns) {
    const label_t id = of.vocabulary.id(noun);
    if (id < 0 || row_of[static_cast<std::size_t>(id)] < 0) continue;
    if (static_cast<index_t>(shown.size()) == most) break;
    shown.push_back(noun);
    const auto vector = of.words.values.begin() + row_of[static_cast<std::size_t>(id)] * of.words.cols;
    vectors.insert(vectors.end(), vector, vector + of.words.cols);
  }
  const auto count = static_cast<index_t>(shown.size());
  if (count < 4) return {};
  kindred::context<kindred::cpu> ctx(threads);
  const kindred::matrix<float, kindred::cpu> all(ctx, count, of.words.cols, vectors);
  kindred::matrix<float, kindred::cpu> unit(ctx, count, of.words.cols);
  kindred::op::normalize_rows<kindred::cpu, float>(ctx, all, unit.view());
  return sentence::map_of_words(ctx, unit, shown, "The " + std::to_string(count) + " most frequent nouns", perplexity,
                                seed);
}

}  // namespace sns
