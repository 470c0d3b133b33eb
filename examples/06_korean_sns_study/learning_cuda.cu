// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>

#include "closed_forms.hpp"
#include "cmpl.hpp"
#include "cross_attention.hpp"
#include "generative.hpp"
#include "judging.hpp"
#include "mcsm.hpp"
#include "row_networks.hpp"

namespace sns {

void check_cuda() { const kindred::context<kindred::cuda> ctx; }

device_work on_cuda() {
  check_cuda();
  const auto learn = [](const method& of, const pair_data& raw, const pair_data& scaled, const learning& how) {
    kindred::context<kindred::cuda> ctx;
    switch (of.learner) {
      case learner::closed_form:
        return closed_form(ctx, of, raw, how);
      case learner::cmdn:
      case learner::bimodal_autoencoder:
      case learner::multimodal_dbn:
        return learn_generative(ctx, of, scaled, how);
      case learner::cmpl:
        return cmpl(ctx, of, scaled, how);
      case learner::mcsm:
        return mcsm(ctx, of, scaled, how);
      default:
        return row_networks(ctx, of, scaled, how);
    }
  };
  const auto judging = [](const embedded& test, const half& h, const learning& how) {
    kindred::context<kindred::cuda> ctx;
    return judge(ctx, test, h, how);
  };
  const auto looking = [](const pair_data& scaled, const learning& how) {
    kindred::context<kindred::cuda> ctx;
    return words_over_regions(ctx, scaled, how);
  };
  return {learn, judging, looking};
}

}  // namespace sns
