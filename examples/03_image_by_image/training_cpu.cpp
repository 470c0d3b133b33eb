// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "image_search.hpp"
#include "pipeline.hpp"

namespace image {

results run_on_cpu(const picture_set& set, const settings& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return pipeline<kindred::cpu>(ctx, set, how);
}

}  // namespace image
