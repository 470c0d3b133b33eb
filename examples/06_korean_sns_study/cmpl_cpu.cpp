// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "cmpl.hpp"

namespace sns {

learned cmpl_on_cpu(const method& of, const pair_data& scaled, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return cmpl(ctx, of, scaled, how);
}

}  // namespace sns
