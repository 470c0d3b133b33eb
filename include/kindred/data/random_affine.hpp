// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/random.hpp>
#include <kindred/data/affine.hpp>

namespace kindred::data {

/// Moves every picture of a batch a little, each by its own drawn map: training sees no picture twice.
///
/// Picture i of a call with `seed` goes through drawn(seed, i, height, width), an affine with
///
///   rotation, shear     uniform in [-rotation, rotation], [-shear, shear] degrees
///   scale               scale^u, u uniform in [-1, 1]
///   shift               uniform in [-shift, shift] of the height and of the width
///   flip                one time in two, where `flip`
///
/// Complexity   as affine.
/// Determinism  a picture's map depends on seed, i and the size alone; use another seed every step.
/// Errors       as affine; argument_error for a scale below 1.
/// Reference    the options of torchvision's RandomAffine; differs: scale is drawn by its logarithm, bilinear by
///              default, shear comes before the rotation.
struct random_affine {
  double rotation = 10;  ///< degrees at most
  double shift = 0.1;    ///< share of the size at most
  double scale = 1.1;    ///< times larger or smaller at most
  double shear = 0;      ///< degrees at most
  bool flip = false;     ///< left and right may be exchanged
  double border = 0;     ///< value of what lies outside

  /// The map of picture `item`.
  affine drawn(std::uint64_t seed, index_t item, index_t height, index_t width) const {
    expects<argument_error>(scale >= 1, "data::random_affine: expected a scale of at least 1, got {}", scale);
    const auto within = [&](double most, std::uint64_t what) {
      return most * (2 * random::uniform(seed, static_cast<std::uint64_t>(item), what) - 1);
    };
    return {.rotation = within(rotation, 0),
            .shift_down = within(shift, 1) * static_cast<double>(height),
            .shift_across = within(shift, 2) * static_cast<double>(width),
            .scale = std::pow(scale, within(1, 3)),
            .shear = within(shear, 4),
            .flip = flip && within(1, 5) < 0,
            .border = border};
  }

  template <Device D, Scalar T>
  void operator()(context<D>& ctx, const_batch<T, D> x, batch_view<T, D> y, std::uint64_t seed) const {
    std::vector<affine> maps;
    const index_t width = x.height > 0 ? x.longest / x.height : 0;
    for (index_t i = 0; i < x.items; ++i) maps.push_back(drawn(seed, i, x.height, width));
    affine::apply<D, T>(ctx, maps, x, y, border);
  }
};

}  // namespace kindred::data
