// SPDX-License-Identifier: Apache-2.0
// The whole work on one device: a template, compiled for each device in a file of its own.
#pragma once

#include <kindred/core/permutation.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/metric/average_precision_at_r.hpp>
#include <kindred/metric/hit.hpp>
#include <kindred/metric/r_precision.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/bm25.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/retrieval/fuse.hpp>
#include <kindred/similarity/cosine.hpp>

#include "results.hpp"
#include "training.hpp"
#include "words.hpp"

namespace image {

namespace detail {

using kindred::cpu;

/// What is found among the test half's own pictures, and how good that is. Vectors lie on the host: encoding them is the
/// costly part.
class test_search {
 public:
  test_search(kindred::context<cpu>& ctx, const half& test, std::uint64_t seed, int lists)
      : ctx_(ctx), test_(test), labels_(ctx, std::span<const label_t>(test.labels)) {
    const auto order = kindred::random::permutation(test.size(), seed, 3);
    for (const index_t i : order)
      if (std::ssize(shown_) < lists) shown_.push_back(i);
  }

  measures of_vectors(const std::vector<float>& vectors) const {
    const auto rows = matrix(vectors);
    return std::apply(
        [&](const auto&... m) {
          return named(kindred::retrieval::evaluate(ctx_, kindred::similarity::cosine{}, rows, rows, relation(),
                                                    {.without_relevant = kindred::retrieval::without_relevant::skip},
                                                    m...));
        },
        metrics);
  }
  template <class T>
  measures of_hits(const kindred::op::hits<T, cpu>& found) const {
    return std::apply(
        [&](const auto&... m) {
          return named(kindred::retrieval::evaluate_hits(ctx_, found, test_.size(), relation(),
                                                         kindred::retrieval::without_relevant::skip, m...));
        },
        metrics);
  }

  /// The `k` nearest of every picture, itself among them.
  kindred::op::hits<float, cpu> nearest(const std::vector<float>& vectors, index_t k) const {
    const auto rows = matrix(vectors);
    kindred::index::flat<float, cpu, kindred::similarity::cosine> index(ctx_, rows.cols());
    index.add(ctx_, rows);
    return index.search(ctx_, rows, k);
  }
  /// The ten nearest of the pictures that are shown, themselves left out.
  std::vector<ranking> rankings(const std::vector<float>& vectors) const {
    const auto found = nearest(vectors, std::min<index_t>(11, test_.size()));
    std::vector<ranking> out;
    for (const index_t query : shown_) {
      ranking r{query, {}, {}};
      for (index_t j = 0; j < found.ids.cols() && std::ssize(r.items) < 10; ++j) {
        const index_t id = found.ids.view()(query, j);
        if (id == query || id < 0) continue;
        r.items.push_back(id);
        r.scores.push_back(static_cast<double>(found.scores.view()(query, j)));
      }
      out.push_back(std::move(r));
    }
    return out;
  }
  /// The `k` best of every picture by its words.
  kindred::op::hits<double, cpu> by_words(index_t k) const {
    return kindred::retrieval::bm25{}.index(test_.words, words{}).search(ctx_, test_.words, k);
  }

 private:
  static constexpr std::tuple metrics{kindred::metric::hit{.k = 1},
                                      kindred::metric::hit{.k = 10},
                                      kindred::metric::hit{.k = 100},
                                      kindred::metric::hit{.k = 1000},
                                      kindred::metric::average_precision_at_r{},
                                      kindred::metric::r_precision{}};
  static measures named(const std::array<double, 6>& v) { return {v[0], v[1], v[2], v[3], v[4], v[5]}; }

  kindred::relation::same_label<cpu> relation() const { return {labels_.view(), labels_.view(), true}; }
  kindred::matrix_view<const float, cpu> matrix(const std::vector<float>& vectors) const {
    return {vectors.data(), test_.size(), static_cast<index_t>(vectors.size()) / test_.size()};
  }

  kindred::context<cpu>& ctx_;
  const half& test_;
  kindred::vector<label_t, cpu> labels_;
  std::vector<index_t> shown_;
};

}  // namespace detail

template <kindred::Device D>
results pipeline(kindred::context<D>& ctx, const picture_set& set, const settings& how) {
  constexpr index_t fused_length = 1000;
  kindred::context<kindred::cpu> host(how.threads);
  const detail::test_search search(host, set.test, how.seed, how.lists);
  const index_t k = std::min(fused_length, set.test.size());
  results out;
  out.pixels = search.of_vectors(set.test.pixels);
  out.pixel_rankings = search.rankings(set.test.pixels);
  std::optional<kindred::op::hits<double, kindred::cpu>> by_words;
  if (!set.test.words.empty()) {
    by_words.emplace(search.by_words(k));
    out.words = search.of_hits(*by_words);
  }
  const long batches = static_cast<long>(batch_source(set, how).length());
  presentation::progress told("training",
                              static_cast<long>(how.losses.size() * static_cast<std::size_t>(how.epochs)) * batches);
  for (const loss_kind& kind : how.losses) {
    const trained t = train(ctx, kind, set, how, told);
    loss_result r{.name = kind.name, .title = kind.title, .curve = t.curve, .seconds = t.seconds};
    r.test = search.of_vectors(t.embeddings);
    r.rankings = search.rankings(t.embeddings);
    if (by_words)
      r.fused = search.of_hits(kindred::retrieval::fuse(host, {.k = k}, *by_words, search.nearest(t.embeddings, k)));
    out.losses.push_back(std::move(r));
  }
  return out;
}

}  // namespace image
