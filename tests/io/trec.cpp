// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/io/trec.hpp>

#include "files.hpp"

using namespace kindred;

namespace {

io::trec_run run_of(const std::string& text, const io::limits& limits = {}) {
  io::byte_source source(as_bytes(text), "a.run");
  return io::read_trec_run(source, limits);
}
io::trec_qrels qrels_of(const std::string& text, const io::limits& limits = {}) {
  io::byte_source source(as_bytes(text), "a.qrels");
  return io::read_trec_qrels(source, limits);
}

}  // namespace

TEST_CASE("a run keeps its results in the order of the file, its queries by id, and the name of its last line") {
  const auto run =
      run_of("10 Q0 b 7 0.5 first\n9 Q0 z 1 -1e3 first\r\n\n \t \n10\tQ0  a\tx +2 mid\n10 Q0 \xC3\xA9 0 0.25 last");
  CHECK(run.name == "last");
  REQUIRE(run.queries.size() == 2);
  CHECK(run.queries[0].id == "10");
  CHECK(run.queries[1].id == "9");
  REQUIRE(run.queries[0].results.size() == 3);
  CHECK(run.queries[0].results[0].document == "b");
  CHECK(run.queries[0].results[0].score == 0.5);
  CHECK(run.queries[0].results[1].document == "a");
  CHECK(run.queries[0].results[1].score == 2);
  CHECK(run.queries[0].results[2].document == "\xC3\xA9");
  CHECK(run.queries[1].results[0].score == -1000);
}

TEST_CASE("judgements stand by query and document") {
  const auto qrels = qrels_of(
      "\xEF\xBB\xBF"
      "2 0 b 1\n1 0 c -1\n2 0 a +3\n1 x B 0\n");
  REQUIRE(qrels.queries.size() == 2);
  CHECK(qrels.queries[0].id == "1");
  CHECK(qrels.queries[0].judgements[0].document == "B");
  CHECK(qrels.queries[0].judgements[1].grade == -1);
  CHECK(qrels.queries[1].judgements[0].document == "a");
  CHECK(qrels.queries[1].judgements[0].grade == 3);
  CHECK(qrels.queries[1].judgements[1].document == "b");
}

TEST_CASE("comments, words after the run and grades with a point are read as trec_eval reads them") {
  const auto run = run_of("# my run\n1 Q0 d 1 2 r and more \n  # indented\n1 Q0 #e 2 1 r\tcomment");
  CHECK(run.name == "r");
  REQUIRE(run.queries.size() == 1);
  CHECK(run.queries[0].results[1].document == "#e");
  const auto qrels = qrels_of("\xEF\xBB\xBF# judged in May\n1 0 d 1.0\n#\n1 0 e -2.00\n1 0 f 1e1\n");
  REQUIRE(qrels.queries[0].judgements.size() == 3);
  CHECK(qrels.queries[0].judgements[0].grade == 1);
  CHECK(qrels.queries[0].judgements[1].grade == -2);
  CHECK(qrels.queries[0].judgements[2].grade == 10);
  CHECK(contains(refusal([&] { qrels_of("# nothing\n"); }), "the file is empty"));
}

TEST_CASE("what is written reads back the same, to the last bit of a score") {
  const temporary_folder folder;
  io::trec_run run;
  run.name = "mine";
  run.queries = {{"1", {{"x", 1.0 / 3}, {"a", -5e-324}, {"b", 1e300}}}, {"2", {{"\xEA\xB0\x80", 0.1}}}, {"3", {}}};
  io::save_trec_run(folder / "run", run);
  CHECK(bytes_of(folder / "run").rfind("1 Q0 x 1 0.3333333333333333 mine\n1 Q0 a 2 ", 0) == 0);
  const auto back = io::read_trec_run(folder / "run");
  CHECK(back.name == "mine");
  REQUIRE(back.queries.size() == 2);
  for (std::size_t q = 0; q < 2; ++q)
    for (std::size_t i = 0; i < run.queries[q].results.size(); ++i) {
      CHECK(back.queries[q].results[i].document == run.queries[q].results[i].document);
      CHECK(back.queries[q].results[i].score == run.queries[q].results[i].score);
    }
  const io::trec_qrels qrels{{{"1", {{"a", 2}, {"x", 0}}}, {"7", {{"b", -1}}}}};
  io::save_trec_qrels(folder / "qrels", qrels);
  CHECK(bytes_of(folder / "qrels") == "1 0 a 2\n1 0 x 0\n7 0 b -1\n");
  CHECK(io::read_trec_qrels(folder / "qrels").queries[1].judgements[0].grade == -1);
  CHECK(folder.count() == 2);
}

TEST_CASE("broken runs and judgements are refused with file, line and field") {
  const auto run = [](const std::string& text) { return refusal([&] { run_of(text); }); };
  const auto qrels = [](const std::string& text) { return refusal([&] { qrels_of(text); }); };
  const std::string good = "1 Q0 d 1 2 r\n", judged = "1 0 d 1\n";
  CHECK(run(good).empty());
  CHECK(contains(run(""), "a.run: line 1: the file is empty"));
  CHECK(contains(run(" \n\r\n"), "the file is empty"));
  CHECK(contains(run(good + "1 Q0 e 2 2\n"), "a.run: line 2, run: '' is missing"));
  CHECK(contains(run(good + "\n1 Q0\n"), "line 3, document: '' is missing"));
  CHECK(contains(run("1 Q0 d 1 2\x01r more\n"), "line 1, score: '2' is followed by a control character"));
  CHECK(contains(run("1 Q0 d 1 two r\n"), "line 1, score: 'two' is not a number"));
  CHECK(contains(run("1 Q0 d 1 0x10 r\n"), "'0x10' is not a number"));
  CHECK(contains(run("1 Q0 d 1 1e999 r\n"), "'1e999' is too large or too small"));
  CHECK(contains(run("1 Q0 d 1 nan r\n"), "'nan' is not finite"));
  CHECK(contains(run("1 Q0 d 1 -inf r\n"), "'-inf' is not finite"));
  CHECK(std::isnan(run_of("1 Q0 d 1 nan r\n", {.non_finite = io::non_finite::keep}).queries[0].results[0].score));
  CHECK(contains(run(good + "2 Q0 d 1 2 r\n1 Q0 d 5 9 r\n"),
                 "a.run: line 3, document: 'd' is in line 1 already, for the same query"));
  CHECK(
      contains(run(std::string("1 Q0 d\0e 1 2 r\n", 15)), "line 1, document: 'd' is followed by a control character"));
  CHECK(contains(run("1 Q0 d 1 2 r\rx\n"), "line 1, run: 'r' is followed by a control character"));
  CHECK(qrels(judged).empty());
  CHECK(contains(qrels(""), "a.qrels: line 1: the file is empty"));
  CHECK(contains(qrels("1 0 d\n"), "line 1, grade: '' is missing"));
  CHECK(contains(qrels("1 0 d 1.5\n"), "line 1, grade: '1.5' is no integer"));
  CHECK(contains(qrels("1 0 d 2147483648\n"), "does not fit"));
  CHECK(contains(qrels("1 0 d 1 x\n"), "one field too many"));
  CHECK(contains(qrels(judged + judged), "line 2, document: 'd' is in line 1 already"));
  CHECK(contains(refusal([&] { run_of(good, {.bytes = 5}); }), "a.run: 13 bytes, the limit is 5"));
  CHECK(contains(refusal([&] { run_of(good + "2" + good, {.rows = 1}); }), "line 2: more lines than 1"));
  CHECK(contains(refusal([&] { io::read_trec_run("/no/such/file"); }), "/no/such/file"));
}

TEST_CASE("what no file can hold is not written") {
  const temporary_folder folder;
  const auto refused = [&](io::trec_run run) {
    try {
      io::save_trec_run(folder / "run", run);
    } catch (const argument_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(contains(refused({{{"1", {{"a b", 1}}}}, "r"}), "the document 'a b' is empty or holds a blank"));
  CHECK(contains(refused({{{"", {{"a", 1}}}}, "r"}), "the query ''"));
  CHECK(contains(refused({{{"1", {{"a", 1}}}}, "my run"}), "the name of the run 'my run'"));
  CHECK(contains(refused({{{"1", {{"a", NAN}}}}, "r"}), "document a of query 1 has the score nan"));
  CHECK(contains(refused({{{"1", {}}}, "r"}), "without results"));
  CHECK(contains(refused({{{"1", {{"a", 1}, {"b", 1}, {"a", 0}}}}, "r"}), "document 'a' occurs twice for query '1'"));
  CHECK(contains(refused({{{"1", {{"a", 1}}}, {"1", {{"b", 1}}}}, "r"}), "the query '1' occurs twice"));
  CHECK(contains(refused({{{"#1", {{"a", 1}}}}, "r"}), "begins with #"));
  CHECK(contains(refused({{{"\xEF\xBB\xBF", {{"a", 1}}}}, "r"}), "begins with #"));
  CHECK_THROWS_AS(io::save_trec_qrels(folder / "qrels", {{{"1", {{"a", 1}, {"a", 2}}}}}), argument_error);
  CHECK_THROWS_AS(io::save_trec_qrels(folder / "qrels", {}), argument_error);
  CHECK_THROWS_AS(io::save_trec_qrels(folder / "qrels", {{{"1", {{"a\tb", 1}}}}}), argument_error);
  CHECK(folder.count() == 0);
}

TEST_CASE("search results become a run under the names of their items") {
  const std::vector<index_t> ids{2, 0, 1, -1};
  const std::vector<double> scores{0.9, 0.5, 0.7, 0};
  const matrix_view<const index_t, cpu> i(ids.data(), 2, 2);
  const matrix_view<const double, cpu> s(scores.data(), 2, 2);
  const auto run = io::named_results(i, s, {"q2", "q1"}, {"a", "b", "c"}, "r");
  REQUIRE(run.queries.size() == 2);
  CHECK(run.queries[0].id == "q1");
  REQUIRE(run.queries[0].results.size() == 1);
  CHECK(run.queries[0].results[0].document == "b");
  CHECK(run.queries[1].results[0].document == "c");
  CHECK(run.queries[1].results[1].score == 0.5);
  CHECK_THROWS_AS(io::named_results(i, s, {"q2"}, {"a", "b", "c"}, "r"), shape_error);
  CHECK_THROWS_AS(io::named_results(i, s.middle_rows(0, 1), {"q2", "q1"}, {"a", "b", "c"}, "r"), shape_error);
  CHECK_THROWS_AS(io::named_results(i, s, {"q2", "q1"}, {"a", "b"}, "r"), argument_error);
}
