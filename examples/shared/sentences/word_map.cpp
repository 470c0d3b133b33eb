// SPDX-License-Identifier: Apache-2.0
#include "word_map.hpp"

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/visual/scatter.hpp>
#include <kindred/visual/tsne.hpp>

namespace sentence {

word_map map_of_words(kindred::context<kindred::cpu>& ctx, const kindred::matrix<float, kindred::cpu>& vectors,
                      const std::vector<std::string>& words, const std::string& title, double perplexity,
                      std::uint64_t seed) {
  const auto count = vectors.rows();
  kindred::expects<kindred::argument_error>(count >= 4, "{}: {} words for the map, 4 are needed", title, count);
  word_map out;
  // t-SNE takes 3 perplexity <= words - 1
  out.perplexity = std::min(perplexity, static_cast<double>(count - 1) / 3);
  const auto placed = kindred::visual::tsne{.perplexity = out.perplexity, .seed = seed}.fit(ctx, vectors);
  out.kl_divergence = placed.kl_divergence();
  const kindred::visual::scatter picture{.title = title, .all_labels = count <= 200};
  const auto points = kindred::visual::scatter_points(placed.coordinates(), words);
  out.svg = picture.svg(points);
  out.json = picture.json(points);
  return out;
}

}  // namespace sentence
