// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/detail/term_columns.hpp>
#include <kindred/text/sparse_rows.hpp>

namespace kindred::text {

template <Tokenizer T>
class bag_of_words_columns;

/// Documents as the numbers of their tokens: which tokens make the columns, and what stands there.
///
/// x(d, t) = occurrences of t in d, or 1 where it stands there at all when `binary`
///
/// Columns are the kept tokens in ascending order of their bytes.
/// Reference  scikit-learn 1.2 CountVectorizer (min_df, max_df, max_features, binary); differs: tokens that tie for the
///            last place of `most_terms` are taken in ascending order, and nothing is turned to lower case (case_folded
///            does).
struct bag_of_words {
  index_t fewest_documents = 1;   ///< tokens in fewer documents are dropped
  double largest_fraction = 1.0;  ///< tokens in more than this fraction of the documents are dropped; in (0, 1]
  index_t most_terms = 0;         ///< keep this many tokens, those with most occurrences; 0: all
  bool binary = false;            ///< 1 in place of occurrences

  /// Learns the columns from documents.
  ///
  /// Complexity    O(tokens) expected, and a sort of the kept tokens; on the host, one thread.
  /// Determinism   depends on the documents and their tokens only.
  /// Errors        argument_error for no documents, an option outside its range, or when no token is left.
  template <Tokenizer T>
  bag_of_words_columns<T> fit(std::span<const std::string> documents, const T& tokenizer) const {
    auto chosen = detail::choose_columns("text::bag_of_words::fit", documents, tokenizer,
                                         {fewest_documents, largest_fraction, most_terms});
    return bag_of_words_columns<T>(*this, tokenizer, std::move(chosen.terms));
  }
};

/// A fitted bag_of_words: turns documents into rows. Safe to use from several threads.
template <Tokenizer T>
class bag_of_words_columns {
 public:
  /// `terms` in ascending order of bytes.
  bag_of_words_columns(const bag_of_words& options, const T& tokenizer, const std::vector<std::string>& terms)
      : options_(options), columns_("text::bag_of_words_columns", tokenizer, terms) {}

  /// Columns of a row.
  index_t dimension() const { return columns_.dimension(); }
  /// The token of each column.
  const std::vector<std::string>& terms() const { return columns_.terms(); }

  /// One row for each document; tokens that are no column are passed over.
  ///
  /// Complexity   O(tokens) expected.
  /// Determinism  a row depends on its document only.
  template <Scalar S = double>
  sparse_rows<S> transform(std::span<const std::string> documents) const {
    sparse_rows<S> out;
    out.cols = dimension();
    columns_.each_document(documents, [&](index_t, std::span<const detail::column_count> row) {
      for (const auto [column, times] : row) {
        out.columns.push_back(column);
        out.values.push_back(options_.binary ? S(1) : static_cast<S>(times));
      }
      out.offsets.push_back(static_cast<index_t>(out.columns.size()));
    });
    return out;
  }

 private:
  bag_of_words options_;
  detail::term_columns<T> columns_;
};

}  // namespace kindred::text
