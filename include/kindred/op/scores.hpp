// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>

namespace kindred::op {

/// How a score is made from the inner product of two prepared rows. Both are symmetric in a and b to the last bit.
enum class scoring {
  inner_product,            ///< a . b
  negative_square_distance  ///< 2 a . b - (a . a + b . b), at most 0; exactly 0 for equal rows on context<cpu>
};

/// Rows that are ready to be compared: n x d values and, for negative_square_distance, their n squared norms, made by
/// square_norms() (absent otherwise).
template <class T, class D>
struct comparable {
  matrix_view<const T, D> rows;
  vector_view<const T, D> square_norms{};

  comparable slice(index_t begin, index_t count) const {
    return {rows.rows(begin, count), square_norms.slice(begin, count)};
  }
};

}  // namespace kindred::op
