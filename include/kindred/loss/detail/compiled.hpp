// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `loss`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/loss/detail/cca_correlation_impl.hpp>

namespace kindred::loss::detail {
template correlation_gradients correlation_of<double>(context<cpu>&, matrix<double, cpu>, matrix<double, cpu>,
                                                      matrix<double, cpu>, bool, index_t);
}  // namespace kindred::loss::detail
