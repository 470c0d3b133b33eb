// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fit.hpp>

#include "device_data.hpp"

namespace sns {

/// Chooses settings on the validation part, then fits the whole training half.
template <kindred::Device D>
learned closed_form(kindred::context<D>& ctx, const method& of, const pair_data& data, const learning& how) {
  const auto pairs_of = [&](const half& h) { return pairs::device_pairs<D>(ctx, h.images, h.texts, h.labels); };
  const auto test = pairs_of(data.test);
  pairs::fit_setting best;
  learned out;
  if (of.family == pairs::family::random) {
    how.begin(1);
  } else {
    const half learn_rows = data.train.gather(data.learn), validation_rows = data.train.gather(data.validation);
    const auto learn = pairs_of(learn_rows), validation = pairs_of(validation_rows);
    const index_t fewest = std::min(data.train.images.cols, data.train.texts.cols);
    const auto dimensions = pairs::dimension_grid(of.family, learn_rows.size(), fewest, class_count(learn_rows));
    const auto settings = pairs::fit_settings(of.family, learn_rows.size(), fewest,
                                              std::max(data.train.images.cols, data.train.texts.cols));
    how.begin(static_cast<long>(settings.size()) + 1);
    double most = -1;
    for (auto s : settings) {
      s.dimensions = dimensions.back();
      const auto e = pairs::fit_and_embed(ctx, of.family, s, learn, validation, how.seed);
      const auto values = pairs::scan_powers_and_dimensions(ctx, e, validation.labels, {0}, dimensions);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] <= most) continue;
        most = values[i];
        best = s;
        best.dimensions = dimensions[i];
      }
      how.step("choosing");
    }
    out.validation = most;
    out.chosen = pairs::chosen_parameters(of.family, false, best);
  }
  const auto train = pairs_of(data.train);
  const auto e = pairs::fit_and_embed(ctx, of.family, best, train, test, how.seed);
  const auto width = e.dimensions();
  const auto cut = [&](const kindred::matrix<float, D>& m) {
    return features{m.rows(), width, kindred::to_host(ctx, kindred::as_const(m).middle_cols(0, width))};
  };
  out.test = {cut(e.images), cut(e.texts)};
  how.step("fitted");
  return out;
}

}  // namespace sns
