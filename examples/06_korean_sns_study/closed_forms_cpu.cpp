// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "closed_forms.hpp"

namespace sns {

learned closed_form_on_cpu(const method& of, const pair_data& raw, const learning& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return closed_form(ctx, of, raw, how);
}

}  // namespace sns
