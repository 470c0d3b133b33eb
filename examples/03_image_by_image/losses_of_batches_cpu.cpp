// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "losses_of_batches.hpp"

namespace image {

template std::shared_ptr<any_loss<kindred::cpu>> make_loss_of_batches<kindred::cpu>(const std::string&,
                                                                                    const loss_sizes&);

}  // namespace image
