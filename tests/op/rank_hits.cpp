// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/rank_hits.hpp>
#include <kindred/relation/graded.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/relation/without_self.hpp>
#include <string>

using namespace kindred;
using relation::kind;

namespace {

/// Ties and grades the plain way: for each relevant item, in ranking order, the items ahead and those of the same
/// score.
struct expected_details {
  std::vector<std::vector<index_t>> ranks;
  std::vector<std::vector<op::tie>> ties;
  std::vector<std::vector<float>> grades;
};
template <class R>
expected_details plainly(const std::vector<float>& scores, index_t rows, index_t items, const R& relation) {
  expected_details all;
  for (index_t q = 0; q < rows; ++q) {
    const auto s = [&](index_t c) { return scores[static_cast<std::size_t>(q * items + c)]; };
    struct found {
      index_t rank;
      op::tie tie;
      float grade;
    };
    std::vector<found> relevant;
    for (index_t c = 0; c < items; ++c) {
      if (relation(q, c) != kind::positive) continue;
      index_t higher = 0, equal = 0, equal_before = 0;
      for (index_t o = 0; o < items; ++o) {
        if (relation(q, o) == kind::ignored) continue;
        const bool both_nan = std::isnan(s(o)) && std::isnan(s(c));
        higher += s(o) > s(c) || (!std::isnan(s(o)) && std::isnan(s(c)));
        equal += s(o) == s(c) || both_nan;
        equal_before += (s(o) == s(c) || both_nan) && o < c;
      }
      relevant.push_back({1 + higher + equal_before, {1 + higher, higher + equal}, relation.grade(q, c)});
    }
    std::sort(relevant.begin(), relevant.end(), [](const found& a, const found& b) { return a.rank < b.rank; });
    all.ranks.emplace_back();
    all.ties.emplace_back();
    all.grades.emplace_back();
    for (const found& f : relevant) {
      all.ranks.back().push_back(f.rank);
      all.ties.back().push_back(f.tie);
      all.grades.back().push_back(f.grade);
    }
  }
  return all;
}

struct made {
  std::vector<float> scores, grades;
  std::vector<index_t> query_ids, gallery_ids;
};
made make(index_t rows, index_t items, index_t levels, std::uint64_t seed) {
  made m;
  for (index_t i = 0; i < rows * items; ++i) {
    const auto at = static_cast<std::uint64_t>(i);
    const index_t level = random::below(levels, seed, 1, at);
    m.scores.push_back(level == 3 ? std::nanf("") : level == 4 ? -0.0f : static_cast<float>(level) - 2);
    m.grades.push_back(static_cast<float>(random::below(5, seed, 2, at) - 2) / 2);
  }
  for (index_t i = 0; i < rows; ++i) m.query_ids.push_back(i);
  for (index_t i = 0; i < items; ++i)
    m.gallery_ids.push_back(random::below(3 * rows, seed, 3, static_cast<std::uint64_t>(i)));
  return m;
}

}  // namespace

TEST_CASE("ties and grades of relevant items equal those of plain loops, with NaN and ignored items, on cpu and emu") {
  context<cpu> ctx(2);
  context<emu> up, down(lane_order::descending);
  std::uint64_t seed = 0;
  for (const index_t items : {1, 2, 3, 31, 33, 70})
    for (const index_t levels : {1, 2, 5, 40}) {
      const index_t rows = 4;
      const made m = make(rows, items, levels, ++seed);
      const matrix<float, cpu> scores(ctx, rows, items, m.scores), grades(ctx, rows, items, m.grades);
      const vector<index_t, cpu> qi(ctx, m.query_ids), gi(ctx, m.gallery_ids);
      const relation::without_self relation{relation::graded(grades), qi, gi};
      const auto wanted = plainly(m.scores, rows, items, relation);
      const auto got = op::rank(ctx, scores, relation, {.ties = true, .grades = true});
      CAPTURE(items);
      CAPTURE(levels);
      CHECK(got.lists == wanted.ranks);
      CHECK(got.ties == wanted.ties);
      CHECK(got.grades == wanted.grades);
      const auto only_ties = op::rank(ctx, scores, relation, {.ties = true});
      CHECK(only_ties.ties == wanted.ties);
      CHECK(only_ties.grades.empty());
      CHECK(op::rank(ctx, scores, relation).ties.empty());

      // a list as long as the gallery says the same; the missing are none
      const auto listed = op::rank_hits(ctx, op::top_k(ctx, scores, items), relation, items, {true, true});
      CHECK(listed.lists == wanted.ranks);
      CHECK(listed.ties == wanted.ties);
      CHECK(listed.grades == wanted.grades);
      CHECK(listed.ranked == got.ranked);
      const index_t k = (items + 1) / 2;
      const auto cut = op::rank_hits(ctx, op::top_k(ctx, scores, k), relation, items, {true, true});
      for (context<emu>* e : {&up, &down}) {
        const matrix<float, emu> s(*e, rows, items, m.scores), g(*e, rows, items, m.grades);
        const vector<index_t, emu> eq(*e, m.query_ids), eg(*e, m.gallery_ids);
        const relation::without_self on_emu{relation::graded(g), eq, eg};
        const auto emulated = op::rank(*e, s, on_emu, {.ties = true, .grades = true});
        CHECK(emulated.lists == wanted.ranks);
        CHECK(emulated.ties == wanted.ties);
        CHECK(emulated.grades == wanted.grades);
        CHECK(op::rank(*e, s, on_emu, {.grades = true}).grades == wanted.grades);
        const auto emulated_cut = op::rank_hits(*e, op::top_k(*e, s, k), on_emu, items, {true, true});
        CHECK(emulated_cut.lists == cut.lists);
        CHECK(emulated_cut.ties == cut.ties);
        CHECK(emulated_cut.grades == cut.grades);
        CHECK(emulated_cut.ranked == cut.ranked);
        CHECK(op::rank_hits(*e, op::top_k(*e, s, k), on_emu, items).lists == cut.lists);
      }
    }
}

TEST_CASE("a list of results counts what it lacks, skips empty places and shifts past ignored items") {
  context<cpu> ctx;
  const std::vector<label_t> q{1}, g{1, 0, 1, 0, 1, 1};
  const vector<label_t, cpu> ql(ctx, q), gl(ctx, g);
  const relation::same_label relation(ql, gl);
  const std::vector<index_t> ids{3, 5, 0, -1};
  const std::vector<float> scores{3, 2, 2, 0};
  const op::hits<float, cpu> hits{{ctx, 1, 4, scores}, {ctx, 1, 4, ids}};
  const auto r = op::rank_hits(ctx, hits, relation, 6, {.ties = true});
  CHECK(r.lists[0] == std::vector<index_t>{2, 3, op::missing, op::missing});
  CHECK(r.ties[0] == std::vector<op::tie>{{2, 3}, {2, 3}, {op::missing, op::missing}, {op::missing, op::missing}});
  CHECK(r.ranked[0] == 3);
  const std::vector<index_t> self{5}, all{0, 1, 2, 3, 4, 5};
  const vector<index_t, cpu> si(ctx, self), ai(ctx, all);
  const auto without = op::rank_hits(ctx, hits, relation::without_self(relation, si, ai), 6);
  CHECK(without.lists[0] == std::vector<index_t>{2, op::missing, op::missing});
  CHECK(without.ranked[0] == 2);
}

TEST_CASE("results outside the gallery, results that come twice and relations of other sizes are refused") {
  context<cpu> ctx;
  const auto message = [&](const std::vector<index_t>& ids, index_t items, bool label) {
    const op::hits<float, cpu> hits{{ctx, 1, 2}, {ctx, 1, 2, ids}};
    const std::vector<label_t> l{1}, g{1, 2, 3};
    const vector<label_t, cpu> ql(ctx, l), gl(ctx, g);
    try {
      if (label)
        op::rank_hits(ctx, hits, relation::same_label(ql, gl), items);
      else
        op::rank_hits(ctx, hits, relation::paired{}, items);
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(message({0, 2}, 3, true).empty());
  CHECK(message({-1, -1}, 3, false).empty());
  CHECK(message({0, 3}, 3, false).find("query 0 found item 3 of a gallery of 3") != std::string::npos);
  CHECK(message({-2, 0}, 3, false).find("found item -2") != std::string::npos);
  CHECK(message({1, 1}, 3, false).find("found item 1 twice") != std::string::npos);
  CHECK(message({0, 1}, 4, true).find("1 queries and 4 gallery items but a relation about 1 and 3") !=
        std::string::npos);
  const op::hits<float, cpu> crooked{{ctx, 1, 3}, {ctx, 1, 2}};
  CHECK_THROWS_AS(op::rank_hits(ctx, crooked, relation::paired{}, 3), shape_error);
  const op::hits<float, cpu> fine{{ctx, 1, 1}, {ctx, 1, 1}};
  CHECK_THROWS_AS(op::rank_hits(ctx, fine, relation::paired{}, 1, {.grades = true}), argument_error);
  CHECK_THROWS_AS(op::rank(ctx, matrix<float, cpu>(ctx, 1, 1), relation::paired{}, {.grades = true}), argument_error);
  const op::hits<float, cpu> none{{ctx, 0, 3}, {ctx, 0, 3}};
  CHECK(op::rank_hits(ctx, none, relation::paired{}, 3).queries() == 0);
}
