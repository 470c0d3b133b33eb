// SPDX-License-Identifier: Apache-2.0
#include "test_search.hpp"

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/bm25.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/retrieval/fuse.hpp>
#include <kindred/similarity/cosine.hpp>

#include "words.hpp"

namespace image {

namespace {

namespace kd = kindred;
using kd::cpu;

constexpr index_t longest = 1000;  // of lists that are fused
constexpr std::tuple all_measures{kd::metric::hit{.k = 1},
                                  kd::metric::hit{.k = 10},
                                  kd::metric::hit{.k = 100},
                                  kd::metric::hit{.k = 1000},
                                  kd::metric::average_precision_at_r{},
                                  kd::metric::r_precision{}};
constexpr auto skip = kd::retrieval::without_relevant::skip;

measures named(const std::array<double, 6>& v) { return {v[0], v[1], v[2], v[3], v[4], v[5]}; }

}  // namespace

struct test_search::parts {
  const half& test;
  std::unique_ptr<kd::context<cpu>> context;
  kd::context<cpu>& ctx;
  kd::vector<label_t, cpu> labels;
  kd::relation::same_label<cpu> relation;
  std::vector<index_t> shown;
  std::optional<kd::op::hits<double, cpu>> by_words;

  kd::matrix_view<const float, cpu> matrix(const std::vector<float>& vectors) const {
    return {vectors.data(), test.size(), static_cast<index_t>(vectors.size()) / test.size()};
  }
  /// The `k` nearest of every picture, itself among them.
  kd::op::hits<float, cpu> nearest(const std::vector<float>& vectors, index_t k) const {
    const auto rows = matrix(vectors);
    kd::index::flat<float, cpu, kd::similarity::cosine> index(ctx, rows.cols());
    index.add(ctx, rows);
    return index.search(ctx, rows, std::min(k, test.size()));
  }
  measures of_hits(const kd::op::hits<double, cpu>& found) const {
    return std::apply(
        [&](const auto&... m) {
          return named(kd::retrieval::evaluate_hits(ctx, found, test.size(), relation, skip, m...));
        },
        all_measures);
  }
};

test_search::test_search(const half& test, std::uint64_t seed, int lists, int threads) {
  auto context = std::make_unique<kd::context<cpu>>(threads);
  kd::context<cpu>& ctx = *context;
  kd::vector<label_t, cpu> labels(ctx, std::span<const label_t>(test.labels));
  const kd::relation::same_label<cpu> relation(labels.view(), labels.view(), true);
  std::vector<index_t> shown = kd::random::permutation(test.size(), seed, 3);
  shown.resize(std::min(shown.size(), static_cast<std::size_t>(lists)));
  std::optional<kd::op::hits<double, cpu>> by_words;
  if (!test.words.empty())
    by_words.emplace(
        kd::retrieval::bm25{}.index(test.words, words{}).search(ctx, test.words, std::min(longest, test.size())));
  parts_.reset(
      new parts{test, std::move(context), ctx, std::move(labels), relation, std::move(shown), std::move(by_words)});
}
test_search::~test_search() = default;

measures test_search::of_vectors(const std::vector<float>& vectors) const {
  const auto rows = parts_->matrix(vectors);
  return std::apply(
      [&](const auto&... m) {
        return named(kd::retrieval::evaluate(parts_->ctx, kd::similarity::cosine{}, rows, rows, parts_->relation,
                                             {.without_relevant = skip}, m...));
      },
      all_measures);
}

std::vector<ranking> test_search::rankings(const std::vector<float>& vectors) const {
  const auto found = parts_->nearest(vectors, 11);
  std::vector<ranking> out;
  for (const index_t query : parts_->shown) {
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

std::optional<measures> test_search::of_words() const {
  if (!parts_->by_words) return std::nullopt;
  return parts_->of_hits(*parts_->by_words);
}

std::optional<measures> test_search::fused(const std::vector<float>& vectors) const {
  if (!parts_->by_words) return std::nullopt;
  const index_t k = parts_->by_words->ids.cols();
  return parts_->of_hits(kd::retrieval::fuse(parts_->ctx, {.k = k}, *parts_->by_words, parts_->nearest(vectors, k)));
}

}  // namespace image
