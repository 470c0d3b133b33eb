// SPDX-License-Identifier: Apache-2.0
// Stands in for study_cuda.cu where the program is built without CUDA.
#include <kindred/core/error.hpp>

#include "study.hpp"

namespace study {

void check_cuda() {
  throw kindred::device_error("--device cuda: built without CUDA (configure with -DKINDRED_CUDA=ON where nvcc is)");
}

study_result run_on_cuda(const study_data&, const settings&) {
  check_cuda();
  return {};
}

}  // namespace study
