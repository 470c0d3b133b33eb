// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/patch_grid.hpp>

namespace kindred::op {

namespace detail {

template <class T, class D>
struct im2col_row {
  patch_grid grid;
  matrix_view<const T, D> x;
  matrix_view<T, D> patches;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const patch_grid::place at = grid.of_output(r);
    const index_t channels = x.cols(), line = grid.horizontal.window * channels;
    for (index_t ty = 0; ty < grid.vertical.window; ++ty) {
      const index_t y = grid.vertical.source(at.y, ty);
      T* const to = patches.row(r).data() + ty * line;
      // over a whole line of the window, so that few channels still feed many lanes
      g.for_each(line, [&](index_t i) {
        const index_t tx = i / channels, sx = grid.horizontal.source(at.x, tx);
        to[i] = y < 0 || sx < 0 ? T(0) : x(grid.input_row({at.item, y, sx}), i - tx * channels);
      });
    }
  }
};

template <class T, class D>
struct col2im_row {
  patch_grid grid;
  matrix_view<const T, D> patches;
  matrix_view<T, D> x;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const patch_grid::place at = grid.of_input(r);
    const index_t channels = x.cols();
    g.for_each(channels, [&](index_t c) {
      T sum = 0;
      for (index_t ty = 0; ty < grid.vertical.window; ++ty) {
        const index_t oy = grid.vertical.target(at.y, ty, grid.out_height);
        if (oy < 0) continue;
        for (index_t tx = 0; tx < grid.horizontal.window; ++tx) {
          const index_t ox = grid.horizontal.target(at.x, tx, grid.out_width);
          if (ox >= 0)
            sum += patches(grid.output_row({at.item, oy, ox}), (ty * grid.horizontal.window + tx) * channels + c);
        }
      }
      x(r, c) = sum;
    });
  }
};

template <class A, class B>
void expect_patches(const char* operation, const patch_grid& grid, const A& x, const B& patches) {
  expects(x.rows() == grid.in_rows(), "{}: expected {} pixels, got {}", operation, grid.in_rows(), x.rows());
  expects(patches.rows() == grid.out_rows() && patches.cols() == grid.taps() * x.cols(),
          "{}: expected patches of {} x {}, got {} x {}", operation, grid.out_rows(), grid.taps() * x.cols(),
          patches.rows(), patches.cols());
}

}  // namespace detail

/// The numbers under each window in one row: what turns a convolution into a product.
///
/// patches(o, t * channels + c) = x(pixel under tap t of window o, c), 0 outside the picture
///
/// grid      how the windows lie
/// x         grid.in_rows() x channels: pictures, channels last
/// patches   grid.out_rows() x (taps * channels), overwritten
///
/// Complexity   O(elements of patches), one launch, a group per window.
/// Determinism  copies: equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Scalar T, Device D>
void im2col(context<D>& ctx, const patch_grid& grid, const_matrix<T, D> x, matrix_view<T, D> patches) {
  detail::expect_patches("op::im2col", grid, x, patches);
  ctx.for_each_row(patches.rows(), patches.cols(), detail::im2col_row<T, D>{grid, x, patches});
}

/// The backward pass of im2col: each pixel gathers from the patches that it stands in.
///
/// x(p, c) = sum of patches(o, t * channels + c) over the windows o whose tap t reads pixel p, taps ascending
///
/// grid      how the windows lie
/// patches   grid.out_rows() x (taps * channels)
/// x         grid.in_rows() x channels, overwritten; 0 where no window reads
///
/// Complexity   O(pixels * taps * channels), one launch, a group per pixel.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Scalar T, Device D>
void col2im(context<D>& ctx, const patch_grid& grid, const_matrix<T, D> patches, matrix_view<T, D> x) {
  detail::expect_patches("op::col2im", grid, x, patches);
  ctx.for_each_row(x.rows(), patches.cols(), detail::col2im_row<T, D>{grid, patches, x});
}

}  // namespace kindred::op
