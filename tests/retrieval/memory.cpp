// SPDX-License-Identifier: Apache-2.0
// Average precision of 50,000 x 50,000 within 256 MiB beside the inputs, by the peak that the system reports. A program
// of its own, because a peak stays.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>

#include "peak_memory.hpp"

using namespace kindred;

TEST_CASE("average precision of 50,000 x 50,000 takes less than 256 MiB beside its inputs") {
  if (status_mib("VmHWM") < 0) {
    MESSAGE("no peak of memory is reported here");
    return;
  }
  const index_t n = 50000, d = 64, classes = 25;
  context<cpu> ctx(2);
  matrix<float, cpu> a(ctx, n, d), b(ctx, n, d);
  vector<label_t, cpu> labels(ctx, n);
  for (index_t i = 0; i < n; ++i) {
    const auto id = static_cast<std::uint64_t>(i);
    labels.data()[i] = static_cast<label_t>(random::below(classes, 1, 0, id));
    for (index_t c = 0; c < d; ++c) {
      const auto at = static_cast<std::uint64_t>(i * d + c);
      // every class has a weak direction of its own
      const float centre = c == labels.data()[i] ? 0.6f : 0.0f;
      a.view()(i, c) = centre + static_cast<float>(random::uniform(1, 1, at) - 0.5);
      b.view()(i, c) = centre + static_cast<float>(random::uniform(1, 2, at) - 0.5);
    }
  }
  const double before = status_mib("VmRSS"), peak_before = status_mib("VmHWM");
  REQUIRE(peak_before < before + 16);  // else the peak of making the inputs would be measured
  const auto [map, hit] = retrieval::evaluate(ctx, similarity::cosine{}, a, b, relation::same_label(labels, labels),
                                              metric::average_precision{}, metric::hit{.k = 10});
  const double taken = status_mib("VmHWM") - before;
  MESSAGE("mAP ", map, ", hit@10 ", hit, ", ", taken, " MiB beside the inputs of ", before, " MiB");
  CHECK(taken > 0);
  CHECK(taken < 256);
  CHECK(map > 0.05);  // 0.04 by chance
  CHECK(map < 0.5);
  CHECK(hit > map);
}
