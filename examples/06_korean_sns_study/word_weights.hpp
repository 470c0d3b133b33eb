// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <features.hpp>
#include <vector>

namespace sns {

using kindred::index_t;
using pairs::features;

/// What each of the words of an item sees of its regions: the weights of similarity::cross_attention where words look,
/// regions numbers a word that add up to 1.
inline void add_word_weights(const features& words, index_t first_word, index_t word_count, const features& regions,
                             index_t first_region, index_t region_count, double temperature, std::vector<float>& out) {
  const auto at = [](const features& f, index_t row) { return f.values.data() + row * f.cols; };
  std::vector<double> e(static_cast<std::size_t>(word_count * region_count));
  for (index_t c = 0; c < region_count; ++c) {
    double squares = 0;
    for (index_t w = 0; w < word_count; ++w) {
      const float *q = at(words, first_word + w), *r = at(regions, first_region + c);
      double product = 0;
      for (index_t k = 0; k < words.cols; ++k) product += static_cast<double>(q[k]) * static_cast<double>(r[k]);
      if (product < 0) product *= 0.1;
      e[static_cast<std::size_t>(w * region_count + c)] = product;
      squares += product * product;
    }
    for (index_t w = 0; w < word_count; ++w)
      e[static_cast<std::size_t>(w * region_count + c)] /= std::sqrt(squares) + 1e-8;
  }
  for (index_t w = 0; w < word_count; ++w) {
    double* const row = e.data() + w * region_count;
    double most = row[0], sum = 0;
    for (index_t c = 1; c < region_count; ++c) most = row[c] > most ? row[c] : most;
    for (index_t c = 0; c < region_count; ++c) sum += row[c] = std::exp(temperature * (row[c] - most));
    for (index_t c = 0; c < region_count; ++c) out.push_back(static_cast<float>(row[c] / sum));
  }
}

}  // namespace sns
