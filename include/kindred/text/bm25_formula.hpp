// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <limits>

namespace kindred::text {

/// How much a word counts that df of n texts hold.
enum class bm25_idf {
  lucene,    ///< ln(1 + (n - df + 0.5) / (df + 0.5)), above 0
  robertson  ///< ln((n - df + 0.5) / (df + 0.5)), below 0 for words in more than half of the texts
};

/// The weights of BM25, for retrieval::bm25 and text::bm25_weighting.
///
/// weight(d, t) = idf(t) tf(d, t) (k1 + 1) / (tf(d, t) + k1 (1 - b + b |d| / mean |d|)),   |d| tokens in d
///
/// Reference  Robertson and Zaragoza 2009; idf as Lucene by default. Lucene from version 8 leaves out the factor k1 +
///            1, which changes no order, and rounds |d| to a byte.
struct bm25_formula {
  double k1 = 1.2;                              ///< how soon further occurrences cease to count; 0: at once
  double b = 0.75;                              ///< how much long texts are discounted, 0 to 1
  text::bm25_idf idf = text::bm25_idf::lucene;  ///< see bm25_idf

  /// Errors  argument_error for a number outside its range; `where` opens the message.
  void check(const char* where) const {
    expects<argument_error>(k1 >= 0 && k1 <= std::numeric_limits<double>::max(),
                            "{}: expected k1 to be finite and at least 0, got {}", where, k1);
    expects<argument_error>(b >= 0 && b <= 1, "{}: expected b in [0, 1], got {}", where, b);
  }
  /// idf of a word that `holding` of `texts` texts hold.
  double inverse_frequency(index_t texts, index_t holding) const {
    const auto df = static_cast<double>(holding);
    const double odds = (static_cast<double>(texts) - df + 0.5) / (df + 0.5);
    return std::log(idf == bm25_idf::lucene ? 1 + odds : odds);
  }
  /// The weight of a word with this idf that stands `times` times in a text `length` times as long as the mean.
  double weight(double inverse, double times, double length) const {
    return inverse * (k1 + 1) * times / (times + k1 * (1 - b + b * length));
  }
};

}  // namespace kindred::text
