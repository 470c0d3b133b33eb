// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/text/detail/term_columns.hpp>
#include <kindred/text/sparse_rows.hpp>

namespace kindred::text {

template <Tokenizer T>
class tf_idf_weights;

/// Term frequency times inverse document frequency: which tokens make the columns, and how they are weighted.
///
/// tf(d, t)  = occurrences of t in d, or 1 + ln(occurrences) when `sublinear`
/// idf(t)    = ln((1 + n) / (1 + df(t))) + 1 when `smooth`, else ln(n / df(t)) + 1; n documents, df(t) of them hold t
/// x(d, t)   = tf(d, t) * idf(t), each row divided by its Euclidean norm when `unit_length`
///
/// Columns are the kept tokens in ascending order of their bytes.
/// Reference  scikit-learn 1.2 TfidfVectorizer (min_df, max_df, max_features, smooth_idf, sublinear_tf, norm); differs:
///            tokens that tie for the last place of `most_terms` are taken in ascending order.
struct tf_idf {
  index_t fewest_documents = 1;   ///< tokens in fewer documents are dropped
  double largest_fraction = 1.0;  ///< tokens in more than this fraction of the documents are dropped; in (0, 1]
  index_t most_terms = 0;         ///< keep this many tokens, those with most occurrences; 0: all
  bool smooth = true;             ///< as if one more document held every token
  bool sublinear = false;         ///< 1 + ln(occurrences) in place of occurrences
  bool unit_length = true;        ///< rows of length 1; a row without known tokens stays zero

  /// Learns columns and idf from documents.
  ///
  /// Complexity    O(tokens) expected, and a sort of the kept tokens; on the host, one thread.
  /// Determinism   depends on the documents and their tokens only.
  /// Errors        argument_error for no documents, an option outside its range, or when no token is left.
  template <Tokenizer T>
  tf_idf_weights<T> fit(std::span<const std::string> documents, const T& tokenizer) const;
};

/// A fitted tf_idf: turns documents into rows. Safe to use from several threads.
template <Tokenizer T>
class tf_idf_weights {
 public:
  /// `terms` in ascending order of bytes, one `idf` each.
  tf_idf_weights(const tf_idf& options, const T& tokenizer, const std::vector<std::string>& terms,
                 std::vector<double> idf)
      : options_(options), columns_("text::tf_idf_weights", tokenizer, terms), idf_(std::move(idf)) {
    expects(terms.size() == idf_.size(), "text::tf_idf_weights: {} terms but {} weights", terms.size(), idf_.size());
  }

  /// Columns of a row.
  index_t dimension() const { return columns_.dimension(); }
  /// The token of each column.
  const std::vector<std::string>& terms() const { return columns_.terms(); }
  /// The weight of each column.
  const std::vector<double>& idf() const { return idf_; }

  /// One row for each document; tokens that are no column are passed over.
  ///
  /// Complexity   O(tokens) expected.
  /// Determinism  sums run over ascending columns; a row depends on its document only.
  template <Scalar S = double>
  sparse_rows<S> transform(std::span<const std::string> documents) const {
    sparse_rows<S> out;
    out.cols = dimension();
    std::vector<double> values;
    columns_.each_document(documents, [&](index_t, std::span<const detail::column_count> row) {
      values.clear();
      double squares = 0;
      for (const auto [column, count] : row) {
        const double times = static_cast<double>(count);
        const double value =
            (options_.sublinear ? 1 + std::log(times) : times) * idf_[static_cast<std::size_t>(column)];
        out.columns.push_back(column);
        values.push_back(value);
        squares += value * value;
      }
      const double length = options_.unit_length && squares > 0 ? std::sqrt(squares) : 1;
      for (const double value : values) out.values.push_back(static_cast<S>(value / length));
      out.offsets.push_back(static_cast<index_t>(out.columns.size()));
    });
    return out;
  }

 private:
  tf_idf options_;
  detail::term_columns<T> columns_;
  std::vector<double> idf_;
};

template <Tokenizer T>
tf_idf_weights<T> tf_idf::fit(std::span<const std::string> documents, const T& tokenizer) const {
  const auto chosen = detail::choose_columns("text::tf_idf::fit", documents, tokenizer,
                                             {fewest_documents, largest_fraction, most_terms});
  const auto n = static_cast<double>(documents.size());
  std::vector<double> idf;
  for (const index_t count : chosen.documents) {
    const auto holding = static_cast<double>(count);
    idf.push_back(1 + (smooth ? std::log((1 + n) / (1 + holding)) : std::log(n / holding)));
  }
  return tf_idf_weights<T>(*this, tokenizer, chosen.terms, std::move(idf));
}

}  // namespace kindred::text
