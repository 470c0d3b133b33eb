// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>

namespace kindred::data {

/// How many rows split::exact and split::in_order give to each part, and the counts that papers on pairs of pictures and
/// texts use.
///
///   auto s = data::split::in_order(data::split_counts::wikipedia());                    // the training list, then the test list
///   auto t = data::split::exact(labels, data::split_counts::pascal_sentence(), seed);   // 40, 5 and 5 of every class
///
/// Exact      that every row comes once and the numbers of rows. Of Wikipedia the 2173 training rows too: they are a list that
///            comes with the data, as are the 693 rows from which validation and test are taken.
/// Not known  which 231 of the 693 are for validation, and which rows of the other sets were drawn: papers give numbers, no
///            lists. `in_order` takes the first 231, `exact` and split::validated draw. So figures beside published ones differ
///            by the draw as well. Wikipedia's 231 and 462 stand in MCSM's published code; the numbers of the other sets are
///            those that papers after these quote, not looked up in the first ones.
/// Errors     argument_error for a count below 0.
struct split_counts {
  index_t train = 0, validation = 0, test = 0;

  /// Rows together.
  index_t total() const {
    expects<argument_error>(train >= 0 && validation >= 0 && test >= 0,
                            "data::split_counts: {} for training, {} for validation, {} for test", train, validation,
                            test);
    return train + validation + test;
  }

  /// Wikipedia, 2866 pairs of 10 classes. Rasiwasia et al. 2010 test on all 693 and have no validation: {2173, 0, 693};
  /// with validation: Feng et al. 2014 (Corr-AE), Peng et al. 2018 (MCSM).
  static constexpr split_counts wikipedia() { return {2173, 231, 462}; }
  /// Pascal Sentence, 1000 pairs, 50 of each of 20 classes; Feng et al. 2014.
  static constexpr split_counts pascal_sentence() { return {800, 100, 100}; }
  /// NUS-WIDE-10k, 10,000 pairs, 1000 of each of 10 classes; Feng et al. 2014.
  static constexpr split_counts nus_wide_10k() { return {8000, 1000, 1000}; }
  /// XMediaNet, 40,000 pairs, 200 of each of 200 classes; Peng et al. 2018.
  static constexpr split_counts xmedianet() { return {32000, 4000, 4000}; }
};

}  // namespace kindred::data
