// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `projection`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/projection/detail/graph_training_impl.hpp>
#include <kindred/projection/detail/jgrhml_impl.hpp>
#include <kindred/projection/detail/jrl_impl.hpp>
#include <kindred/projection/detail/kernel_training_impl.hpp>
#include <kindred/projection/detail/label_groups_impl.hpp>
#include <kindred/projection/detail/logistic_regression_impl.hpp>
#include <kindred/projection/detail/s2upg_impl.hpp>
#include <kindred/projection/detail/training_impl.hpp>

namespace kindred::projection::detail {
template matrix<double, cpu> product<double>(context<cpu>&, matrix_view<const double, cpu>, transpose,
                                             matrix_view<const double, cpu>, transpose);
template directions directions_of_covariance<double>(context<cpu>&, matrix_view<const double, cpu>, const char*,
                                                     const char*);
template directions directions_of_rows<double>(context<cpu>&, matrix_view<const double, cpu>, const char*, const char*);
template paired_weights singular_pairs<double>(context<cpu>&, matrix_view<const double, cpu>, index_t);
template paired_weights scaled_pairs<double>(context<cpu>&, const directions&, const std::vector<double>&,
                                             const directions&, const std::vector<double>&, matrix<double, cpu>,
                                             index_t);
template training_set training_of<double>(context<cpu>&, std::vector<view_columns>, std::vector<matrix<double, cpu>>,
                                          const char*);
template training_set training_of_host_rows<float>(context<cpu>&, context<cpu>&,
                                                   std::span<const matrix_view<const float, cpu>>, index_t,
                                                   const char*);
template training_set training_of_host_rows<double>(context<cpu>&, context<cpu>&,
                                                    std::span<const matrix_view<const double, cpu>>, index_t,
                                                    const char*);
template directions directions_of<double>(context<cpu>&, const training_set&, index_t, const char*);
template matrix<double, cpu> lifted<double>(context<cpu>&, const training_set&, index_t, matrix<double, cpu>);
template joint_weights joint_directions<double>(context<cpu>&, const training_set&, std::vector<directions>,
                                                const std::vector<std::vector<double>>&, index_t);
template paired_weights deflated_pairs<double>(context<cpu>&, const training_set&, index_t, bool);
template double median_distance<double>(context<cpu>&, const kernel_rows&, const char*, const char*);
template kernel_pairs dense_bach_jordan<double>(context<cpu>&, matrix<double, cpu>, matrix<double, cpu>, double,
                                                index_t, std::uint64_t, const char*);
template kernel_pairs dense_hardoon<double>(context<cpu>&, matrix<double, cpu>, matrix<double, cpu>, double, index_t,
                                            const char*);
template kernel_pairs feature_pairs<double>(context<cpu>&, const kernel_features&, const kernel_features&, double, bool,
                                            index_t, const char*);
template kernel_features nystroem_features<double>(context<cpu>&, std::vector<index_t>, const matrix<double, cpu>&,
                                                   const matrix<double, cpu>&);
template void solve_definite<double>(context<cpu>&, matrix<double, cpu>, matrix_view<double, cpu>, const char*);
template graph_weights jgrhml_weights<double>(context<cpu>&, const graph_set&, const jgrhml&, const char*);
}  // namespace kindred::projection::detail
