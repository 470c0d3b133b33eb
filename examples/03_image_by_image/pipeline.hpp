// SPDX-License-Identifier: Apache-2.0
// The whole work on one device: a template, compiled for each device in a file of its own.
#pragma once

#include "results.hpp"
#include "test_search.hpp"
#include "training.hpp"

namespace image {

template <kindred::Device D>
results pipeline(kindred::context<D>& ctx, const picture_set& set, const settings& how) {
  const test_search search(set.test, how.seed, how.lists, how.threads);
  results out;
  out.pixels = search.of_vectors(set.test.pixels);
  out.pixel_rankings = search.rankings(set.test.pixels);
  out.words = search.of_words();
  const auto batches = batch_source(set, how).length() * how.epochs;
  presentation::progress told("training", static_cast<long>(batches * std::ssize(how.losses)));
  for (const loss_kind& kind : how.losses) {
    const trained t = train(ctx, kind, set, how, told);
    loss_result r;
    r.name = kind.name;
    r.title = kind.title;
    r.curve = t.curve;
    r.seconds = t.seconds;
    r.test = search.of_vectors(t.embeddings);
    r.rankings = search.rankings(t.embeddings);
    r.fused = search.fused(t.embeddings);
    out.losses.push_back(std::move(r));
  }
  return out;
}

}  // namespace image
