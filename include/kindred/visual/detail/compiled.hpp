// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `visual`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/visual/detail/attention_map_impl.hpp>
#include <kindred/visual/detail/attention_overlay_impl.hpp>
#include <kindred/visual/detail/attention_words_impl.hpp>
#include <kindred/visual/detail/pointing_game_impl.hpp>
#include <kindred/visual/detail/scatter_impl.hpp>
#include <kindred/visual/detail/tsne_impl.hpp>

namespace kindred::visual::detail {
template map_kernels<float> kernels_of<float>(instruction_set);
template map_kernels<double> kernels_of<double>(instruction_set);
template tsne_map<float> fit_rows<float>(context<cpu>&, const tsne&, matrix_view<const float, cpu>,
                                         matrix_view<const float, cpu>, tsne_watch);
template tsne_map<double> fit_rows<double>(context<cpu>&, const tsne&, matrix_view<const double, cpu>,
                                           matrix_view<const double, cpu>, tsne_watch);
template tsne_map<float> fit_distances<float>(context<cpu>&, const tsne&, matrix_view<const float, cpu>,
                                              matrix_view<const float, cpu>, tsne_watch);
template tsne_map<double> fit_distances<double>(context<cpu>&, const tsne&, matrix_view<const double, cpu>,
                                                matrix_view<const double, cpu>, tsne_watch);
template matrix<float, cpu> transform_rows<float>(context<cpu>&, const tsne_map<float>::parts&,
                                                  matrix_view<const float, cpu>, const tsne_transform&);
template matrix<double, cpu> transform_rows<double>(context<cpu>&, const tsne_map<double>::parts&,
                                                    matrix_view<const double, cpu>, const tsne_transform&);
}  // namespace kindred::visual::detail
