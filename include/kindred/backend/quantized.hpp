// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>

namespace kindred {

/// Whether this machine multiplies bytes four at a time (AVX-512 VNNI), which op::nearest needs for a first pass over
/// quantized rows; without it such a search takes its usual path.
bool has_byte_products();

/// Rows of floats as bytes with a bound of what that loses; see cpu_quantized_impl.hpp.
struct quantized_view {
  const std::uint8_t* codes = nullptr;  // null: absent
  index_t stride = 0;                   // bytes from row to row: the width rounded up to whole quads
  const float *scale = nullptr, *error = nullptr, *length = nullptr;  // one per row
};
/// Longer rows could overflow the sums of products of bytes.
inline constexpr index_t quantized_most_columns = 65536;

/// Fills rows.rows() rows of codes, scale, error and length.
void device_quantize(context<cpu>& ctx, matrix_view<const float, cpu> rows, index_t stride, std::uint8_t* codes,
                     float* scale, float* error, float* length);

}  // namespace kindred
