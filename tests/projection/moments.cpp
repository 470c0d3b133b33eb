// SPDX-License-Identifier: Apache-2.0
// Learners that fit from batches which never stand in memory together.
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>

using namespace kindred;
using sums = linalg::covariance_accumulator<float, cpu>;

namespace {

/// Two views of hidden numbers, rows sorted by the first one, around `shift`.
struct pairs {
  context<cpu> ctx{2};
  index_t n = 10000;
  matrix<float, cpu> x, y;
  explicit pairs(double shift = 0) : x(ctx, n, 9), y(ctx, n, 6) {
    const auto noise = [](std::uint64_t stream, index_t r, index_t c) {
      return random::uniform(stream, static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(c)) - 0.5;
    };
    for (index_t r = 0; r < n; ++r) {
      for (index_t c = 0; c < 9; ++c)
        x.view()(r, c) =
            static_cast<float>(shift + static_cast<double>(r) * 1e-4 + noise(1, r, c % 4) + noise(2, r, c));
      for (index_t c = 0; c < 6; ++c)
        y.view()(r, c) =
            static_cast<float>(shift + static_cast<double>(r) * 1e-4 + noise(1, r, c % 3) + noise(3, r, c));
    }
  }
  /// Both views in batches of `step` rows, in `parts` accumulators that are merged from the last to the first.
  sums fed(index_t step, index_t parts) {
    std::vector<sums> all;
    for (index_t p = 0; p < parts; ++p) {
      const index_t begin = p * n / parts, end = (p + 1) * n / parts;
      all.emplace_back(std::vector<index_t>{9, 6}, begin);
      for (index_t r = begin; r < end; r += step) {
        const index_t here = std::min(step, end - r);
        all.back().add(ctx, x.view().middle_rows(r, here), y.view().middle_rows(r, here));
      }
    }
    for (; all.size() > 1; all.pop_back()) all[all.size() - 2].merge(ctx, std::move(all.back()));
    return std::move(all[0]);
  }
};

template <class P>
bool same_bytes(context<cpu>& ctx, const P& a, const P& b, const matrix<float, cpu>& x, const matrix<float, cpu>& y) {
  const auto same = [](const matrix<float, cpu>& p, const matrix<float, cpu>& q) {
    return p.cols() == q.cols() &&
           std::memcmp(p.data(), q.data(), static_cast<std::size_t>(p.rows() * p.cols()) * sizeof(float)) == 0;
  };
  return same(a.first(ctx, x), b.first(ctx, x)) && same(a.second(ctx, y), b.second(ctx, y));
}

}  // namespace

TEST_CASE("learners fitted from batches and merged parts have the bytes of those fitted from all rows") {
  pairs data;
  const projection::cca cca{.ridge = 1e-2, .standardize = true};
  const projection::cfa cfa;
  const projection::pls pls{.dimensions = 3};
  const projection::multiview_cca multiview;
  const auto whole_cca = cca.fit(data.ctx, data.x, data.y);
  const auto whole_cfa = cfa.fit(data.ctx, data.x, data.y);
  const auto whole_pls = pls.fit(data.ctx, data.x, data.y);
  const auto whole_multiview = multiview.fit(data.ctx, data.x, data.y);
  for (const auto& [step, parts] : {std::pair<index_t, index_t>{10000, 1}, {777, 1}, {4096, 3}, {100, 7}}) {
    const sums s = data.fed(step, parts);
    CHECK(same_bytes(data.ctx, whole_cca, cca.fit(data.ctx, s), data.x, data.y));
    CHECK(same_bytes(data.ctx, whole_cfa, cfa.fit(data.ctx, s), data.x, data.y));
    CHECK(same_bytes(data.ctx, whole_pls, pls.fit(data.ctx, s), data.x, data.y));
    CHECK(same_bytes(data.ctx, whole_multiview, multiview.fit(data.ctx, s), data.x, data.y));
  }
  sums first({9});
  for (index_t r = 0; r < data.n; r += 1234)
    first.add(data.ctx, data.x.view().middle_rows(r, std::min(index_t(1234), data.n - r)));
  const projection::pca pca{.standardize = true, .whiten = true};
  CHECK(same_bytes(data.ctx, pca.fit(data.ctx, data.x), pca.fit(data.ctx, first), data.x, data.x));
}

TEST_CASE("rows far from 0 lose no digits beyond their own") {
  // numbers around 1e6 in double keep ten digits behind the point
  context<cpu> ctx(2);
  const index_t n = 9000;
  matrix<double, cpu> x(ctx, n, 5), y(ctx, n, 4), far_x(ctx, n, 5), far_y(ctx, n, 4);
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c < 5; ++c) {
      const auto noise = [&](std::uint64_t stream) {
        return random::uniform(stream, static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(c)) - 0.5;
      };
      x.view()(r, c) = noise(1) + noise(2);
      far_x.view()(r, c) = x.view()(r, c) + 1e6;
      if (c == 4) continue;
      y.view()(r, c) = noise(1) + noise(3);
      far_y.view()(r, c) = y.view()(r, c) - 1e6;
    }
  linalg::covariance_accumulator<double, cpu> s({5, 4});
  for (index_t r = 0; r < n; r += 500) s.add(ctx, far_x.view().middle_rows(r, 500), far_y.view().middle_rows(r, 500));
  const projection::cca cca{.ridge = 0};
  const auto near = cca.fit(ctx, x, y), far = cca.fit(ctx, s);
  REQUIRE(near.dimensions() == 4);
  for (std::size_t j = 0; j < 4; ++j)
    CHECK(far.correlations()[j] == doctest::Approx(near.correlations()[j]).epsilon(1e-11));
  const auto a = near.first(ctx, x.view().middle_rows(0, 100)), b = far.first(ctx, far_x.view().middle_rows(0, 100));
  for (index_t i = 0; i < 400; ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-8);
}

TEST_CASE("moments of other views than the learner takes, or of too few rows, are refused") {
  pairs data;
  sums one({9}), three({9, 6, 6}), empty({9, 6});
  CHECK_THROWS_WITH_AS(projection::cca{}.fit(data.ctx, one), doctest::Contains("got moments of 1 views, expected 2"),
                       shape_error);
  CHECK_THROWS_WITH_AS(projection::cfa{}.fit(data.ctx, three), doctest::Contains("got moments of 3 views, expected 2"),
                       shape_error);
  CHECK_THROWS_WITH_AS(projection::pls{}.fit(data.ctx, one), doctest::Contains("got moments of 1 views, expected 2"),
                       shape_error);
  CHECK_THROWS_WITH_AS(projection::pca{}.fit(data.ctx, empty), doctest::Contains("got moments of 2 views, expected 1"),
                       shape_error);
  CHECK_THROWS_WITH_AS(projection::multiview_cca{}.fit(data.ctx, one), doctest::Contains("1 views, 2 are needed"),
                       shape_error);
  CHECK_THROWS_WITH_AS(projection::cca{}.fit(data.ctx, empty), doctest::Contains("has 0 rows, 2 are needed"),
                       shape_error);
}
