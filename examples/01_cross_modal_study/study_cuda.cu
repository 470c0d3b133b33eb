// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>

#include "pipeline.hpp"

namespace study {

void check_cuda() { const kindred::context<kindred::cuda> ctx; }

study_result run_on_cuda(const study_data& data, const settings& how) {
  // one queue of work: the fits follow each other on the one GPU
  return pipeline<kindred::cuda>(data, how, 1, [] { return kindred::context<kindred::cuda>(); });
}

}  // namespace study
