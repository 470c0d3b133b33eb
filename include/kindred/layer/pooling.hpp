// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/patch_grid.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/column_blocks.hpp>
#include <kindred/op/segment.hpp>
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

/// Maximum or average over windows of sequences of one length.
///
/// y(i, u, c) = max or mean over taps a of x(i, u stride - padding + a, c)
///
/// x      sequences, not ragged
/// y      sequences of floor((length + 2 padding - size) / stride) + 1 rows
/// cache  maximum: which tap each number of y came from
///
/// Padding, Ties, NaN, Determinism   as pool2d.
/// Complexity  O(elements of y * size).
/// Errors      argument_error for a size below 1 or a padding above half of it; shape_error in output() for pictures or
///             ragged sequences, or where the sequence is shorter than the window.
template <pooling How = pooling::maximum>
struct pool1d : detail::pool<pool1d<How>, How> {
  explicit pool1d(index_t window, pool_options how = {}) : detail::pool<pool1d<How>, How>(window, how) {}

  static constexpr const char* kind() { return "pool1d"; }
  patch_grid grid(const shape& x) const {
    return {x.items, {}, {x.longest, this->size, this->options.stride, this->options.padding}};
  }
  shape output(const shape& x) const {
    expects(x.height == 0 && !x.ragged, "layer::pool1d: expected sequences of one length, got {}",
            x.ragged ? "ragged ones" : "pictures");
    const patch_grid g = grid(x);
    expects(g.out_width > 0, "layer::pool1d: a window of {} does not fit into {} rows", this->size, x.longest);
    return shape::sequences(x.items, g.out_width, x.cols);
  }
};

static_assert(Layer<pool1d<>>);

/// Maximum or average over square windows of pictures.
///
/// y(i, v, u, c) = max or mean over taps (a, b) of x(i, v stride - padding + a, u stride - padding + b, c)
///
/// x      pictures, channels last
/// y      pictures of floor((side + 2 padding - size) / stride) + 1 pixels a side, the same channels
/// cache  maximum: which tap each number of y came from
///
/// Padding     is skipped by the maximum. The average counts its places as 0 (PyTorch's default, count_include_pad)
///             unless options.count_padding is false. What does not fill a window is left out (PyTorch's ceil_mode is
///             not there).
/// Ties, NaN   of equal maxima the first tap gets the gradient; a NaN under a window is its maximum, as in PyTorch.
/// Complexity  O(elements of y * size^2); backward each pixel gathers from its windows.
/// Determinism bit-equal on every device.
/// Errors      argument_error for a size below 1 or a padding above half of it; shape_error in output() for sequences,
///             or where the picture is smaller than the window.
template <pooling How = pooling::maximum>
struct pool2d : detail::pool<pool2d<How>, How> {
  explicit pool2d(index_t window, pool_options how = {}) : detail::pool<pool2d<How>, How>(window, how) {}

  static constexpr const char* kind() { return "pool2d"; }
  patch_grid grid(const shape& x) const {
    const auto axis = [&](index_t length) {
      return window_axis{length, this->size, this->options.stride, this->options.padding};
    };
    return {x.items, axis(x.height), axis(x.width())};
  }
  shape output(const shape& x) const {
    expects(x.height > 0 && !x.ragged, "layer::pool2d: expected images, got {}", x.ragged ? "ragged items" : "rows");
    const patch_grid g = grid(x);
    expects(g.out_height > 0 && g.out_width > 0, "layer::pool2d: a window of {} does not fit into {} x {} pixels",
            this->size, x.height, x.width());
    return shape::pictures(x.items, g.out_height, g.out_width, x.cols);
  }
};

static_assert(Layer<pool2d<>>);

/// Options of max_pool.
struct max_pool_options {
  bool padding_counts = false;  ///< a row of zeros takes part in the maximum, as with padded batches

  friend constexpr bool operator==(const max_pool_options&, const max_pool_options&) = default;
};

namespace detail {
// the position within the item, as a number of the cache's type; -1: none
template <class T, Device D>
struct max_pool_at {
  batch_view<const T, D> x;
  matrix_view<T, D> y, at;
  bool padding_counts;
  KINDRED_HD void operator()(index_t item, index_t c) const {
    scored<T> first{T(0), -1};
    const index_t begin = x.begin(item), n = x.end(item) - begin;
    for (index_t i = 0; i < n; ++i) first = best{}(first, scored<T>{x.values(begin + i, c), i});
    if (padding_counts && !(first.score > T(0))) first = {T(0), -1};
    y(item, c) = first.score;
    at(item, c) = static_cast<T>(first.id);
  }
};
template <class T, Device D>
struct max_pool_backward_row {
  matrix_view<const T, D> at, dy;
  batch_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = dx.begin(item), n = dx.end(item) - begin;
    for (index_t i = 0; i < n; ++i)
      g.for_each(dy.cols(),
                 [&](index_t c) { dx.values(begin + i, c) = at(item, c) == static_cast<T>(i) ? dy(item, c) : T(0); });
  }
};
}  // namespace detail

/// The largest number of each column among the rows of an item. Ragged offsets are the mask.
///
/// y(i, c) = max of x(r, c) over the rows r of item i, 0 for an item without rows;   dx(r, c) = dy(i, c) in the first
/// such row, else 0. NaN counts only where there is nothing else. With padding_counts y(i, c) = max(0, ...): what
/// padded batches give, whose rows behind the end are zeros, for every item shorter than the longest one.
///
/// x   any batch whose items have at most 2^24 rows
/// y   one row per item
///
/// Complexity   O(numbers), one launch each way; cache of one number per number of y.
/// Determinism  equal on every device.
/// Errors       shape_error for items of more rows: their positions would not fit into a float.
struct max_pool : weightless {
  max_pool_options options;  ///< see max_pool_options

  constexpr explicit max_pool(max_pool_options o = {}) : options(o) {}
  std::string description() const { return options.padding_counts ? "max_pool(padding counts)" : "max_pool()"; }
  shape output(const shape& x) const {
    expects(x.longest <= (index_t(1) << 24), "layer::max_pool: expected items of at most {} rows, got {}",
            index_t(1) << 24, x.longest);
    return shape::vectors(x.items, x.cols);
  }
  index_t cache_size(const shape& x) const { return checked_product(x.items, x.cols); }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const index_t items = pass.x.items, cols = pass.x.values.cols();
    ctx.for_each(
        items, cols,
        detail::max_pool_at<T, D>{pass.x, pass.y.values, as_matrix(pass.cache, items, cols), options.padding_counts});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    const index_t items = pass.x.items, cols = pass.x.values.cols();
    ctx.for_each_row(items, pass.x.longest * cols,
                     detail::max_pool_backward_row<T, D>{as_matrix(pass.cache, items, cols), pass.dy.values, pass.dx});
  }
};
static_assert(Layer<max_pool>);

/// The mean of the rows of each item: of words, regions or pixels. Ragged offsets are the mask.
///
/// y(i, c) = mean of x(r, c) over the rows r of item i, 0 for an item without rows;   dx(r, c) = dy(i, c) / rows of i
///
/// x   any batch
/// y   one row per item
///
/// Complexity   O(numbers), one launch each way, no cache.
/// Determinism  rows ascending: bit-equal for any number of threads.
struct mean_pool : weightless {
  std::string description() const { return "mean_pool()"; }
  shape output(const shape& x) const { return shape::vectors(x.items, x.cols); }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::segment_mean<D, T>(ctx, pass.x, pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (pass.dx) op::segment_mean_backward<D, T>(ctx, pass.dy.values, pass.dx);
  }
};
static_assert(Layer<mean_pool>);

/// Maximum or average over all pixels of a picture: one row per picture, whatever its size.
///
/// y(i, c) = max or mean over pixels p of x(i, p, c)
///
/// x      pictures, or sequences of one length; ragged ones have sequence pools of their own
/// y      one row per item
/// cache  maximum: which pixel each number of y came from
///
/// Ties, NaN, Determinism   as pool2d.
/// Complexity  O(elements of x), a group per picture.
/// Errors      shape_error in output() for ragged items and items without rows.
template <pooling How = pooling::average>
struct global_pool : weightless {
  std::string description() const { return std::string("global_pool<") + detail::name(How) + ">()"; }
  shape output(const shape& x) const {
    expects(!x.ragged && x.longest > 0, "layer::global_pool: expected items of one length of at least 1, got {}",
            x.ragged ? "ragged ones" : "empty ones");
    return shape::vectors(x.items, x.cols);
  }
  index_t cache_size(const shape& x) const { return How == pooling::average ? 0 : checked_product(x.items, x.cols); }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    detail::pool_forward<How>(ctx, grid(pass.x.shape()), true, pass);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    detail::pool_backward<How>(ctx, grid(pass.x.shape()), true, pass);
  }

 private:
  // a picture is one line of pixels here
  static patch_grid grid(const shape& x) { return {x.items, {}, {x.longest, x.longest, x.longest}}; }
};

static_assert(Layer<global_pool<>>);

}  // namespace kindred::layer
