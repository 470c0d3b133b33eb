// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// Means and covariances of the columns of several views of the same rows, on the host: what covariance_accumulator
/// gives.
struct joint_moments {
  index_t rows = 0;                ///< how many there were
  std::vector<index_t> begins;     ///< view i has columns [begins[i], begins[i + 1]); one more than views
  std::vector<double> means;       ///< of all columns
  matrix<double, cpu> covariance;  ///< of all columns with all columns, divisor rows - 1, symmetric to the last bit

  index_t views() const { return static_cast<index_t>(begins.size()) - 1; }
  index_t begin(index_t view) const { return begins[static_cast<std::size_t>(view)]; }
  index_t columns(index_t view) const { return begin(view + 1) - begin(view); }
  std::vector<double> means_of(index_t view) const {
    return {means.begin() + static_cast<std::ptrdiff_t>(begin(view)),
            means.begin() + static_cast<std::ptrdiff_t>(begin(view + 1))};
  }
  /// The covariances of the columns of view i with those of view j.
  matrix_view<double, cpu> block(index_t i, index_t j) {
    return covariance.view().middle_rows(begin(i), columns(i)).middle_cols(begin(j), columns(j));
  }
  matrix_view<const double, cpu> block(index_t i, index_t j) const {
    return covariance.view().middle_rows(begin(i), columns(i)).middle_cols(begin(j), columns(j));
  }
};

}  // namespace kindred::linalg
