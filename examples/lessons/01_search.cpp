// SPDX-License-Identifier: Apache-2.0
// Finds the rows of a gallery that are closest to each query, by cosine. A search may be restricted by a function of
// the id.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kd = kindred;
using kd::cpu;

int main() {
  kd::context<cpu> ctx(2);  // two threads
  kd::matrix<float, cpu> gallery(ctx, 1000, 32);
  kd::op::fill_normal(ctx, gallery.view(), 0, 1, 1);  // mean 0, deviation 1, seed 1

  kd::index::flat<float, cpu, kd::similarity::cosine> index(ctx, gallery.cols());
  index.add(ctx, gallery);  // row i gets id i

  const auto queries = gallery.view().middle_rows(7, 2);  // rows 7 and 8, so each finds itself first
  const auto hits = index.search(ctx, queries, 2);        // 2 ids and 2 scores per query, best first
  for (kd::index_t q = 0; q < queries.rows(); ++q)
    for (kd::index_t j = 0; j < 2; ++j)
      std::printf("query %d: id %d, cosine %.2f\n", static_cast<int>(q), static_cast<int>(hits.ids.view()(q, j)),
                  hits.scores.view()(q, j));

  const auto even = index.search(ctx, queries, 1, [](kd::index_t id) { return id % 2 == 0; });
  std::printf("best even id for query 0: %d\n", static_cast<int>(even.ids.view()(0, 0)));
}

// It prints
//   query 0: id 7, cosine 1.00
//   query 0: id 793, cosine 0.48
//   query 1: id 8, cosine 1.00
//   query 1: id 23, cosine 0.58
//   best even id for query 0: 370
