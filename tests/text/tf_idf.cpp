// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/tf_idf.hpp>
#include <map>
#include <sstream>

using namespace kindred;

namespace {

using list = std::vector<std::string>;

// the texts of tests/reference/text_tf_idf.py
const list documents{"웃는 얼굴", "활짝  웃는 얼굴 얼굴", "빨간 사과", "사과 나무 사과",
                     "red apple", "an apple a day",       "얼굴",      "a"};
const list unseen{"초록 사과", "xyz", "", "웃는 apple apple 얼굴 a"};

/// What scikit-learn made of one set of options.
struct expected {
  list terms;
  std::vector<double> idf;
  std::map<std::pair<index_t, index_t>, double> values;
};

std::map<std::string, expected> read_expected() {
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/tf_idf.tsv");
  std::map<std::string, expected> cases;
  expected* at = nullptr;
  for (std::string line; std::getline(in, line);) {
    std::istringstream split(line);
    list f;
    for (std::string field; std::getline(split, field, '\t');) f.push_back(field);
    if (f[0] == "case") {
      at = &cases[f[1]];
    } else if (f[0] == "idf") {
      at->terms.push_back(f[1]);
      at->idf.push_back(std::stod(f[2]));
    } else {
      at->values[{std::stol(f[1]), std::stol(f[2])}] = std::stod(f[3]);
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("columns, idf and rows are those of scikit-learn's TfidfVectorizer") {
  const auto cases = read_expected();
  const text::character_ngrams characters{};
  const text::character_ngrams words{.shortest = 2, .longest = 4, .within_words = true};
  const std::map<std::string, text::tf_idf> options{
      {"plain", {}},
      {"not_smooth", {.smooth = false}},
      {"sublinear", {.sublinear = true}},
      {"no_norm", {.unit_length = false}},
      {"min_df", {.fewest_documents = 2}},
      {"max_df", {.largest_fraction = 0.3}},
      {"max_features", {.most_terms = 6}},
      {"words", {.fewest_documents = 2, .smooth = false, .sublinear = true}},
  };
  REQUIRE(cases.size() == options.size());
  list all = documents;
  all.insert(all.end(), unseen.begin(), unseen.end());
  for (const auto& named : options) {
    const std::string name = named.first;  // a structured binding could not be captured by CAPTURE
    const auto& option = named.second;
    CAPTURE(name);
    const auto& want = cases.at(name);
    const auto fitted = option.fit(documents, name == "words" ? words : characters);
    REQUIRE(fitted.terms() == want.terms);
    for (std::size_t i = 0; i < want.idf.size(); ++i)
      CHECK(fitted.idf()[i] == doctest::Approx(want.idf[i]).epsilon(1e-14));
    const auto rows = fitted.transform(all);
    CHECK(rows.rows() == static_cast<index_t>(all.size()));
    CHECK(rows.cols == fitted.dimension());
    CHECK(rows.values.size() == want.values.size());
    for (index_t r = 0; r < rows.rows(); ++r)
      for (auto i = static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(r)]);
           i < static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(r) + 1]); ++i) {
        const auto found = want.values.find({r, rows.columns[i]});
        REQUIRE(found != want.values.end());
        CHECK(rows.values[i] == doctest::Approx(found->second).epsilon(1e-14));
      }
  }
}

TEST_CASE("sparse rows and the dense matrix hold the same elements") {
  context<cpu> ctx;
  const auto fitted = text::tf_idf{}.fit(documents, text::character_ngrams{});
  const auto rows = fitted.transform<float>(unseen);
  const auto dense = rows.dense(ctx);
  REQUIRE(dense.rows() == 4);
  REQUIRE(dense.cols() == fitted.dimension());
  const auto host = dense.to_host();
  std::size_t nonzero = 0;
  for (const float v : host) nonzero += v != 0;
  CHECK(nonzero == rows.values.size());
  for (index_t r = 0; r < rows.rows(); ++r) {
    double squares = 0;
    for (index_t c = 0; c < dense.cols(); ++c)
      squares += std::pow(host[static_cast<std::size_t>(r * dense.cols() + c)], 2);
    CHECK(squares == doctest::Approx(r == 2 ? 0.0 : 1.0).epsilon(1e-6));
  }
  CHECK(text::sparse_rows<float>{}.dense(ctx).rows() == 0);
}

TEST_CASE("a tie for the last column goes to the smaller token") {
  const list texts{"b a c", "c b a"};
  const auto fitted = text::tf_idf{.most_terms = 3}.fit(texts, text::character_ngrams{.longest = 1});
  CHECK(fitted.terms() == list{" ", "a", "b"});
}

TEST_CASE("a row does not depend on the documents beside it") {
  const auto fitted = text::tf_idf{}.fit(documents, text::character_ngrams{});
  const auto all = fitted.transform(documents);
  const auto one = fitted.transform(std::span(documents).subspan(3, 1));
  const auto begin = all.offsets[3], end = all.offsets[4];
  CHECK(one.values == std::vector<double>(all.values.begin() + begin, all.values.begin() + end));
}

TEST_CASE("nothing to learn from is refused") {
  const text::character_ngrams ngrams{};
  CHECK_THROWS_AS(text::tf_idf{}.fit({}, ngrams), argument_error);
  CHECK_THROWS_AS(text::tf_idf{}.fit(list{"", ""}, ngrams), argument_error);
  CHECK_THROWS_AS(text::tf_idf{.fewest_documents = 9}.fit(documents, ngrams), argument_error);
  CHECK_THROWS_AS(text::tf_idf{.largest_fraction = 0}.fit(documents, ngrams), argument_error);
  CHECK_THROWS_AS(text::tf_idf{.most_terms = -1}.fit(documents, ngrams), argument_error);
  using weights = text::tf_idf_weights<text::character_ngrams>;
  CHECK_THROWS_AS(weights({}, ngrams, {"b", "a"}, {1, 1}), argument_error);
  CHECK_THROWS_AS(weights({}, ngrams, {"a"}, {}), shape_error);
}
