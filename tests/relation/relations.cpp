// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/relation/multi_label.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/relation/same_label.hpp>
#include <set>

using namespace kindred;
using relation::kind;

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
  CHECK_THROWS_AS(relation::multi_label(bits.view(), bits.view().cols(0, 1)), shape_error);
  CHECK_THROWS_AS(relation::multi_label(bits.view(), bits.view().rows(0, 3), true), shape_error);
}
