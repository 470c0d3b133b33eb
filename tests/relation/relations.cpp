// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/relation/csr.hpp>
#include <kindred/relation/graded.hpp>
#include <kindred/relation/hops.hpp>
#include <kindred/relation/labelled_pairs.hpp>
#include <kindred/relation/multi_label.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/pairs.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/relation/without_self.hpp>
#include <limits>
#include <set>
#include <string>

using namespace kindred;
using relation::kind;

namespace {
/// An owner of lists whose relation() a temporary has too, which would refer to lists that are gone.
template <class Lists>
concept HasRelationOfTemporary = requires(Lists (&temporary)()) { temporary().relation(); };
}  // namespace

TEST_CASE("same_label is positive where labels agree, and an item of one set ignores itself") {
  context<cpu> ctx;
  const std::vector<label_t> a{3, -1, 3}, b{3, 7, -1, 3};
  const vector<label_t, cpu> queries(ctx, a);
  vector<label_t, cpu> gallery(ctx, b);
  const relation::same_label r(queries, gallery.view());  // an owning vector and a mutable view
  static_assert(std::is_same_v<decltype(r), const relation::same_label<cpu>>);
  for (index_t i = 0; i < 3; ++i)
    for (index_t j = 0; j < 4; ++j)
      CHECK(r(i, j) ==
            (a[static_cast<std::size_t>(i)] == b[static_cast<std::size_t>(j)] ? kind::positive : kind::negative));
  CHECK(r.queries() == 3);
  CHECK(r.gallery() == 4);

  const relation::same_label own(queries, queries, true);
  for (index_t i = 0; i < 3; ++i) CHECK(own(i, i) == kind::ignored);
  CHECK(own(0, 2) == kind::positive);
  CHECK(own(0, 1) == kind::negative);
  CHECK_THROWS_AS(relation::same_label(queries, gallery, true), shape_error);
}

TEST_CASE("labelled_pairs: the pair itself, then other classes, and neither what shares the label") {
  context<cpu> ctx;
  const vector<label_t, cpu> labels(ctx, std::vector<label_t>{4, 9, 4});
  const relation::labelled_pairs r(labels);
  const kind wanted[3][3] = {{kind::positive, kind::negative, kind::ignored},
                             {kind::negative, kind::positive, kind::negative},
                             {kind::ignored, kind::negative, kind::positive}};
  for (index_t i = 0; i < 3; ++i)
    for (index_t j = 0; j < 3; ++j) CHECK(r(i, j) == wanted[i][j]);
  CHECK((r.queries() == 3 && r.gallery() == 3));
}

TEST_CASE("paired gives each picture its captions and each caption its picture") {
  const relation::paired one{};
  const relation::paired captions{.columns_per_item = 5};
  const relation::reversed pictures(captions);
  const relation::paired also_pictures{.rows_per_item = 5};
  for (index_t i = 0; i < 4; ++i)
    for (index_t j = 0; j < 20; ++j) {
      CHECK((one(i, j) == kind::positive) == (i == j));
      CHECK((captions(i, j) == kind::positive) == (i == j / 5));
      CHECK((pictures(j, i) == kind::positive) == (i == j / 5));
      CHECK(also_pictures(j, i) == pictures(j, i));
    }
  const auto all = [](const auto& r, index_t row) {
    std::vector<index_t> ids;
    for (const index_t c : r.candidates(row)) ids.push_back(c);
    return ids;
  };
  CHECK(all(one, 3) == std::vector<index_t>{3});
  CHECK(all(captions, 2) == std::vector<index_t>{10, 11, 12, 13, 14});
  CHECK(captions.candidates(2).size() == 5);
  CHECK(all(pictures, 14) == std::vector<index_t>{2});
  CHECK(all(relation::reversed(pictures), 2) == all(captions, 2));
  CHECK(all(also_pictures, 14) == std::vector<index_t>{2});
}

TEST_CASE("reversed swaps queries and gallery, keeps label relations, and twice is the original") {
  context<cpu> ctx;
  const std::vector<label_t> a{1, 2}, b{2, 1, 1};
  const vector<label_t, cpu> queries(ctx, a), gallery(ctx, b);
  const relation::same_label r(queries, gallery);
  relation::reversed back(r);
  relation::reversed twice(back);
  static_assert(relation::LabelRelation<decltype(back)>);
  static_assert(relation::LabelRelation<decltype(twice)>);
  static_assert(!relation::LabelRelation<relation::reversed<relation::paired>>);
  static_assert(relation::ListRelation<relation::reversed<relation::reversed<relation::paired>>>);
  static_assert(!relation::Sized<relation::reversed<relation::paired>>);
  CHECK(back.query_labels().data() == gallery.data());
  CHECK(back.gallery_labels().data() == queries.data());
  CHECK(back.queries() == 3);
  CHECK(twice.queries() == 2);
  for (index_t i = 0; i < 2; ++i)
    for (index_t j = 0; j < 3; ++j) {
      CHECK(back(j, i) == r(i, j));
      CHECK(twice(i, j) == r(i, j));
    }
}

TEST_CASE("multi_label is positive where two sets of labels meet") {
  context<cpu> ctx;
  const std::vector<std::set<int>> sets{{0}, {63, 64}, {}, {0, 127}, {64}, {5, 63}};
  std::vector<std::uint64_t> words(sets.size() * 2);
  for (std::size_t i = 0; i < sets.size(); ++i)
    for (const int l : sets[i]) words[i * 2 + static_cast<std::size_t>(l / 64)] |= std::uint64_t(1) << (l % 64);
  const matrix<std::uint64_t, cpu> bits(ctx, static_cast<index_t>(sets.size()), 2, words);
  const relation::multi_label all(bits, bits), others(bits, bits, true);
  for (std::size_t i = 0; i < sets.size(); ++i)
    for (std::size_t j = 0; j < sets.size(); ++j) {
      bool meet = false;
      for (const int l : sets[i]) meet = meet || sets[j].count(l) > 0;
      const auto r = static_cast<index_t>(i), c = static_cast<index_t>(j);
      CHECK((all(r, c) == kind::positive) == meet);
      CHECK(others(r, c) == (i == j ? kind::ignored : all(r, c)));
    }
  CHECK_THROWS_AS(relation::multi_label(bits.view(), bits.view().middle_cols(0, 1)), shape_error);
  CHECK_THROWS_AS(relation::multi_label(bits.view(), bits.view().middle_rows(0, 3), true), shape_error);
}

TEST_CASE("csr is positive where an item is listed, and pairs in any order make its lists") {
  const std::set<std::pair<index_t, index_t>> set{{0, 4}, {0, 1}, {2, 0}, {2, 3}, {2, 4}};
  const relation::pairs made(3, 5, {{2, 4}, {0, 4}, {2, 0}, {0, 1}, {2, 3}, {0, 4}});
  CHECK(std::vector<index_t>(made.offsets().begin(), made.offsets().end()) == std::vector<index_t>{0, 2, 2, 5});
  CHECK(std::vector<index_t>(made.items().begin(), made.items().end()) == std::vector<index_t>{1, 4, 0, 3, 4});
  relation::csr listed = made.relation();
  relation::reversed back(listed);
  static_assert(relation::ListRelation<decltype(listed)> && !relation::ListRelation<decltype(back)>);
  static_assert(relation::GradedRelation<decltype(back)> && relation::Sized<decltype(back)>);
  CHECK(listed.queries() == 3);
  CHECK(listed.gallery() == 5);
  CHECK(back.queries() == 5);
  for (index_t q = 0; q < 3; ++q)
    for (index_t c = 0; c < 5; ++c) {
      CHECK((listed(q, c) == kind::positive) == (set.count({q, c}) == 1));
      CHECK(listed.grade(q, c) == (set.count({q, c}) == 1 ? 1.0f : 0.0f));
      CHECK(back(c, q) == listed(q, c));
      CHECK(back.grade(c, q) == listed.grade(q, c));
    }
  const relation::pairs none(0, 0, {});
  CHECK(none.relation().queries() == 0);
  CHECK_THROWS_AS(relation::pairs(3, 5, {{3, 0}}), argument_error);
  CHECK_THROWS_AS(relation::pairs(3, 5, {{0, 5}}), argument_error);
  CHECK_THROWS_AS(relation::pairs(3, 5, {{-1, 0}}), argument_error);
  CHECK_THROWS_AS(relation::pairs(-1, 5, {}), argument_error);
}

TEST_CASE("a relation is not made of arrays that are about to end") {
  using labels = vector<label_t, cpu>;
  using lists = vector<index_t, cpu>;
  using grades = matrix<float, cpu>;
  using sets = matrix<std::uint64_t, cpu>;
  static_assert(std::is_constructible_v<relation::same_label<cpu>, labels&, const labels&>);
  static_assert(!std::is_constructible_v<relation::same_label<cpu>, labels&, labels>);
  static_assert(!std::is_constructible_v<relation::same_label<cpu>, labels, labels&, bool>);
  static_assert(!std::is_constructible_v<relation::labelled_pairs<cpu>, labels>);
  static_assert(!std::is_constructible_v<relation::multi_label<cpu>, sets, sets&>);
  static_assert(!std::is_constructible_v<relation::graded<cpu>, grades>);
  static_assert(!std::is_constructible_v<relation::csr<cpu>, lists, lists&, index_t>);
  static_assert(std::is_constructible_v<relation::csr<cpu>, lists&, lists&, index_t>);
  static_assert(
      !std::is_constructible_v<relation::without_self<relation::paired, cpu>, relation::paired, lists&, lists>);
  static_assert(HasRelationOfTemporary<const relation::pairs&> && !HasRelationOfTemporary<relation::pairs>);
  static_assert(HasRelationOfTemporary<const relation::hops&> && !HasRelationOfTemporary<relation::hops>);
}

TEST_CASE("grades at or below zero are not relevant, in lists and in a matrix alike") {
  context<cpu> ctx;
  const std::vector<float> table{0, 2, -1, 0.5f, 0, 3};
  const matrix<float, cpu> grades(ctx, 2, 3, table);
  const std::vector<index_t> offsets{0, 2, 4}, items{1, 2, 0, 2};
  const std::vector<float> listed_grades{2, -1, 0.5f, 3};
  const vector<index_t, cpu> o(ctx, offsets), i(ctx, items);
  const vector<float, cpu> g(ctx, listed_grades);
  const relation::csr listed(o, i, 3, g);
  const relation::graded dense(grades);
  const relation::reversed back(dense);
  for (index_t q = 0; q < 2; ++q)
    for (index_t c = 0; c < 3; ++c) {
      const float grade = table[static_cast<std::size_t>(q * 3 + c)];
      CHECK(dense(q, c) == (grade > 0 ? kind::positive : kind::negative));
      CHECK(dense.grade(q, c) == std::max(grade, 0.0f));
      CHECK(listed(q, c) == dense(q, c));
      CHECK(listed.grade(q, c) == dense.grade(q, c));
      CHECK(back.grade(c, q) == dense.grade(q, c));
    }
}

TEST_CASE("lists and grades that break the rules are refused, and the place is named") {
  context<cpu> ctx;
  const auto message = [&](std::vector<index_t> offsets, std::vector<index_t> items, index_t gallery,
                           std::vector<float> grades) {
    const vector<index_t, cpu> o(ctx, offsets), i(ctx, items);
    const vector<float, cpu> g(ctx, grades);
    try {
      relation::csr(o, i, gallery, g);
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto says = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(message({0, 1}, {2}, 3, {1}).empty());
  CHECK(says(message({}, {}, 3, {}), "queries + 1 offsets, got none"));
  CHECK(says(message({0, 1}, {2}, 3, {1, 2}), "1 items but 2 grades"));
  CHECK(says(message({0, 1}, {2}, -1, {1}), "a gallery of -1"));
  CHECK(says(message({1, 1}, {2}, 3, {1}), "got offsets from 1 to 1, expected 0 to 1"));
  CHECK(says(message({0, 2, 1, 2}, {0, 1}, 3, {1, 1}), "offset 2 is 1, after 2"));
  CHECK(says(message({0, 1}, {3}, 3, {1}), "names item 3 of a gallery of 3"));
  CHECK(says(message({0, 1}, {-1}, 3, {1}), "names item -1"));
  CHECK(says(message({0, 2}, {1, 1}, 3, {1, 1}), "item 1 after 1"));
  CHECK(says(message({0, 1}, {2}, 3, {NAN}), "gives item 2 the grade"));
  CHECK(says(message({0, 1}, {2}, 3, {INFINITY}), "gives item 2 the grade"));
  CHECK_THROWS_AS(relation::pairs(std::numeric_limits<index_t>::max(), 1, {}), argument_error);
  CHECK_THROWS_AS(relation::pairs(index_t(1) << 60, 1, {}), argument_error);
  const std::vector<float> bad{1, NAN};
  CHECK_THROWS_AS(relation::graded(matrix_view<const float, cpu>(bad.data(), 1, 2)), argument_error);
}

TEST_CASE("without_self ignores what has the id of the query, in any relation") {
  context<cpu> ctx;
  const std::vector<index_t> q{7, 9}, g{9, 7, 7, 1};
  const vector<index_t, cpu> qi(ctx, q), gi(ctx, g);
  const std::vector<float> table{1, 2, 0, 4, 5, 6, 0, 8};
  const relation::graded dense(matrix_view<const float, cpu>(table.data(), 2, 4));
  const relation::without_self others(dense, qi, gi);
  const relation::reversed back(others);
  for (index_t r = 0; r < 2; ++r)
    for (index_t c = 0; c < 4; ++c) {
      const bool self = q[static_cast<std::size_t>(r)] == g[static_cast<std::size_t>(c)];
      CHECK(others(r, c) == (self ? kind::ignored : dense(r, c)));
      CHECK(others.grade(r, c) == (self ? 0.0f : dense.grade(r, c)));
      CHECK(back(c, r) == others(r, c));
    }
  const relation::without_self pairs(relation::paired{}, gi, gi);
  CHECK(pairs(0, 0) == kind::ignored);
  CHECK(pairs(1, 2) == kind::ignored);
  CHECK(pairs(0, 3) == kind::negative);
  CHECK_THROWS_AS(relation::without_self(dense, gi, gi), shape_error);
}
