// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/similarity/cosine.hpp>
#include <utility>
#include <vector>

/// Pairs of two views that share three hidden numbers and nothing else. The first view bends them, the second has
/// products of them, so that no linear map of either view alone gives them back; both have noise of their own.
struct shared_factors {
  kindred::matrix<float, kindred::cpu> x, y;
  std::vector<kindred::label_t>
      labels;  ///< which of the eight corners of the cube the hidden numbers are in; label 10 and up

  shared_factors(kindred::context<kindred::cpu>& ctx, kindred::index_t n, std::uint64_t seed)
      : x(ctx, n, 12), y(ctx, n, 9) {
    namespace random = kindred::random;
    for (kindred::index_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::uint64_t>(i);
      double z[3];
      kindred::label_t corner = 10;
      for (std::uint64_t j = 0; j < 3; ++j) {
        z[j] = random::normal(seed, 1, 3 * at + j);
        if (z[j] > 0) corner += static_cast<kindred::label_t>(1 << j);
      }
      labels.push_back(corner);
      for (kindred::index_t c = 0; c < 12; ++c) {
        double sum = 0;
        for (std::uint64_t j = 0; j < 3; ++j) sum += mixing(1, c, j) * z[j];
        x.view()(i, c) = static_cast<float>(std::sin(2 * sum) +
                                            0.1 * random::normal(seed, 2, 12 * at + static_cast<std::uint64_t>(c)));
      }
      for (kindred::index_t c = 0; c < 9; ++c) {
        double sum = 0;
        for (std::uint64_t j = 0; j < 3; ++j) sum += mixing(2, c, j) * z[j];
        y.view()(i, c) = static_cast<float>(0.25 * sum * std::abs(sum) +
                                            0.1 * random::normal(seed, 3, 9 * at + static_cast<std::uint64_t>(c)));
      }
    }
  }

 private:
  // the same for every set, so that one set can be learned from and another tested
  static double mixing(std::uint64_t view, kindred::index_t column, std::uint64_t factor) {
    return kindred::random::normal(99, view, 3 * static_cast<std::uint64_t>(column) + factor);
  }
};

/// Mean average precision by labels, both ways averaged, with cosine; a naive loop.
template <class Model>
double average_precision(kindred::context<kindred::cpu>& ctx, const Model& model, const shared_factors& test) {
  const auto a = model.first(ctx, test.x), b = model.second(ctx, test.y);
  const auto scores = kindred::similarity::cosine{}.score(ctx, a, b);
  const kindred::index_t n = scores.rows();
  double total = 0;
  for (const bool turned : {false, true})
    for (kindred::index_t q = 0; q < n; ++q) {
      std::vector<std::pair<float, kindred::index_t>> list;
      for (kindred::index_t g = 0; g < n; ++g)
        list.emplace_back(-(turned ? scores.view()(g, q) : scores.view()(q, g)), g);
      std::sort(list.begin(), list.end());
      double hits = 0, sum = 0;
      for (std::size_t k = 0; k < list.size(); ++k)
        if (test.labels[static_cast<std::size_t>(list[k].second)] == test.labels[static_cast<std::size_t>(q)])
          sum += ++hits / static_cast<double>(k + 1);
      total += sum / hits / static_cast<double>(2 * n);
    }
  return total;
}
