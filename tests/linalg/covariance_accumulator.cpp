// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/linalg/covariance_accumulator.hpp>
#include <limits>

using namespace kindred;
using sums = linalg::covariance_accumulator<double, cpu>;

namespace {

constexpr index_t block = sums::block_rows;

/// n x p numbers that grow from row to row, so that blocks differ in their means.
matrix<double, cpu> rows(context<cpu>& ctx, index_t n, index_t p, std::uint64_t seed, double shift = 0) {
  matrix<double, cpu> m(ctx, n, p);
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c < p; ++c)
      m.view()(r, c) = shift + static_cast<double>(r) * 1e-4 * static_cast<double>(c + 1) +
                       random::uniform(seed, static_cast<std::uint64_t>(c), static_cast<std::uint64_t>(r));
  return m;
}

bool same_bytes(const linalg::joint_moments& a, const linalg::joint_moments& b) {
  const std::size_t p = a.means.size();
  return a.rows == b.rows && p == b.means.size() &&
         std::memcmp(a.means.data(), b.means.data(), p * sizeof(double)) == 0 &&
         std::memcmp(a.covariance.data(), b.covariance.data(), p * p * sizeof(double)) == 0;
}

/// Rows [begin, end) of both views, in batches of 1, 2, 4, ... rows (`step` 0) or of `step` rows.
sums fed(context<cpu>& ctx, const matrix<double, cpu>& x, const matrix<double, cpu>& y, index_t begin, index_t end,
         index_t step) {
  sums s({x.cols(), y.cols()}, begin);
  for (index_t at = begin, batch = step > 0 ? step : 1; at<end; at += batch, batch *= step> 0 ? 1 : 2)
    s.add(ctx, x.view().middle_rows(at, std::min(batch, end - at)),
          y.view().middle_rows(at, std::min(batch, end - at)));
  return s;
}

}  // namespace

TEST_CASE("moments of two views are those of a loop in extended precision") {
  context<cpu> ctx(2);
  const index_t n = 2 * block + 700, p = 3, q = 2;
  for (const double shift : {0.0, 1e6}) {
    const auto x = rows(ctx, n, p, 1, shift), y = rows(ctx, n, q, 2, -shift);
    const auto found = fed(ctx, x, y, 0, n, 1000).moments(ctx, ctx);
    CHECK(found.rows == n);
    CHECK(found.views() == 2);
    CHECK(found.columns(1) == q);
    const auto at = [&](index_t r, index_t c) -> long double { return c < p ? x.view()(r, c) : y.view()(r, c - p); };
    std::vector<long double> means;
    for (index_t c = 0; c < p + q; ++c) {
      long double sum = 0;
      for (index_t r = 0; r < n; ++r) sum += at(r, c) - at(0, c);
      means.push_back(at(0, c) + sum / n);
      CHECK(found.means[static_cast<std::size_t>(c)] ==
            doctest::Approx(static_cast<double>(means.back())).epsilon(1e-15));
    }
    for (index_t i = 0; i < p + q; ++i)
      for (index_t j = 0; j < p + q; ++j) {
        long double sum = 0;
        for (index_t r = 0; r < n; ++r)
          sum += (at(r, i) - means[static_cast<std::size_t>(i)]) * (at(r, j) - means[static_cast<std::size_t>(j)]);
        // with 1e6 the rows themselves have ten digits behind the point
        CHECK(found.covariance.view()(i, j) ==
              doctest::Approx(static_cast<double>(sum / (n - 1))).epsilon(shift > 0 ? 1e-11 : 1e-13));
      }
    CHECK(found.block(1, 0)(1, 2) == found.covariance.view()(p + 1, 2));
    CHECK(found.means_of(1)[0] == found.means[3]);
  }
}

TEST_CASE("batches of any sizes give the same bytes") {
  context<cpu> ctx(2);
  const index_t n = 5 * block + 17;
  const auto x = rows(ctx, n, 4, 1), y = rows(ctx, n, 3, 2);
  const auto whole = fed(ctx, x, y, 0, n, n).moments(ctx, ctx);
  for (const index_t step : {index_t(0), index_t(999), block, block + 1, 3 * block})
    CHECK(same_bytes(whole, fed(ctx, x, y, 0, n, step).moments(ctx, ctx)));
  for (const int threads : {1, 4}) {
    context<cpu> other(threads);
    CHECK(same_bytes(whole, fed(other, x, y, 0, n, 999).moments(other, other)));
  }
}

TEST_CASE("stretches of rows that are merged in any order give the bytes of the whole") {
  context<cpu> ctx(2);
  const index_t n = 7 * block + 40;
  const auto x = rows(ctx, n, 4, 1), y = rows(ctx, n, 3, 2);
  const auto whole = fed(ctx, x, y, 0, n, n).moments(ctx, ctx);
  const std::vector<index_t> cuts[] = {{0, block, 3 * block, n},
                                       {0, 10, 30, 2 * block, 2 * block + 1, n - 5, n},
                                       {0, 3 * block + 100, 3 * block + 100, 6 * block - 1, n},
                                       {0, 5, block + 5, 7 * block + 7, n}};
  for (const auto& at : cuts)
    for (const bool from_the_right : {false, true}) {
      std::vector<sums> parts;
      for (std::size_t i = 0; i + 1 < at.size(); ++i) parts.push_back(fed(ctx, x, y, at[i], at[i + 1], 1500));
      while (parts.size() > 1) {
        const std::size_t i = from_the_right ? parts.size() - 2 : 0;
        if (from_the_right)
          parts[i].merge(ctx, std::move(parts[i + 1]));
        else
          std::swap(parts[i], parts[i + 1]), parts[i].merge(ctx, std::move(parts[i + 1]));  // the later one takes over
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
      CHECK(parts[0].rows() == n);
      CHECK(parts[0].first_row() == 0);
      CHECK(same_bytes(whole, parts[0].moments(ctx, ctx)));
    }
}

TEST_CASE("moments can be looked at in between, and the emulated device gives the same") {
  context<cpu> ctx;
  context<emu> emulated;
  const auto x = rows(ctx, 700, 5, 1, 1e3);
  sums s({5});
  linalg::covariance_accumulator<float, emu> narrow({5});
  const auto values = x.to_host();
  const matrix<float, emu> on_emu(emulated, 700, 5, std::vector<float>(values.begin(), values.end()));
  s.add(ctx, x.view().middle_rows(0, 300));
  CHECK(s.moments(ctx, ctx).rows == 300);
  s.add(ctx, x.view().middle_rows(300, 0));
  s.add(ctx, x.view().middle_rows(300, 400));
  narrow.add(emulated, on_emu.view().middle_rows(0, 299));
  narrow.add(emulated, on_emu.view().middle_rows(299, 401));
  const auto wide = s.moments(ctx, ctx), down = narrow.moments(ctx, emulated);
  const auto direct = linalg::covariance(ctx, ctx, x.view(), linalg::column_means(ctx, x.view()));
  for (index_t i = 0; i < 25; ++i) {
    CHECK(wide.covariance.data()[i] == doctest::Approx(direct.data()[i]).epsilon(1e-12));
    CHECK(down.covariance.data()[i] == doctest::Approx(direct.data()[i]).epsilon(1e-3));
  }
  CHECK(wide.covariance.view()(1, 3) == wide.covariance.view()(3, 1));
}

TEST_CASE("what cannot be summed up is refused and leaves the sums as they were") {
  context<cpu> ctx;
  const auto x = rows(ctx, 20, 3, 1), y = rows(ctx, 20, 2, 2);
  sums s = fed(ctx, x, y, 0, 10, 10);
  auto broken = y.clone();
  broken.view()(12, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(s.add(ctx, x.view().middle_rows(10, 10), broken.view().middle_rows(10, 10)),
                       doctest::Contains("second view, row 2, column 1 is nan"), argument_error);
  CHECK_THROWS_WITH_AS(s.add(ctx, x, y.view().middle_rows(0, 3)), doctest::Contains("20 rows in the first view, 3 in"),
                       shape_error);
  CHECK_THROWS_WITH_AS(s.add(ctx, x), doctest::Contains("got 1 views, expected 2"), shape_error);
  CHECK_THROWS_WITH_AS(s.add(ctx, y, y), doctest::Contains("first view has 2 columns, expected 3"), shape_error);
  CHECK_THROWS_WITH_AS(s.merge(ctx, fed(ctx, x, y, 12, 20, 8)), doctest::Contains("do not follow row 9"),
                       argument_error);
  CHECK_THROWS_AS(s.merge(ctx, sums({3})), shape_error);
  CHECK_THROWS_AS(sums({}), shape_error);
  CHECK_THROWS_AS(sums({3, 0}), shape_error);
  CHECK_THROWS_AS(sums({3}, -1), argument_error);
  CHECK_THROWS_AS(fed(ctx, x, y, 0, 1, 1).moments(ctx, ctx), shape_error);
  s.merge(ctx, fed(ctx, x, y, 10, 20, 8));
  CHECK(same_bytes(s.moments(ctx, ctx), fed(ctx, x, y, 0, 20, 20).moments(ctx, ctx)));
}
