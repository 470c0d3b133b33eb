// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <vector>

namespace kindred::op {

namespace detail {

template <class T, class D>
struct non_finite_row {
  matrix_view<const T, D> x;
  vector_view<index_t, D> found;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t any = g.reduce(x.cols(), index_t(0), maximum{}, [&](index_t c) -> index_t {
      return x(r, c) - x(r, c) == T(0) ? 0 : 1;  // NaN for NaN and infinity
    });
    g.once([&] { found(r) = any; });
  }
};

}  // namespace detail

/// The first row of x that holds NaN or infinity, or -1 when all numbers are finite.
///
/// Complexity   O(rows * cols), scratch one index per row; waits for the device.
/// Determinism  exact.
template <Scalar T, Device D>
index_t first_non_finite_row(context<D>& ctx, const_matrix<T, D> x) {
  const scratch_scope scope(ctx);
  const auto found = scratch_vector<index_t>(ctx, x.rows());
  ctx.for_each_row(x.rows(), x.cols(), detail::non_finite_row<T, D>{x, found});
  std::vector<index_t> host(static_cast<std::size_t>(x.rows()));
  ctx.copy_to_host(host.data(), found.data(), x.rows() * static_cast<index_t>(sizeof(index_t)));
  ctx.synchronize();
  for (index_t r = 0; r < x.rows(); ++r)
    if (host[static_cast<std::size_t>(r)] != 0) return r;
  return -1;
}

}  // namespace kindred::op
