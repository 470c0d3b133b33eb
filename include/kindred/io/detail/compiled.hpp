// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `io`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/io/detail/array_header_impl.hpp>
#include <kindred/io/detail/atomic_file_impl.hpp>
#include <kindred/io/detail/byte_source_impl.hpp>
#include <kindred/io/detail/byte_stream_impl.hpp>
#include <kindred/io/detail/csv_impl.hpp>
#include <kindred/io/detail/fbin_impl.hpp>
#include <kindred/io/detail/fvecs_impl.hpp>
#include <kindred/io/detail/line_reader_impl.hpp>
#include <kindred/io/detail/mapped_file_impl.hpp>
#include <kindred/io/detail/mat_impl.hpp>
#include <kindred/io/detail/named_arrays_impl.hpp>
#include <kindred/io/detail/npy_impl.hpp>
#include <kindred/io/detail/npz_impl.hpp>
#include <kindred/io/detail/npz_writer_impl.hpp>
#include <kindred/io/detail/safetensors_impl.hpp>
#include <kindred/io/detail/safetensors_writer_impl.hpp>
#include <kindred/io/detail/trec_impl.hpp>
#include <kindred/io/detail/word_vectors_impl.hpp>

namespace kindred::io::detail {
template void read_elements<float>(byte_source&, const array_header&, float*, non_finite);
template csv_table<float> parse_csv<float>(byte_source&, const csv_options&);
template void write_csv<float>(atomic_file&, const float*, index_t, index_t, index_t, const std::vector<std::string>&,
                               char);
template void read_elements<double>(byte_source&, const array_header&, double*, non_finite);
template csv_table<double> parse_csv<double>(byte_source&, const csv_options&);
template void write_csv<double>(atomic_file&, const double*, index_t, index_t, index_t, const std::vector<std::string>&,
                                char);
template void read_elements<std::int32_t>(byte_source&, const array_header&, std::int32_t*, non_finite);
template csv_table<std::int32_t> parse_csv<std::int32_t>(byte_source&, const csv_options&);
template void write_csv<std::int32_t>(atomic_file&, const std::int32_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
template void read_elements<std::int64_t>(byte_source&, const array_header&, std::int64_t*, non_finite);
template csv_table<std::int64_t> parse_csv<std::int64_t>(byte_source&, const csv_options&);
template void write_csv<std::int64_t>(atomic_file&, const std::int64_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
template void read_elements<std::uint8_t>(byte_source&, const array_header&, std::uint8_t*, non_finite);
template csv_table<std::uint8_t> parse_csv<std::uint8_t>(byte_source&, const csv_options&);
template void write_csv<std::uint8_t>(atomic_file&, const std::uint8_t*, index_t, index_t, index_t,
                                      const std::vector<std::string>&, char);
template vecs_shape read_vecs_shape<float>(byte_source&, const limits&, index_t);
template vecs_shape read_vecs_shape<std::int32_t>(byte_source&, const limits&, index_t);
template vecs_shape read_vecs_shape<std::uint8_t>(byte_source&, const limits&, index_t);
template void read_vecs<float, float>(byte_source&, vecs_shape, float*, non_finite);
template void read_vecs<std::int32_t, float>(byte_source&, vecs_shape, float*, non_finite);
template void read_vecs<std::uint8_t, float>(byte_source&, vecs_shape, float*, non_finite);
template void read_vecs<float, double>(byte_source&, vecs_shape, double*, non_finite);
template void read_vecs<std::int32_t, double>(byte_source&, vecs_shape, double*, non_finite);
template void read_vecs<std::uint8_t, double>(byte_source&, vecs_shape, double*, non_finite);
template void read_vecs<float, std::int32_t>(byte_source&, vecs_shape, std::int32_t*, non_finite);
template void read_vecs<std::int32_t, std::int32_t>(byte_source&, vecs_shape, std::int32_t*, non_finite);
template void read_vecs<std::uint8_t, std::int32_t>(byte_source&, vecs_shape, std::int32_t*, non_finite);
template void read_vecs<float, std::int64_t>(byte_source&, vecs_shape, std::int64_t*, non_finite);
template void read_vecs<std::int32_t, std::int64_t>(byte_source&, vecs_shape, std::int64_t*, non_finite);
template void read_vecs<std::uint8_t, std::int64_t>(byte_source&, vecs_shape, std::int64_t*, non_finite);
template void read_vecs<float, std::uint8_t>(byte_source&, vecs_shape, std::uint8_t*, non_finite);
template void read_vecs<std::int32_t, std::uint8_t>(byte_source&, vecs_shape, std::uint8_t*, non_finite);
template void read_vecs<std::uint8_t, std::uint8_t>(byte_source&, vecs_shape, std::uint8_t*, non_finite);
template void write_vecs<float>(const std::string&, const float*, index_t, index_t, index_t);
template void write_vecs<std::int32_t>(const std::string&, const std::int32_t*, index_t, index_t, index_t);
template word_table<float> parse_word_vectors<float>(byte_source&, const word_vector_options&);
template word_table<float> open_word_vectors<float>(const std::string&, const word_vector_options&);
template void write_word_vectors<float>(const std::string&, const std::vector<std::string>&, const float*, index_t,
                                        index_t, index_t, word_vector_format);
template word_table<double> parse_word_vectors<double>(byte_source&, const word_vector_options&);
template word_table<double> open_word_vectors<double>(const std::string&, const word_vector_options&);
template void write_word_vectors<double>(const std::string&, const std::vector<std::string>&, const double*, index_t,
                                         index_t, index_t, word_vector_format);
}  // namespace kindred::io::detail
