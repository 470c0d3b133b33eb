// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <vector>

namespace kd = kindred;
using kd::index_t;

namespace {

kd::detail::emulated_warp warp(bool& busy, kd::lane_order order = kd::lane_order::ascending) { return {order, busy}; }

constexpr index_t widths[] = {0, 1, 15, 16, 17, 31, 32, 33, 1000};

index_t value(index_t i) { return (7 * i * i + 3) % 13 - 4; }

struct visited_at {
  std::vector<index_t>* order;
  void operator()(index_t i) const { order->push_back(i); }
  void operator()(index_t r, index_t c) const { order->push_back(10 * r + c); }
};
struct visited_row {
  std::vector<index_t>* order;
  template <class G>
  void operator()(const G& g, index_t r) const {
    g.for_each(2, [&](index_t i) { order->push_back(10 * r + i); });
  }
};
struct counting_row {
  kd::matrix_view<index_t, kd::emu> out;
  template <class G>
  void operator()(const G& g, index_t r) const {
    out(r, 0) = g.reduce(5, index_t(0), kd::plus{}, [](index_t i) { return i; });
    g.once([&] { out(r, 1) = 1; });
  }
};

}  // namespace

TEST_CASE("memory that nobody has written is NaN") {
  kd::context<kd::emu> ctx;
  const kd::matrix<double, kd::emu> x(ctx, 3, 5, kd::uninitialized);
  const kd::matrix<float, kd::emu> y(ctx, 3, 5, kd::uninitialized);
  for (const double v : x.to_host()) CHECK(std::isnan(v));
  for (const float v : y.to_host()) CHECK(std::isnan(v));
  const kd::scratch_scope scope(ctx);
  const auto z = kd::scratch_vector<float>(ctx, 7);
  for (index_t i = 0; i < 7; ++i) CHECK(std::isnan(z(i)));
  const kd::matrix<float, kd::emu> cleared(ctx, 3, 5);
  for (const float v : cleared.to_host()) CHECK(v == 0);
}

TEST_CASE("elements, cells, rows and lanes run in the order that was asked for") {
  for (const bool ascending : {true, false}) {
    kd::context<kd::emu> ctx(ascending ? kd::lane_order::ascending : kd::lane_order::descending);
    std::vector<index_t> elements, cells, rows;
    ctx.for_each(3, visited_at{&elements});
    ctx.for_each(2, 2, visited_at{&cells});
    ctx.for_each_row(2, 2, visited_row{&rows});
    using list = std::vector<index_t>;
    CHECK(elements == (ascending ? list{0, 1, 2} : list{2, 1, 0}));
    CHECK(cells == (ascending ? list{0, 1, 10, 11} : list{11, 10, 1, 0}));
    CHECK(rows == (ascending ? list{0, 1, 10, 11} : list{11, 10, 1, 0}));
  }
}

TEST_CASE("integer primitives of the emulated warp equal those of the host's lanes and a plain loop") {
  bool busy = false;
  const kd::lane_group<16> lanes;
  for (const auto order : {kd::lane_order::ascending, kd::lane_order::descending})
    for (const index_t n : widths) {
      const auto emulated = warp(busy, order);
      index_t sum = 0, most = -100;
      std::vector<index_t> before, bins(9);
      for (index_t i = 0; i < n; ++i) {
        before.push_back(sum);
        sum += value(i);
        most = value(i) > most ? value(i) : most;
        if (value(i) >= 0) ++bins[static_cast<std::size_t>(value(i))];
      }
      const auto check = [&](const auto& g) {
        CHECK(g.reduce(n, index_t(0), kd::plus{}, value) == sum);
        CHECK(g.reduce(n, index_t(-100), kd::maximum{}, value) == most);
        std::vector<index_t> scanned(static_cast<std::size_t>(n), -1), counted(9);
        CHECK(g.scan(n, value, [&](index_t i, index_t v) { scanned[static_cast<std::size_t>(i)] = v; }) == sum);
        CHECK(scanned == before);
        g.count(n, counted.data(), value);
        CHECK(counted == bins);
        std::vector<int> ran(static_cast<std::size_t>(n));
        g.for_each(n, [&](index_t i) { ++ran[static_cast<std::size_t>(i)]; });
        CHECK(ran == std::vector<int>(static_cast<std::size_t>(n), 1));
        int once = 0;
        g.once([&] { ++once; });
        CHECK(once == 1);
      };
      check(lanes);
      check(emulated);
    }
}

TEST_CASE("sums of both groups differ by rounding only, and the best item not at all") {
  bool busy = false;
  const auto emulated = warp(busy);
  const kd::lane_group<16> lanes;
  for (const index_t n : widths) {
    const auto x = [](index_t i) { return 1.0f / static_cast<float>(i + 1); };
    double sum = 0;
    for (index_t i = 0; i < n; ++i) sum += x(i);
    const float here = lanes.reduce(n, 0.0f, kd::plus{}, x), there = emulated.reduce(n, 0.0f, kd::plus{}, x);
    CHECK(std::abs(here - sum) <= 1e-5);
    CHECK(std::abs(there - sum) <= 1e-5);
    CHECK(warp(busy, kd::lane_order::descending).reduce(n, 0.0f, kd::plus{}, x) == there);

    // ties and NaN
    const auto item = [](index_t i) {
      return kd::scored<float>{i % 5 == 0 ? std::nanf("") : static_cast<float>(value(i)), i};
    };
    kd::scored<float> first{0, -1};
    for (index_t i = 0; i < n; ++i) first = kd::best{}(first, item(i));
    CHECK(lanes.reduce(n, kd::scored<float>{0, -1}, kd::best{}, item).id == first.id);
    CHECK(emulated.reduce(n, kd::scored<float>{0, -1}, kd::best{}, item).id == first.id);
  }
}

TEST_CASE("all lanes of a scan evaluate f before any of them emits") {
  bool busy = false;
  index_t evaluated = 0;
  warp(busy).scan(
      40, [&](index_t) { return ++evaluated, index_t(1); },
      [&](index_t i, index_t) { CHECK(evaluated == (i < 32 ? 32 : 40)); });
}

TEST_CASE("every group call inside a group call is refused, and the group works again afterwards") {
  bool busy = false;
  const auto g = warp(busy);
  const auto one = [](index_t) { return index_t(1); };
  const auto nothing = [](index_t) {};
  const auto ignore = [](index_t, index_t) {};
  CHECK_THROWS_AS(g.for_each(1, [&](index_t) { g.for_each(1, nothing); }), kd::device_error);
  CHECK_THROWS_AS(g.once([&] { g.once([] {}); }), kd::device_error);
  CHECK_THROWS_AS(
      g.reduce(1, index_t(0), kd::plus{}, [&](index_t) { return g.reduce(1, index_t(0), kd::plus{}, one); }),
      kd::device_error);
  CHECK_THROWS_AS(g.scan(
                      1, [&](index_t) { return g.scan(1, one, ignore); }, ignore),
                  kd::device_error);
  CHECK_THROWS_AS(g.scan(1, one, [&](index_t, index_t) { g.once([] {}); }), kd::device_error);
  index_t bins[2] = {};
  CHECK_THROWS_AS(g.count(1, bins,
                          [&](index_t) {
                            g.count(1, bins, one);
                            return index_t(0);
                          }),
                  kd::device_error);
  CHECK_FALSE(busy);
  CHECK(g.reduce(3, index_t(0), kd::plus{}, one) == 3);
  kd::context<kd::emu> ctx;
  kd::matrix<index_t, kd::emu> out(ctx, 2, 2);
  ctx.for_each_row(2, 5, counting_row{out.view()});
  CHECK(out.to_host() == std::vector<index_t>{10, 1, 10, 1});
}

TEST_CASE("products check their shapes and do not read what beta 0 replaces") {
  kd::context<kd::emu> ctx;
  const std::vector<float> host{1, 2, 3, 4, 5, 6};
  const kd::matrix<float, kd::emu> a(ctx, 2, 3, host);
  kd::matrix<float, kd::emu> c(ctx, 2, 2, kd::uninitialized);
  ctx.gemm<float>(2, a, kd::transpose::no, a, kd::transpose::yes, 0, c.view());
  CHECK(c.to_host() == std::vector<float>{28, 64, 64, 154});
  ctx.gemm<float>(1, a, kd::transpose::no, a, kd::transpose::yes, 0.5f, c.view());
  CHECK(c.to_host() == std::vector<float>{28, 64, 64, 154});
  CHECK_THROWS_AS(ctx.gemm<float>(1, a, kd::transpose::no, a, kd::transpose::no, 0, c.view()), kd::shape_error);
}
