// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/top_k.hpp>
#include <limits>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;

namespace {

/// Ids of a row, best first, by a stable sort.
template <class T>
std::vector<index_t> sorted(const T* scores, index_t n) {
  std::vector<index_t> ids(static_cast<std::size_t>(n));
  for (index_t i = 0; i < n; ++i) ids[static_cast<std::size_t>(i)] = i;
  std::stable_sort(ids.begin(), ids.end(), [&](index_t a, index_t b) {
    if (std::isnan(scores[a]) || std::isnan(scores[b])) return !std::isnan(scores[a]) && std::isnan(scores[b]);
    return scores[a] > scores[b];
  });
  return ids;
}

template <class T, class D>
void check_row(kd::context<D>& ctx, const std::vector<T>& row, index_t k) {
  const auto n = static_cast<index_t>(row.size());
  const kd::matrix<T, D> scores(ctx, 1, n, row);
  const auto best = kd::op::top_k(ctx, scores, k);
  const auto ids = best.ids.to_host();
  const auto values = best.scores.to_host();
  const auto expected = sorted(row.data(), n);
  REQUIRE(ids.size() == static_cast<std::size_t>(k));
  bool ids_agree = true, values_agree = true;
  for (std::size_t j = 0; j < ids.size(); ++j) {
    const bool there = j < row.size();
    ids_agree = ids_agree && ids[j] == (there ? expected[j] : -1);
    const T value = there ? row[static_cast<std::size_t>(expected[j])] : -std::numeric_limits<T>::infinity();
    values_agree = values_agree && std::memcmp(&values[j], &value, sizeof(T)) == 0;
  }
  CAPTURE(n);
  CAPTURE(k);
  CHECK(ids_agree);
  CHECK(values_agree);
}

template <class T>
std::vector<std::vector<T>> hard_rows() {
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const T tiny = std::numeric_limits<T>::denorm_min(), most = std::numeric_limits<T>::max();
  std::vector<std::vector<T>> rows{
      {},
      {T(1)},
      {nan},
      {nan, nan, nan},
      {T(0), T(-0.0), T(0), T(-0.0), tiny, -tiny},
      {inf, -inf, nan, T(0), inf, -inf, nan, most, -most},
      std::vector<T>(33, T(2)),
  };
  for (const std::size_t n : {31u, 32u, 33u, 70u}) {
    std::vector<T> few, many;
    for (std::size_t i = 0; i < n; ++i) {
      few.push_back(static_cast<T>(kd::random::below(4, 1, n, i)) - T(2));
      many.push_back(static_cast<T>(kd::random::uniform(2, n, i) - 0.5));
    }
    few[n / 2] = nan;
    few[n / 3] = T(-0.0);
    rows.push_back(few);
    rows.push_back(many);
  }
  return rows;
}

}  // namespace

TEST_CASE_TEMPLATE("top_k is the start of a stable sort for every k, with ties, NaN, zeros of both signs and infinity",
                   T, float, double) {
  kd::context<cpu> two(2);
  kd::context<emu> ascending, descending(kd::lane_order::descending);
  for (const auto& row : hard_rows<T>())
    for (index_t k = 0; k <= static_cast<index_t>(row.size()) + 2; ++k) {
      check_row<T>(two, row, k);
      check_row<T>(ascending, row, k);
      check_row<T>(descending, row, k);
    }
}

TEST_CASE("top_k has no limit on k") {
  kd::context<cpu> ctx;
  const index_t n = 50000;
  std::vector<float> row(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < row.size(); ++i)
    row[i] = static_cast<float>(kd::random::below(20000, 3, 0, i)) / 64;  // each score two or three times
  for (const index_t k : {1, 2047, 2048, 2049, 40000, 50000, 50001}) check_row<float>(ctx, row, k);
  kd::context<emu> other;
  for (const index_t k : {1, 2047, 2048, 2049}) check_row<float>(other, row, k);
}

TEST_CASE("top_k of ascending, descending and equal rows, where lists are cut at every step or never") {
  kd::context<cpu> ctx;
  std::vector<double> row(5000);
  for (const int slope : {-1, 0, 1}) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = slope * static_cast<double>(i);
    for (const index_t k : {1, 10, 2500}) check_row<double>(ctx, row, k);
  }
}

TEST_CASE("top_k of many strided rows gives every thread count the same bytes, and may leave the values out") {
  const index_t rows = 37, n = 900, k = 21;
  std::vector<float> all(static_cast<std::size_t>(rows * (n + 5)));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(kd::random::below(50, 4, 0, i));
  for (const int threads : {1, 2, 4}) {
    kd::context<cpu> ctx(threads);
    const kd::matrix_view<const float, cpu> scores(all.data(), rows, n, n + 5);
    const auto best = kd::op::top_k(ctx, scores, k);
    kd::matrix<index_t, cpu> only(ctx, rows, k);
    kd::op::top_k<float>(ctx, scores, k, only.view(), {});
    CHECK(only.to_host() == best.ids.to_host());
    for (index_t r = 0; r < rows; ++r) {
      const auto expected = sorted(&scores(r, 0), n);
      CHECK(std::equal(expected.begin(), expected.begin() + k, &best.ids.view()(r, 0)));
    }
  }
}

TEST_CASE("top_k refuses a negative k and outputs of another shape") {
  kd::context<cpu> ctx;
  const kd::matrix<float, cpu> scores(ctx, 2, 5);
  kd::matrix<index_t, cpu> ids(ctx, 2, 3);
  kd::matrix<float, cpu> values(ctx, 2, 2);
  CHECK_THROWS_AS(kd::op::top_k(ctx, scores, -1), kd::argument_error);
  CHECK_THROWS_AS(kd::op::top_k<float>(ctx, scores, 2, ids.view(), {}), kd::shape_error);
  CHECK_THROWS_AS(kd::op::top_k<float>(ctx, scores, 3, ids.view(), values.view()), kd::shape_error);
}
