// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/text/concept.hpp>
#include <kindred/text/sparse_rows.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kindred::text {

namespace detail {

/// Lets a table of strings be asked with a view.
struct string_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};
using term_table = std::unordered_map<std::string, index_t, string_hash, std::equal_to<>>;

}  // namespace detail

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
  tf_idf_weights(const tf_idf& options, const T& tokenizer, std::vector<std::string> terms, std::vector<double> idf)
      : options_(options), tokenizer_(tokenizer), terms_(std::move(terms)), idf_(std::move(idf)) {
    expects(terms_.size() == idf_.size(), "text::tf_idf_weights: {} terms but {} weights", terms_.size(), idf_.size());
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      expects<argument_error>(i == 0 || terms_[i - 1] < terms_[i], "text::tf_idf_weights: term {} is not in order", i);
      columns_.emplace(terms_[i], static_cast<index_t>(i));
    }
  }

  /// Columns of a row.
  index_t dimension() const { return static_cast<index_t>(terms_.size()); }
  /// The token of each column.
  const std::vector<std::string>& terms() const { return terms_; }
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
    std::vector<index_t> found;
    std::vector<std::pair<index_t, double>> row;
    for (const auto& document : documents) {
      found.clear();
      tokenizer_(std::string_view(document), [&](std::string_view token) {
        const auto at = columns_.find(token);
        if (at != columns_.end()) found.push_back(at->second);
      });
      std::sort(found.begin(), found.end());
      row.clear();
      double squares = 0;
      for (std::size_t i = 0, next = 0; i < found.size(); i = next) {
        while (next < found.size() && found[next] == found[i]) ++next;
        const double times = static_cast<double>(next - i);
        const double value =
            (options_.sublinear ? 1 + std::log(times) : times) * idf_[static_cast<std::size_t>(found[i])];
        row.emplace_back(found[i], value);
        squares += value * value;
      }
      const double length = options_.unit_length && squares > 0 ? std::sqrt(squares) : 1;
      for (const auto& [column, value] : row) {
        out.columns.push_back(column);
        out.values.push_back(static_cast<S>(value / length));
      }
      out.offsets.push_back(static_cast<index_t>(out.columns.size()));
    }
    return out;
  }

 private:
  tf_idf options_;
  T tokenizer_;
  std::vector<std::string> terms_;
  std::vector<double> idf_;
  detail::term_table columns_;
};

template <Tokenizer T>
tf_idf_weights<T> tf_idf::fit(std::span<const std::string> documents, const T& tokenizer) const {
  expects<argument_error>(!documents.empty(), "text::tf_idf::fit: no documents");
  expects<argument_error>(largest_fraction > 0 && largest_fraction <= 1,
                          "text::tf_idf::fit: largest_fraction is {}, but (0, 1] is wanted", largest_fraction);
  expects<argument_error>(most_terms >= 0, "text::tf_idf::fit: most_terms is {}", most_terms);
  struct counted {
    const std::string* term;
    index_t occurrences, documents, last;
  };
  detail::term_table known;
  std::vector<counted> counts;
  for (std::size_t d = 0; d < documents.size(); ++d)
    tokenizer(std::string_view(documents[d]), [&](std::string_view token) {
      auto at = known.find(token);
      if (at == known.end()) {
        at = known.emplace(std::string(token), static_cast<index_t>(counts.size())).first;
        counts.push_back({&at->first, 0, 0, -1});
      }
      auto& c = counts[static_cast<std::size_t>(at->second)];
      ++c.occurrences;
      if (c.last != static_cast<index_t>(d)) ++c.documents;
      c.last = static_cast<index_t>(d);
    });
  const auto n = static_cast<double>(documents.size());
  std::erase_if(counts, [&](const counted& c) {
    return c.documents < fewest_documents || static_cast<double>(c.documents) > largest_fraction * n;
  });
  expects<argument_error>(!counts.empty(), "text::tf_idf::fit: no token of {} documents is left as a column",
                          documents.size());
  if (most_terms > 0 && static_cast<index_t>(counts.size()) > most_terms) {
    std::sort(counts.begin(), counts.end(), [](const counted& a, const counted& b) {
      return a.occurrences != b.occurrences ? a.occurrences > b.occurrences : *a.term < *b.term;
    });
    counts.resize(static_cast<std::size_t>(most_terms));
  }
  std::sort(counts.begin(), counts.end(), [](const counted& a, const counted& b) { return *a.term < *b.term; });
  std::vector<std::string> terms;
  std::vector<double> idf;
  for (const auto& c : counts) {
    terms.push_back(*c.term);
    const auto holding = static_cast<double>(c.documents);
    idf.push_back(1 + (smooth ? std::log((1 + n) / (1 + holding)) : std::log(n / holding)));
  }
  return tf_idf_weights<T>(*this, tokenizer, std::move(terms), std::move(idf));
}

}  // namespace kindred::text
