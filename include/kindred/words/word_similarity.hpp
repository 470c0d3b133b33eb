// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/op/gather.hpp>
#include <kindred/words/correlation.hpp>
#include <kindred/words/word_embedding.hpp>
#include <kindred/words/word_pairs.hpp>

namespace kindred::words {

/// How well cosines of word vectors follow what people say about pairs of words.
struct word_similarity {
  index_t pairs = 0;    ///< asked
  index_t covered = 0;  ///< both words are known; the others are left out
  double spearman = 0;  ///< of the covered pairs; NaN for fewer than two, or where one side does not vary
  double pearson = 0;   ///< likewise
};

namespace detail {
template <class T, Device D>
struct row_product {
  matrix_view<const T, D> a, b;
  vector_view<T, D> out;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T sum = g.reduce(a.cols(), T(0), plus{}, [&](index_t c) { return a(r, c) * b(r, c); });
    g.once([&] { out(r) = sum; });
  }
};
}  // namespace detail

/// Correlates the cosines of word pairs with the similarities given for them.
///
/// A pair that is there twice counts twice. Words with a vector of zeros have cosine 0.
///
/// Complexity   O(pairs * dimension).
/// Determinism  as Group::reduce.
/// Reference    Spearman on WordSim-353 as in Finkelstein et al. 2002; evaluate_word_pairs of gensim 4.
template <Scalar T, Device D>
word_similarity evaluate_similarity(context<D>& ctx, const word_embedding<T, D>& embedding,
                                    std::span<const word_pair> pairs) {
  std::vector<index_t> first, second;
  std::vector<double> wanted;
  for (const word_pair& pair : pairs) {
    const index_t a = embedding.row(pair.first), b = embedding.row(pair.second);
    if (a < 0 || b < 0) continue;
    first.push_back(a);
    second.push_back(b);
    wanted.push_back(pair.similarity);
  }
  const auto covered = static_cast<index_t>(wanted.size());
  const vector<index_t, D> rows_a(ctx, first), rows_b(ctx, second);
  matrix<T, D> a(ctx, covered, embedding.dimension(), uninitialized);
  matrix<T, D> b(ctx, covered, embedding.dimension(), uninitialized);
  op::gather_rows<D, T>(ctx, embedding.unit(), rows_a.view(), a.view());
  op::gather_rows<D, T>(ctx, embedding.unit(), rows_b.view(), b.view());
  vector<T, D> products(ctx, covered, uninitialized);
  ctx.for_each_row(covered, embedding.dimension(),
                   detail::row_product<T, D>{as_const(a), as_const(b), products.view()});
  const auto host = products.to_host();
  const std::vector<double> cosines(host.begin(), host.end());
  return {static_cast<index_t>(pairs.size()), covered, spearman(wanted, cosines), pearson(wanted, cosines)};
}

}  // namespace kindred::words
