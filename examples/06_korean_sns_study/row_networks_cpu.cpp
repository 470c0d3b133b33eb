// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "row_networks.hpp"

namespace sns {

learned row_networks_on_cpu(const method& of, const pair_data& scaled, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return row_networks(ctx, of, scaled, how);
}

}  // namespace sns
