// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "judging.hpp"

namespace sns {

judged judged_on_cpu(const embedded& test, const half& h, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return judge(ctx, test, h, how);
}

}  // namespace sns
