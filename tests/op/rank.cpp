// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/rank.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/relation/same_label.hpp>
#include <limits>
#include <numeric>

using namespace kindred;
using relation::kind;

namespace {

/// A relation given as a table, to go the way of relations without labels.
template <class D>
struct listed {
  matrix_view<const label_t, D> kinds;
  KINDRED_HD kind operator()(index_t r, index_t c) const { return static_cast<kind>(kinds(r, c)); }
};

/// Ranks by sorting whole rows.
template <class T, class R>
std::vector<std::vector<index_t>> sorted_ranks(const std::vector<T>& scores, index_t rows, index_t items, const R& r) {
  std::vector<std::vector<index_t>> all(static_cast<std::size_t>(rows));
  for (index_t q = 0; q < rows; ++q) {
    std::vector<index_t> order;
    for (index_t c = 0; c < items; ++c)
      if (r(q, c) != kind::ignored) order.push_back(c);
    const auto s = [&](index_t c) { return scores[static_cast<std::size_t>(q * items + c)]; };
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) {
      if (s(a) != s(a)) return false;  // NaN before nothing
      return s(b) != s(b) || s(a) > s(b);
    });
    for (std::size_t i = 0; i < order.size(); ++i)
      if (r(q, order[i]) == kind::positive) all[static_cast<std::size_t>(q)].push_back(static_cast<index_t>(i) + 1);
  }
  return all;
}

std::vector<std::vector<index_t>> lists(const op::ranks& ranks) {
  std::vector<std::vector<index_t>> all;
  for (index_t i = 0; i < ranks.queries(); ++i) all.emplace_back(ranks.of(i).begin(), ranks.of(i).end());
  return all;
}

enum class flavour { spread, few_values, outlier, few_outliers, constant, nan, infinite, cluster, signed_zeros };

template <class T>
std::vector<T> make_scores(flavour f, index_t count, std::uint64_t seed) {
  std::vector<T> s(static_cast<std::size_t>(count));
  for (index_t i = 0; i < count; ++i) {
    const double u = random::uniform(seed, 1, static_cast<std::uint64_t>(i));
    const double v = random::uniform(seed, 2, static_cast<std::uint64_t>(i));
    double x = u + v - 1;
    if (f == flavour::few_values) x = std::floor(u * 5) / 5;
    if (f == flavour::outlier) x = v < 0.02 ? 1e6 : u;
    if (f == flavour::few_outliers) x = v < 0.002 ? (u < 0.5 ? 1e9 : -1e9) : u;
    if (f == flavour::constant) x = 0.25;
    if (f == flavour::nan && v < 0.2) x = std::numeric_limits<double>::quiet_NaN();
    if (f == flavour::infinite && v < 0.2) x = (v < 0.1 ? 1 : -1) * std::numeric_limits<double>::infinity();
    if (f == flavour::cluster) x = v < 0.01 ? -1 : 0.99 + 1e-5 * u;
    if (f == flavour::signed_zeros) x = v < 0.5 ? -0.0 : (u < 0.5 ? 0.0 : u - 0.75);
    s[static_cast<std::size_t>(i)] = static_cast<T>(x);
  }
  return s;
}

}  // namespace

TEST_CASE_TEMPLATE("ranks equal those of sorting, with ties, NaN, infinity, ignored items, on cpu and emu", T, float,
                   double) {
  context<cpu> ctx(2);
  context<emu> up, down(lane_order::descending);
  const flavour flavours[] = {flavour::spread,       flavour::few_values, flavour::outlier,
                              flavour::few_outliers, flavour::constant,   flavour::nan,
                              flavour::infinite,     flavour::cluster,    flavour::signed_zeros};
  std::uint64_t seed = 0;
  for (const flavour f : flavours)
    for (const index_t items : {1, 2, 5, 31, 32, 33, 70, 1500})
      for (const index_t classes : {1, 3, 40}) {
        ++seed;
        const index_t rows = 5;
        const auto s = make_scores<T>(f, rows * items, seed);
        std::vector<label_t> kinds(s.size()), query(static_cast<std::size_t>(rows)),
            gallery(static_cast<std::size_t>(items));
        for (std::size_t i = 0; i < gallery.size(); ++i)
          gallery[i] = static_cast<label_t>(random::below(classes, seed, 3, i));
        for (std::size_t i = 0; i < query.size(); ++i) query[i] = static_cast<label_t>(i % 4);
        const matrix<T, cpu> scores(ctx, rows, items, s);
        const vector<label_t, cpu> ql(ctx, query), gl(ctx, gallery);
        const relation::same_label labels(ql, gl);
        CAPTURE(static_cast<int>(f));
        CAPTURE(items);
        CAPTURE(classes);
        CHECK(lists(op::rank(ctx, scores, labels)) == sorted_ranks(s, rows, items, labels));

        for (std::size_t i = 0; i < kinds.size(); ++i) {
          const auto r = static_cast<index_t>(i) / items, c = static_cast<index_t>(i) % items;
          kinds[i] = static_cast<label_t>(random::below(5, seed, 4, i) == 0 ? kind::ignored : labels(r, c));
        }
        const matrix<label_t, cpu> table(ctx, rows, items, kinds);
        const listed<cpu> by_table{table.view()};
        const auto wanted = sorted_ranks(s, rows, items, by_table);
        CHECK(lists(op::rank(ctx, scores, by_table)) == wanted);
        if (items > 100) continue;
        for (context<emu>* e : {&up, &down}) {
          const matrix<T, emu> on_emu(*e, rows, items, s);
          const matrix<label_t, emu> table_on_emu(*e, rows, items, kinds);
          const auto got = op::rank(*e, on_emu, listed<emu>{table_on_emu.view()});
          CHECK(lists(got) == wanted);
          for (index_t r = 0; r < rows; ++r) {
            index_t ranked = 0;
            for (index_t c = 0; c < items; ++c) ranked += by_table(r, c) != kind::ignored;
            CHECK(got.ranked[static_cast<std::size_t>(r)] == ranked);
          }
        }
      }
}

TEST_CASE("an item of one set stands in no ranking of its own") {
  context<cpu> ctx;
  for (const index_t n : {1, 2, 3, 30, 200}) {
    std::vector<label_t> l(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < l.size(); ++i) l[i] = static_cast<label_t>(i % 2);
    const vector<label_t, cpu> labels(ctx, l);
    const relation::same_label own(labels, labels, true);
    for (const flavour f : {flavour::spread, flavour::few_values, flavour::nan, flavour::constant}) {
      const auto s = make_scores<float>(f, n * n, 77);
      const matrix<float, cpu> scores(ctx, n, n, s);
      const auto got = op::rank(ctx, scores, own);
      CHECK(lists(got) == sorted_ranks(s, n, n, own));
      CHECK(got.ranked == std::vector<index_t>(static_cast<std::size_t>(n), n - 1));
    }
  }
}

TEST_CASE("pictures rank their captions and captions their picture, also where the gallery ends among them") {
  context<cpu> ctx;
  const relation::paired captions{.columns_per_item = 5};
  const auto s = make_scores<float>(flavour::few_values, 4 * 17, 9);
  CHECK(lists(op::rank(ctx, matrix<float, cpu>(ctx, 4, 17, s), captions)) == sorted_ranks(s, 4, 17, captions));
  const relation::reversed pictures(captions);
  CHECK(lists(op::rank(ctx, matrix<float, cpu>(ctx, 17, 4, s), pictures)) == sorted_ranks(s, 17, 4, pictures));
}

TEST_CASE("bands of rows have the ranks of the whole, for 1, 2 and 4 threads") {
  const index_t rows = 37, items = 500;
  const auto s = make_scores<float>(flavour::few_values, rows * items, 5);
  std::vector<label_t> q(static_cast<std::size_t>(rows)), g(static_cast<std::size_t>(items));
  for (std::size_t i = 0; i < q.size(); ++i) q[i] = static_cast<label_t>(i % 7);
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = static_cast<label_t>(i * 13 % 7);
  std::vector<std::vector<index_t>> first;
  for (const int threads : {1, 2, 4}) {
    context<cpu> ctx(threads);
    const vector<label_t, cpu> ql(ctx, q), gl(ctx, g);
    const matrix<float, cpu> scores(ctx, rows, items, s);
    const relation::same_label r(ql, gl);
    const op::ranker<relation::same_label<cpu>, cpu> ranker(ctx, r, items);
    for (const index_t band : {1, 5, 37}) {
      std::vector<std::vector<index_t>> all;
      op::ranks out;
      for (index_t at = 0; at < rows; at += band) {
        ranker(ctx, scores.view().middle_rows(at, std::min(band, rows - at)), at, out);
        for (auto& list : lists(out)) all.push_back(list);
      }
      if (first.empty()) first = all;
      CHECK(all == first);
    }
  }
  CHECK(first.size() == 37);
}

TEST_CASE("rank reads strided scores and takes no rows, no items and no relevant items") {
  context<cpu> ctx;
  context<emu> e;
  const std::vector<float> s{1, 2, 3, 9, 4, 5, 6, 9};
  const matrix<float, cpu> wide(ctx, 2, 4, s);
  CHECK(lists(op::rank(ctx, wide.view().middle_cols(0, 3), relation::paired{})) ==
        std::vector<std::vector<index_t>>{{3}, {2}});
  CHECK(op::rank(ctx, wide.view().middle_rows(0, 0), relation::paired{}).queries() == 0);
  CHECK(lists(op::rank(ctx, wide.view().middle_cols(0, 0), relation::paired{})) ==
        std::vector<std::vector<index_t>>(2));
  CHECK(lists(op::rank(ctx, wide.view().middle_cols(0, 1), relation::paired{})) ==
        std::vector<std::vector<index_t>>{{1}, {}});
  const matrix<float, emu> on_emu(e, 2, 4, s);
  CHECK(lists(op::rank(e, on_emu.view().middle_cols(0, 3), relation::paired{})) ==
        std::vector<std::vector<index_t>>{{3}, {2}});
  CHECK(op::rank(e, on_emu.view().middle_rows(0, 0), relation::paired{}).queries() == 0);
  CHECK(lists(op::rank(e, on_emu.view().middle_cols(0, 0), relation::paired{})) ==
        std::vector<std::vector<index_t>>(2));

  const std::vector<label_t> l{0, 1, 2};
  const vector<label_t, cpu> labels(ctx, l);
  const relation::same_label r(labels, labels);
  CHECK_THROWS_AS(op::rank(ctx, wide, r), shape_error);
  CHECK_THROWS_AS(op::rank(ctx, matrix<float, cpu>(ctx, 4, 3), r), shape_error);
}
