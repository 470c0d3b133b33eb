// SPDX-License-Identifier: Apache-2.0
#include "picture_features.hpp"

#include <kindred/backend/cpu.hpp>

#include "picture_describing.hpp"

namespace sns {

picture_features describe(const posts& of, std::span<const index_t> training, const picture_settings& how) {
  kindred::context<kindred::cpu> ctx(how.threads);
  return described(ctx, of, training, how);
}

}  // namespace sns
