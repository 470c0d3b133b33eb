// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/bm25_formula.hpp>
#include <kindred/text/detail/term_columns.hpp>
#include <kindred/text/sparse_rows.hpp>

namespace kindred::text {

template <Tokenizer T>
class bm25_weights;

/// Documents as the weights that BM25 gives their tokens: rows for classifiers and projections, and for search by
/// product.
///
/// x(d, t) = idf(t) tf(d, t) (k1 + 1) / (tf(d, t) + k1 (1 - b + b |d| / mean |d|)),   |d| tokens in d, columns or not
///
/// The product of such a row with the numbers of a query's tokens (bm25_weights::queries) is the score of
/// retrieval::bm25. Columns are the kept tokens in ascending order of their bytes.
/// Reference  Robertson and Zaragoza 2009; see bm25_formula.
struct bm25_weighting {
  double k1 = 1.2;                              ///< how soon further occurrences cease to count; 0: at once
  double b = 0.75;                              ///< how much long texts are discounted, 0 to 1
  text::bm25_idf idf = text::bm25_idf::lucene;  ///< see bm25_idf
  index_t fewest_documents = 1;                 ///< tokens in fewer documents are dropped
  double largest_fraction = 1.0;                ///< tokens in more than this fraction of them are dropped; in (0, 1]
  index_t most_terms = 0;                       ///< keep this many tokens, those with most occurrences; 0: all

  /// Learns columns, idf and the mean length from documents.
  ///
  /// Complexity    O(tokens) expected, and a sort of the kept tokens; on the host, one thread.
  /// Determinism   depends on the documents and their tokens only.
  /// Errors        argument_error for no documents, an option outside its range, or when no token is left.
  template <Tokenizer T>
  bm25_weights<T> fit(std::span<const std::string> documents, const T& tokenizer) const;
};

/// A fitted bm25_weighting: turns documents into rows. Safe to use from several threads.
template <Tokenizer T>
class bm25_weights {
 public:
  /// `terms` in ascending order of bytes, one `idf` each; `mean_length` tokens in a document, above 0.
  bm25_weights(const bm25_formula& formula, const T& tokenizer, const std::vector<std::string>& terms,
               std::vector<double> idf, double mean_length)
      : formula_(formula),
        columns_("text::bm25_weights", tokenizer, terms),
        idf_(std::move(idf)),
        mean_length_(mean_length) {
    formula.check("text::bm25_weights");
    expects(terms.size() == idf_.size(), "text::bm25_weights: {} terms but {} weights", terms.size(), idf_.size());
    expects<argument_error>(mean_length > 0, "text::bm25_weights: a mean length of {}", mean_length);
  }

  /// Columns of a row.
  index_t dimension() const { return columns_.dimension(); }
  /// The token of each column.
  const std::vector<std::string>& terms() const { return columns_.terms(); }
  /// The idf of each column.
  const std::vector<double>& idf() const { return idf_; }
  /// Tokens of a document on average.
  double mean_length() const { return mean_length_; }

  /// One row for each document; tokens that are no column count for its length only.
  ///
  /// Complexity   O(tokens) expected.
  /// Determinism  a row depends on its document only.
  template <Scalar S = double>
  sparse_rows<S> transform(std::span<const std::string> documents) const {
    return rows<S>(documents, [&](index_t column, double times, double tokens) {
      return formula_.weight(idf_[static_cast<std::size_t>(column)], times, tokens / mean_length_);
    });
  }
  /// The numbers of the tokens of each query, for a product with the rows of documents.
  template <Scalar S = double>
  sparse_rows<S> queries(std::span<const std::string> texts) const {
    return rows<S>(texts, [](index_t, double times, double) { return times; });
  }

 private:
  template <class S, class Weight>
  sparse_rows<S> rows(std::span<const std::string> documents, Weight weight) const {
    sparse_rows<S> out;
    out.cols = dimension();
    columns_.each_document(documents, [&](index_t tokens, std::span<const detail::column_count> row) {
      for (const auto [column, times] : row) {
        out.columns.push_back(column);
        out.values.push_back(static_cast<S>(weight(column, static_cast<double>(times), static_cast<double>(tokens))));
      }
      out.offsets.push_back(static_cast<index_t>(out.columns.size()));
    });
    return out;
  }

  bm25_formula formula_;
  detail::term_columns<T> columns_;
  std::vector<double> idf_;
  double mean_length_;
};

template <Tokenizer T>
bm25_weights<T> bm25_weighting::fit(std::span<const std::string> documents, const T& tokenizer) const {
  const bm25_formula formula{k1, b, idf};
  formula.check("text::bm25_weighting::fit");
  const auto chosen = detail::choose_columns("text::bm25_weighting::fit", documents, tokenizer,
                                             {fewest_documents, largest_fraction, most_terms});
  const auto n = static_cast<index_t>(documents.size());
  std::vector<double> inverse;
  for (const index_t holding : chosen.documents) inverse.push_back(formula.inverse_frequency(n, holding));
  return bm25_weights<T>(formula, tokenizer, chosen.terms, std::move(inverse),
                         static_cast<double>(chosen.tokens) / static_cast<double>(n));
}

}  // namespace kindred::text
