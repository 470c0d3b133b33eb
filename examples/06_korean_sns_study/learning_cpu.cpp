// SPDX-License-Identifier: Apache-2.0
#include "learning.hpp"

namespace sns {

device_work on_cpu() {
  const auto learn = [](const method& of, const pair_data& raw, const pair_data& scaled, const learning& how) {
    switch (of.learner) {
      case learner::closed_form:
        return closed_form_on_cpu(of, raw, how);
      case learner::cmdn:
      case learner::bimodal_autoencoder:
      case learner::multimodal_dbn:
        return generative_on_cpu(of, scaled, how);
      case learner::cmpl:
        return cmpl_on_cpu(of, scaled, how);
      case learner::mcsm:
        return mcsm_on_cpu(of, scaled, how);
      default:
        return row_networks_on_cpu(of, scaled, how);
    }
  };
  return {learn, judged_on_cpu, words_over_regions_on_cpu};
}

}  // namespace sns
