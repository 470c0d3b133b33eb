// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <kindred/data/graph_sampler.hpp>
#include <span>

#include "pictures.hpp"
#include "settings.hpp"

namespace image {

/// Which training pictures make a batch, and which of them belong together there: pictures of one class, or with links
/// a picture and neighbours of it.
class batch_source {
 public:
  batch_source(const picture_set& set, const settings& how);

  /// Batches in an epoch.
  index_t length() const { return length_; }
  /// emit(rows, labels, links) for every batch of an epoch, the same for the same epoch: labels of the rows or, with a
  /// graph, null or which positions of the batch are linked.
  using emitter = std::function<void(std::span<const index_t>, std::span<const label_t>,
                                     const kindred::data::graph_sampler::links*)>;
  void operator()(index_t epoch, const emitter& emit) const { each_(epoch, emit); }

 private:
  index_t length_ = 0;
  std::function<void(index_t, const emitter&)> each_;
};

}  // namespace image
