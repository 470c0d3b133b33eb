// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/model/mcsm.hpp>

#include "row_networks.hpp"

namespace sns {

/// Every row as a sequence of itself.
inline sequences rows_as_sequences(const features& f) {
  sequences out{f.cols, {}, f.values};
  for (index_t i = 0; i <= f.rows; ++i) out.offsets.push_back(i);
  return out;
}

/// MCSM over regions and words. Data without them give it every row as a sequence of one, over which attention has
/// nothing to choose. Both spaces take any item of the class for the positive, as the paper's text space does: what
/// counts is the class.
template <kindred::Device D>
learned mcsm(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  namespace model = kindred::model;
  const network_setting& n = of.network;
  const bool regions = !data.train.regions.empty(), words = !data.train.words.empty();
  struct side {
    kindred::batch<float, D> regions, words;
    kindred::matrix<float, D> images, texts;
  };
  const auto taken = [&](const half& h) {
    return side{on_device(ctx, regions ? h.regions : rows_as_sequences(h.images)),
                on_device(ctx, words ? h.words : rows_as_sequences(h.texts)), on_device(ctx, h.images),
                on_device(ctx, h.texts)};
  };
  const side train = taken(data.train), test = taken(data.test);
  const auto training = training_of(of, how);
  how.begin(2 * training.epochs);
  const model::mcsm learner{model::mcsm_regions(train.regions.view().values.cols(), n.hidden, n.dimensions, n.dropout),
                            model::mcsm_sentence(train.texts.cols(), n.dimensions),
                            model::mcsm_sentence(train.images.cols(), n.dimensions),
                            model::mcsm_words(train.words.view().values.cols(), n.hidden, n.dimensions, n.dropout),
                            {.image_class_positives = true, .training = training}};
  using seen = model::sequence_and_row<float, D>;
  const auto spaces = learner.fit(ctx, seen(train.regions, train.images), seen(train.words, train.texts),
                                  data.train.labels, told_by_epochs(how));
  const seen pictures(test.regions, test.images), posts(test.words, test.texts);
  learned out{.test = {on_host(spaces.first(ctx, pictures)), on_host(spaces.second(ctx, posts)),
                       spaces.image_space().dimensions()}};
  if (regions) out.region_attention = spaces.first_attention(ctx, pictures).to_host();
  if (words) out.word_attention = spaces.second_attention(ctx, posts).to_host();
  if (!regions || !words)
    out.note = std::string(regions ? "" : "images") + (regions || words ? "" : " and ") + (words ? "" : "texts") +
               " as sequences of one row: the data have no parts, so attention has nothing to choose";
  return out;
}

}  // namespace sns
