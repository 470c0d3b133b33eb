// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "generative.hpp"

namespace sns {

learned generative_on_cpu(const method& of, const pair_data& scaled, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return learn_generative(ctx, of, scaled, how);
}

}  // namespace sns
