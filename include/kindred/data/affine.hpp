// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/op/shape_check.hpp>
#include <numbers>
#include <span>
#include <vector>

namespace kindred::data {

namespace detail {

/// Where a pixel of the result comes from: row = row_by_row r + row_by_column c + row, column likewise.
template <class T>
struct affine_source {
  T row_by_row, row_by_column, row, column_by_row, column_by_column, column;
};

/// One picture, pixel by pixel, from the four pixels around its source.
template <class T, class D>
struct affine_picture {
  matrix_view<const T, D> x;
  vector_view<const affine_source<T>, D> sources;
  matrix_view<T, D> y;
  index_t height, width;
  T border;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const affine_source<T> from = sources(item);
    const index_t first = item * height * width, channels = x.cols();
    // 32 bits divide several times faster
    const auto across = static_cast<std::uint32_t>(width);
    g.for_each(height * width, [&](index_t p) {
      const auto down = static_cast<std::uint32_t>(p) / across;
      const T r = static_cast<T>(down), c = static_cast<T>(static_cast<std::uint32_t>(p) - down * across);
      const T row = from.row_by_row * r + from.row_by_column * c + from.row;
      const T column = from.column_by_row * r + from.column_by_column * c + from.column;
      const bool inside =
          row > T(-1) && column > T(-1) && row < static_cast<T>(height) && column < static_cast<T>(width);
      const index_t top = inside ? static_cast<index_t>(row + T(1)) - 1 : 0;
      const index_t left = inside ? static_cast<index_t>(column + T(1)) - 1 : 0;
      const T below = row - static_cast<T>(top), right = column - static_cast<T>(left);
      for (index_t channel = 0; channel < channels; ++channel) {
        const auto at = [&](index_t i, index_t j) {
          return i >= 0 && j >= 0 && i < height && j < width ? x(first + i * width + j, channel) : border;
        };
        // a pixel without a part in the result is not looked at: its NaN stays its own
        const auto line = [&](index_t i) {
          return right > T(0) ? at(i, left) + right * (at(i, left + 1) - at(i, left)) : at(i, left);
        };
        T value = border;
        if (inside) value = below > T(0) ? line(top) + below * (line(top + 1) - line(top)) : line(top);
        y(first + p, channel) = value;
      }
    });
  }
};

/// Cosine and sine of degrees, exact at multiples of 90.
struct direction {
  double cosine, sine;
  static direction of(double degrees) {
    const double quarters = degrees / 90;
    if (quarters == std::floor(quarters)) {
      constexpr double cosines[] = {1, 0, -1, 0};
      const auto q = static_cast<std::size_t>(quarters - 4 * std::floor(quarters / 4));
      return {cosines[q], cosines[(q + 3) % 4]};
    }
    const double angle = degrees * std::numbers::pi / 180;
    return {std::cos(angle), std::sin(angle)};
  }
};

}  // namespace detail

/// Moves the pixels of pictures, all pictures by one map; random_affine draws one for each.
///
/// Around the middle of the picture, in this order: flip left and right, shear (x + tan(shear) y), scale, turn
/// counterclockwise, move. A pixel of the result is the bilinear mean of the four pixels around its source; outside the
/// picture everything is `border`.
///
/// x  pictures of one size, height > 0, any number of channels
/// y  the same shape, overwritten; not x itself
///
/// Complexity   O(pixels * channels), one launch.
/// Determinism  bit-equal for any number of threads; sines come from the host's mathematical library.
/// Errors       shape_error for x that is no batch of pictures or y of another shape; argument_error for a scale that
///              is not above 0, a shear of 90 degrees or more, or a number that is not finite. NaN pixels make those
///              NaN that they have a part in.
struct affine {
  double rotation = 0;      ///< degrees, counterclockwise
  double shift_down = 0;    ///< pixels
  double shift_across = 0;  ///< pixels to the right
  double scale = 1;         ///< 2: everything twice as large
  double shear = 0;         ///< degrees by which upright lines lean
  bool flip = false;        ///< left and right exchanged
  double border = 0;        ///< value of what lies outside

  template <Device D, Scalar T>
  void operator()(context<D>& ctx, const_batch<T, D> x, batch_view<T, D> y) const {
    const std::vector<affine> all(static_cast<std::size_t>(x.items), *this);
    apply<D, T>(ctx, all, x, y, border);
  }

  /// Picture i by maps[i].
  template <Device D, Scalar T>
  static void apply(context<D>& ctx, std::span<const affine> maps, const_batch<T, D> x, batch_view<T, D> y,
                    double border) {
    op::expect_batch("data::affine", x);
    expects(x.items == 0 || (x.height > 0 && !x.offsets && x.longest % x.height == 0),
            "data::affine: expected images of one size, got a batch of height {} and {} rows each", x.height,
            x.longest);
    expects(y.shape() == x.shape(),
            "data::affine: expected {} items of {} rows and {} columns, got {} of {} rows and {} columns", x.items,
            x.longest, x.values.cols(), y.items, y.longest, y.values.cols());
    expects(std::ssize(maps) == x.items, "data::affine: {} pictures but {} maps", x.items, maps.size());
    expects(x.longest < (index_t(1) << 32), "data::affine: {} pixels in a picture", x.longest);
    if (x.items == 0) return;
    const index_t height = x.height, width = x.longest / x.height;
    std::vector<detail::affine_source<T>> host;
    for (const affine& m : maps) host.push_back(m.source<T>(height, width));
    const scratch_scope scope(ctx);
    const auto sources = scratch_vector<detail::affine_source<T>>(ctx, x.items);
    ctx.copy_from_host(sources.data(), host.data(), x.items * static_cast<index_t>(sizeof host[0]));
    ctx.for_each_row(x.items, x.longest,
                     detail::affine_picture<T, D>{x.values, sources, y.values, height, width, static_cast<T>(border)});
  }

 private:
  template <class T>
  detail::affine_source<T> source(index_t height, index_t width) const {
    const double sum = rotation + shift_down + shift_across + scale + shear;
    expects<argument_error>(sum - sum == 0 && scale > 0 && shear > -90 && shear < 90,
                            "data::affine: rotation {}, shifts {} and {}, scale {}, shear {}", rotation, shift_down,
                            shift_across, scale, shear);
    // backwards: move, turn, scale, shear, flip
    const auto turn = detail::direction::of(rotation);
    const double lean = shear == 0 ? 0 : std::tan(shear * std::numbers::pi / 180), side = flip ? -1 : 1;
    const double row_by_row = turn.cosine / scale, row_by_column = turn.sine / scale;
    const double column_by_row = side * (-turn.sine / scale - lean * row_by_row);
    const double column_by_column = side * (turn.cosine / scale - lean * row_by_column);
    const double middle_row = static_cast<double>(height - 1) / 2, middle_column = static_cast<double>(width - 1) / 2;
    const double r = middle_row + shift_down, c = middle_column + shift_across;
    return {static_cast<T>(row_by_row),
            static_cast<T>(row_by_column),
            static_cast<T>(middle_row - row_by_row * r - row_by_column * c),
            static_cast<T>(column_by_row),
            static_cast<T>(column_by_column),
            static_cast<T>(middle_column - column_by_row * r - column_by_column * c)};
  }
};

}  // namespace kindred::data
