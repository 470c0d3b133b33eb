// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "cross_attention.hpp"

namespace sns {

std::vector<float> words_over_regions_on_cpu(const pair_data& scaled, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return words_over_regions(ctx, scaled, how);
}

}  // namespace sns
