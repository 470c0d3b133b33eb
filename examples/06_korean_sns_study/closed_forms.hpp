// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fit.hpp>

#include "device_data.hpp"

namespace sns {

/// Fits the training half with the method's setting and embeds the test half.
template <kindred::Device D>
learned closed_form(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  const auto pairs_of = [&](const half& h) { return pairs::device_pairs<D>(ctx, h.images, h.texts, h.labels); };
  const auto train = pairs_of(data.train), test = pairs_of(data.test);
  how.begin(1);
  const auto leading = [&](const pairs::embedded_pairs<D>& e, index_t most) {
    const index_t k = most > 0 ? std::min(most, e.dimensions()) : e.dimensions();
    const auto cut = [&](const kindred::matrix<float, D>& m) {
      return features{m.rows(), k, kindred::to_host(ctx, kindred::as_const(m).middle_cols(0, k))};
    };
    return embedded{cut(e.images), cut(e.texts)};
  };
  learned out;
  if (!how.cuts) {
    out.test = leading(pairs::fit_and_embed(ctx, of.family, of.fit, train, test, how.seed), 0);
  } else if (how.cuts->votes.size() > 1) {
    for (const auto& e : pairs::voted(ctx, of.family, of.fit, train, test, how.cuts->votes))
      out.cuts.push_back(leading(e, 0));
  } else {
    pairs::fit_setting s = of.fit;
    s.dimensions = how.cuts->dimensions.back();
    const auto e = pairs::fit_and_embed(ctx, of.family, s, train, test, how.seed);
    for (const index_t k : how.cuts->dimensions) out.cuts.push_back(leading(e, k));
  }
  how.step("fitted");
  return out;
}

}  // namespace sns
