// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <span>
#include <vector>

namespace kindred::visual {

/// How attention weights w are brought to [0, 1], so that one threshold fits all: weights of a softmax over 49 regions
/// cannot exceed 0.7 in two places.
enum class attention_scale {
  min_max,  ///< (w - least) / (largest - least); 0 where all are equal, as then nothing stands out
  maximum,  ///< w / largest, of weights that are not negative; 0 where all are 0
  none      ///< w
};

/// How the pixels between the centres of regions get their values.
enum class attention_upsampling {
  bilinear,  ///< linear in both directions; outside the outermost centres the value of the nearest edge
  nearest    ///< the value of the region in which the centre of the pixel lies
};

namespace detail {
/// The weights scaled, in place. Throws for one that is not finite, or negative where that is not wanted.
void scale_attention(const char* who, attention_scale scale, std::vector<double>& weights, index_t columns);
/// grid: rows x columns; out: height x width.
void upsample_attention(attention_upsampling how, const std::vector<double>& grid, index_t rows, index_t columns,
                        matrix_view<double, cpu> out);
/// The elements of a view in rows.
template <class T>
std::vector<double> listed_rows(matrix_view<const T, cpu> m) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(m.rows() * m.cols()));
  for (index_t i = 0; i < m.rows(); ++i)
    for (index_t j = 0; j < m.cols(); ++j) out.push_back(static_cast<double>(m(i, j)));
  return out;
}
}  // namespace detail

/// Attention weights over a grid of regions as a map of a picture, which the regions cover in equal rectangles.
///
///     const matrix_view<const float, cpu> grid(attention.data(), 7, 7);      // 49 weights in rows from the top
///     const auto map = visual::attention_map{}(ctx, grid, picture_height, picture_width);
///     const auto bytes = visual::attention_overlay{}.pixels(map, rgb, 3);
///
/// Weights are scaled first and spread over the pixels then. With centres of pixels at (x + 1/2) / width and of regions
/// at (j + 1/2) / columns of the picture, pixel x lies at u = (x + 1/2) columns / width - 1/2 of the grid, cut to
/// [0, columns - 1]; the same downwards. Sizes need not divide each other, and a map may be smaller than the grid (then
/// pixels are samples, not means).
///
/// weights   rows x columns, at least one of each
/// returns   height x width, in [0, 1] unless scale is none; owned by `ctx`
///
/// Complexity   O(rows columns + height width), on the host.
/// Determinism  the same bytes for any number of threads.
/// Errors       argument_error for NaN or infinity (the region is named), a negative weight under `maximum`, a map
///              without pixels or of more than 2^28; shape_error for an empty grid.
/// Reference    maps over a picture: Xu et al. 2015 (Show, Attend and Tell), who smooth them by a Gaussian as well.
///              Values are those of PyTorch's interpolate (bilinear with align_corners=False, nearest-exact).
struct attention_map {
  attention_scale scale = attention_scale::min_max;
  attention_upsampling upsampling = attention_upsampling::bilinear;

  /// The weights of the grid scaled, rows x columns: what the map is made of, and a map itself of large cells.
  template <class M>
  requires MatrixArgument<M, cpu>
  matrix<double, cpu> scaled(context<cpu>& ctx, const M& weights) const {
    const auto grid = as_const(weights);
    return {ctx, grid.rows(), grid.cols(), scaled_list(grid)};
  }
  template <class M>
  requires MatrixArgument<M, cpu>
  matrix<double, cpu> operator()(context<cpu>& ctx, const M& weights, index_t height, index_t width) const {
    expects<argument_error>(height >= 1 && width >= 1 && height <= (index_t(1) << 28) / width,
                            "visual::attention_map: expected a map of 1 to 2^28 pixels, got {} x {}", height, width);
    const auto grid = as_const(weights);
    const std::vector<double> values = scaled_list(grid);
    matrix<double, cpu> out(ctx, height, width);
    detail::upsample_attention(upsampling, values, grid.rows(), grid.cols(), out.view());
    return out;
  }

 private:
  template <class T>
  std::vector<double> scaled_list(matrix_view<const T, cpu> grid) const {
    expects(grid.rows() >= 1 && grid.cols() >= 1, "visual::attention_map: a grid of {} x {} regions", grid.rows(),
            grid.cols());
    std::vector<double> values = detail::listed_rows(grid);
    detail::scale_attention("attention_map", scale, values, grid.cols());
    return values;
  }
};

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/attention_map_impl.hpp>
#endif
