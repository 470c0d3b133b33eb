// SPDX-License-Identifier: Apache-2.0
// Passes matrices of Eigen to the library and results back to Eigen, without copies. Samples are rows here; a
// column-major matrix with a sample per column has the same memory, so it is taken as its transpose.
#include <Eigen/Core>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/interop/eigen.hpp>
#include <kindred/similarity/dot.hpp>

namespace kd = kindred;
using kd::cpu;
using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main() {
  row_major samples(3, 2);  // a sample per row
  samples << 1, 0,          //
      0, 1,                 //
      1, 1;
  Eigen::MatrixXf queries(2, 2);  // column-major: a query per column
  queries << 2, 0,                //
      1, 3;

  kd::context<cpu> ctx;
  kd::index::flat<float, cpu, kd::similarity::dot> index(ctx, samples.cols());
  index.add(ctx, kd::interop::from_eigen(samples));
  const auto hits = index.search(ctx, kd::interop::transposed_from_eigen(queries), 2);

  const auto scores = kd::interop::to_eigen(hits.scores.view());  // an Eigen::Map: queries x 2
  for (Eigen::Index q = 0; q < scores.rows(); ++q)
    std::printf("query %d: best item %d, scores %.0f and %.0f\n", static_cast<int>(q),
                static_cast<int>(hits.ids.view()(q, 0)), scores(q, 0), scores(q, 1));
  std::printf("mean score %.2f\n", scores.mean());
}

// It prints
//   query 0: best item 2, scores 3 and 2
//   query 1: best item 1, scores 3 and 3
//   mean score 2.75
