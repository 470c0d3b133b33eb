// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <kindred/backend/convolution.hpp>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/detail/cpu_product_impl.hpp>

namespace kindred {
namespace detail {

/// Copies numbers [from, from + count) of patches. Numbers that lie side by side in memory are one run: a line of the
/// window where the picture has no other channels and taps no gaps, else the channels of one tap.
template <class T>
class patch_copier {
 public:
  patch_copier(const patch_grid& grid, matrix_view<const T, cpu> x, index_t from, index_t count)
      : grid_(grid), x_(x), channels_(x.cols()), count_(count) {
    const window_axis& h = grid.horizontal;
    run_taps_ = h.dilation == 1 && x.stride() == channels_ ? h.window : 1;
    const index_t run = run_taps_ * channels_;
    run_ = run > 0 ? from / run : 0;
    start_ = run > 0 ? from % run : 0;
  }

  /// Goes to patch `row`; next() to the one behind it.
  void seek(index_t row) { at_ = grid_.of_output(row); }
  void next() {
    if (++at_.x < grid_.out_width) return;
    at_.x = 0;
    if (++at_.y < grid_.out_height) return;
    at_.y = 0;
    ++at_.item;
  }

  void copy(T* to) const {
    const window_axis &v = grid_.vertical, &h = grid_.horizontal;
    const index_t run_width = run_taps_ * channels_, runs_per_line = h.window / run_taps_;
    const index_t first_y = at_.y * v.stride - v.padding, first_x = at_.x * h.stride - h.padding;
    index_t line = run_ / runs_per_line, run = run_ % runs_per_line, begin = start_;
    for (index_t left = count_; left > 0;) {
      const index_t end = std::min(run_width, begin + left);
      const index_t y = first_y + line * v.dilation, x = first_x + run * run_taps_ * h.dilation;
      // the part of the run inside the picture
      index_t low = begin, high = begin;
      if (y >= 0 && y < v.size) {
        low = std::clamp(x < 0 ? -x * channels_ : 0, begin, end);
        high = std::clamp((h.size - x) * channels_, low, end);
      }
      set(to, low - begin);
      if (high > low)
        move(to + (low - begin), &x_((at_.item * v.size + y) * h.size, 0) + x * x_.stride() + low, high - low);
      set(to + (high - begin), end - high);
      to += end - begin;
      left -= end - begin;
      begin = 0;
      if (++run == runs_per_line) {
        run = 0;
        ++line;
      }
    }
  }

 private:
  static constexpr index_t few = 16;  // numbers that a call of memcpy costs
  static void set(T* to, index_t n) {
    if (n < few)
      for (index_t i = 0; i < n; ++i) to[i] = T(0);
    else
      std::memset(to, 0, static_cast<std::size_t>(n) * sizeof(T));
  }
  static void move(T* to, const T* from, index_t n) {
    if (n < few)
      for (index_t i = 0; i < n; ++i) to[i] = from[i];
    else
      std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
  }

  const patch_grid& grid_;
  matrix_view<const T, cpu> x_;
  index_t channels_, count_, run_taps_, run_, start_;
  patch_grid::place at_{0, 0, 0};
};

/// Rows of a block, fewer where there is little to share out; no result depends on it.
inline index_t convolution_block(index_t rows, index_t others, int threads) {
  index_t block = 96;
  while (block > 12 && (rows + block - 1) / block * others < 2 * threads) block /= 2;
  return block;
}

}  // namespace detail

template <Scalar T>
void device_convolve(context<cpu>& ctx, const patch_grid& grid, matrix_view<const T, cpu> x,
                     matrix_view<const T, cpu> w, matrix_view<T, cpu> y) {
  using namespace detail;
  constexpr index_t block_depth = 1152, group_cols = 512;
  const product_kernels<T> kernels = kernels_for<T>(ctx.instructions());
  const index_t width = kernels.panel_width, depth = w.rows(), m = y.rows(), n = y.cols();
  if (m == 0 || n == 0) return;
  thread_pool& pool = ctx.pool();
  const index_t panels = (n + width - 1) / width, groups = (n + group_cols - 1) / group_cols;
  const index_t rows = convolution_block(m, groups, pool.threads()), depth_here = std::min(depth, block_depth);

  const scratch_scope scope(ctx);
  T* const packed = ctx.scratch().template take<T>(depth * panels * width);
  T* const patches = ctx.scratch().template take<T>(rows * depth_here * pool.threads());
  T* const sums = ctx.scratch().template take<T>(rows * group_cols * pool.threads());
  pool.run(panels,
           [&](index_t p, int) { pack_panel<T>(w, false, p * width, width, 0, depth, packed + p * width * depth); });
  pool.run((m + rows - 1) / rows * groups, [&](index_t chunk, int worker) {
    const index_t row = chunk / groups * rows, first = chunk % groups * group_cols;
    product_block<T> block{};
    block.rows = std::min(rows, m - row);
    block.cols = std::min(group_cols, n - first);
    block.panel_size = width * depth;
    const bool direct = block.cols % width == 0;
    block.c = direct ? &y(row, first) : sums + worker * rows * group_cols;
    block.c_stride = direct ? y.stride() : group_cols;
    T* const mine = patches + worker * rows * depth_here;
    for (index_t k = 0; k < depth; k += block_depth) {
      block.depth = std::min(block_depth, depth - k);
      block.panels = packed + first * depth + k * width;
      block.resume = k > 0;
      patch_copier<T> copier(grid, x, k, block.depth);
      copier.seek(row);
      for (index_t r = 0; r < block.rows; ++r, copier.next()) copier.copy(mine + r * block.depth);
      block.items = mine;
      block.item_row = block.depth;
      block.item_k = 1;
      kernels.product(block);
    }
    if (!direct)
      for (index_t r = 0; r < block.rows; ++r) std::copy_n(block.c + r * group_cols, block.cols, &y(row + r, first));
  });
}

template <Scalar T>
void device_convolve_weights(context<cpu>& ctx, const patch_grid& grid, matrix_view<const T, cpu> x,
                             matrix_view<const T, cpu> dy, matrix_view<T, cpu> dw) {
  using namespace detail;
  constexpr index_t block_pixels = 256, group_cols = 512;
  constexpr index_t piece_pixels = 16 * block_pixels, partial_most = index_t(1) << 22;
  const product_kernels<T> kernels = kernels_for<T>(ctx.instructions());
  const index_t width = kernels.panel_width, depth = dy.rows(), m = dw.rows(), n = dw.cols();
  if (m == 0 || n == 0 || depth == 0) return;
  thread_pool& pool = ctx.pool();
  const index_t padded = (n + width - 1) / width * width, groups = (n + group_cols - 1) / group_cols;

  // pieces of the sum, by the shape alone since they set its order
  index_t pieces = (depth + piece_pixels - 1) / piece_pixels;
  pieces = std::max<index_t>(1, std::min(pieces, partial_most / (m * padded)));
  const index_t pixels = ((depth + pieces - 1) / pieces + block_pixels - 1) / block_pixels * block_pixels;
  pieces = (depth + pixels - 1) / pixels;

  const index_t rows = convolution_block(m, groups * pieces, pool.threads());
  const index_t row_blocks = (m + rows - 1) / rows;
  const bool in_place = n == width && dy.stride() == width;  // rows of dy lie as a packed panel does
  const scratch_scope scope(ctx);
  T* const parts = ctx.scratch().template take<T>(pieces * m * padded);
  T* const patches = ctx.scratch().template take<T>(block_pixels * rows * pool.threads());
  const index_t panel_block = block_pixels * std::min(padded, group_cols);
  T* const packed = in_place ? nullptr : ctx.scratch().template take<T>(panel_block * pool.threads());

  pool.run(pieces * row_blocks * groups, [&](index_t chunk, int worker) {
    const index_t piece = chunk / (row_blocks * groups), rest = chunk % (row_blocks * groups);
    const index_t row = rest / groups * rows, first = rest % groups * group_cols;
    const index_t begin = piece * pixels, end = std::min(depth, begin + pixels);
    product_block<T> block{};
    block.rows = std::min(rows, m - row);
    block.cols = std::min(group_cols, n - first);
    block.c = parts + (piece * m + row) * padded + first;
    block.c_stride = padded;
    T* const mine = patches + worker * block_pixels * rows;
    patch_copier<T> copier(grid, x, row, block.rows);
    copier.seek(begin);
    for (index_t p = begin; p < end; p += block_pixels) {
      block.depth = std::min(block_pixels, end - p);
      block.panel_size = width * block.depth;
      if (in_place) {
        block.panels = &dy(p, 0);
      } else {
        T* const panels = packed + worker * panel_block;
        for (index_t j = 0; j * width < block.cols; ++j)
          pack_panel<T>(dy, false, first + j * width, width, p, block.depth, panels + j * block.panel_size);
        block.panels = panels;
      }
      for (index_t i = 0; i < block.depth; ++i, copier.next()) copier.copy(mine + i * rows);
      block.items = mine;
      block.item_row = 1;
      block.item_k = rows;
      block.resume = p > begin;
      kernels.product(block);
    }
  });
  pool.run((m + 15) / 16, [&](index_t chunk, int) {
    for (index_t r = chunk * 16; r < std::min(m, chunk * 16 + 16); ++r)
      for (index_t j = 0; j < n; ++j) {
        T sum = parts[r * padded + j];
        for (index_t piece = 1; piece < pieces; ++piece) sum += parts[(piece * m + r) * padded + j];
        dw(r, j) += sum;
      }
  });
}

}  // namespace kindred
