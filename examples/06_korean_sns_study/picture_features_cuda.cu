// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>

#include "picture_describing.hpp"

namespace sns {

picture_features describe_on_cuda(const posts& of, std::span<const index_t> training, const picture_settings& how) {
  kindred::context<kindred::cuda> ctx;
  return described(ctx, of, training, how);
}

}  // namespace sns
