// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>

#include "daml_training.hpp"
#include "image_search.hpp"
#include "losses_of_batches.hpp"
#include "losses_of_triplets.hpp"
#include "pipeline.hpp"

namespace image {

void check_cuda() { kindred::context<kindred::cuda> ctx; }

results run_on_cuda(const picture_set& set, const settings& how) {
  kindred::expects<kindred::argument_error>(set.links.empty(), "--graph: only with --device cpu");
  kindred::context<kindred::cuda> ctx;
  return pipeline<kindred::cuda>(ctx, set, how);
}

}  // namespace image
