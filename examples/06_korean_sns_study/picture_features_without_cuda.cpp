// SPDX-License-Identifier: Apache-2.0
// Stands in for picture_features_cuda.cu where the program is built without CUDA.
#include "learning.hpp"
#include "picture_features.hpp"

namespace sns {

picture_features describe_on_cuda(const posts&, std::span<const index_t>, const picture_settings&) {
  check_cuda();
  return {};
}

}  // namespace sns
