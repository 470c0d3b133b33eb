// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/check/conformance.hpp>
#include <limits>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::index_t;

// Sanitizers triple the time to compile the suite; what they find does not depend on the type of the numbers.
#if defined(__SANITIZE_ADDRESS__)
#define KINDRED_TEST_SCALARS double
#else
#define KINDRED_TEST_SCALARS float, double
#endif

namespace {

template <class T, class D>
std::vector<kd::check::finding> findings(kd::context<D>& ctx) {
  std::vector<kd::check::finding> all;
  kd::check::conformance<T>(ctx, [&](const kd::check::finding& f) { all.push_back(f); });
  return all;
}

void require_passed(const std::vector<kd::check::finding>& all) {
  REQUIRE(all.size() > 500);
  for (const auto& f : all)
    if (!f.passed()) FAIL_CHECK(f.name << ": error " << f.error << ", allowed " << f.allowed);
}

void require_same_bytes(const std::vector<kd::check::finding>& a, const std::vector<kd::check::finding>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].name == b[i].name);
    if (a[i].digest != b[i].digest) FAIL_CHECK(a[i].name << ": other bytes");
  }
}

}  // namespace

TEST_CASE_TEMPLATE("cpu conforms, with the same bytes on one and on three threads", T, KINDRED_TEST_SCALARS) {
  kd::context<kd::cpu> one(1), three(3);
  const auto a = findings<T>(one), b = findings<T>(three);
  require_passed(a);
  require_same_bytes(a, b);
}

TEST_CASE_TEMPLATE("emu conforms, with the same bytes in both lane orders", T, KINDRED_TEST_SCALARS) {
  kd::context<kd::emu> ascending(kd::lane_order::ascending), descending(kd::lane_order::descending);
  const auto a = findings<T>(ascending), b = findings<T>(descending);
  require_passed(a);
  require_same_bytes(a, b);
}

namespace {

// what the suite must be able to find: each lane reads what its neighbour writes
template <kd::Device D>
struct racy_row {
  kd::matrix_view<float, D> x;
  template <class G>
  void operator()(const G& g, index_t r) const {
    g.for_each(x.cols() - 1, [&](index_t c) { x(r, c) += x(r, c + 1); });
  }
};
template <kd::Device D>
struct nested_row {
  kd::matrix_view<float, D> x;
  template <class G>
  void operator()(const G& g, index_t r) const {
    g.for_each(x.cols(),
               [&](index_t c) { x(r, c) = g.reduce(x.cols(), 0.0f, kd::plus{}, [&](index_t k) { return x(r, k); }); });
  }
};

}  // namespace

TEST_CASE("a body whose lanes read each other's results gives other bytes in the other lane order") {
  std::vector<float> results[2];
  for (const auto order : {kd::lane_order::ascending, kd::lane_order::descending}) {
    kd::context<kd::emu> ctx(order);
    std::vector<float> host(40);
    for (std::size_t i = 0; i < host.size(); ++i) host[i] = static_cast<float>(i);
    kd::matrix<float, kd::emu> x(ctx, 1, 40, host);
    ctx.for_each_row(1, 40, racy_row<kd::emu>{x.view()});
    results[order == kd::lane_order::ascending ? 0 : 1] = x.to_host();
  }
  CHECK(results[0] != results[1]);
}

TEST_CASE("a group call inside a group call is refused") {
  kd::context<kd::emu> ctx;
  kd::matrix<float, kd::emu> x(ctx, 2, 40);
  CHECK_THROWS_AS(ctx.for_each_row(2, 40, nested_row<kd::emu>{x.view()}), kd::device_error);
}

TEST_CASE("a finding with NaN or with an error above its limit does not pass") {
  CHECK(kd::check::finding{"", 0.5, 0.5, 0}.passed());
  CHECK_FALSE(kd::check::finding{"", 0.6, 0.5, 0}.passed());
  CHECK_FALSE(kd::check::finding{"", std::numeric_limits<double>::quiet_NaN(), 0.5, 0}.passed());
}

TEST_CASE("a result that is wrong, beside its matrix, or NaN is found, and its bytes differ") {
  using kd::check::detail::framed;
  using kd::check::detail::grid;
  const kd::check::detail::label one{"", 2, 3, -1, ""};
  kd::context<kd::cpu> ctx;
  framed<float, kd::cpu> right(ctx, grid(2, 3, 1)), wrong(ctx, grid(2, 3, 1)), beside(ctx, grid(2, 3, 1)),
      nan(ctx, grid(2, 3, 1));
  wrong.view()(1, 2) = 1.5f;
  beside.view().data()[3] = 0;
  nan.view()(0, 0) = std::numeric_limits<float>::quiet_NaN();
  const grid expected(2, 3, 1);
  CHECK(right.compared(one, expected, 0).passed());
  CHECK(wrong.compared(one, expected, 0.5).error == 0.5);
  CHECK_FALSE(beside.compared(one, expected, 1e9).passed());
  CHECK_FALSE(nan.compared(one, expected, 1e9).passed());
  CHECK(right.compared(one, expected, 0).digest != wrong.compared(one, expected, 0).digest);
}
