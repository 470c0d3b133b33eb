// SPDX-License-Identifier: Apache-2.0
// Stands in for learning_cuda.cu where the program is built without CUDA.
#include <kindred/core/error.hpp>

#include "learning.hpp"

namespace sns {

void check_cuda() {
  throw kindred::device_error("--device cuda: built without CUDA (configure with -DKINDRED_CUDA=ON where nvcc is)");
}

device_work on_cuda() {
  check_cuda();
  return {};
}

}  // namespace sns
