// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/patch_grid.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/column_blocks.hpp>
#include <string>

namespace kindred::layer {

/// What a pool keeps of the numbers under its window.
enum class pooling { maximum, average };

/// How the windows of a pool lie.
struct pool_options {
  index_t stride = 0;         ///< between windows; 0: the size of a window, so that windows do not overlap
  index_t padding = 0;        ///< places on every side, at most half a window: skipped by maximum, 0 for average
  bool count_padding = true;  ///< average divides by all places of a window; false: by those inside the picture

  friend constexpr bool operator==(const pool_options&, const pool_options&) = default;
};

namespace detail {

constexpr const char* name(pooling how) { return how == pooling::maximum ? "maximum" : "average"; }

/// Maxima and the number of the tap that each came from. A NaN is kept: the last one under the window.
template <class T, class D>
struct max_pool_row {
  patch_grid grid;
  matrix_view<const T, D> x;
  matrix_view<T, D> y, taps;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const patch_grid::place at = grid.of_output(r);
    const index_t wide = grid.horizontal.window;
    const T first_tap = static_cast<T>(outside(grid.vertical, at.y) * wide + outside(grid.horizontal, at.x));
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      T most[std::size_t(count)], from[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) {
        most[j] = -infinity<T>;
        from[j] = first_tap;
      }
      for (index_t ty = 0; ty < grid.vertical.window; ++ty) {
        const index_t sy = grid.vertical.source(at.y, ty);
        if (sy < 0) continue;
        for (index_t tx = 0; tx < wide; ++tx) {
          const index_t sx = grid.horizontal.source(at.x, tx);
          if (sx < 0) continue;
          const T* const row = &x(grid.input_row({at.item, sy, sx}), first);
          const T tap = static_cast<T>(ty * wide + tx);
          for (index_t j = 0; j < count; ++j) {
            const T value = row[j];
            const bool more = value > most[j] || value != value;
            most[j] = more ? value : most[j];
            from[j] = more ? tap : from[j];
          }
        }
      }
      T *const to = &y(r, first), *const kept = &taps(r, first);
      for (index_t j = 0; j < count; ++j) to[j] = most[j];
      for (index_t j = 0; j < count; ++j) kept[j] = from[j];
    });
  }
  /// Taps of window `out` before the picture.
  KINDRED_HD static index_t outside(const window_axis& a, index_t out) {
    const index_t begin = out * a.stride - a.padding;
    return begin < 0 ? -begin : 0;
  }
};

template <class T, class D>
struct average_pool_row {
  patch_grid grid;
  bool count_padding;
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const patch_grid::place at = grid.of_output(r);
    const T scale = T(1) / static_cast<T>(places(at.y, at.x));
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      T sum[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) sum[j] = T(0);
      for (index_t ty = 0; ty < grid.vertical.window; ++ty) {
        const index_t sy = grid.vertical.source(at.y, ty);
        if (sy < 0) continue;
        for (index_t tx = 0; tx < grid.horizontal.window; ++tx) {
          const index_t sx = grid.horizontal.source(at.x, tx);
          if (sx < 0) continue;
          const T* const row = &x(grid.input_row({at.item, sy, sx}), first);
          for (index_t j = 0; j < count; ++j) sum[j] += row[j];
        }
      }
      T* const to = &y(r, first);
      for (index_t j = 0; j < count; ++j) to[j] = sum[j] * scale;
    });
  }
  /// Places that window (line, pixel) divides by.
  KINDRED_HD index_t places(index_t line, index_t pixel) const {
    return count_padding ? grid.taps() : inside(grid.vertical, line) * inside(grid.horizontal, pixel);
  }
  KINDRED_HD static index_t inside(const window_axis& a, index_t out) {
    const index_t begin = out * a.stride - a.padding, end = begin + a.window;
    return (end < a.size ? end : a.size) - (begin > 0 ? begin : 0);
  }
};

/// Outputs [first, first + count) whose windows hold position `in`; dilation 1.
struct windows_over {
  index_t first, count;
  KINDRED_HD static constexpr windows_over position(const window_axis& a, index_t in, index_t outputs) {
    const index_t at = in + a.padding;  // in the padded axis
    const index_t first = at < a.window ? 0 : (at - a.window) / a.stride + 1, last = at / a.stride;
    return {first, (last < outputs ? last : outputs - 1) - first + 1};
  }
};

/// Each pixel gathers from the windows that it stands in.
template <class T, class D, pooling How>
struct pool_backward_row {
  average_pool_row<T, D> pool;  // the grid and the divisors; views absent
  matrix_view<const T, D> dy, taps;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const patch_grid& grid = pool.grid;
    const window_axis &v = grid.vertical, &h = grid.horizontal;
    const patch_grid::place at = grid.of_input(r);
    const auto lines = windows_over::position(v, at.y, grid.out_height);
    const auto pixels = windows_over::position(h, at.x, grid.out_width);
    op::for_each_block<op::columns_at_once<D>>(g, dx.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      T sum[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) sum[j] = T(0);
      for (index_t oy = lines.first; oy < lines.first + lines.count; ++oy)
        for (index_t ox = pixels.first; ox < pixels.first + pixels.count; ++ox) {
          const index_t out = grid.output_row({at.item, oy, ox});
          const T* const up = &dy(out, first);
          if constexpr (How == pooling::average) {
            const T scale = T(1) / static_cast<T>(pool.places(oy, ox));
            for (index_t j = 0; j < count; ++j) sum[j] += up[j] * scale;
          } else {
            const index_t ty = at.y + v.padding - oy * v.stride, tx = at.x + h.padding - ox * h.stride;
            const T tap = static_cast<T>(ty * h.window + tx);
            const T* const from = &taps(out, first);
            for (index_t j = 0; j < count; ++j) {
              const T value = up[j];  // read whether used or not: what a vector instruction does
              sum[j] += from[j] == tap ? value : T(0);
            }
          }
        }
      T* const to = &dx(r, first);
      for (index_t j = 0; j < count; ++j) to[j] = sum[j];
    });
  }
};

template <pooling How, class T, Device D>
void pool_forward(context<D>& ctx, const patch_grid& grid, bool count_padding, const forward_pass<T, D>& pass) {
  const matrix_view<T, D> y = pass.y.values;
  const index_t work = grid.taps() * y.cols();
  if constexpr (How == pooling::maximum)
    ctx.for_each_row(y.rows(), work,
                     max_pool_row<T, D>{grid, pass.x.values, y, as_matrix(pass.cache, y.rows(), y.cols())});
  else
    ctx.for_each_row(y.rows(), work, average_pool_row<T, D>{grid, count_padding, pass.x.values, y});
}

template <pooling How, class T, Device D>
void pool_backward(context<D>& ctx, const patch_grid& grid, bool count_padding, const backward_pass<T, D>& pass) {
  if (!pass.dx) return;
  const matrix_view<const T, D> dy = pass.dy.values;
  const auto taps = How == pooling::maximum ? as_matrix(pass.cache, dy.rows(), dy.cols()) : matrix_view<const T, D>();
  ctx.for_each_row(pass.dx.values.rows(), dy.cols(),
                   pool_backward_row<T, D, How>{{grid, count_padding, {}, {}}, dy, taps, pass.dx.values});
}

/// What pool1d and pool2d share. `Self` has kind() and grid(shape).
template <class Self, pooling How>
struct pool : weightless {
  index_t size;  ///< of a window along each of its axes
  pool_options options;

  pool(index_t window, pool_options how) : size(window), options(how) {
    if (options.stride == 0) options.stride = size;
    for (const index_t most : {size, options.stride})
      expects<argument_error>(most <= window_axis::most, "layer::{}: expected sizes of windows up to {}, got {}",
                              Self::kind(), window_axis::most, most);
    expects<argument_error>(size > 0 && options.stride > 0,
                            "layer::{}: expected window and stride of at least 1, got {} and {}", Self::kind(), size,
                            options.stride);
    expects<argument_error>(options.padding >= 0 && 2 * options.padding <= size,
                            "layer::{}: got a padding of {}, expected 0 to half the window of {}", Self::kind(),
                            options.padding, size);
  }
  std::string description() const {
    std::string text = std::string(Self::kind()) + "<" + detail::name(How) + ">(" + std::to_string(size);
    if (options.stride != size) text += ", stride " + std::to_string(options.stride);
    if (options.padding != 0) text += ", padding " + std::to_string(options.padding);
    if (!options.count_padding) text += ", padding not counted";
    return text + ")";
  }
  index_t cache_size(const shape& x) const {
    if (How == pooling::average) return 0;
    const shape y = self().output(x);
    return checked_product(y.rows, y.cols);
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    pool_forward<How>(ctx, self().grid(pass.x.shape()), options.count_padding, pass);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    pool_backward<How>(ctx, self().grid(pass.x.shape()), options.count_padding, pass);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace detail

}  // namespace kindred::layer
