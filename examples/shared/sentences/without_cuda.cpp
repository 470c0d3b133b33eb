// SPDX-License-Identifier: Apache-2.0
// Stands in for training_cuda.cu where the program is built without CUDA.
#include <kindred/core/error.hpp>

#include "classifier.hpp"

namespace sentence {

void check_cuda() {
  throw kindred::device_error("--device cuda: built without CUDA (configure with -DKINDRED_CUDA=ON where nvcc is)");
}

std::unique_ptr<classifier> train_on_cuda(const training_task&, const training_settings&, const teller&,
                                          training_curve&) {
  check_cuda();
  return {};
}
std::unique_ptr<classifier> load_on_cuda(const kindred::io::safetensors&, const network_shape&) {
  check_cuda();
  return {};
}

}  // namespace sentence
