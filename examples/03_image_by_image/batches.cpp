// SPDX-License-Identifier: Apache-2.0
#include "batches.hpp"

#include <kindred/core/error.hpp>
#include <kindred/data/balanced_sampler.hpp>
#include <kindred/data/graph_sampler.hpp>

namespace image {

namespace kd = kindred;

batch_source::batch_source(const picture_set& set, const settings& how) {
  const index_t classes = how.batch / how.per_class;
  kd::expects<kd::argument_error>(classes >= 2 && how.per_class >= 2 && how.batch % how.per_class == 0,
                                  "--batch {} is not made of 2 or more classes of {} pictures each", how.batch,
                                  how.per_class);
  const std::span<const label_t> labels(set.train.labels);
  if (!set.links.empty()) {
    auto both = set.links;
    for (const auto& [a, b] : set.links) both.emplace_back(b, a);
    const kd::relation::pairs graph(set.train.size(), set.train.size(), both);
    const kd::data::graph_sampler sampler(
        graph.relation(),
        {.anchors = classes, .hops = how.hops, .positives = how.per_class - 1, .negatives = 0, .seed = how.seed});
    length_ = sampler.length();
    each_ = [sampler](index_t epoch, const emitter& emit) {
      sampler(epoch, [&](std::span<const index_t> rows) {
        const auto related = sampler.related(rows);
        emit(rows, {}, &related);
      });
    };
    return;
  }
  const kd::data::balanced_sampler sampler(
      labels, {.classes = std::min(classes, set.train.classes()), .per_class = how.per_class, .seed = how.seed});
  length_ = sampler.length();
  each_ = [sampler, labels](index_t epoch, const emitter& emit) {
    std::vector<label_t> own;
    sampler(epoch, [&](std::span<const index_t> rows) {
      own.clear();
      for (const index_t row : rows) own.push_back(labels[static_cast<std::size_t>(row)]);
      emit(rows, own, nullptr);
    });
  };
}

}  // namespace image
