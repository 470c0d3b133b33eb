// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `backend`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/backend/detail/cpu_convolution_impl.hpp>
#include <kindred/backend/detail/cpu_product_impl.hpp>

namespace kindred {
namespace detail {
template void cpu_gemm<float>(context<cpu>&, float, matrix_view<const float, cpu>, transpose,
                              matrix_view<const float, cpu>, transpose, float, matrix_view<float, cpu>);
template void cpu_gemm<double>(context<cpu>&, double, matrix_view<const double, cpu>, transpose,
                               matrix_view<const double, cpu>, transpose, double, matrix_view<double, cpu>);
}  // namespace detail
template const float* device_pack<float>(context<cpu>&, matrix_view<const float, cpu>, transpose);
template const double* device_pack<double>(context<cpu>&, matrix_view<const double, cpu>, transpose);
template void device_gemm_packed<float>(context<cpu>&, float, matrix_view<const float, cpu>, transpose,
                                        matrix_view<const float, cpu>, transpose, const float*, float,
                                        matrix_view<float, cpu>);
template void device_gemm_packed<double>(context<cpu>&, double, matrix_view<const double, cpu>, transpose,
                                         matrix_view<const double, cpu>, transpose, const double*, double,
                                         matrix_view<double, cpu>);
template void device_inner_products<float>(context<cpu>&, matrix_view<const float, cpu>, matrix_view<const float, cpu>,
                                           matrix_view<float, cpu>);
template void device_inner_products<double>(context<cpu>&, matrix_view<const double, cpu>,
                                            matrix_view<const double, cpu>, matrix_view<double, cpu>);
template void device_distances<float>(context<cpu>&, matrix_view<const float, cpu>, vector_view<const float, cpu>,
                                      matrix_view<const float, cpu>, vector_view<const float, cpu>,
                                      matrix_view<float, cpu>);
template void device_distances<double>(context<cpu>&, matrix_view<const double, cpu>, vector_view<const double, cpu>,
                                       matrix_view<const double, cpu>, vector_view<const double, cpu>,
                                       matrix_view<double, cpu>);
template void device_square_norms<float>(context<cpu>&, matrix_view<const float, cpu>, vector_view<float, cpu>);
template void device_square_norms<double>(context<cpu>&, matrix_view<const double, cpu>, vector_view<double, cpu>);
template void device_nearest<float>(context<cpu>&, const nearest_arguments<float>&);
template void device_nearest<double>(context<cpu>&, const nearest_arguments<double>&);
template void device_convolve<float>(context<cpu>&, const patch_grid&, matrix_view<const float, cpu>,
                                     matrix_view<const float, cpu>, matrix_view<float, cpu>);
template void device_convolve_weights<float>(context<cpu>&, const patch_grid&, matrix_view<const float, cpu>,
                                             matrix_view<const float, cpu>, matrix_view<float, cpu>);
template void device_convolve<double>(context<cpu>&, const patch_grid&, matrix_view<const double, cpu>,
                                      matrix_view<const double, cpu>, matrix_view<double, cpu>);
template void device_convolve_weights<double>(context<cpu>&, const patch_grid&, matrix_view<const double, cpu>,
                                              matrix_view<const double, cpu>, matrix_view<double, cpu>);
}  // namespace kindred
