// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/retrieval/bm25.hpp>
#include <kindred/retrieval/fuse.hpp>
#include <limits>
#include <map>
#include <set>
#include <sstream>

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

namespace {

struct words {
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::istringstream stream{std::string(text)};
    for (std::string word; stream >> word;) emit(std::string_view(word));
  }
};

std::vector<std::string> cut(const std::string& text) {
  std::vector<std::string> out;
  words{}(text, [&](std::string_view w) { out.emplace_back(w); });
  return out;
}

/// The formula as it stands, pair by pair.
double by_formula(const std::vector<std::string>& texts, const std::string& query, std::size_t d, double k1, double b,
                  bool lucene) {
  double tokens = 0;
  for (const auto& t : texts) tokens += static_cast<double>(cut(t).size());
  const double n = static_cast<double>(texts.size()), mean = tokens / n;
  const auto mine = cut(texts[d]);
  double sum = 0;
  for (const auto& word : cut(query)) {
    double df = 0, tf = 0;
    for (const auto& t : texts) {
      const auto all = cut(t);
      df += std::count(all.begin(), all.end(), word) > 0 ? 1 : 0;
    }
    tf = static_cast<double>(std::count(mine.begin(), mine.end(), word));
    const double odds = (n - df + 0.5) / (df + 0.5);
    sum += std::log(lucene ? 1 + odds : odds) * tf * (k1 + 1) /
           (tf + k1 * (1 - b + b * static_cast<double>(mine.size()) / mean));
  }
  return sum;
}

/// Texts of up to 12 words, few of them common.
std::vector<std::string> drawn(index_t count, std::uint64_t seed) {
  std::vector<std::string> out;
  for (index_t i = 0; i < count; ++i) {
    std::string text;
    const auto at = static_cast<std::uint64_t>(i);
    for (index_t w = 0; w < kd::random::below(13, seed, 0, at); ++w) {
      const double u = kd::random::uniform(seed, 1, 100 * at + static_cast<std::uint64_t>(w));
      text += 'w' + std::to_string(static_cast<int>(30 * u * u * u)) + " ";
    }
    out.push_back(text);
  }
  return out;
}

template <class T>
kd::op::hits<T, cpu> list(kd::context<cpu>& ctx, index_t queries, std::vector<index_t> ids, std::vector<T> scores) {
  const index_t k = static_cast<index_t>(ids.size()) / queries;
  return {kd::matrix<T, cpu>(ctx, queries, k, scores), kd::matrix<index_t, cpu>(ctx, queries, k, ids)};
}

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("bm25 scores equal the formula for every text, option and query") {
  const auto texts = drawn(60, 1);
  auto queries = drawn(8, 2);
  queries.push_back("");
  queries.push_back("w0 unknown w0 w3");
  for (const bool lucene : {true, false})
    for (const auto& [k1, b] : {std::pair{1.2, 0.75}, {0.0, 0.5}, {2.0, 0.0}, {0.9, 1.0}}) {
      const auto index =
          kd::retrieval::bm25{k1, b, lucene ? kd::retrieval::bm25_idf::lucene : kd::retrieval::bm25_idf::robertson}
              .index(texts, words{});
      CHECK(index.size() == 60);
      for (const auto& query : queries) {
        const auto scores = index.scores(query);
        for (std::size_t d = 0; d < texts.size(); ++d) {
          // with k1 = 0 a text without the word would be 0 / 0 in the formula
          double wanted = by_formula(texts, query, d, k1, b, lucene);
          if (std::isnan(wanted)) continue;
          CHECK(scores[d] == doctest::Approx(wanted).epsilon(1e-12));
        }
      }
    }
}

TEST_CASE("bm25 lists hold the texts that share a word, by score and then by id") {
  const auto texts = drawn(60, 1);
  const auto queries = drawn(8, 2);
  const auto index = kd::retrieval::bm25{.idf = kd::retrieval::bm25_idf::robertson}.index(texts, words{});
  kd::context<cpu> ctx;
  const index_t k = 70;
  const auto found = index.search(ctx, queries, k);
  const auto few = index.search(ctx, queries, 5);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto asked = cut(queries[q]);
    std::vector<std::pair<double, index_t>> wanted;
    for (std::size_t d = 0; d < texts.size(); ++d) {
      const auto held = cut(texts[d]);
      const bool shares = std::any_of(asked.begin(), asked.end(),
                                      [&](const auto& w) { return std::count(held.begin(), held.end(), w); });
      if (shares) wanted.emplace_back(-index.scores(queries[q])[d], static_cast<index_t>(d));
    }
    std::sort(wanted.begin(), wanted.end());
    const auto row = static_cast<index_t>(q);
    for (index_t j = 0; j < k; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const bool there = at < wanted.size();
      CHECK(found.ids.view()(row, j) == (there ? wanted[at].second : -1));
      CHECK(found.scores.view()(row, j) == (there ? -wanted[at].first : -inf));
      if (j < 5) CHECK(few.ids.view()(row, j) == found.ids.view()(row, j));
    }
  }
}

TEST_CASE("bm25 without texts, without words, with equal texts, and options that cannot be") {
  kd::context<cpu> ctx;
  using kd::retrieval::bm25;
  const std::vector<std::string> query{"a b"}, none, blank{"", " "}, same{"a", "b a", "a b", "c"};
  CHECK(bm25{}.index(none, words{}).search(ctx, query, 2).ids.to_host() == std::vector<index_t>{-1, -1});
  CHECK(bm25{}.index(blank, words{}).search(ctx, query, 1).ids.to_host() == std::vector<index_t>{-1});
  CHECK(bm25{}.index(blank, words{}).scores("a") == std::vector<double>{0, 0});
  const auto index = bm25{}.index(same, words{});
  CHECK(index.search(ctx, query, 4).ids.to_host() == std::vector<index_t>{1, 2, 0, -1});
  CHECK(index.scores("a b") == index.scores("b a"));
  CHECK(index.search(ctx, none, 4).ids.rows() == 0);
  CHECK_THROWS_AS(index.search(ctx, query, -1), kd::argument_error);
  CHECK_THROWS_AS((bm25{.k1 = -1}.index(same, words{})), kd::argument_error);
  CHECK_THROWS_AS((bm25{.k1 = inf}.index(same, words{})), kd::argument_error);
  CHECK_THROWS_AS((bm25{.b = 1.5}.index(same, words{})), kd::argument_error);
}

TEST_CASE("lists fused by reciprocal rank equal the sum of 1 / (60 + rank)") {
  kd::context<cpu> ctx;
  const auto a = list<float>(ctx, 2, {7, 3, 9, 1, 2, -1}, {3, 2, 1, 9, 8, 0});
  const auto b = list<double>(ctx, 2, {3, 5, -1, -1}, {.9, .1, 0, 0});
  const auto both = kd::retrieval::fuse(ctx, {.k = 5}, a, b);
  CHECK(both.ids.to_host() == std::vector<index_t>{3, 7, 5, 9, -1, 1, 2, -1, -1, -1});
  const std::vector<double> wanted{1 / 62. + 1 / 61., 1 / 61., 1 / 62., 1 / 63., -inf,
                                   1 / 61.,           1 / 62., -inf,    -inf,    -inf};
  const auto scores = both.scores.to_host();
  for (std::size_t i = 0; i < wanted.size(); ++i)
    CHECK((scores[i] == wanted[i] || std::abs(scores[i] - wanted[i]) < 1e-15));
  const auto weighted = kd::retrieval::fuse(ctx, {.k = 2, .offset = 0, .weights = {1, 10}}, a, b);
  CHECK(weighted.ids.to_host() == std::vector<index_t>{3, 5, 1, 2});
  CHECK(weighted.scores.to_host() == std::vector<double>{10.5, 5, 1, 0.5});
}

TEST_CASE("fused lists agree with plain sums over drawn lists, and equal sums go by id") {
  kd::context<cpu> ctx;
  constexpr index_t items = 40, length = 25;
  std::vector<std::vector<index_t>> ids(3);
  std::vector<std::vector<double>> scores(3);
  for (std::size_t l = 0; l < 3; ++l) {
    std::set<index_t> used;
    for (std::uint64_t i = 0; std::ssize(used) < length; ++i)
      if (const index_t id = kd::random::below(items, 5, l, i); used.insert(id).second) ids[l].push_back(id);
    for (index_t i = 0; i < length; ++i) scores[l].push_back(static_cast<double>(length - i) * 0.5);
  }
  std::map<index_t, double> sums;
  for (std::size_t l = 0; l < 3; ++l)
    for (std::size_t i = 0; i < length; ++i) sums[ids[l][i]] += 1 / (60 + static_cast<double>(i + 1));
  std::vector<std::pair<double, index_t>> wanted;
  for (const auto& [id, sum] : sums) wanted.emplace_back(-sum, id);
  std::sort(wanted.begin(), wanted.end());
  const auto fused = kd::retrieval::fuse(ctx, {.k = items}, list(ctx, 1, ids[0], scores[0]),
                                         list(ctx, 1, ids[1], scores[1]), list(ctx, 1, ids[2], scores[2]));
  for (std::size_t j = 0; j < wanted.size(); ++j)
    CHECK(fused.ids.view()(0, static_cast<index_t>(j)) == wanted[j].second);
}

TEST_CASE("lists fused by scores are scaled to [0, 1]; NaN gives nothing, equal scores give 1") {
  kd::context<cpu> ctx;
  using kd::retrieval::fusion;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto a = list<double>(ctx, 1, {1, 2, 3, 4}, {10, 5, 0, nan});
  const auto b = list<double>(ctx, 1, {4, 3}, {2, 2});
  const auto fused = kd::retrieval::fuse(ctx, {.k = 4, .fusion = fusion::min_max, .weights = {2, 0.5}}, a, b);
  CHECK(fused.ids.to_host() == std::vector<index_t>{1, 2, 3, 4});
  CHECK(fused.scores.to_host() == std::vector<double>{2, 1, 0.5, 0.5});
}

TEST_CASE("an id that stands in a list twice counts once; lists and options that do not fit are refused") {
  kd::context<cpu> ctx;
  using kd::retrieval::fuse;
  const auto twice = list<double>(ctx, 1, {4, 4, 1}, {3, 2, 1});
  const auto fused = fuse(ctx, {.k = 3}, twice);
  CHECK(fused.ids.to_host() == std::vector<index_t>{4, 1, -1});
  CHECK(fused.scores.view()(0, 0) == doctest::Approx(1 / 61.).epsilon(1e-14));
  CHECK_THROWS_AS(fuse(ctx, {.k = -1}, twice), kd::argument_error);
  CHECK_THROWS_AS(fuse(ctx, {.offset = -1}, twice), kd::argument_error);
  CHECK_THROWS_AS(fuse(ctx, {.weights = {1, 1}}, twice), kd::argument_error);
  CHECK_THROWS_AS(fuse(ctx, {.weights = {-1}}, twice), kd::argument_error);
  CHECK_THROWS_AS(fuse(ctx, {}, twice, list<double>(ctx, 2, {1, 2}, {1, 1})), kd::shape_error);
}
