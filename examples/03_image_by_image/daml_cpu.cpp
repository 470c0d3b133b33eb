// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "daml_training.hpp"

namespace image {

template trained train_daml<kindred::cpu>(kindred::context<kindred::cpu>&, const loss_kind&, const picture_set&,
                                          const settings&, presentation::progress&);

}  // namespace image
