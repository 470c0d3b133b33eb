// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <kindred/op/top_k.hpp>
#include <kindred/words/analogy_questions.hpp>
#include <kindred/words/nearest_words.hpp>
#include <unordered_map>

namespace kindred::words {

/// How closeness to the three words of a question makes the score of an answer d.
enum class analogy_method {
  additive,       ///< 3CosAdd: cos(d, b - a + c), of vectors of length 1
  multiplicative  ///< 3CosMul: cos'(d, b) cos'(d, c) / (cos'(d, a) + epsilon), with cos' = (1 + cos) / 2
};

/// How analogies are answered.
struct analogy_options {
  analogy_method method = analogy_method::additive;
  index_t most_frequent =
      0;                  ///< only the first so many words are looked at, as compute-accuracy of word2vec does; 0: all
  double epsilon = 1e-3;  ///< of multiplicative, > 0; gensim has 1e-6
};

/// Counts over questions.
struct analogy_section {
  std::string name;
  index_t questions = 0;  ///< asked
  index_t covered = 0;    ///< all four words are known and among the most frequent; the others are left out
  index_t correct = 0;    ///< the answer came first

  /// Correct among covered; NaN where nothing is covered.
  double accuracy() const {
    return covered > 0 ? static_cast<double>(correct) / static_cast<double>(covered) : std::nan("");
  }
};

/// What evaluate_analogies() found.
struct analogy_report {
  std::vector<analogy_section> sections;  ///< in the order of the questions
  analogy_section total;                  ///< all sections together, named "total"
};

namespace detail {

/// target(q, .) = u(b) - u(a) + u(c)
template <class T, class D>
struct analogy_target_at {
  matrix_view<const T, D> unit;
  vector_view<const index_t, D> rows;  ///< a, b, c of question 0, of question 1, ...
  matrix_view<T, D> targets;
  KINDRED_HD void operator()(index_t q, index_t c) const {
    targets(q, c) = unit(rows(3 * q + 1), c) - unit(rows(3 * q), c) + unit(rows(3 * q + 2), c);
  }
};

/// Scores of 3CosMul from cosines. Rounding can push a cosine below -1; its part stays at 0.
template <class T, class D>
struct multiplicative_at {
  matrix_view<const T, D> cosines;       ///< distinct words x words searched
  vector_view<const index_t, D> places;  ///< rows of `cosines`: a, b, c of question 0, ...
  T epsilon;
  matrix_view<T, D> scores;
  KINDRED_HD T part(index_t place, index_t w) const {
    const T half = (T(1) + cosines(place, w)) / T(2);
    return half > T(0) ? half : T(0);
  }
  KINDRED_HD void operator()(index_t q, index_t w) const {
    scores(q, w) = part(places(3 * q + 1), w) * part(places(3 * q + 2), w) / (part(places(3 * q), w) + epsilon);
  }
};

using analogy_rows = std::array<index_t, 3>;

inline bool asks(const analogy_rows& question, index_t row) {
  return row == question[0] || row == question[1] || row == question[2];
}

inline std::vector<index_t> flat(std::span<const analogy_rows> questions) {
  std::vector<index_t> rows;
  for (const analogy_rows& q : questions) rows.insert(rows.end(), q.begin(), q.end());
  return rows;
}

template <class T, Device D>
void additive_answers(context<D>& ctx, const word_embedding<T, D>& embedding, matrix_view<const T, D> gallery,
                      std::span<const analogy_rows> questions, index_t k,
                      std::vector<std::vector<near_word<T>>>& answers) {
  constexpr std::size_t most = 4096;  // questions at a time, which bounds the targets
  for (std::size_t first = 0; first < questions.size(); first += most) {
    const auto some = questions.subspan(first, std::min(most, questions.size() - first));
    const auto count = static_cast<index_t>(some.size());
    const vector<index_t, D> rows(ctx, flat(some));
    matrix<T, D> targets(ctx, count, embedding.dimension(), uninitialized);
    ctx.for_each(count, embedding.dimension(), analogy_target_at<T, D>{embedding.unit(), rows.view(), targets.view()});
    op::normalize_rows<D, T>(ctx, targets.view(), targets.view());
    // the three words of a question may come first and are dropped afterwards
    const auto found = op::nearest<T, D>(ctx, {.rows = as_const(targets)}, {.rows = gallery},
                                         op::scoring::inner_product, std::min(k + 3, gallery.rows()));
    for (auto& list : kept_words(found, k, [&](std::size_t q, index_t row) { return asks(some[q], row); }))
      answers.push_back(std::move(list));
  }
}

template <class T, Device D>
void multiplicative_answers(context<D>& ctx, const word_embedding<T, D>& embedding, matrix_view<const T, D> gallery,
                            std::span<const analogy_rows> questions, index_t k, double epsilon,
                            std::vector<std::vector<near_word<T>>>& answers) {
  // Neighbouring questions share words, so cosines are made once for the distinct words of a band of them.
  constexpr index_t most_bytes = index_t(1) << 27;
  const index_t row_bytes = std::max<index_t>(1, gallery.rows()) * static_cast<index_t>(sizeof(T));
  for (std::size_t first = 0, end = 0; first < questions.size(); first = end) {
    std::vector<index_t> distinct, places;
    std::unordered_map<index_t, index_t> place_of;
    for (; end < questions.size(); ++end) {
      const auto held = static_cast<index_t>(distinct.size() + (end - first) + 4);
      if (end > first && held * row_bytes > most_bytes) break;
      for (const index_t row : questions[end]) {
        const auto [at, is_new] = place_of.emplace(row, static_cast<index_t>(distinct.size()));
        if (is_new) distinct.push_back(row);
        places.push_back(at->second);
      }
    }
    const auto some = questions.subspan(first, end - first);
    const auto count = static_cast<index_t>(some.size());
    const vector<index_t, D> rows(ctx, distinct), of_questions(ctx, places);
    matrix<T, D> words(ctx, rows.size(), embedding.dimension(), uninitialized);
    op::gather_rows<D, T>(ctx, embedding.unit(), rows.view(), words.view());
    matrix<T, D> cosines(ctx, rows.size(), gallery.rows(), uninitialized);
    op::scores<T, D>(ctx, {.rows = as_const(words)}, {.rows = gallery}, op::scoring::inner_product, cosines.view());
    matrix<T, D> scores(ctx, count, gallery.rows(), uninitialized);
    ctx.for_each(
        count, gallery.rows(),
        multiplicative_at<T, D>{as_const(cosines), of_questions.view(), static_cast<T>(epsilon), scores.view()});
    const auto found = op::top_k(ctx, scores, std::min(k + 3, gallery.rows()));
    for (auto& list : kept_words(found, k, [&](std::size_t q, index_t row) { return asks(some[q], row); }))
      answers.push_back(std::move(list));
  }
}

}  // namespace detail

/// The k best answers d to each question "a is to b as c is to what"; a, b and c themselves are no answers.
///
/// questions  rows of a, b and c
/// k          >= 0; a list is shorter where there are fewer words
///
/// Answers come highest score first, equal scores by row, lowest first. Vectors of zeros have cosine 0 with everything.
///
/// Complexity   additive: questions * words searched * dimension multiply-adds, in one product with the selection
///              fused; multiplicative: distinct words of neighbouring questions in place of questions, then 2 passes
///              over questions * words scores, in bands of 128 MiB.
/// Determinism  as op::nearest and op::scores: the same bytes for any number of threads and any other questions on
///              context<cpu>.
/// Errors       argument_error for a row that is none, negative k or most_frequent, epsilon that is not above 0.
/// Reference    Mikolov et al. 2013 (additive); Levy and Goldberg 2014, eqs. 3 and 4; most_similar and
///              most_similar_cosmul of gensim 4.
template <Scalar T, Device D>
std::vector<std::vector<near_word<T>>> answer_analogies(context<D>& ctx, const word_embedding<T, D>& embedding,
                                                        std::span<const std::array<index_t, 3>> questions, index_t k,
                                                        const analogy_options& options = {}) {
  expects<argument_error>(k >= 0, "words::answer_analogies: k is {}", k);
  expects<argument_error>(options.epsilon > 0, "words::answer_analogies: expected epsilon above 0, got {}",
                          options.epsilon);
  const auto gallery = detail::searched(embedding, options.most_frequent, "words::answer_analogies");
  for (const auto& question : questions)
    for (const index_t row : question)
      expects<argument_error>(row >= 0 && row < embedding.size(), "words::answer_analogies: row {} of {} words", row,
                              embedding.size());
  std::vector<std::vector<near_word<T>>> answers;
  answers.reserve(questions.size());
  if (options.method == analogy_method::additive)
    detail::additive_answers(ctx, embedding, gallery, questions, k, answers);
  else
    detail::multiplicative_answers(ctx, embedding, gallery, questions, k, options.epsilon, answers);
  return answers;
}

/// Answers questions and counts, section by section, how many come out right.
///
/// A question counts as covered where all its four words are known and among the first `most_frequent`; a question that
/// is there twice counts twice.
///
/// Complexity, Determinism, Errors   as answer_analogies().
/// Reference    compute-accuracy of word2vec; evaluate_word_analogies of gensim 4 with case_insensitive=False.
template <Scalar T, Device D>
analogy_report evaluate_analogies(context<D>& ctx, const word_embedding<T, D>& embedding,
                                  const analogy_questions& questions, const analogy_options& options = {}) {
  const index_t known = detail::searched(embedding, options.most_frequent, "words::evaluate_analogies").rows();
  analogy_report report;
  report.total.name = "total";
  std::vector<std::array<index_t, 3>> asked;
  std::vector<index_t> wanted;
  for (const auto& section : questions.sections) {
    auto& counted = report.sections.emplace_back();
    counted.name = section.name;
    for (const auto& words : section.questions) {
      ++counted.questions;
      index_t rows[4];
      bool covered = true;
      for (std::size_t i = 0; i < 4; ++i) {
        rows[i] = embedding.row(words[i]);
        covered = covered && rows[i] >= 0 && rows[i] < known;
      }
      if (!covered) continue;
      ++counted.covered;
      asked.push_back({rows[0], rows[1], rows[2]});
      wanted.push_back(rows[3]);
    }
  }
  const auto answers = answer_analogies<T, D>(ctx, embedding, asked, 1, options);
  std::size_t at = 0;
  for (auto& counted : report.sections) {
    for (index_t i = 0; i < counted.covered; ++i, ++at)
      counted.correct += !answers[at].empty() && answers[at].front().row == wanted[at];
    report.total.questions += counted.questions;
    report.total.covered += counted.covered;
    report.total.correct += counted.correct;
  }
  return report;
}

}  // namespace kindred::words
