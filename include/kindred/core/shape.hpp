// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/size.hpp>

namespace kindred {

/// The sizes of a batch, all known to the host, so that memory is planned and loops over time run without asking the
/// device. The functions that make one raise argument_error for sizes whose product is not below 2^63.
struct shape {
  index_t items = 0;    ///< sentences, pictures, vectors
  index_t rows = 0;     ///< rows of all items together
  index_t cols = 0;     ///< numbers in a row: features, channels
  index_t longest = 1;  ///< rows of the longest item; of every item where `ragged` is false
  index_t height = 0;   ///< > 0: pictures of height x (longest / height) pixels, channels last
  bool ragged = false;  ///< items differ in length and have offsets; lengths may be 0

  /// `n` vectors of `c` numbers.
  static constexpr shape vectors(index_t n, index_t c) { return {n, n, c, 1, 0, false}; }
  /// `n` sequences of `length` rows of `c` numbers.
  static constexpr shape sequences(index_t n, index_t length, index_t c) {
    return {n, checked_product(n, length), c, length, 0, false};
  }
  /// `n` pictures of h x w pixels with `c` channels.
  static constexpr shape pictures(index_t n, index_t h, index_t w, index_t c) {
    return {n, checked_product(n, h, w), c, checked_product(h, w), h, false};
  }
  /// Pixels in a line of a picture; 0 where height is 0.
  constexpr index_t width() const { return height > 0 ? longest / height : 0; }

  friend constexpr bool operator==(const shape&, const shape&) = default;
};

}  // namespace kindred
