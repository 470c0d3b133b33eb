// SPDX-License-Identifier: Apache-2.0
// The embedded default: emoji pictures as patch descriptors, their Korean names and keywords as tf-idf of character
// n-grams.
#include <algorithm>
#include <emoji_set.hpp>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/tf_idf.hpp>

#include "data.hpp"

namespace study {

namespace {

namespace kd = kindred;
using kd::cpu;

constexpr index_t text_dimensions = 150;

const emoji::item& at(const emoji::emoji_set& set, index_t i) { return set.items[static_cast<std::size_t>(i)]; }

std::vector<index_t> shuffled(const std::vector<index_t>& items, std::uint64_t seed, std::uint64_t stream) {
  std::vector<index_t> out;
  for (const index_t i : kd::random::permutation(static_cast<index_t>(items.size()), seed, stream))
    out.push_back(items[static_cast<std::size_t>(i)]);
  return out;
}

features described(const emoji::emoji_set& set, const std::vector<index_t>& items) {
  const kd::encoder::patch_descriptor descriptor{.rows = 6, .cols = 6, .orientations = 24, .channels = 4, .white = 255};
  kd::context<cpu> ctx;
  const auto count = static_cast<index_t>(items.size());
  kd::matrix<float, cpu> described(ctx, count, descriptor.dimension());
  constexpr index_t band = 128;  // pictures as floats take much room
  for (index_t first = 0; first < count; first += band) {
    const index_t here = std::min(band, count - first);
    const emoji::picture& shape = at(set, items[0]).picture;
    kd::batch<float, cpu> pictures(ctx, here, shape.width * shape.height, 4, shape.height);
    float* to = pictures.view().values.data();
    for (index_t i = 0; i < here; ++i)
      for (const auto byte : at(set, items[static_cast<std::size_t>(first + i)]).picture.rgba)
        *to++ = static_cast<float>(byte);
    descriptor.encode(ctx, kd::const_batch<float, cpu>(pictures.view()), described.view().middle_rows(first, here));
  }
  return {count, descriptor.dimension(), described.to_host()};
}

std::vector<std::string> texts(const emoji::emoji_set& set, const std::vector<index_t>& items) {
  std::vector<std::string> out;
  for (const index_t i : items) out.push_back(emoji::korean_text(at(set, i)));
  return out;
}

void label(const emoji::emoji_set& set, const std::vector<index_t>& items, half& h) {
  for (const index_t i : items) {
    h.labels.push_back(at(set, i).group);
    h.fine_labels.push_back(at(set, i).subgroup);
  }
}

exhibit shown(const emoji::item& item) {
  exhibit e;
  e.title = item.korean_name;
  for (const auto& word : item.korean_keywords) e.text.append(e.text.empty() ? "" : ", ") += word;
  e.png = emoji::png(item.picture);
  return e;
}

}  // namespace

study_data embedded(std::uint64_t seed) {
  const emoji::emoji_set set = emoji::build();
  emoji::halves halves = emoji::split(set, seed);
  // the list goes class by class; in that order equal scores, which rank by position, would favour classes
  halves.train = shuffled(halves.train, seed, 0);
  halves.test = shuffled(halves.test, seed, 1);
  study_data data;
  data.source = "embedded";
  data.class_word = "group";
  data.fine_class_word = "subgroup";
  data.class_names = set.groups;
  data.train.images = described(set, halves.train);
  data.test.images = described(set, halves.test);
  label(set, halves.train, data.train);
  label(set, halves.test, data.test);

  // vocabulary, weights and principal components come from the training half alone
  kd::context<cpu> ctx;
  const auto train_texts = texts(set, halves.train), test_texts = texts(set, halves.test);
  const auto weights = kd::text::tf_idf{.sublinear = true}.fit(
      train_texts, kd::text::character_ngrams{.shortest = 1, .longest = 3, .within_words = true});
  const auto train_rows = weights.transform<float>(train_texts).dense(ctx);
  const auto test_rows = weights.transform<float>(test_texts).dense(ctx);
  const auto pca = kd::projection::pca{.dimensions = text_dimensions}.fit(ctx, train_rows);
  const auto project = [&](const kd::matrix<float, cpu>& rows) {
    const auto projected = pca.first(ctx, rows);
    return features{projected.rows(), projected.cols(), projected.to_host()};
  };
  data.train.texts = project(train_rows);
  data.test.texts = project(test_rows);
  for (const index_t i : halves.test) data.test_exhibits.push_back(shown(at(set, i)));
  return data;
}

}  // namespace study
