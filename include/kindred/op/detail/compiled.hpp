// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `op`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/op/detail/rank_impl.hpp>
#include <kindred/op/detail/top_k_impl.hpp>

namespace kindred::op::detail {
template void rank_row<float>(const float*, index_t, rank_workspace<float>&, index_t*);
template void rank_row<double>(const double*, index_t, rank_workspace<double>&, index_t*);
template void detail_row<float>(const float*, index_t, rank_workspace<float>&, const index_t*, tie*);
template void detail_row<double>(const double*, index_t, rank_workspace<double>&, const index_t*, tie*);
}  // namespace kindred::op::detail

namespace kindred::op::detail {
template void top_k_of<float>(const float*, index_t, index_t, selection_key<float>*, index_t*, float*);
template void top_k_of<double>(const double*, index_t, index_t, selection_key<double>*, index_t*, double*);
}  // namespace kindred::op::detail
