// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/array.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/io/stored.hpp>
#include <numbers>
#include <string>
#include <vector>

namespace kindred::encoder {

namespace detail {

/// Colours of some pictures, in [0, 1] over white, and their brightness: colours + 1 columns, one row per pixel.
template <class T, class D>
struct colour_at {
  matrix_view<const T, D> pixels;
  matrix_view<T, D> colours;
  T scale;

  KINDRED_HD void operator()(index_t p) const {
    const index_t channels = pixels.cols(), count = colours.cols() - 1;
    const T opacity = channels == 4 ? pixels(p, 3) * scale : T(1);
    for (index_t c = 0; c < count; ++c) colours(p, c) = pixels(p, c) * scale * opacity + (T(1) - opacity);
    colours(p, count) =
        count == 1 ? colours(p, 0) : T(0.299) * colours(p, 0) + T(0.587) * colours(p, 1) + T(0.114) * colours(p, 2);
  }
};

/// Part of a picture: rows [top, top + height), columns [left, left + width).
struct pixel_box {
  index_t top, left, height, width;
};

/// Cell (r, c) of a rows x cols grid over height x width pixels; at least one pixel each way.
KINDRED_HD constexpr pixel_box cell_box(index_t r, index_t c, index_t rows, index_t cols, index_t height,
                                        index_t width) {
  const index_t top = r * height / rows, left = c * width / cols;
  const index_t bottom = (r + 1) * height / rows, right = (c + 1) * width / cols;
  return {top, left, bottom > top ? bottom - top : 1, right > left ? right - left : 1};
}

/// One cell: mean and standard deviation of each colour, mean strength of the gradient in each direction, and the sum
/// of squares of the latter.
template <class T, class D>
struct cell_row {
  matrix_view<const T, D> colours;     // of all pictures, brightness in the last column
  vector_view<const T, D> directions;  // cosines, then sines; the first and last direction repeated around the circle
  matrix_view<T, D> y;                 // one row per cell
  vector_view<T, D> energy;            // one per cell
  index_t rows, cols, height, width, orientations;
  bool directed;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t cell) const {
    const index_t per_picture = rows * cols, picture = cell / per_picture, at = cell % per_picture;
    const pixel_box box = cell_box(at / cols, at % cols, rows, cols, height, width);
    const index_t first = picture * height * width, area = box.height * box.width;
    // 32 bits divide several times faster
    const auto across = static_cast<std::uint32_t>(box.width);
    const auto row_of = [&](index_t p) {
      return box.top + static_cast<index_t>(static_cast<std::uint32_t>(p) / across);
    };
    const auto column_of = [&](index_t p) {
      return box.left + static_cast<index_t>(static_cast<std::uint32_t>(p) % across);
    };
    const index_t brightness = colours.cols() - 1;
    for (index_t c = 0; c < brightness; ++c) {
      const auto value = [&](index_t p) { return colours(first + row_of(p) * width + column_of(p), c); };
      const T mean = g.reduce(area, T(0), plus{}, value) / static_cast<T>(area);
      const T square = g.reduce(area, T(0), plus{}, [&](index_t p) { return (value(p) - mean) * (value(p) - mean); });
      g.once([&] {
        y(cell, 2 * c) = mean;
        y(cell, 2 * c + 1) = math::sqrt(square / static_cast<T>(area));
      });
    }
    const auto light = [&](index_t row, index_t column) {
      row = row < 0 ? 0 : row < height ? row : height - 1;
      column = column < 0 ? 0 : column < width ? column : width - 1;
      return colours(first + row * width + column, brightness);
    };
    T squares = 0;
    for (index_t o = 0; o < orientations; ++o) {
      // the gradient as a sum of its two neighbouring directions: this bin's share falls from 1 to 0 at either
      // neighbour
      const T cos_before = directions(o), cos_behind = directions(o + 2);
      const T sin_before = directions(orientations + 2 + o), sin_behind = directions(orientations + 4 + o);
      const auto share = [&](index_t p) {
        const index_t row = row_of(p), column = column_of(p);
        const T gx = (light(row, column + 1) - light(row, column - 1)) / T(2);
        const T gy = (light(row + 1, column) - light(row - 1, column)) / T(2);
        const T a = gx * sin_behind - gy * cos_behind, b = gy * cos_before - gx * sin_before;
        const T same = a < b ? a : b, opposite = directed ? T(0) : a < b ? -b : -a;
        const T part = same < opposite ? opposite : same;
        return part < T(0) ? T(0) : part;  // NaN passes
      };
      const T strength = g.reduce(area, T(0), plus{}, share) / static_cast<T>(area);
      squares += strength * strength;
      g.once([&] { y(cell, 2 * brightness + o) = strength; });
    }
    g.once([&] { energy(cell) = squares; });
  }
};

/// Divides the gradient strengths of a cell by the root mean square over the cells around it.
template <class T, class D>
struct normalized_cell {
  vector_view<const T, D> energy;
  matrix_view<T, D> y;
  index_t rows, cols, neighbourhood, orientations;
  T floor;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t cell) const {
    const index_t per_picture = rows * cols, first = cell / per_picture * per_picture, at = cell % per_picture;
    const index_t r = at / cols, c = at % cols;
    const index_t top = r < neighbourhood ? 0 : r - neighbourhood, left = c < neighbourhood ? 0 : c - neighbourhood;
    const index_t high = (rows - 1 - r < neighbourhood ? rows : r + neighbourhood + 1) - top;
    const index_t wide = (cols - 1 - c < neighbourhood ? cols : c + neighbourhood + 1) - left;
    const T sum = g.reduce(high * wide, T(0), plus{},
                           [&](index_t i) { return energy(first + (top + i / wide) * cols + left + i % wide); });
    const T scale = T(1) / math::sqrt(sum / static_cast<T>(high * wide) + floor * floor);
    g.for_each(orientations, [&](index_t o) { y(cell, y.cols() - orientations + o) *= scale; });
  }
};

}  // namespace detail

/// A picture as numbers without learned weights: colours and directions of edges on a grid.
///
/// A grid of rows x cols cells covers the picture; cell (r, c) holds the pixel rows from r height / rows up to
/// (r + 1) height / rows (rounded down, at least one row), and columns likewise. Its numbers are, in this order,
///
///   mean(R), deviation(R), mean(G), ...   mean and standard deviation (divisor: pixels) of each colour, in [0, 1]
///   h(0), ..., h(orientations - 1)        mean strength of the brightness gradient in each direction, normalized
///
/// Colours are composited on white; brightness = 0.299 R + 0.587 G + 0.114 B; the gradient is the central difference
/// with the border repeated. Direction o points to o pi / orientations (opposite directions count as one), or to
/// o 2 pi / orientations when `directed`, from the x axis towards growing rows. A gradient is split between its two
/// neighbouring directions as a sum of vectors: at angle t from a direction, with s between directions, the shares of
/// its length are sin(s - t) / sin s and sin t / sin s.
/// h is divided by sqrt(m + floor^2), m the mean of sum_o h(o)^2 over the cells at most `neighbourhood` rows and
/// columns away: 0 is each cell for itself, 1 a 3 x 3 block, rows and cols or more the whole picture.
///
/// pictures  items pictures of one size, height > 0, `channels` columns: 1 (grey), 3 (RGB) or 4 (RGB and opacity,
///           colours not multiplied by it), values from 0 to `white`
/// regions   items of rows * cols rows, region_dimension() columns; cells in rows from the top
/// vectors   items x dimension(): the regions of a picture one after the other
///
/// Complexity   O(items * pixels * (orientations + colours)), three launches per band of pictures; scratch at most
///              64 MiB, or one picture.
/// Determinism  bit-equal on one device for any threads; backends differ in the order of sums.
/// Errors       shape_error when pictures or output do not have the shapes above; argument_error for channels other
///              than 1, 3, 4, sizes below 1, floor or white not above 0, or directions more than a right angle apart
///              (orientations 1 undirected, 1 to 3 directed). NaN in a pixel makes the numbers NaN that depend on it.
/// Reference    after Dalal and Triggs 2005 (HOG); differs: cells follow the picture's size, no interpolation between
///              cells, vector instead of linear interpolation of direction, normalization over one block per cell.
struct patch_descriptor {
  static constexpr const char* name = "patch_descriptor";  ///< in the files of an engine

  index_t rows = 6;           ///< cells down
  index_t cols = 6;           ///< cells across
  index_t orientations = 8;   ///< directions of gradients; 0: colours only
  bool directed = false;      ///< whether dark-to-light differs from light-to-dark
  index_t neighbourhood = 2;  ///< cells around that share a normalization
  double floor = 0.003;       ///< strength that counts as no edge
  index_t channels = 3;       ///< of the pictures: 1, 3 or 4
  double white = 1;           ///< value of full intensity and opacity; 255 for bytes

  /// Numbers of one cell.
  index_t region_dimension() const { return checked_sum(channels == 1 ? 2 : 6, orientations); }
  /// Numbers of one picture.
  index_t dimension() const { return checked_product(rows, cols, region_dimension()); }

  /// Each picture as a sequence of its cells.
  template <Scalar T, Device D>
  void encode(context<D>& ctx, const_batch<T, D> pictures, batch_view<T, D> regions) const {
    check(pictures);
    expects(regions.items == pictures.items && !regions.offsets && regions.longest == rows * cols &&
                regions.values.rows() == regions.items * rows * cols && regions.values.cols() == region_dimension(),
            "encoder::patch_descriptor: expected {} items of {} rows and {} columns, got {} of {} rows and {} columns",
            pictures.items, rows * cols, region_dimension(), regions.items, regions.longest, regions.values.cols());
    describe(ctx, pictures, regions.values);
  }

  /// Each picture as one vector.
  template <Scalar T, Device D>
  void encode(context<D>& ctx, const_batch<T, D> pictures, matrix_view<T, D> vectors) const {
    check(pictures);
    expects(vectors.rows() == pictures.items && vectors.cols() == dimension() && vectors.contiguous(),
            "encoder::patch_descriptor: expected a contiguous {} x {} output, got {} x {} with stride {}",
            pictures.items, dimension(), vectors.rows(), vectors.cols(), vectors.stride());
    describe(ctx, pictures, matrix_view<T, D>(vectors.data(), pictures.items * rows * cols, region_dimension()));
  }

  /// Each picture as one vector of a new matrix.
  template <Device D, class T>
  matrix<std::remove_const_t<T>, D> encode(context<D>& ctx, batch_view<T, D> pictures) const {
    check(pictures);
    matrix<std::remove_const_t<T>, D> vectors(ctx, pictures.items, dimension(), uninitialized);
    encode(ctx, pictures, vectors.view());
    return vectors;
  }

  /// Adds the options to a file as the tensor `options` under `prefix`, in the order of their declaration.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    const auto number = [](index_t n) { return static_cast<double>(n); };
    file.add(prefix + "options",
             std::vector<double>{number(rows), number(cols), number(orientations), directed ? 1.0 : 0.0,
                                 number(neighbourhood), floor, number(channels), white});
  }
  /// What was saved under `prefix`. Errors: io_error for options that cannot be, sizes above 32768, or more than 2^24
  /// numbers of one picture.
  template <Device D, class File>
  static patch_descriptor load(context<D>& ctx, const File& file, const std::string& prefix) {
    const auto options = file.template load_vector<double>(ctx, prefix + "options").to_host();
    expects<io_error>(options.size() == 8, "{}: tensor {}options: expected 8 values, got {}", file.name(), prefix,
                      options.size());
    const auto size = [&](std::size_t i, index_t least, index_t most) {
      const bool in_range = options[i] >= static_cast<double>(least) && options[i] <= static_cast<double>(most);
      const index_t whole = in_range ? static_cast<index_t>(options[i]) : least - 1;
      expects<io_error>(static_cast<double>(whole) == options[i],
                        "{}: tensor {}options: got {} at {}, expected {} to {}", file.name(), prefix, options[i], i,
                        least, most);
      return whole;
    };
    expects<io_error>(options[5] > 0 && options[7] > 0, "{}: tensor {}options: floor {} and white {}", file.name(),
                      prefix, options[5], options[7]);
    constexpr index_t most = 32768;
    const patch_descriptor loaded{.rows = size(0, 1, most),
                                  .cols = size(1, 1, most),
                                  .orientations = size(2, 0, most),
                                  .directed = size(3, 0, 1) == 1,
                                  .neighbourhood = size(4, 0, most),
                                  .floor = options[5],
                                  .channels = size(6, 1, 4),
                                  .white = options[7]};
    return io::made_from(file, prefix, [&] {
      loaded.check_options();
      expects<argument_error>(loaded.dimension() <= index_t(1) << 24, "encoder::patch_descriptor: {} numbers",
                              loaded.dimension());
      return loaded;
    });
  }

 private:
  void check_options() const {
    expects<argument_error>(rows > 0 && cols > 0, "encoder::patch_descriptor: a grid of {} x {} cells", rows, cols);
    expects<argument_error>(orientations == 0 || orientations >= (directed ? 4 : 2),
                            "encoder::patch_descriptor: got {} orientations, expected none or at least {}",
                            orientations, directed ? 4 : 2);
    expects<argument_error>(neighbourhood >= 0, "encoder::patch_descriptor: neighbourhood is {}", neighbourhood);
    expects<argument_error>(floor > 0 && white > 0, "encoder::patch_descriptor: floor is {} and white {}", floor,
                            white);
    expects<argument_error>(channels == 1 || channels == 3 || channels == 4,
                            "encoder::patch_descriptor: expected 1, 3 or 4 channels, got {}", channels);
  }
  template <class T, class D>
  void check(batch_view<T, D> pictures) const {
    check_options();
    expects(pictures.values.cols() == channels, "encoder::patch_descriptor: expected {} channels, got {}", channels,
            pictures.values.cols());
    expects(
        pictures.items == 0 ||
            (pictures.height > 0 && pictures.longest > 0 && !pictures.offsets &&
             pictures.longest % pictures.height == 0 && pictures.values.rows() == pictures.items * pictures.longest),
        "encoder::patch_descriptor: {} pictures of height {} and {} pixels each do not fit {} rows (ragged batches are "
        "not taken)",
        pictures.items, pictures.height, pictures.longest, pictures.values.rows());
    expects(pictures.longest < (index_t(1) << 32), "encoder::patch_descriptor: {} pixels in a picture",
            pictures.longest);
  }

  template <class T, Device D>
  void describe(context<D>& ctx, batch_view<const T, D> pictures, matrix_view<T, D> y) const {
    if (pictures.items == 0) return;
    const index_t cells = rows * cols, pixels = pictures.longest, planes = (channels == 1 ? 1 : 3) + 1;
    const index_t fitting = (index_t(64) << 20) / (pixels * planes * static_cast<index_t>(sizeof(T)));
    const index_t most = fitting > 0 ? fitting : 1, band = most < pictures.items ? most : pictures.items;
    scratch_scope<D> scope(ctx);
    const auto colours = scratch_matrix<T>(ctx, band * pixels, planes);
    const auto energy = scratch_vector<T>(ctx, band * cells);
    const auto directions = direction_table<T>(ctx);
    for (index_t begin = 0; begin < pictures.items; begin += band) {
      const index_t count = pictures.items - begin < band ? pictures.items - begin : band;
      const auto part = y.middle_rows(begin * cells, count * cells);
      ctx.for_each(count * pixels, detail::colour_at<T, D>{pictures.values.middle_rows(begin * pixels, count * pixels),
                                                           colours, static_cast<T>(1 / white)});
      ctx.for_each_row(count * cells, pixels / cells + 1,
                       detail::cell_row<T, D>{colours, directions, part, energy, rows, cols, pictures.height,
                                              pixels / pictures.height, orientations, directed});
      ctx.for_each_row(
          count * cells, orientations,
          detail::normalized_cell<T, D>{energy, part, rows, cols, neighbourhood, orientations, static_cast<T>(floor)});
    }
  }

  /// Cosines and sines of the directions -1 to `orientations`, divided by the sine of their distance.
  template <class T, Device D>
  vector_view<const T, D> direction_table(context<D>& ctx) const {
    std::vector<T> host;
    const double step =
        (directed ? 2 : 1) * std::numbers::pi / static_cast<double>(orientations == 0 ? 1 : orientations);
    for (const bool sine : {false, true})
      for (index_t o = -1; o <= orientations; ++o) {
        const double angle = step * static_cast<double>(o);
        host.push_back(static_cast<T>((sine ? std::sin(angle) : std::cos(angle)) / std::sin(step)));
      }
    const auto table = scratch_vector<T>(ctx, static_cast<index_t>(host.size()));
    ctx.copy_from_host(table.data(), host.data(), table.size() * static_cast<index_t>(sizeof(T)));
    return table;
  }
};

static_assert(Encoder<patch_descriptor, cpu>);

}  // namespace kindred::encoder
