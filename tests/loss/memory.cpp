// SPDX-License-Identifier: Apache-2.0
// A batch-all triplet step of 2,048 embeddings takes memory for some matrices of the batch's square, by the peak that
// the system reports; its quarter of a billion triplets would take gigabytes. A program of its own, because a peak
// stays.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "peak_memory.hpp"

using namespace kindred;

namespace {

/// MiB above its start at the peak of a step: similarity, loss, and the gradient of the embeddings.
double step_mib(index_t n, float* value) {
  context<cpu> ctx(2);
  const index_t d = 128;
  matrix<float, cpu> embeddings(ctx, n, d), gradient(ctx, n, d);
  op::fill_normal(ctx, embeddings.view(), 0.0f, 1.0f, 1);
  op::normalize_rows(ctx, embeddings, embeddings.view());
  std::vector<label_t> classes;
  for (index_t i = 0; i < n; ++i) classes.push_back(static_cast<label_t>(i % 32));
  const vector<label_t, cpu> labels(ctx, classes);
  const relation::same_label relation(labels, labels, true);
  vector<float, cpu> loss(ctx, 1);
  const similarity::negative_squared_euclidean similarity;
  REQUIRE(forget_peak());
  const double before = status_mib("VmRSS");
  matrix<float, cpu> scores(ctx, n, n), dscores(ctx, n, n);
  similarity.score(ctx, embeddings, embeddings, scores.view());
  kindred::loss::batch_all{}(ctx, scores, relation, dscores.view(), loss.view());
  similarity.backward(ctx, embeddings, embeddings, scores, dscores, gradient.view(), gradient.view());
  *value = loss.to_host()[0];
  return status_mib("VmHWM") - before;
}

}  // namespace

TEST_CASE("a batch-all step takes memory in the square of the batch") {
  if (status_mib("VmHWM") < 0 || !forget_peak()) {
    MESSAGE("no peak of memory is reported here");
    return;
  }
  float half = 0, whole = 0;
  const double small = step_mib(1024, &half), large = step_mib(2048, &whole);
  const double square = 2048.0 * 2048 * sizeof(float) / (1 << 20);  // 16 MiB
  MESSAGE("1024: ", small, " MiB, 2048: ", large, " MiB, one matrix of the square ", square, " MiB");
  CHECK(half > 0.2);  // random rows: about the margin
  CHECK(whole > 0.2);
  CHECK(large > 2 * square);
  CHECK(large < 8 * square);
  CHECK(large < 5 * small);
}
