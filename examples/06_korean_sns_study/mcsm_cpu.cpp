// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "mcsm.hpp"

namespace sns {

learned mcsm_on_cpu(const method& of, const pair_data& scaled, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return mcsm(ctx, of, scaled, how);
}

}  // namespace sns
