// SPDX-License-Identifier: Apache-2.0
// Stands in for training_cuda.cu where the program is built without CUDA.
#include <kindred/core/error.hpp>

#include "image_search.hpp"

namespace image {

void check_cuda() {
  throw kindred::device_error("--device cuda: built without CUDA (configure with -DKINDRED_CUDA=ON where nvcc is)");
}

results run_on_cuda(const picture_set&, const settings&) {
  check_cuda();
  return {};
}

}  // namespace image
