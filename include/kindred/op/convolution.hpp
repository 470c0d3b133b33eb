// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/convolution.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/op/im2col.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::op {

namespace detail {

/// Numbers of patches held at a time on devices that write them out; whole pictures, one at least.
inline constexpr index_t patches_most = index_t(1) << 24;

inline index_t pictures_at_once(const patch_grid& grid, index_t channels, index_t most) {
  const index_t each = grid.out_height * grid.out_width * grid.taps() * channels;
  const index_t fit = each > 0 ? most / each : grid.items;
  return fit < 1 ? 1 : fit < grid.items ? fit : grid.items;
}

/// f(part of the grid, first input row, first output row) for bands of pictures.
template <class F>
void for_each_band(const patch_grid& grid, index_t channels, index_t most, F f) {
  const index_t at_once = pictures_at_once(grid, channels, most);
  for (index_t first = 0; first < grid.items; first += at_once) {
    const patch_grid part = grid.of_items(at_once < grid.items - first ? at_once : grid.items - first);
    f(part, grid.input_row({first, 0, 0}), grid.output_row({first, 0, 0}));
  }
}

template <class A, class B, class W>
void expect_convolution(const char* operation, const patch_grid& grid, const A& x, const W& w, const B& y) {
  expects(x.rows() == grid.in_rows() && y.rows() == grid.out_rows(), "{}: expected {} pixels to {}, got {} to {} rows",
          operation, grid.in_rows(), grid.out_rows(), x.rows(), y.rows());
  expects(x.cols() > 0 && w.rows() == grid.taps() * x.cols() && w.cols() == y.cols(),
          "{}: weights of {} x {} for {} channels to {} and {} taps", operation, w.rows(), w.cols(), x.cols(), y.cols(),
          grid.taps());
}

/// Weights for the way back at stride 1: taps in the opposite order, channels and outputs exchanged.
template <class T, class D>
struct turned_weights_at {
  matrix_view<const T, D> w;
  matrix_view<T, D> turned;  // (taps * outputs) x channels
  index_t taps;
  KINDRED_HD void operator()(index_t row, index_t c) const {
    const index_t outputs = w.cols(), channels = turned.cols(), tap = row / outputs, o = row - tap * outputs;
    turned(row, c) = w((taps - 1 - tap) * channels + c, o);
  }
};

}  // namespace detail

/// Convolution of pictures, channels last, as a product of patches and weights.
///
/// y(o, j) = sum over taps t and channels c of x(pixel under tap t of window o, c) w(t * channels + c, j)
///
/// grid   how the windows lie
/// x      grid.in_rows() x channels; may be columns of a wider matrix
/// w      (taps * channels) x outputs
/// y      grid.out_rows() x outputs, overwritten
/// most   numbers of patches in memory at a time on devices other than cpu
///
/// Complexity   one product of y's rows, taps * channels and outputs. On cpu blocks of patches stay in the second-level
///              cache.
/// Determinism  as the backend's gemm: on cpu one chain of multiply-adds per element.
/// Errors       shape_error if the shapes do not fit.
template <Scalar T, Device D>
void convolve(context<D>& ctx, const patch_grid& grid, const_matrix<T, D> x, const_matrix<T, D> w, matrix_view<T, D> y,
              index_t most = detail::patches_most) {
  detail::expect_convolution("op::convolve", grid, x, w, y);
  if constexpr (requires { device_convolve(ctx, grid, matrix_view<const T, D>(x), matrix_view<const T, D>(w), y); })
    device_convolve(ctx, grid, matrix_view<const T, D>(x), matrix_view<const T, D>(w), y);
  else
    detail::for_each_band(grid, x.cols(), most, [&](const patch_grid& part, index_t in, index_t out) {
      const scratch_scope scope(ctx);
      const auto patches = scratch_matrix<T>(ctx, part.out_rows(), w.rows());
      im2col<T>(ctx, part, x.middle_rows(in, part.in_rows()), patches);
      ctx.template gemm<T>(T(1), patches, transpose::no, w, transpose::no, T(0), y.middle_rows(out, part.out_rows()));
    });
}

/// dw += the gradient of convolve() for its weights: patches of x, transposed, times dy.
///
/// Complexity, Errors   as convolve().
/// Determinism  the order of the sum depends on the shape only.
template <Scalar T, Device D>
void convolve_backward_weights(context<D>& ctx, const patch_grid& grid, const_matrix<T, D> x, const_matrix<T, D> dy,
                               matrix_view<T, D> dw, index_t most = detail::patches_most) {
  detail::expect_convolution("op::convolve_backward_weights", grid, x, dw, dy);
  if constexpr (requires {
                  device_convolve_weights(ctx, grid, matrix_view<const T, D>(x), matrix_view<const T, D>(dy), dw);
                })
    device_convolve_weights(ctx, grid, matrix_view<const T, D>(x), matrix_view<const T, D>(dy), dw);
  else
    detail::for_each_band(grid, x.cols(), most, [&](const patch_grid& part, index_t in, index_t out) {
      const scratch_scope scope(ctx);
      const auto patches = scratch_matrix<T>(ctx, part.out_rows(), dw.rows());
      im2col<T>(ctx, part, x.middle_rows(in, part.in_rows()), patches);
      ctx.template gemm<T>(T(1), patches, transpose::yes, dy.middle_rows(out, part.out_rows()), transpose::no, T(1),
                           dw);
    });
}

/// dx = the gradient of convolve() for its input.
///
/// At stride 1 it is the convolution of dy with the weights turned around; else, or where the input has far fewer
/// channels than the output, a product that gives the gradient of the patches, and col2im().
///
/// dx   grid.in_rows() x channels, overwritten
///
/// Complexity, Determinism, Errors   as convolve().
template <Scalar T, Device D>
void convolve_backward_input(context<D>& ctx, const patch_grid& grid, const_matrix<T, D> dy, const_matrix<T, D> w,
                             matrix_view<T, D> dx, index_t most = detail::patches_most) {
  detail::expect_convolution("op::convolve_backward_input", grid, dx, w, dy);
  const window_axis &v = grid.vertical, &h = grid.horizontal;
  const scratch_scope scope(ctx);
  if (v.stride == 1 && h.stride == 1 && dx.cols() * 4 >= dy.cols() && grid.out_height > 0 && grid.out_width > 0) {
    const auto turned = scratch_matrix<T>(ctx, grid.taps() * dy.cols(), dx.cols());
    ctx.for_each(turned.rows(), turned.cols(), detail::turned_weights_at<T, D>{w, turned, grid.taps()});
    const auto back = [](const window_axis& a, index_t outputs) {
      return window_axis{outputs, a.window, 1, a.dilation * (a.window - 1) - a.padding, a.dilation};
    };
    patch_grid way(grid.items, back(v, grid.out_height), back(h, grid.out_width));
    way.out_height = v.size;
    way.out_width = h.size;
    convolve<T>(ctx, way, dy, turned, dx, most);
    return;
  }
  detail::for_each_band(grid, dx.cols(), most, [&](const patch_grid& part, index_t in, index_t out) {
    const scratch_scope inner(ctx);
    const auto patches = scratch_matrix<T>(ctx, part.out_rows(), w.rows());
    ctx.template gemm<T>(T(1), dy.middle_rows(out, part.out_rows()), transpose::no, w, transpose::yes, T(0), patches);
    col2im<T>(ctx, part, patches, dx.middle_rows(in, part.in_rows()));
  });
}

}  // namespace kindred::op
