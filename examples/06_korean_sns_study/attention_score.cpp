// SPDX-License-Identifier: Apache-2.0
#include "attention_score.hpp"

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/visual/pointing_game.hpp>

namespace sns {

namespace {

using kindred::argument_error;
using kindred::expects;

/// Sums up cases.
class mean_pointing {
 public:
  /// A map over a grid that lies on a picture of width x height pixels.
  void add(std::span<const float> weights, index_t rows, index_t cols, const emoji::picture& picture,
           std::span<const kindred::visual::map_box> boxes) {
    expects<argument_error>(rows > 0 && cols > 0 && picture.height % rows == 0 && picture.width % cols == 0,
                            "a grid of {} x {} regions on {} x {} pixels", rows, cols, picture.height, picture.width);
    const index_t down = picture.height / rows, across = picture.width / cols;
    pixels_.resize(static_cast<std::size_t>(picture.height * picture.width));
    for (index_t y = 0; y < picture.height; ++y)
      for (index_t x = 0; x < picture.width; ++x)
        pixels_[static_cast<std::size_t>(y * picture.width + x)] =
            weights[static_cast<std::size_t>(y / down * cols + x / across)];
    const auto score = kindred::visual::pointing_game(
        kindred::matrix_view<const float, kindred::cpu>(pixels_.data(), picture.height, picture.width), boxes);
    sum_.mass += score.mass;
    sum_.peak += score.hit;
    sum_.uniform_mass += score.area;
    ++sum_.cases;
  }
  pointing mean() const {
    pointing out = sum_;
    if (out.cases == 0) return out;
    for (double* of : {&out.mass, &out.peak, &out.uniform_mass}) *of /= static_cast<double>(out.cases);
    out.uniform_peak = out.uniform_mass;
    return out;
  }

 private:
  pointing sum_;
  std::vector<float> pixels_;
};

kindred::visual::map_box as_map_box(const box& b) { return {b.left, b.top, b.left + b.width, b.top + b.height}; }

const post& at(const posts& of, index_t item) {
  expects<argument_error>(item >= 0 && item < static_cast<index_t>(of.items.size()), "post {} of {}", item,
                          of.items.size());
  return of.items[static_cast<std::size_t>(item)];
}

}  // namespace

const shown_glyph* named_by(const post& of, std::string_view word) {
  while (!word.empty() && std::string_view(".,!?~#").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  constexpr std::string_view particles[] = {"", "이", "가", "은", "는", "을", "를", "과", "와", "도", "보다"};
  for (const auto& glyph : of.glyphs) {
    if (glyph.name.empty() || !word.starts_with(glyph.name)) continue;
    const auto rest = word.substr(glyph.name.size());
    if (std::find(std::begin(particles), std::end(particles), rest) != std::end(particles)) return &glyph;
  }
  return nullptr;
}

pointing attention_score(const posts& of, std::span<const index_t> items, std::span<const float> weights, index_t rows,
                         index_t cols, attention_target target) {
  const auto regions = static_cast<std::size_t>(rows * cols);
  expects<argument_error>(weights.size() == items.size() * regions, "{} weights for {} pictures of {} regions",
                          weights.size(), items.size(), regions);
  mean_pointing sum;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const post& one = at(of, items[i]);
    std::vector<kindred::visual::map_box> boxes;
    for (const auto& glyph : one.glyphs)
      if (target == attention_target::main ? glyph.main : !glyph.name.empty()) boxes.push_back(as_map_box(glyph.where));
    if (!boxes.empty()) sum.add(weights.subspan(i * regions, regions), rows, cols, one.picture, boxes);
  }
  return sum.mean();
}

pointing word_score(const posts& of, std::span<const word_map> words, index_t rows, index_t cols) {
  mean_pointing sum;
  for (const auto& word : words) {
    const post& one = at(of, word.item);
    const auto* const glyph = named_by(one, word.word);
    if (!glyph) continue;
    expects<argument_error>(static_cast<index_t>(word.nearness.size()) == rows * cols,
                            "{} numbers for a grid of {} x {}", word.nearness.size(), rows, cols);
    auto weights = word.nearness;
    for (float& w : weights)
      if (w < 0) w = 0;
    const kindred::visual::map_box boxes[] = {as_map_box(glyph->where)};
    sum.add(weights, rows, cols, one.picture, boxes);
  }
  return sum.mean();
}

}  // namespace sns
