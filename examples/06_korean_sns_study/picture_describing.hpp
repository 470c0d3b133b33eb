// SPDX-License-Identifier: Apache-2.0
// What describes pictures: a template on the device.
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/schedule.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/train/siamese.hpp>
#include <progress.hpp>

#include "glyph_classes.hpp"
#include "glyph_drawing.hpp"
#include "picture_features.hpp"

namespace sns {

inline constexpr index_t region_count = regions_down * regions_across;

/// Red, green and blue of pictures of one size, in [0, 1].
template <kindred::Device D>
kindred::batch<float, D> colours(kindred::context<D>& ctx, std::span<const emoji::picture* const> pictures) {
  const auto& first = *pictures[0];
  std::vector<float> host;
  host.reserve(pictures.size() * first.rgba.size() / 4 * 3);
  for (const auto* picture : pictures)
    for (std::size_t p = 0; p < picture->rgba.size(); p += 4)
      for (std::size_t c = 0; c < 3; ++c) host.push_back(static_cast<float>(picture->rgba[p + c]) / 255.0f);
  kindred::batch<float, D> out(ctx, static_cast<index_t>(pictures.size()), first.width * first.height, 3, first.height);
  ctx.copy_from_host(out.view().values.data(), host.data(), static_cast<index_t>(host.size() * sizeof(float)));
  return out;
}

/// visit(pictures, first post) for some dozens of posts after the other.
template <kindred::Device D, class Visit>
void in_bands(kindred::context<D>& ctx, const posts& of, Visit visit) {
  constexpr std::size_t band = 64;
  presentation::progress told("describing pictures", static_cast<long>((of.items.size() + band - 1) / band));
  for (std::size_t first = 0; first < of.items.size(); first += band) {
    std::vector<const emoji::picture*> some;
    for (std::size_t i = first; i < std::min(first + band, of.items.size()); ++i) some.push_back(&of.items[i].picture);
    visit(colours(ctx, some), first);
    told.step("");
  }
}

/// Colours and directed edges of cells of 8 x 8 pixels.
inline kindred::encoder::patch_descriptor cells(index_t down, index_t across) {
  return {.rows = down, .cols = across, .orientations = 8, .directed = true};
}

/// Cells of edges, the 2 x 2 of a region side by side, by their principal components.
template <kindred::Device D>
features by_edges(kindred::context<D>& ctx, const posts& of, std::span<const index_t> training, index_t channels) {
  const kindred::encoder::patch_descriptor descriptor = cells(2 * regions_down, 2 * regions_across);
  const auto cell = static_cast<std::ptrdiff_t>(descriptor.region_dimension());
  const index_t width = 4 * descriptor.region_dimension(), picture_numbers = region_count * width;
  std::vector<float> rows(of.items.size() * static_cast<std::size_t>(picture_numbers));
  in_bands(ctx, of, [&](const kindred::batch<float, D>& pictures, std::size_t first) {
    const auto described = descriptor.encode(ctx, pictures.view()).to_host();
    auto from = described.begin();
    for (index_t i = 0; i < pictures.items(); ++i)
      for (index_t r = 0; r < 2 * regions_down; ++r)
        for (index_t c = 0; c < 2 * regions_across; ++c, from += cell) {
          const index_t region = (static_cast<index_t>(first) + i) * region_count + r / 2 * regions_across + c / 2;
          std::copy(from, from + cell, rows.begin() + region * width + (r % 2 * 2 + c % 2) * cell);
        }
  });
  constexpr std::size_t most = 2000;  // pictures; principal components need no more
  std::vector<float> fitted;
  for (const index_t i : training.first(std::min(training.size(), most))) {
    const auto begin = rows.begin() + i * picture_numbers;
    fitted.insert(fitted.end(), begin, begin + picture_numbers);
  }
  const auto fitted_rows = static_cast<index_t>(fitted.size()) / width;
  const auto pca = kindred::projection::pca{.dimensions = channels}.fit(
      ctx, kindred::matrix<float, D>(ctx, fitted_rows, width, fitted));
  features out{static_cast<index_t>(of.items.size()) * region_count, pca.dimensions(), {}};
  out.values.reserve(static_cast<std::size_t>(out.rows * out.cols));
  constexpr index_t band = 64 * region_count;
  for (index_t first = 0; first < out.rows; first += band) {
    const index_t count = std::min(band, out.rows - first);
    const std::span<const float> some(rows.data() + first * width, static_cast<std::size_t>(count * width));
    const auto projected = pca.first(ctx, kindred::matrix<float, D>(ctx, count, width, some)).to_host();
    out.values.insert(out.values.end(), projected.begin(), projected.end());
  }
  return out;
}

/// From cells to regions of 2 x 2 of them; a region sees itself and those around it, 48 pixels a side.
inline auto recognizer_body(index_t numbers, index_t channels) {
  using namespace kindred::layer;
  constexpr index_t width = 64;
  return sequential(conv2d(numbers, width, 3, {.padding = 1, .bias = false}), batch_norm(width), relu{},
                    conv2d(width, 2 * width, 3, {.padding = 1, .bias = false}), batch_norm(2 * width), pool2d<>(2),
                    relu{}, conv2d(2 * width, channels, 1, {.bias = false}), batch_norm(channels), relu{});
}

/// Single glyphs for the recognizer: number i is made by the seed and i alone.
class glyph_examples {
 public:
  static constexpr index_t side = 48;  // a multiple of the grid's step

  explicit glyph_examples(std::uint64_t seed) : seed_(seed) {
    const emoji::emoji_set set = emoji::build();
    for (const auto& one : glyph_classes(set))
      for (const auto& glyph : one.glyphs)
        glyphs_.push_back(cropped(set.items[static_cast<std::size_t>(glyph.item)].picture));
  }
  index_t glyphs() const { return static_cast<index_t>(glyphs_.size()); }
  /// A picture of side x side pixels, and which glyph it shows.
  std::pair<emoji::picture, label_t> operator()(index_t i) const {
    draws random{seed_, static_cast<std::uint64_t>(i)};
    const index_t which = random.below(glyphs());
    const auto& glyph = glyphs_[static_cast<std::size_t>(which)];
    const auto [width, height] = scaled_size(glyph, random.between(22, 44), side);
    auto picture = ground(side, side, random);
    draw(glyph, {random.below(side - width + 1), random.below(side - height + 1), width, height}, picture);
    return {std::move(picture), static_cast<label_t>(which)};
  }

 private:
  std::uint64_t seed_;
  std::vector<emoji::picture> glyphs_;
};

/// Cells of pictures as pictures of one pixel a cell.
template <kindred::Device D>
kindred::batch<float, D> as_cells(kindred::context<D>& ctx, const kindred::batch<float, D>& pictures) {
  const auto s = pictures.view().shape();
  const auto descriptor = cells(s.height / 8, s.width() / 8);
  kindred::batch<float, D> out(ctx, s.items, descriptor.rows * descriptor.cols, descriptor.region_dimension(),
                               descriptor.rows);
  auto regions = out.view();
  descriptor.encode(ctx, kindred::const_batch<float, D>(pictures.view()), regions);
  return out;
}

/// What a network that tells glyphs apart makes of regions before it takes their mean.
template <kindred::Device D>
features by_recognizer(kindred::context<D>& ctx, const posts& of, const picture_settings& how) {
  namespace layer = kindred::layer;
  const glyph_examples examples(how.seed);
  constexpr index_t side = glyph_examples::side / 8;
  const index_t numbers = cells(side, side).region_dimension();
  const auto body = recognizer_body(numbers, how.channels);
  const auto spec = layer::sequential(body, layer::global_pool<layer::pooling::average>{},
                                      layer::linear(how.channels, examples.glyphs()));
  auto network = kindred::encoder::make(ctx, spec, how.seed, kindred::shape::pictures(1, side, side, numbers));
  constexpr index_t batch = 32;
  const index_t steps = (how.examples + batch - 1) / batch;
  kindred::optimizer::scheduled<kindred::optimizer::adam, kindred::optimizer::cosine_decay> rate;
  rate.rate = 3e-3;
  rate.schedule.period = static_cast<std::uint64_t>(steps);
  kindred::train::siamese trainer(ctx, network, kindred::loss::softmax_cross_entropy{}, rate, {.seed = how.seed});
  presentation::progress told("learning to tell glyphs apart", steps);
  for (index_t step = 0; step < steps; ++step) {
    std::vector<emoji::picture> pictures;
    std::vector<const emoji::picture*> addresses;
    std::vector<label_t> labels;
    for (index_t i = 0; i < batch; ++i) {
      auto [picture, label] = examples(step * batch + i);
      pictures.push_back(std::move(picture));
      labels.push_back(label);
    }
    for (const auto& picture : pictures) addresses.push_back(&picture);
    const auto x = as_cells(ctx, colours<D>(ctx, addresses));
    const kindred::vector<label_t, D> y(ctx, labels);
    trainer.step(x.view(), y.view());
    told.step("");
  }

  features out{static_cast<index_t>(of.items.size()) * region_count, how.channels, {}};
  out.values.resize(static_cast<std::size_t>(out.rows * out.cols));
  // the network's numbers are those of its parts, one after the other
  const auto weights = network.weights().segment(0, body.parameter_count());
  const auto buffers = network.buffers().segment(0, body.buffer_count());
  in_bands(ctx, of, [&](const kindred::batch<float, D>& pictures, std::size_t first) {
    const auto x = as_cells(ctx, pictures);
    const auto s = x.view().shape(), made = body.output(s);
    kindred::batch<float, D> y(ctx, made.items, made.longest, made.cols, made.height);
    kindred::vector<float, D> cache(ctx, body.cache_size(s));
    body.forward(
        ctx, layer::forward_pass<float, D>{weights, buffers, x.view(), y.view(), cache.view(), layer::mode::infer, 0});
    ctx.copy_to_host(out.values.data() + static_cast<index_t>(first) * region_count * out.cols, y.view().values.data(),
                     made.rows * made.cols * static_cast<index_t>(sizeof(float)));
    ctx.synchronize();
  });
  return out;
}

template <kindred::Device D>
picture_features described(kindred::context<D>& ctx, const posts& of, std::span<const index_t> training,
                           const picture_settings& how) {
  using kindred::expects;
  expects<kindred::argument_error>(!of.items.empty() && !training.empty(), "{} pictures, {} to learn from",
                                   of.items.size(), training.size());
  const auto& first = of.items[0].picture;
  expects<kindred::argument_error>(first.width == regions_across * 16 && first.height == regions_down * 16,
                                   "got pictures of {} x {} pixels, expected {} x {}", first.width, first.height,
                                   regions_across * 16, regions_down * 16);
  for (const auto& post : of.items)
    expects<kindred::argument_error>(post.picture.width == first.width && post.picture.height == first.height,
                                     "{}: a picture of {} x {} pixels, {} x {} in others", post.id, post.picture.width,
                                     post.picture.height, first.width, first.height);
  features regions =
      how.how == picture_description::edges ? by_edges(ctx, of, training, how.channels) : by_recognizer(ctx, of, how);
  picture_features out;
  out.rows = regions_down;
  out.cols = regions_across;
  const index_t width = regions.cols;
  out.images = {static_cast<index_t>(of.items.size()), 2 * width, {}};
  out.images.values.reserve(static_cast<std::size_t>(out.images.rows * out.images.cols));
  for (index_t i = 0; i < out.images.rows; ++i) {
    const auto at = [&](index_t r, index_t c) {
      return regions.values[static_cast<std::size_t>((i * region_count + r) * width + c)];
    };
    for (index_t c = 0; c < width; ++c) {
      float sum = 0;
      for (index_t r = 0; r < region_count; ++r) sum += at(r, c);
      out.images.values.push_back(sum / static_cast<float>(region_count));
    }
    for (index_t c = 0; c < width; ++c) {
      float most = at(0, c);
      for (index_t r = 1; r < region_count; ++r) most = std::max(most, at(r, c));
      out.images.values.push_back(most);
    }
  }
  out.regions = {width, {}, std::move(regions.values)};
  for (index_t i = 0; i <= out.images.rows; ++i) out.regions.offsets.push_back(i * region_count);
  return out;
}

}  // namespace sns
