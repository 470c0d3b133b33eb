// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "pipeline.hpp"

namespace study {

study_result run_on_cpu(const study_data& data, const settings& how) {
  return pipeline<kindred::cpu>(data, how, how.threads, [] { return kindred::context<kindred::cpu>(1); });
}

}  // namespace study
