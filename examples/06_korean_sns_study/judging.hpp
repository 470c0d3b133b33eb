// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <evaluation.hpp>
#include <folds.hpp>
#include <kindred/similarity/adaptive_fused.hpp>
#include <numeric>

#include "device_data.hpp"

namespace sns {

/// The ten first results of some queries of one direction; equal scores by position.
template <kindred::Device D, class Similarity>
void add_rankings(kindred::context<D>& ctx, const std::vector<label_t>& labels, const pairs::embedded_pairs<D>& e,
                  bool image_queries, const std::vector<index_t>& queries, const Similarity& similarity,
                  std::vector<pairs::ranking>& out) {
  const auto from = image_queries ? e.image_rows() : e.text_rows(), to = image_queries ? e.text_rows() : e.image_rows();
  const auto label = [&](index_t i) { return labels[static_cast<std::size_t>(i)]; };
  for (const index_t q : queries) {
    kindred::matrix<float, D> scores(ctx, 1, to.rows());
    similarity.template score<float, D>(ctx, from.middle_rows(q, 1), to, scores.view());
    const auto found = scores.to_host();
    std::vector<index_t> order(found.size());
    std::iota(order.begin(), order.end(), index_t(0));
    const auto most = std::min<std::ptrdiff_t>(10, std::ssize(order));
    const auto score = [&](index_t i) { return found[static_cast<std::size_t>(i)]; };
    std::partial_sort(order.begin(), order.begin() + most, order.end(),
                      [&](index_t a, index_t b) { return score(a) != score(b) ? score(a) > score(b) : a < b; });
    pairs::ranking r{image_queries, q, {}};
    for (auto i = order.begin(); i != order.begin() + most; ++i)
      r.entries.push_back({*i, static_cast<double>(score(*i)), label(*i) == label(q)});
    out.push_back(std::move(r));
  }
}

/// Ranks the test half in both directions.
template <kindred::Device D>
judged judge(kindred::context<D>& ctx, const embedded& test, const half& h, const learning& how) {
  const pairs::embedded_pairs<D> e{on_device(ctx, test.images), on_device(ctx, test.texts), {}};
  const kindred::vector<label_t, D> labels(ctx, h.labels);
  const auto by = [&](const auto& similarity) {
    judged out{pairs::evaluated(ctx, e, labels, similarity), {}};
    if (how.lists > 0)
      for (const bool image_queries : {true, false})
        add_rankings(ctx, h.labels, e, image_queries,
                     pairs::stratified_sample(h.labels, how.lists, how.seed + (image_queries ? 0 : 1)), similarity,
                     out.rankings);
    return out;
  };
  using kindred::similarity::cosine;
  if (test.first_columns == 0) return by(cosine{});
  return by(kindred::similarity::adaptive_fused<cosine>{.first_columns = test.first_columns});
}

}  // namespace sns
