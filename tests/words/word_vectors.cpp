// SPDX-License-Identifier: Apache-2.0
// Nearest words, analogies and word similarity beside gensim and SciPy, see tests/reference/text_word_vectors.py.
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/words/analogy.hpp>
#include <kindred/words/random_vectors.hpp>
#include <kindred/words/word_similarity.hpp>
#include <sstream>

using namespace kindred;

namespace {

using list = std::vector<std::string>;
using embedding_t = words::word_embedding<float, cpu>;

std::string data(const char* name) { return std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/" + name; }

embedding_t fixture(context<cpu>& ctx) { return {ctx, io::load_word_vectors<float>(ctx, data("word_vectors.txt"))}; }

/// Fields of the lines of word_vectors.tsv that begin with `kind`, without it.
std::vector<list> expected(const std::string& kind) {
  std::ifstream in(data("word_vectors.tsv"));
  std::vector<list> lines;
  for (std::string line; std::getline(in, line);) {
    std::istringstream split(line);
    list fields;
    for (std::string field; std::getline(split, field, '\t');) fields.push_back(field);
    if (fields.at(0) == kind) lines.emplace_back(fields.begin() + 1, fields.end());
  }
  REQUIRE(!lines.empty());
  return lines;
}

/// `found` holds the words and scores of fields [first, ...).
void check_words(const embedding_t& e, const std::vector<words::near_word<float>>& found, const list& fields,
                 std::size_t first) {
  REQUIRE(found.size() == (fields.size() - first) / 2);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(e.word(found[i].row) == fields[first + 2 * i]);
    CHECK(found[i].score == doctest::Approx(std::stod(fields[first + 2 * i + 1])).epsilon(2e-6));
  }
}

/// An embedding of words "w0", "w1", ... over the given rows of two numbers.
template <class D>
words::word_embedding<float, D> plane(context<D>& ctx, const std::vector<float>& numbers) {
  list words;
  for (std::size_t i = 0; i < numbers.size() / 2; ++i) words.push_back('w' + std::to_string(i));
  const matrix<float, D> vectors(ctx, static_cast<index_t>(words.size()), 2, numbers);
  return {ctx, words, vectors};
}

std::vector<index_t> rows_of(const std::vector<words::near_word<float>>& found) {
  std::vector<index_t> rows;
  for (const auto& word : found) rows.push_back(word.row);
  return rows;
}

template <class E, class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "nothing was thrown";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("nearest words are those of gensim, among all words and among the most frequent") {
  context<cpu> ctx(2);
  const auto e = fixture(ctx);
  for (const auto& line : expected("near"))
    check_words(e, words::nearest_words(ctx, e, line[0], 6, std::stol(line[1])), line, 2);
}

TEST_CASE("answers to analogies are those of gensim's most_similar and most_similar_cosmul") {
  context<cpu> ctx(2);
  const auto e = fixture(ctx);
  for (const auto method : {words::analogy_method::additive, words::analogy_method::multiplicative})
    for (const auto& line : expected(method == words::analogy_method::additive ? "additive" : "multiplicative")) {
      const std::array<index_t, 3> question{e.row(line[0]), e.row(line[1]), e.row(line[2])};
      const auto found = words::answer_analogies(
          ctx, e, std::span(&question, 1), 4, {.method = method, .most_frequent = std::stol(line[3]), .epsilon = 1e-6});
      check_words(e, found.at(0), line, 4);
    }
}

TEST_CASE("accuracy of analogies by section is that of gensim's evaluate_word_analogies") {
  context<cpu> ctx;
  const auto e = fixture(ctx);
  const auto questions = words::read_analogy_questions(data("word_vectors_questions.txt"));
  for (const index_t most : {0, 40}) {
    const auto report = words::evaluate_analogies(ctx, e, questions, {.most_frequent = most});
    std::size_t at = 0;
    for (const auto& line : expected("accuracy")) {
      if (std::stol(line[0]) != most) continue;
      const auto& section = line[1] == "total" ? report.total : report.sections.at(at++);
      CHECK(section.name == line[1]);
      CHECK(section.correct == std::stol(line[2]));
      CHECK(section.covered == std::stol(line[3]));
    }
    CHECK(at == report.sections.size());
    CHECK(report.sections[0].questions == 61);
    CHECK(report.total.questions == 92);
    CHECK(std::isnan(report.sections[2].accuracy()));
  }
}

TEST_CASE("word similarity is that of gensim's evaluate_word_pairs") {
  context<cpu> ctx;
  const auto e = fixture(ctx);
  const auto pairs = words::read_word_pairs(data("word_vectors_pairs.csv"));
  const auto found = words::evaluate_similarity<float, cpu>(ctx, e, pairs);
  const list want = expected("similarity").at(0);
  CHECK(found.pearson == doctest::Approx(std::stod(want[0])).epsilon(1e-6));
  CHECK(found.spearman == doctest::Approx(std::stod(want[1])).epsilon(1e-12));
  CHECK(found.covered == std::stol(want[2]));
  CHECK(found.pairs == 43);
}

TEST_CASE("ranks and correlations with ties are those of SciPy") {
  const auto sides = [](const list& fields, std::size_t first) {
    std::array<std::vector<double>, 2> out;
    std::size_t side = 0;
    for (std::size_t i = first; i < fields.size(); ++i) {
      if (fields[i] == "|")
        ++side;
      else
        out.at(side).push_back(std::stod(fields[i]));
    }
    return out;
  };
  for (const auto& line : expected("correlation")) {
    const auto [x, y] = sides(line, 2);
    CHECK(words::pearson(x, y) == doctest::Approx(std::stod(line[0])).epsilon(1e-12));
    CHECK(words::spearman(x, y) == doctest::Approx(std::stod(line[1])).epsilon(1e-12));
  }
  for (const auto& line : expected("ranks")) {
    const auto [x, ranks] = sides(line, 0);
    CHECK(words::average_ranks(x) == ranks);
  }
}

TEST_CASE("correlations that are not defined are NaN") {
  using numbers = std::vector<double>;
  const double nan = std::nan(""), infinite = HUGE_VAL;
  const std::vector<std::pair<numbers, numbers>> cases{
      {{}, {}}, {{1}, {2}}, {{0.1, 0.1, 0.1}, {1, 2, 3}}, {{1, 2, 3}, {7, 7, 7}}, {{1, nan, 2}, {1, 2, 3}}};
  for (const auto& [x, y] : cases) {
    CHECK(std::isnan(words::pearson(x, y)));
    CHECK(std::isnan(words::spearman(x, y)));
  }
  CHECK(std::isnan(words::pearson(numbers{1, infinite, 2}, numbers{1, 2, 3})));
  CHECK(words::spearman(numbers{1, infinite, 2}, numbers{1, 3, 2}) == doctest::Approx(1));  // infinity has a rank
  CHECK_THROWS_AS(words::pearson(numbers{1, 2}, numbers{1}), shape_error);
  CHECK_THROWS_AS(words::spearman(numbers{1, 2}, numbers{1}), shape_error);
}

TEST_CASE("a word similarity without two covered pairs is NaN") {
  context<cpu> ctx;
  const auto e = plane(ctx, {1, 0, 0, 1, 1, 1});
  const std::vector<words::word_pair> pairs{{"w0", "w1", 1}, {"w0", "no", 2}, {"no", "w1", 3}};
  const auto one = words::evaluate_similarity<float, cpu>(ctx, e, pairs);
  CHECK((one.pairs == 3 && one.covered == 1 && std::isnan(one.spearman) && std::isnan(one.pearson)));
  const auto none = words::evaluate_similarity<float, cpu>(ctx, e, {});
  CHECK((none.pairs == 0 && none.covered == 0 && std::isnan(none.spearman)));
}

TEST_CASE("equally close words come in the order of their rows, and vectors of zeros have cosine 0") {
  context<cpu> ctx;
  // w0 looks along x; w1 and w3 have equal directions, w2 is zero, w4 is opposite
  const auto e = plane(ctx, {2, 0, 1, 1, 0, 0, 4, 4, -1, 0});
  const auto found = words::nearest_words(ctx, e, "w0", 9);
  CHECK(rows_of(found) == std::vector<index_t>{1, 3, 2, 4});
  CHECK(found[0].score == found[1].score);
  CHECK(found[2].score == 0);
  CHECK(found[3].score == -1);
  CHECK(rows_of(words::nearest_words(ctx, e, "w2", 9)) == std::vector<index_t>{0, 1, 3, 4});
  CHECK(words::nearest_words(ctx, e, "w0", 0).empty());
  CHECK(rows_of(words::nearest_words(ctx, e, "w4", 9, 2)) == std::vector<index_t>{1, 0});
  CHECK(words::nearest_words(ctx, e, std::span<const index_t>(), 3).empty());
}

TEST_CASE("the words of a question are no answers, however often they are there") {
  context<cpu> ctx;
  const auto e = plane(ctx, {1, 0, 1, 0.1f, 1, 0.2f, 1, 0.3f});
  const std::vector<std::array<index_t, 3>> questions{{0, 1, 2}, {0, 0, 0}, {3, 3, 1}};
  for (const auto method : {words::analogy_method::additive, words::analogy_method::multiplicative}) {
    const auto found = words::answer_analogies(ctx, e, questions, 9, {.method = method});
    REQUIRE(found.size() == 3);
    CHECK(rows_of(found[0]) == std::vector<index_t>{3});
    CHECK(rows_of(found[1]) == std::vector<index_t>{1, 2, 3});
    CHECK(rows_of(found[2]).size() == 2);
    CHECK(words::answer_analogies(ctx, e, questions, 0, {.method = method})[1].empty());
    CHECK(rows_of(words::answer_analogies(ctx, e, questions, 9, {.method = method, .most_frequent = 2})[0]).empty());
  }
}

TEST_CASE(
    "answers do not depend on threads and on the questions beside, and the emulated device gives the same words") {
  context<cpu> one(1), three(3);
  context<emu> emulated;
  std::vector<float> numbers;
  for (std::uint64_t i = 0; i < 2 * 700; ++i) numbers.push_back(static_cast<float>(random::normal(5, 0, i)));
  const auto a = plane(one, numbers), b = plane(three, numbers);
  const auto c = plane(emulated, numbers);
  std::vector<std::array<index_t, 3>> questions;
  for (index_t i = 0; i < 50; ++i)
    questions.push_back({random::below(700, 1, 0, static_cast<std::uint64_t>(i)),
                         random::below(700, 2, 0, static_cast<std::uint64_t>(i)), i});
  for (const auto method : {words::analogy_method::additive, words::analogy_method::multiplicative}) {
    // the emulated device sums in another order, which a small divisor would make large
    const words::analogy_options how{.method = method, .epsilon = 0.1};
    const auto all = words::answer_analogies(one, a, questions, 5, how);
    const auto threads = words::answer_analogies(three, b, questions, 5, how);
    const auto other = words::answer_analogies(emulated, c, questions, 5, how);
    for (std::size_t q = 0; q < questions.size(); ++q) {
      const auto alone = words::answer_analogies(one, a, std::span(questions).subspan(q, 1), 5, how).front();
      for (std::size_t i = 0; i < 5; ++i) {
        CHECK((all[q][i].row == threads[q][i].row && all[q][i].score == threads[q][i].score));
        CHECK((all[q][i].row == alone[i].row && all[q][i].score == alone[i].score));
        CHECK(other[q][i].score == doctest::Approx(all[q][i].score).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("words and vectors that do not go together are refused") {
  context<cpu> ctx;
  const auto made = [&](list words, std::vector<float> numbers) {
    const auto rows = static_cast<index_t>(numbers.size());
    const matrix<float, cpu> vectors(ctx, rows, 1, numbers);
    embedding_t(ctx, std::move(words), vectors);
  };
  CHECK_THROWS_AS(made({"a", "b"}, {1}), shape_error);
  CHECK(contains(message_of<argument_error>([&] { made({"a", "b", "a"}, {1, 2, 3}); }), "'a' is there twice"));
  CHECK(contains(message_of<argument_error>([&] { made({"a", "b"}, {1, std::nanf("")}); }), "'b' holds NaN"));
  CHECK(contains(message_of<argument_error>([&] { made({"a", ""}, {1, 2}); }), "word 1 is empty"));
  const auto e = plane(ctx, {1, 0, 0, 1});
  CHECK(e.row("w1") == 1);
  CHECK(e.row("w2") == embedding_t::unknown);
  CHECK(contains(message_of<argument_error>([&] { words::nearest_words(ctx, e, "없음", 3); }), "'없음' is not known"));
  CHECK_THROWS_AS(words::nearest_words(ctx, e, "w0", -1), argument_error);
  CHECK_THROWS_AS(words::nearest_words(ctx, e, "w0", 1, -1), argument_error);
  const std::vector<index_t> beyond{0, 2};
  CHECK_THROWS_AS(words::nearest_words(ctx, e, beyond, 1), argument_error);
  const std::vector<std::array<index_t, 3>> bad{{0, 1, -1}}, good{{0, 1, 0}};
  CHECK_THROWS_AS(words::answer_analogies(ctx, e, bad, 1), argument_error);
  CHECK_THROWS_AS(words::answer_analogies(ctx, e, good, 1, {.epsilon = 0}), argument_error);
  CHECK_THROWS_AS(words::answer_analogies(ctx, e, good, -1), argument_error);
}

TEST_CASE("files of questions and pairs are read, and what is wrong in them is named by its line") {
  const auto bytes = [](const std::string& s) { return std::as_bytes(std::span(s)); };
  const auto questions = [&](const std::string& s) {
    io::byte_source source(bytes(s), "q.txt");
    return words::read_analogy_questions(source, {.rows = 5});
  };
  const auto pairs = [&](const std::string& s) {
    io::byte_source source(bytes(s), "p.csv");
    return words::read_word_pairs(source, {.rows = 5});
  };
  const auto q = questions(
      "\xEF\xBB\xBF"
      "a b c d\r\n\r\n:  one two \r\n e\tf  g h ");
  REQUIRE(q.sections.size() == 2);
  CHECK(q.sections[0].name.empty());
  CHECK(q.sections[0].questions.at(0) == std::array<std::string, 4>{"a", "b", "c", "d"});
  CHECK(q.sections[1].name == "one two");
  CHECK(q.sections[1].questions.at(0) == std::array<std::string, 4>{"e", "f", "g", "h"});
  const auto of_questions = [&](const std::string& s) { return message_of<io_error>([&] { questions(s); }); };
  CHECK(contains(of_questions("a b c d\na b c\n"), "q.txt: line 2: expected four words, got 3"));
  CHECK(contains(of_questions("a b c d e"), "line 1: expected four words, got 5"));
  CHECK(contains(of_questions("a b c d\n:\t\n"), "line 2: a section without a name"));
  CHECK(contains(of_questions(""), "no question"));
  CHECK(contains(of_questions(": one\n"), "no question"));
  CHECK(contains(of_questions("a b c d\n\n\n\n\n\n"), "line 6: more lines than the limit"));
  CHECK(contains(of_questions("a b c d\n\xFF b c d\n"), "line 2 is not UTF-8"));
  CHECK_THROWS_AS(words::read_analogy_questions("/none"), io_error);

  const auto p = pairs("\xEF\xBB\xBFword 1,word 2,score\r\n# more\r\n사랑, 섹스 ,6.42\r\na,a,10.00,8,9");
  REQUIRE(p.size() == 2);
  CHECK((p[0].first == "사랑" && p[0].second == "섹스" && p[0].similarity == 6.42));
  CHECK((p[1].first == "a" && p[1].similarity == 10));
  const auto tabs = pairs("a, b\tc d\t-1e1\n");
  CHECK((tabs[0].first == "a, b" && tabs[0].second == "c d" && tabs[0].similarity == -10));
  const auto of_pairs = [&](const std::string& s) { return message_of<io_error>([&] { pairs(s); }); };
  CHECK(contains(of_pairs("a,b,1\na,b\n"), "p.csv: line 2: expected three fields, got 2"));
  CHECK(contains(of_pairs("a,b,1\na,b,much\n"), "line 2: 'much' is not a number"));
  CHECK(contains(of_pairs("a,b,1\na,b,nan\n"), "line 2: 'nan' is not finite"));
  CHECK(contains(of_pairs("a,b,1\na,,3\n"), "line 2: an empty word"));
  CHECK(contains(of_pairs("first,second,score\n"), "no pair"));
  CHECK(contains(of_pairs("a,b,1\n\xFF,b,2\n"), "line 2 is not UTF-8"));
  CHECK_THROWS_AS(words::read_word_pairs("/none"), io_error);
}

TEST_CASE("a word has the same random vector in every vocabulary") {
  context<cpu> ctx;
  const list words{"영화", "a", "b", "ab", "ba", ""}, turned{"ba", "영화"};
  for (const auto distribution : {words::random_distribution::uniform, words::random_distribution::normal}) {
    const words::random_vectors random{.dimension = 7, .distribution = distribution, .seed = 9};
    const auto all = random.make<double>(ctx, words).to_host(), some = random.make<double>(ctx, turned).to_host();
    CHECK(std::equal(some.begin(), some.begin() + 7, all.begin() + 4 * 7));
    CHECK(std::equal(some.begin() + 7, some.end(), all.begin()));
    CHECK(random.number("영화", 3) == all[3]);
    for (std::size_t a = 0; a < words.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) CHECK(all[7 * a] != all[7 * b]);
    const words::random_vectors other{.dimension = 7, .distribution = distribution, .seed = 10};
    CHECK(other.number("영화", 3) != all[3]);
  }
  CHECK_THROWS_AS(words::random_vectors{.dimension = 0}.make<double>(ctx, words), argument_error);
}

TEST_CASE("random vectors have the moments of their distributions, within five standard errors") {
  context<cpu> ctx;
  list words;
  for (int i = 0; i < 400; ++i) words.push_back("word" + std::to_string(i));
  for (const auto distribution : {words::random_distribution::uniform, words::random_distribution::normal}) {
    const bool uniform = distribution == words::random_distribution::uniform;
    const auto numbers =
        words::random_vectors{.dimension = 100, .distribution = distribution}.make<double>(ctx, words).to_host();
    double mean = 0, square = 0, largest = 0;
    for (const double x : numbers) {
      mean += x / 40000;
      square += x * x / 40000;
      largest = std::max(largest, std::abs(x));
    }
    const double variance = uniform ? 1.0 / 48 : 0.01;  // (1/2)^2 / 12, 1 / dimension
    CHECK(std::abs(mean) < 5 * std::sqrt(variance / 40000));
    // the variance of x^2: E x^4 = 0.25^4 / 5 for uniform, 3 variance^2 for normal
    const double spread = uniform ? 1.0 / 256 / 5 - variance * variance : 2 * variance * variance;
    CHECK(std::abs(square - variance) < 5 * std::sqrt(spread / 40000));
    if (uniform) CHECK(largest <= 0.25);
    if (!uniform) CHECK(largest > 0.3);  // three standard deviations are passed by some of 40,000
  }
}
