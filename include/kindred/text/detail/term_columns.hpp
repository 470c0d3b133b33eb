// SPDX-License-Identifier: Apache-2.0
/// @file
/// Tokens as columns, for everything here that makes rows of documents.
#pragma once

#include <algorithm>
#include <kindred/text/concept.hpp>
#include <kindred/text/word_ids.hpp>
#include <span>
#include <utility>

namespace kindred::text::detail {

/// Which tokens of the documents become columns; see tf_idf.
struct column_choice {
  index_t fewest_documents;
  double largest_fraction;
  index_t most_terms;
};

/// The chosen tokens in ascending order of their bytes, and in how many documents each stands.
struct chosen_columns {
  std::vector<std::string> terms;
  std::vector<index_t> documents;
  index_t tokens = 0;  // of all documents, chosen or not
};

/// `where` opens the messages.
/// Errors  argument_error for no documents, an option outside its range, or when no token is left.
template <Tokenizer T>
chosen_columns choose_columns(const char* where, std::span<const std::string> documents, const T& tokenizer,
                              column_choice choice) {
  expects<argument_error>(!documents.empty(), "{}: no documents", where);
  expects<argument_error>(choice.largest_fraction > 0 && choice.largest_fraction <= 1,
                          "{}: expected largest_fraction in (0, 1], got {}", where, choice.largest_fraction);
  expects<argument_error>(choice.most_terms >= 0, "{}: most_terms is {}", where, choice.most_terms);
  struct counted {
    label_t id;
    index_t occurrences, documents, last;
  };
  chosen_columns out;
  word_ids known;
  std::vector<counted> counts;
  for (std::size_t d = 0; d < documents.size(); ++d)
    tokenizer(std::string_view(documents[d]), [&](std::string_view token) {
      const label_t id = known.add(token);
      if (static_cast<std::size_t>(id) == counts.size()) counts.push_back({id, 0, 0, -1});
      auto& c = counts[static_cast<std::size_t>(id)];
      ++c.occurrences;
      ++out.tokens;
      if (c.last != static_cast<index_t>(d)) ++c.documents;
      c.last = static_cast<index_t>(d);
    });
  const auto term = [&](const counted& c) -> const std::string& {
    return known.words()[static_cast<std::size_t>(c.id)];
  };
  std::erase_if(counts, [&](const counted& c) {
    return c.documents < choice.fewest_documents ||
           static_cast<double>(c.documents) > choice.largest_fraction * static_cast<double>(documents.size());
  });
  expects<argument_error>(!counts.empty(), "{}: no token of {} documents is left as a column", where, documents.size());
  if (choice.most_terms > 0 && static_cast<index_t>(counts.size()) > choice.most_terms) {
    std::sort(counts.begin(), counts.end(), [&](const counted& a, const counted& b) {
      return a.occurrences != b.occurrences ? a.occurrences > b.occurrences : term(a) < term(b);
    });
    counts.resize(static_cast<std::size_t>(choice.most_terms));
  }
  std::sort(counts.begin(), counts.end(), [&](const counted& a, const counted& b) { return term(a) < term(b); });
  for (const auto& c : counts) {
    out.terms.push_back(term(c));
    out.documents.push_back(c.documents);
  }
  return out;
}

/// How often a column's token stands in a document.
struct column_count {
  index_t column, times;
};

/// Tokens with a column each.
template <Tokenizer T>
class term_columns {
 public:
  /// `terms` in ascending order of bytes. `where` opens the message.
  term_columns(const char* where, const T& tokenizer, const std::vector<std::string>& terms) : tokenizer_(tokenizer) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      expects<argument_error>(i == 0 || terms[i - 1] < terms[i], "{}: term {} is not in order", where, i);
      columns_.add(terms[i]);
    }
  }

  index_t dimension() const { return columns_.size(); }
  const std::vector<std::string>& terms() const { return columns_.words(); }

  /// Calls f(tokens of the document, its columns in ascending order as a span of column_count) for each document.
  template <class F>
  void each_document(std::span<const std::string> documents, F f) const {
    std::vector<index_t> found;
    std::vector<column_count> row;
    for (const auto& document : documents) {
      found.clear();
      index_t tokens = 0;
      tokenizer_(std::string_view(document), [&](std::string_view token) {
        ++tokens;
        if (const label_t at = columns_.find(token); at >= 0) found.push_back(at);
      });
      std::sort(found.begin(), found.end());
      row.clear();
      for (const index_t column : found) {
        if (row.empty() || row.back().column != column) row.push_back({column, 0});
        ++row.back().times;
      }
      f(tokens, std::span<const column_count>(row));
    }
  }

 private:
  T tokenizer_;
  word_ids columns_;
};

}  // namespace kindred::text::detail
