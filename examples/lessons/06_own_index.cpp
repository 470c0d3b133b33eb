// SPDX-License-Identifier: Apache-2.0
// Writes an index for a distance that is no product of rows: the sum of absolute differences. An engine searches with
// it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/features.hpp>
#include <kindred/retrieval/engine.hpp>
#include <utility>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using rows_view = kd::matrix_view<const float, cpu>;

class manhattan_index {
 public:
  using value_type = float;
  using device = cpu;

  explicit manhattan_index(kd::index_t dimension) : dimension_(dimension) {}
  kd::index_t dimension() const { return dimension_; }
  kd::index_t size() const { return static_cast<kd::index_t>(values_.size()) / dimension_; }
  void add(kd::context<cpu>& ctx, rows_view rows) {
    const auto added = kd::to_host(ctx, rows);
    values_.insert(values_.end(), added.begin(), added.end());
  }
  // the k closest rows of every query, best first
  kd::op::hits<float, cpu> search(kd::context<cpu>& ctx, rows_view queries, kd::index_t k) const {
    kd::op::hits<float, cpu> hits{{ctx, queries.rows(), k}, {ctx, queries.rows(), k}};  // scores, ids
    const rows_view rows(values_.data(), size(), dimension_);
    for (kd::index_t q = 0; q < queries.rows(); ++q) {
      std::vector<std::pair<float, kd::index_t>> found;  // distance and id
      for (kd::index_t i = 0; i < rows.rows(); ++i) {
        float distance = 0;
        for (kd::index_t c = 0; c < dimension_; ++c) distance += std::abs(queries(q, c) - rows(i, c));
        found.emplace_back(distance, i);
      }
      std::sort(found.begin(), found.end());                                 // equal distances by id
      found.resize(static_cast<std::size_t>(k), {kd::infinity<float>, -1});  // -1: there are fewer than k rows
      for (kd::index_t j = 0; j < k; ++j) {
        const auto [distance, id] = found[static_cast<std::size_t>(j)];
        hits.scores.view()(q, j) = -distance;
        hits.ids.view()(q, j) = id;
      }
    }
    return hits;
  }

 private:
  kd::index_t dimension_;
  std::vector<float> values_;
};

int main() {
  kd::context<cpu> ctx;
  const kd::matrix<float, cpu> gallery(ctx, 3, 2, std::vector<float>{0, 0, 3, 1, 5, 5});
  kd::retrieval::engine engine(kd::encoder::features{.columns = 2}, manhattan_index(2));
  engine.add(ctx, gallery);

  const kd::matrix<float, cpu> query(ctx, 1, 2, std::vector<float>{3, 3});
  const auto hits = engine.search(ctx, query, 4);
  for (kd::index_t j = 0; j < 4; ++j)
    std::printf("id %2d, score %.0f\n", static_cast<int>(hits.ids.view()(0, j)), hits.scores.view()(0, j));
}

// It prints
//   id  1, score -2
//   id  2, score -4
//   id  0, score -6
//   id -1, score -inf
