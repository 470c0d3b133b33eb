// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>
#include <span>
#include <vector>

namespace kindred::encoder {

namespace detail {
template <class T, class D>
struct scale_row_at {
  matrix_view<T, D> rows;
  vector_view<const T, D> factors;
  KINDRED_HD void operator()(index_t r, index_t c) const { rows(r, c) *= factors(r); }
};
}  // namespace detail

/// The mean of the vectors of a sentence's words; zeros for a sentence without words.
///
/// y(i, .) = mean of table(id, .) over the ids of sentence i. An id outside the table counts as a word of zeros: leave
/// unknown words out of the sentence.
///
/// For a weighted mean, sum of w(id) table(id, .) over the words / number of words, weigh the vectors once:
/// weigh_words().
///
/// Determinism  bit-equal for any number of threads.
/// Reference    the baseline of Wieting et al. 2016; fixed vectors: tables frozen and set_word_vectors().
inline auto word_average(layer::embedding words) { return layer::sequential(words, layer::mean_pool()); }

/// vectors(id, .) *= weights[id]: idf for tf-idf weighted means, smooth_inverse_frequency() for SIF.
///
/// Complexity   O(numbers), one launch.
/// Errors       shape_error where there is not one weight for each row.
template <Device D, Scalar T>
void weigh_words(context<D>& ctx, matrix_view<T, D> vectors, std::span<const double> weights) {
  expects(static_cast<index_t>(weights.size()) == vectors.rows(),
          "encoder::weigh_words: {} weights for the vectors of {} words", weights.size(), vectors.rows());
  std::vector<T> rounded(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) rounded[i] = static_cast<T>(weights[i]);
  const vector<T, D> factors(ctx, rounded);
  ctx.for_each(vectors.rows(), vectors.cols(), detail::scale_row_at<T, D>{vectors, factors.view()});
}

/// Weights of words that make frequent ones count less: a / (a + count / total). The method takes the first principal
/// direction off the means besides; projection::pca finds it.
///
/// counts   how often each word was seen
/// a        above 0; small values tell frequent words apart from others more sharply
///
/// Errors     argument_error for an a that is not above 0 and for negative counts. Without any counts all weights are
///            1.
/// Reference  Arora, Liang, Ma 2017 (SIF), with their a = 1e-3.
inline std::vector<double> smooth_inverse_frequency(std::span<const std::int64_t> counts, double a = 1e-3) {
  expects<argument_error>(a > 0, "encoder::smooth_inverse_frequency: a = {}", a);
  double total = 0;
  for (const std::int64_t count : counts) {
    expects<argument_error>(count >= 0, "encoder::smooth_inverse_frequency: a count of {}", count);
    total += static_cast<double>(count);
  }
  std::vector<double> weights;
  for (const std::int64_t count : counts)
    weights.push_back(total > 0 ? a / (a + static_cast<double>(count) / total) : 1);
  return weights;
}

}  // namespace kindred::encoder
