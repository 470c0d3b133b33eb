// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/op/top_k.hpp>
#include <kindred/text/bm25_formula.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/word_ids.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::retrieval {

/// How much a word counts that df of n texts hold.
using text::bm25_idf;

template <text::Tokenizer T>
class bm25_index;

/// Finds texts by words: the keyword search that others are compared with.
///
/// score(q, d) = sum over tokens t of q, as often as they stand there, of
///               idf(t) tf(d, t) (k1 + 1) / (tf(d, t) + k1 (1 - b + b |d| / mean |d|)),   |d| tokens in d
///
/// Reference  Robertson and Zaragoza 2009; idf as Lucene by default. Lucene from version 8 leaves out the factor k1 +
///            1, which changes no order, and rounds |d| to a byte.
struct bm25 {
  double k1 = 1.2;                                        ///< how soon further occurrences cease to count; 0: at once
  double b = 0.75;                                        ///< how much long texts are discounted, 0 to 1
  retrieval::bm25_idf idf = retrieval::bm25_idf::lucene;  ///< see bm25_idf

  /// Text i becomes item i.
  ///
  /// Complexity   O(tokens) expected; on the host, one thread.
  /// Determinism  depends on the texts and their tokens only.
  /// Errors       argument_error for an option outside its range.
  template <text::Tokenizer T>
  bm25_index<T> index(std::span<const std::string> texts, const T& tokenizer) const;
};

/// Texts by their words, as bm25::index makes it: an inverted index on the host. Safe to use from several threads.
template <text::Tokenizer T>
class bm25_index {
 public:
  /// Texts in the index.
  index_t size() const { return static_cast<index_t>(lengths_.size()); }

  /// The score of every text; 0 where it shares no token with the query.
  ///
  /// Complexity   O(texts that hold a token of the query, once for each).
  /// Determinism  tokens are added in the order of their first text, whatever their order in the query.
  std::vector<double> scores(std::string_view query) const {
    std::vector<double> sums(lengths_.size());
    each_part(query, [&](index_t text, double part) { sums[static_cast<std::size_t>(text)] += part; });
    return sums;
  }

  /// The k best texts of each query that share a token with it, by score, then by id. Where there are fewer, the rest
  /// has id -1 and score -infinity.
  ///
  /// Complexity  as scores(), and a partial sort.
  /// Errors      argument_error for k below 0.
  template <Device D>
  op::hits<double, D> search(context<D>& ctx, std::span<const std::string> queries, index_t k) const {
    expects<argument_error>(k >= 0, "retrieval::bm25_index::search: k is {}", k);
    const auto rows = static_cast<index_t>(queries.size());
    std::vector<double> values(static_cast<std::size_t>(rows * k), -infinity<double>), sums(lengths_.size());
    std::vector<index_t> ids(static_cast<std::size_t>(rows * k), -1), found;
    std::vector<bool> seen(lengths_.size());
    for (index_t q = 0; q < rows; ++q) {
      found.clear();
      each_part(queries[static_cast<std::size_t>(q)], [&](index_t text, double part) {
        const auto at = static_cast<std::size_t>(text);
        if (!seen[at]) {
          seen[at] = true;
          sums[at] = 0;
          found.push_back(text);
        }
        sums[at] += part;
      });
      const auto score = [&](index_t text) { return sums[static_cast<std::size_t>(text)]; };
      const auto kept = std::min<std::ptrdiff_t>(std::ssize(found), static_cast<std::ptrdiff_t>(k));
      std::partial_sort(found.begin(), found.begin() + kept, found.end(),
                        [&](index_t a, index_t c) { return score(a) != score(c) ? score(a) > score(c) : a < c; });
      for (std::ptrdiff_t j = 0; j < kept; ++j) {
        const auto at = static_cast<std::size_t>(q * k + j);
        ids[at] = found[static_cast<std::size_t>(j)];
        values[at] = score(ids[at]);
      }
      for (const index_t text : found) seen[static_cast<std::size_t>(text)] = false;
    }
    return {matrix<double, D>(ctx, rows, k, values), matrix<index_t, D>(ctx, rows, k, ids)};
  }

 private:
  friend struct bm25;
  struct posting {
    index_t text;
    double times;
  };
  bm25_index(const text::bm25_formula& formula, const T& tokenizer, std::span<const std::string> texts)
      : formula_(formula), tokenizer_(tokenizer), lengths_(texts.size()) {
    double tokens = 0;
    for (std::size_t i = 0; i < texts.size(); ++i)
      tokenizer_(std::string_view(texts[i]), [&](std::string_view token) {
        const auto at = static_cast<std::size_t>(terms_.add(token));
        if (at == postings_.size()) postings_.emplace_back();
        auto& list = postings_[at];
        if (list.empty() || list.back().text != static_cast<index_t>(i)) list.push_back({static_cast<index_t>(i), 0});
        list.back().times += 1;
        lengths_[i] += 1;
        tokens += 1;
      });
    mean_length_ = texts.empty() ? 0 : tokens / static_cast<double>(texts.size());
  }

  // visit(text, what one token of the query adds to its score)
  template <class Visit>
  void each_part(std::string_view query, Visit visit) const {
    std::vector<index_t> wanted;
    tokenizer_(query, [&](std::string_view token) {
      if (const label_t at = terms_.find(token); at >= 0) wanted.push_back(at);
    });
    std::sort(wanted.begin(), wanted.end());
    for (std::size_t i = 0, next = 0; i < wanted.size(); i = next) {
      while (next < wanted.size() && wanted[next] == wanted[i]) ++next;
      const auto& list = postings_[static_cast<std::size_t>(wanted[i])];
      const double word =
          static_cast<double>(next - i) * formula_.inverse_frequency(size(), static_cast<index_t>(list.size()));
      for (const posting& p : list)
        visit(p.text, formula_.weight(word, p.times, lengths_[static_cast<std::size_t>(p.text)] / mean_length_));
    }
  }

  text::bm25_formula formula_;
  T tokenizer_;
  text::word_ids terms_;
  std::vector<std::vector<posting>> postings_;  // by term, texts ascending
  std::vector<double> lengths_;
  double mean_length_ = 0;
};

template <text::Tokenizer T>
bm25_index<T> bm25::index(std::span<const std::string> texts, const T& tokenizer) const {
  const text::bm25_formula formula{k1, b, idf};
  formula.check("retrieval::bm25");
  return bm25_index<T>(formula, tokenizer, texts);
}

}  // namespace kindred::retrieval
