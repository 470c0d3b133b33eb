// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/gather.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/words/word_embedding.hpp>
#include <span>

namespace kindred::words {

/// A word that was found, by its row, and how close it is.
template <Scalar T>
struct near_word {
  index_t row;
  T score;
};

namespace detail {

/// The first rows of an embedding, among which is searched: all of them for `most_frequent` = 0.
template <Scalar T, Device D>
matrix_view<const T, D> searched(const word_embedding<T, D>& embedding, index_t most_frequent, const char* who) {
  expects<argument_error>(most_frequent >= 0, "{}: most_frequent is {}", who, most_frequent);
  const index_t n = most_frequent > 0 && most_frequent < embedding.size() ? most_frequent : embedding.size();
  return embedding.unit().middle_rows(0, n);
}

/// Results of a search, query by query, without the words that left_out(query, row) names; at most k of each.
template <class T, Device D, class LeftOut>
std::vector<std::vector<near_word<T>>> kept_words(const op::hits<T, D>& found, index_t k, LeftOut left_out) {
  const auto ids = found.ids.to_host();
  const auto scores = found.scores.to_host();
  std::vector<std::vector<near_word<T>>> lists(static_cast<std::size_t>(found.ids.rows()));
  for (std::size_t q = 0, at = 0; q < lists.size(); ++q)
    for (index_t j = 0; j < found.ids.cols(); ++j, ++at)
      if (static_cast<index_t>(lists[q].size()) < k && ids[at] >= 0 && !left_out(q, ids[at]))
        lists[q].push_back({ids[at], scores[at]});
  return lists;
}

}  // namespace detail

/// The k words closest to each of some words by cosine, the word itself left out.
///
/// score = u(word) . u(other), in [-1, 1] up to rounding; highest first, equal scores by row, lowest first
///
/// rows           rows of the embedding
/// k              >= 0; a list is shorter where there are fewer words
/// most_frequent  only the first so many words are found; 0: all
///
/// Complexity   words asked * words searched * dimension multiply-adds, see op::nearest.
/// Determinism  as op::nearest: the same bytes for any number of threads on context<cpu>.
/// Errors       argument_error for a row that is none, negative k or negative most_frequent.
/// Reference    most_similar of gensim 4.
template <Scalar T, Device D>
std::vector<std::vector<near_word<T>>> nearest_words(context<D>& ctx, const word_embedding<T, D>& embedding,
                                                     std::span<const index_t> rows, index_t k,
                                                     index_t most_frequent = 0) {
  expects<argument_error>(k >= 0, "words::nearest_words: k is {}", k);
  const auto gallery = detail::searched(embedding, most_frequent, "words::nearest_words");
  for (const index_t row : rows)
    expects<argument_error>(row >= 0 && row < embedding.size(), "words::nearest_words: row {} of {} words", row,
                            embedding.size());
  const vector<index_t, D> asked(ctx, rows);
  matrix<T, D> queries(ctx, asked.size(), embedding.dimension(), uninitialized);
  op::gather_rows<D, T>(ctx, embedding.unit(), asked.view(), queries.view());
  const auto found = op::nearest<T, D>(ctx, {.rows = queries.view()}, {.rows = gallery}, op::scoring::inner_product,
                                       std::min(k, gallery.rows()), {.excluded = asked.view()});
  return detail::kept_words(found, k, [](std::size_t, index_t) { return false; });
}

/// The same for one word. Errors  argument_error that names it where the embedding does not know it.
template <Scalar T, Device D>
std::vector<near_word<T>> nearest_words(context<D>& ctx, const word_embedding<T, D>& embedding, std::string_view word,
                                        index_t k, index_t most_frequent = 0) {
  const index_t row = embedding.row(word);
  expects<argument_error>(row >= 0, "words::nearest_words: the word '{}' is not known", std::string(word));
  return nearest_words(ctx, embedding, std::span<const index_t>(&row, 1), k, most_frequent).front();
}

}  // namespace kindred::words
