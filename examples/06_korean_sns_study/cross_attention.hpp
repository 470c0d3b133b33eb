// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batches.hpp>
#include <kindred/data/paired_features.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/similarity/cross_attention.hpp>
#include <kindred/train/epochs.hpp>
#include <kindred/train/two_tower.hpp>

#include "device_data.hpp"
#include "word_weights.hpp"

namespace sns {

/// Rows of unit length in the common space, all items' together.
template <kindred::Device D, class Network>
features mapped(kindred::context<D>& ctx, const Network& network, const sequences& s) {
  const kindred::matrix<float, D> rows(ctx, s.offsets.back(), s.cols, s.values);
  kindred::matrix<float, D> out(ctx, rows.rows(), network.dimension(), kindred::uninitialized);
  network.encode(ctx, rows, out.view());
  return on_host(out);
}

/// Learns from pairs alone, without classes or boxes, where in a picture the words of its text are: every row of
/// regions and words goes through a linear map, and stacked cross attention (similarity::cross_attention, where words
/// look) compares the bags by the margin and the hardest negatives of Lee et al. 2018 (SCAN). Returns for each row of
/// the test half's words the weights of the item's regions.
template <kindred::Device D>
std::vector<float> words_over_regions(kindred::context<D>& ctx, const pair_data& data, const learning& how) {
  namespace layer = kindred::layer;
  const network_setting& n = cross_attention_setting;
  const auto regions = on_device(ctx, data.train.regions), words = on_device(ctx, data.train.words);
  const kindred::data::paired_features<float, D> set(ctx, regions, words);
  const auto network = [&](index_t columns, std::uint64_t seed) {
    return kindred::encoder::make<float>(
        ctx, layer::sequential(layer::linear(columns, n.dimensions), layer::l2_normalize()), seed);
  };
  auto of_regions = network(data.train.regions.cols, how.seed), of_words = network(data.train.words.cols, how.seed + 1);
  const kindred::similarity::cross_attention looking{.looks =
                                                         kindred::similarity::cross_attention::direction::second_looks};
  kindred::train::two_tower trainer(
      ctx, of_regions, of_words, looking,
      kindred::loss::bidirectional_margin<>{.margin = 0.2, .reduction = kindred::loss::reduction::mean},
      kindred::optimizer::adam{.rate = n.rate}, {.seed = how.seed});
  how.begin(how.epochs(n));
  const kindred::data::batches sampler(set,
                                       {.size = std::min(n.batch, set.size()), .drop_last = true, .seed = how.seed});
  kindred::train::epochs loop(trainer, set, sampler, {.epochs = how.epochs(n), .seed = how.seed});
  loop.run([] {}, told_by_epochs(how));

  const half& test = data.test;
  const features seen = mapped(ctx, of_regions, test.regions), said = mapped(ctx, of_words, test.words);
  std::vector<float> out;
  for (index_t i = 0; i < test.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    add_word_weights(said, test.words.offsets[at], test.words.length(i), seen, test.regions.offsets[at],
                     test.regions.length(i), looking.temperature, out);
  }
  return out;
}

}  // namespace sns
