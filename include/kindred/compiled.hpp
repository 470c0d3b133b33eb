// SPDX-License-Identifier: Apache-2.0
/// @file
/// Emits what KINDRED_COMPILED leaves out. Included by exactly one translation unit of a program; the CMake target
/// kindred::compiled is that unit, built in the user's tree with the user's flags.
#pragma once

#include <kindred/backend/cpu_product_impl.hpp>
#include <kindred/core/parallel_impl.hpp>
#include <kindred/io/array_header_impl.hpp>
#include <kindred/io/atomic_file_impl.hpp>
#include <kindred/io/byte_source_impl.hpp>
#include <kindred/io/csv_impl.hpp>
#include <kindred/io/npy_impl.hpp>
#include <kindred/linalg/cholesky_impl.hpp>
#include <kindred/linalg/generalized_eigen_impl.hpp>
#include <kindred/linalg/inverse_root_impl.hpp>
#include <kindred/linalg/leading_eigen_impl.hpp>
#include <kindred/linalg/svd_impl.hpp>
#include <kindred/linalg/symmetric_eigen_impl.hpp>
#include <kindred/op/rank_impl.hpp>
#include <kindred/op/top_k_impl.hpp>
#include <kindred/projection/kernel_training_impl.hpp>
#include <kindred/projection/training_impl.hpp>
#include <kindred/text/normalize_impl.hpp>

namespace kindred::detail {
template void cpu_gemm<float>(context<cpu>&, float, matrix_view<const float, cpu>, transpose,
                              matrix_view<const float, cpu>, transpose, float, matrix_view<float, cpu>);
template void cpu_gemm<double>(context<cpu>&, double, matrix_view<const double, cpu>, transpose,
                               matrix_view<const double, cpu>, transpose, double, matrix_view<double, cpu>);
template void cpu_scores<float>(context<cpu>&, matrix_view<const float, cpu>, matrix_view<const float, cpu>,
                                matrix_view<float, cpu>);
template void cpu_scores<double>(context<cpu>&, matrix_view<const double, cpu>, matrix_view<const double, cpu>,
                                 matrix_view<double, cpu>);
template void cpu_square_norms<float>(context<cpu>&, matrix_view<const float, cpu>, vector_view<float, cpu>);
template void cpu_square_norms<double>(context<cpu>&, matrix_view<const double, cpu>, vector_view<double, cpu>);
template void cpu_nearest<float>(context<cpu>&, const nearest_arguments<float>&);
template void cpu_nearest<double>(context<cpu>&, const nearest_arguments<double>&);
}  // namespace kindred::detail

namespace kindred::io::detail {
template void read_elements<float>(byte_source&, const array_header&, float*, non_finite);
template void write_array_header<float>(atomic_file&, const index_t*, int);
template csv_table<float> parse_csv<float>(byte_source&, const csv_options&);
template void write_csv<float>(atomic_file&, const float*, index_t, index_t, index_t, const std::vector<std::string>&,
                               char);
template void read_elements<double>(byte_source&, const array_header&, double*, non_finite);
template void write_array_header<double>(atomic_file&, const index_t*, int);
template csv_table<double> parse_csv<double>(byte_source&, const csv_options&);
template void write_csv<double>(atomic_file&, const double*, index_t, index_t, index_t, const std::vector<std::string>&,
                                char);
template void read_elements<std::int32_t>(byte_source&, const array_header&, std::int32_t*, non_finite);
template void write_array_header<std::int32_t>(atomic_file&, const index_t*, int);
template csv_table<std::int32_t> parse_csv<std::int32_t>(byte_source&, const csv_options&);
template void write_csv<std::int32_t>(atomic_file&, const std::int32_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
template void read_elements<std::int64_t>(byte_source&, const array_header&, std::int64_t*, non_finite);
template void write_array_header<std::int64_t>(atomic_file&, const index_t*, int);
template csv_table<std::int64_t> parse_csv<std::int64_t>(byte_source&, const csv_options&);
template void write_csv<std::int64_t>(atomic_file&, const std::int64_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
template void read_elements<std::uint8_t>(byte_source&, const array_header&, std::uint8_t*, non_finite);
template void write_array_header<std::uint8_t>(atomic_file&, const index_t*, int);
template csv_table<std::uint8_t> parse_csv<std::uint8_t>(byte_source&, const csv_options&);
template void write_csv<std::uint8_t>(atomic_file&, const std::uint8_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
}  // namespace kindred::io::detail

namespace kindred::op::detail {
template void rank_row<float>(const float*, index_t, rank_workspace<float>&, index_t*);
template void rank_row<double>(const double*, index_t, rank_workspace<double>&, index_t*);
}  // namespace kindred::op::detail

namespace kindred::op::detail {
template void top_k_of<float>(const float*, index_t, index_t, kindred::detail::selection_key<float>*, index_t*, float*);
template void top_k_of<double>(const double*, index_t, index_t, kindred::detail::selection_key<double>*, index_t*,
                               double*);
}  // namespace kindred::op::detail
