// SPDX-License-Identifier: Apache-2.0
// Rows and sequences on a device, and what comes back from there: templates on the device.
#pragma once

#include <algorithm>
#include <kindred/core/array.hpp>
#include <kindred/train/epochs.hpp>

#include "learning.hpp"

namespace sns {

template <kindred::Device D>
kindred::matrix<float, D> on_device(kindred::context<D>& ctx, const features& f) {
  return {ctx, f.rows, f.cols, f.values};
}
template <kindred::Device D>
kindred::batch<float, D> on_device(kindred::context<D>& ctx, const sequences& s) {
  kindred::matrix<float, D> rows(ctx, s.offsets.back(), s.cols, s.values);
  return {ctx, std::move(rows), s.offsets};
}
template <kindred::Device D>
features on_host(const kindred::matrix<float, D>& m) {
  return {m.rows(), m.cols(), m.to_host()};
}

/// The different labels of pairs.
inline index_t class_count(const half& h) {
  auto labels = h.labels;
  std::sort(labels.begin(), labels.end());
  return static_cast<index_t>(std::unique(labels.begin(), labels.end()) - labels.begin());
}

/// What a model of kindred::model calls after every batch.
inline auto told_by_epochs(const learning& how) {
  return [&how](const kindred::train::epochs_progress& p) {
    if (p.epoch_ended) how.step("loss " + std::to_string(p.mean_loss));
  };
}

}  // namespace sns
