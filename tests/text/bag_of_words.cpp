// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/retrieval/bm25.hpp>
#include <kindred/text/bag_of_words.hpp>
#include <kindred/text/bm25_weights.hpp>
#include <kindred/text/case_folded.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <kindred/text/whitespace.hpp>
#include <kindred/text/without_stop_words.hpp>
#include <map>
#include <sstream>

using namespace kindred;
using strings = std::vector<std::string>;
using text::whitespace;

namespace {

// the texts of tests/reference/text_bag_of_words.py
const strings documents{"사과 나무 와 사과 꽃",     "빨간 사과 한 개",    "An apple a day keeps the Doctor away",
                        "the DOCTOR ate the apple", "꽃 과 나무 the end", "",
                        "나무 나무 나무 an An AN"};
const strings unseen{"초록 사과 an APPLE apple", "xyz", ""};

/// What scikit-learn made of one set of options.
struct expected {
  strings terms;
  std::map<std::pair<index_t, index_t>, double> values;
};

std::map<std::string, expected> read_expected() {
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/bag_of_words.tsv");
  std::map<std::string, expected> cases;
  expected* at = nullptr;
  for (std::string line; std::getline(in, line);) {
    std::istringstream split(line);
    strings f;
    for (std::string field; std::getline(split, field, '\t');) f.push_back(field);
    if (f[0] == "case")
      at = &cases[f[1]];
    else if (f[0] == "term")
      at->terms.push_back(f[1]);
    else
      at->values[{std::stol(f[1]), std::stol(f[2])}] = std::stod(f[3]);
  }
  return cases;
}

template <class T>
void agrees(const text::bag_of_words& options, const T& tokenizer, const expected& want) {
  const auto fitted = options.fit(documents, tokenizer);
  REQUIRE(fitted.terms() == want.terms);
  strings all = documents;
  all.insert(all.end(), unseen.begin(), unseen.end());
  const auto rows = fitted.transform(all);
  REQUIRE(rows.rows() == static_cast<index_t>(all.size()));
  CHECK(rows.cols == fitted.dimension());
  std::map<std::pair<index_t, index_t>, double> found;
  for (index_t r = 0; r < rows.rows(); ++r)
    for (auto i = static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(r)]);
         i < static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(r) + 1]); ++i)
      found[{r, rows.columns[i]}] = rows.values[i];
  CHECK(found == want.values);
}

strings cut(const std::string& s) {
  strings out;
  whitespace{}(s, [&](std::string_view w) { out.emplace_back(w); });
  return out;
}
double occurrences(const strings& of, const std::string& word) {
  double n = 0;
  for (const auto& w : of) n += w == word;
  return n;
}
double at(const text::sparse_rows<double>& rows, std::size_t r, index_t column) {
  for (auto i = static_cast<std::size_t>(rows.offsets[r]); i < static_cast<std::size_t>(rows.offsets[r + 1]); ++i)
    if (rows.columns[i] == column) return rows.values[i];
  return 0;
}

/// Words that carry their tag: form/TAG.
struct marked {
  template <class Emit>
  void operator()(std::string_view s, Emit&& emit) const {
    tagged(s, [&](text::tagged_token t) { emit(t.form); });
  }
  template <class Emit>
  void tagged(std::string_view s, Emit&& emit) const {
    whitespace{}(s, [&](std::string_view w) {
      const auto slash = w.find('/');
      emit(text::tagged_token{w.substr(0, slash), w.substr(slash + 1)});
    });
  }
};

template <class T>
strings words_of(const T& tokenizer, std::string_view s) {
  strings out;
  tokenizer(s, [&](std::string_view w) { out.emplace_back(w); });
  return out;
}

}  // namespace

TEST_CASE("columns and numbers of a bag of words are those of scikit-learn's CountVectorizer") {
  const auto cases = read_expected();
  REQUIRE(cases.size() == 7);
  agrees({}, whitespace{}, cases.at("plain"));
  agrees({.binary = true}, whitespace{}, cases.at("binary"));
  agrees({.fewest_documents = 2}, whitespace{}, cases.at("min_df"));
  agrees({.largest_fraction = 0.3}, whitespace{}, cases.at("max_df"));
  agrees({.most_terms = 1}, whitespace{}, cases.at("max_features"));
  agrees({}, text::case_folded{whitespace{}}, cases.at("folded"));
  agrees({.fewest_documents = 3}, text::character_ngrams{.longest = 2}, cases.at("characters"));
}

TEST_CASE("bags of words refuse what makes no columns") {
  const whitespace words{};
  CHECK_THROWS_AS(text::bag_of_words{}.fit({}, words), argument_error);
  CHECK_THROWS_AS(text::bag_of_words{}.fit(strings{"", " "}, words), argument_error);
  CHECK_THROWS_AS(text::bag_of_words{.largest_fraction = 1.5}.fit(documents, words), argument_error);
  CHECK_THROWS_AS(text::bag_of_words{.most_terms = -1}.fit(documents, words), argument_error);
  CHECK_THROWS_AS(text::bag_of_words_columns<whitespace>({}, words, {"b", "b"}), argument_error);
}

TEST_CASE("BM25 weights follow the formula, and their products with queries are the scores of the keyword index") {
  const strings queries{"사과 나무 나무 없는", "the apple an", ""};
  for (const auto idf : {text::bm25_idf::lucene, text::bm25_idf::robertson})
    for (const auto& [k1, b] : {std::pair{1.2, 0.75}, {2.0, 0.0}, {0.9, 1.0}}) {
      const auto fitted = text::bm25_weighting{.k1 = k1, .b = b, .idf = idf}.fit(documents, whitespace{});
      const auto rows = fitted.transform(documents);
      double mean = 0;
      for (const auto& d : documents)
        mean += static_cast<double>(cut(d).size()) / static_cast<double>(documents.size());
      CHECK(fitted.mean_length() == doctest::Approx(mean).epsilon(1e-14));
      for (std::size_t t = 0; t < fitted.terms().size(); ++t) {
        double holding = 0;
        for (const auto& d : documents) holding += occurrences(cut(d), fitted.terms()[t]) > 0;
        const double odds = (7 - holding + 0.5) / (holding + 0.5);
        const double inverse = idf == text::bm25_idf::lucene ? std::log(1 + odds) : std::log(odds);
        CHECK(fitted.idf()[t] == doctest::Approx(inverse).epsilon(1e-14));
        for (std::size_t d = 0; d < documents.size(); ++d) {
          const auto words = cut(documents[d]);
          const double tf = occurrences(words, fitted.terms()[t]);
          const double norm = k1 * (1 - b + b * static_cast<double>(words.size()) / mean);
          CHECK(at(rows, d, static_cast<index_t>(t)) ==
                doctest::Approx(tf > 0 ? inverse * tf * (k1 + 1) / (tf + norm) : 0.0).epsilon(1e-13));
        }
      }
      const auto asked = fitted.queries(queries);
      const auto index = retrieval::bm25{k1, b, idf}.index(documents, whitespace{});
      for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto scores = index.scores(queries[q]);
        for (std::size_t d = 0; d < documents.size(); ++d) {
          double product = 0;
          for (index_t t = 0; t < fitted.dimension(); ++t) product += at(rows, d, t) * at(asked, q, t);
          CHECK(product == doctest::Approx(scores[d]).epsilon(1e-12));
        }
      }
    }
}

TEST_CASE("tokens that are no column of BM25 count for the length of their document") {
  const auto fitted = text::bm25_weighting{.fewest_documents = 3}.fit(documents, whitespace{});
  REQUIRE(fitted.terms() == strings{"the", "나무"});  // of 33 tokens in 7 documents
  const double idf = std::log(1 + 4.5 / 3.5);
  // 나무 once among 5 tokens; the others are no columns
  CHECK(at(fitted.transform(documents), 0, 1) ==
        doctest::Approx(idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 5 / (33.0 / 7)))).epsilon(1e-13));
}

TEST_CASE("options of BM25 outside their range are refused") {
  const whitespace words{};
  CHECK_THROWS_AS(text::bm25_weighting{.k1 = -1}.fit(documents, words), argument_error);
  CHECK_THROWS_AS(text::bm25_weighting{.b = 1.5}.fit(documents, words), argument_error);
  CHECK_THROWS_AS(text::bm25_weighting{.fewest_documents = 9}.fit(documents, words), argument_error);
  using weights = text::bm25_weights<whitespace>;
  CHECK_THROWS_AS(weights({}, words, {"a"}, {}, 1), shape_error);
  CHECK_THROWS_AS(weights({}, words, {"a"}, {1}, 0), argument_error);
}

TEST_CASE("stop words are left out, with their tags where there are some") {
  const text::without_stop_words english{whitespace{}, text::stop_words::english()};
  CHECK(words_of(english, "the cat is not on the mat") == strings{"cat", "mat"});
  CHECK(words_of(text::case_folded{english}, "The CAT") == strings{"cat"});
  const text::without_stop_words korean{marked{}, text::stop_words::korean()};
  static_assert(text::TaggingTokenizer<decltype(korean)>);
  static_assert(!text::TaggingTokenizer<decltype(english)>);
  CHECK(words_of(korean, "나무/NNG 는/JX 크/VA 다/EF") == strings{"나무", "크"});
  strings tags;
  korean.tagged("나무/NNG 는/JX 크/VA 다/EF", [&](text::tagged_token t) { tags.emplace_back(t.tag); });
  CHECK(tags == strings{"NNG", "VA"});
  const strings own{"cat", "cat"};
  text::stop_words few{std::span(own)};
  few.add("mat");
  CHECK(few.size() == 2);
  CHECK(few.contains("mat"));
  CHECK_FALSE(text::stop_words().contains("the"));
  CHECK(text::stop_words::english().words().front() == "a");
  CHECK(text::stop_words::english().size() == 120);
  CHECK(text::stop_words::korean().size() == 113);
}

TEST_CASE("a part of speech filter keeps tags by their beginning") {
  const std::string s = "나무/NNG 가/JKS 크/VA+EF Kim/SL 이것/NP";
  const text::part_of_speech_filter nouns{marked{}, {"NN", "SL"}};
  static_assert(text::TaggingTokenizer<decltype(nouns)>);
  CHECK(words_of(nouns, s) == strings{"나무", "Kim"});
  CHECK(words_of(text::part_of_speech_filter{marked{}, {"EF"}}, s) == strings{"크"});
  CHECK(words_of(text::part_of_speech_filter{marked{}, {""}}, s).size() == 5);
  CHECK(words_of(text::part_of_speech_filter{marked{}, {}}, s).empty());
}

TEST_CASE("case folding before a tokenizer works on every script and refuses bytes that are not UTF-8") {
  const text::case_folded words{whitespace{}};
  CHECK(words_of(words, "Straße ΣΊΣΥΦΟΣ ABC가") == strings{"strasse", "σίσυφοσ", "abc가"});
  CHECK(words_of(words, "ABC xyZ") == strings{"abc", "xyz"});
  CHECK_THROWS_AS(words_of(words, "A\xff"), argument_error);
  CHECK(words_of(text::case_folded{whitespace{}, unicode::invalid_bytes::replace}, "A\xff") ==
        strings{"a\xEF\xBF\xBD"});
}
