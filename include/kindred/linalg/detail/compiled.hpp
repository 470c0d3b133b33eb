// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `linalg`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/linalg/detail/cholesky_impl.hpp>
#include <kindred/linalg/detail/generalized_eigen_impl.hpp>
#include <kindred/linalg/detail/inverse_root_impl.hpp>
#include <kindred/linalg/detail/leading_eigen_impl.hpp>
#include <kindred/linalg/detail/svd_impl.hpp>
#include <kindred/linalg/detail/symmetric_eigen_impl.hpp>

namespace kindred::linalg {
template class cholesky<double>;
template void symmetric_eigen<double>(context<cpu>&, matrix_view<const double, cpu>, vector_view<double, cpu>,
                                      matrix_view<double, cpu>);
template void generalized_eigen<double>(context<cpu>&, matrix_view<const double, cpu>, matrix_view<const double, cpu>,
                                        vector_view<double, cpu>, matrix_view<double, cpu>);
template void svd<double>(context<cpu>&, matrix_view<const double, cpu>, matrix_view<double, cpu>,
                          vector_view<double, cpu>, matrix_view<double, cpu>);
template index_t inverse_root<double>(context<cpu>&, matrix_view<const double, cpu>, double, matrix_view<double, cpu>);
namespace detail {
template class krylov_basis<double>;
}  // namespace detail
}  // namespace kindred::linalg
