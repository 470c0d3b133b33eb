// SPDX-License-Identifier: Apache-2.0
// What the conformance suite does not cover: published values, outputs that are inputs, refused shapes.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/gather.hpp>
#include <kindred/op/map.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/op/pairwise.hpp>
#include <kindred/op/segment.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/transpose.hpp>
#include <limits>
#include <vector>

namespace kd = kindred;
namespace op = kindred::op;
using kd::index_t;

namespace {

template <class D>
kd::matrix<double, D> made(kd::context<D>& ctx, index_t rows, index_t cols, std::vector<double> values) {
  return {ctx, rows, cols, values};
}
std::vector<double> rounded(std::vector<double> values) {
  for (double& v : values) v = std::round(v * 1e4) / 1e4;
  return values;
}
struct sum_of_two {
  double operator()(double a, double b) const { return a + b; }
};

}  // namespace

TEST_CASE_TEMPLATE("known values come out", D, kd::cpu, kd::emu) {
  kd::context<D> ctx;
  const auto x = made(ctx, 1, 3, {1, 2, 3});
  kd::matrix<double, D> y(ctx, 1, 3);
  op::softmax(ctx, x, y.view());
  CHECK(rounded(y.to_host()) == std::vector<double>{0.09, 0.2447, 0.6652});
  op::log_softmax(ctx, x, y.view());
  CHECK(rounded(y.to_host()) == std::vector<double>{-2.4076, -1.4076, -0.4076});
  const auto pair = made(ctx, 1, 2, {3, 4});
  kd::matrix<double, D> unit(ctx, 1, 2);
  op::normalize_rows(ctx, pair, unit.view());
  CHECK(unit.to_host() == std::vector<double>{0.6, 0.8});
  // points 0, 3 and 4 i of the plane
  const auto gram = made(ctx, 3, 3, {0, 0, 0, 0, 9, 0, 0, 0, 16});
  kd::matrix<double, D> distances(ctx, 3, 3);
  op::square_distances(ctx, gram, distances.view());
  CHECK(distances.to_host() == std::vector<double>{0, 9, 16, 9, 0, 25, 16, 25, 0});
  CHECK(kd::transposed(ctx, made(ctx, 2, 3, {1, 2, 3, 4, 5, 6})).to_host() == std::vector<double>{1, 4, 2, 5, 3, 6});
}

TEST_CASE_TEMPLATE("rows have length 1 after normalizing, also where their own length is beyond the range", D, kd::cpu,
                   kd::emu) {
  kd::context<D> ctx;
  const kd::matrix<float, D> x(ctx, 4, 2, std::vector<float>{3e38f, 3e38f, 1e-44f, 1e-44f, 3e-42f, -4e-42f, 0, 0});
  kd::matrix<float, D> y(ctx, 4, 2);
  op::normalize_rows(ctx, x, y.view());
  const std::vector<float> unit = y.to_host();
  const double expected[] = {std::sqrt(0.5), std::sqrt(0.5), std::sqrt(0.5), std::sqrt(0.5), 0.6, -0.8, 0, 0};
  // the numbers of row 2 are whole multiples of the smallest one, about 2141 and 2854 of them
  for (std::size_t i = 0; i < 8; ++i)
    CHECK(std::fabs(static_cast<double>(unit[i]) - expected[i]) < (i / 2 == 2 ? 2e-4 : 2e-7));
}

TEST_CASE_TEMPLATE("results may take the place of inputs where the documentation says so", D, kd::cpu, kd::emu) {
  kd::context<D> ctx;
  std::vector<double> values(3 * 40);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * i % 17) / 5;
  const auto x = made(ctx, 3, 40, values), dy = made(ctx, 3, 40, std::vector<double>(values.rbegin(), values.rend()));
  const auto agrees = [&](auto run) {
    auto apart = x.clone(), place = x.clone();
    run(x.view(), apart.view());
    run(static_cast<const kd::matrix<double, D>&>(place).view(), place.view());
    CHECK(apart.to_host() == place.to_host());
  };
  using in = kd::matrix_view<const double, D>;
  using out = kd::matrix_view<double, D>;
  agrees([&](in a, out b) { op::softmax(ctx, a, b); });
  agrees([&](in a, out b) { op::log_softmax(ctx, a, b); });
  agrees([&](in a, out b) { op::normalize_rows(ctx, a, b); });
  agrees([&](in a, out b) { op::map(ctx, sum_of_two{}, a, dy, b); });
  agrees([&](in a, out b) { op::add_bias(ctx, a, dy.view().row(0), b); });
  agrees([&](in a, out b) { op::standardize_columns(ctx, a, dy.view().row(0), dy.view().row(1), b); });
  agrees([&](in a, out b) { op::softmax_backward(ctx, dy, a, b); });
  agrees([&](in a, out b) { op::log_softmax_backward(ctx, dy, a, b); });
  kd::vector<double, D> norms(ctx, std::vector<double>{1, 2, 3});
  agrees([&](in a, out b) { op::normalize_rows_backward(ctx, dy, norms, a, b); });
  // one column, in items of 30 and 90 rows
  kd::vector<index_t, D> offsets(ctx, std::vector<index_t>{0, 30, 120});
  const auto batch = [&](in a) { return kd::batch_view<const double, D>{{a.data(), 120, 1}, offsets.view(), 2, 90}; };
  const auto column = [](out b) { return out{b.data(), 120, 1}; };
  agrees([&](in a, out b) { op::segment_softmax(ctx, batch(a), column(b)); });
  agrees([&](in a, out b) { op::segment_softmax_backward(ctx, batch(dy.view()), in{a.data(), 120, 1}, column(b)); });
}

TEST_CASE("random fills depend on the position, not on strides or the device") {
  kd::context<kd::cpu> here;
  kd::context<kd::emu> there(kd::lane_order::descending);
  kd::matrix<float, kd::cpu> narrow(here, 5, 7), wide(here, 5, 20);
  kd::matrix<float, kd::emu> other(there, 5, 7);
  op::fill_normal(here, narrow.view(), 0, 1, 3);
  op::fill_normal(here, wide.view().middle_cols(2, 7), 0, 1, 3);
  op::fill_normal(there, other.view(), 0, 1, 3);
  CHECK(kd::to_host(here, wide.view().middle_cols(2, 7)) == narrow.to_host());
  CHECK(other.to_host() == narrow.to_host());
  op::fill_normal(here, wide.view().middle_cols(2, 7), 0, 1, 3, 1);
  CHECK(kd::to_host(here, wide.view().middle_cols(2, 7)) != narrow.to_host());
}

TEST_CASE("uses of rows are sorted by row, then by position, and negative ids name none") {
  kd::context<kd::cpu> ctx;
  const std::vector<index_t> ids{4, 2, -1, 4, 0, 2, 4};
  const auto use = op::row_uses<kd::cpu>(ctx, ids, 5);
  CHECK(use.rows.to_host() == std::vector<index_t>{0, 2, 4});
  CHECK(use.offsets.to_host() == std::vector<index_t>{0, 1, 3, 6});
  CHECK(use.positions.to_host() == std::vector<index_t>{4, 1, 5, 0, 3, 6});
  const auto none = op::row_uses<kd::cpu>(ctx, {}, 5);
  CHECK(none.rows.size() == 0);
  CHECK(none.offsets.to_host() == std::vector<index_t>{0});
  CHECK_THROWS_AS(op::row_uses<kd::cpu>(ctx, ids, 4), kd::argument_error);
}

TEST_CASE("an id that names no row gives zeros") {
  kd::context<kd::cpu> ctx;
  const auto x = made(ctx, 2, 2, {1, 2, 3, 4});
  kd::matrix<double, kd::cpu> y(ctx, 4, 2);
  op::gather_rows(ctx, x, kd::vector<index_t, kd::cpu>(ctx, std::vector<index_t>{1, -1, 2, 0}), y.view());
  CHECK(y.to_host() == std::vector<double>{3, 4, 0, 0, 0, 0, 1, 2});
}

TEST_CASE("sizes that do not fit are refused before anything is written") {
  kd::context<kd::cpu> ctx;
  using matrix = kd::matrix<double, kd::cpu>;
  matrix x(ctx, 3, 4), tall(ctx, 4, 4), y(ctx, 3, 4), one(ctx, 3, 1);
  kd::vector<double, kd::cpu> three(ctx, 3), four(ctx, 4);
  kd::vector<index_t, kd::cpu> ids(ctx, 2);
  const auto refused = [](auto call) { CHECK_THROWS_AS(call(), kd::shape_error); };
  refused([&] { op::map(ctx, sum_of_two{}, x, tall, y.view()); });
  refused([&] { op::add_bias(ctx, x, three, y.view()); });
  refused([&] { op::add_bias_backward(ctx, x, three.view()); });
  refused([&] { op::row_sums(ctx, x, four.view()); });
  refused([&] { op::row_argmax(ctx, x, ids.view()); });
  refused([&] { op::column_sums(ctx, x, three.view()); });
  refused([&] { op::column_means(ctx, x, three.view()); });
  refused([&] { op::column_standard_deviations(ctx, x, three, four.view()); });
  refused([&] { op::standardize_columns(ctx, x, four, three, y.view()); });
  refused([&] { op::row_norms(ctx, x, four.view()); });
  refused([&] { op::normalize_rows(ctx, x, tall.view()); });
  refused([&] { op::normalize_rows(ctx, x, y.view(), four.view()); });
  refused([&] { op::normalize_rows_backward(ctx, x, four, x, y.view()); });
  refused([&] { op::softmax(ctx, x, tall.view()); });
  refused([&] { op::softmax_backward(ctx, x, tall, y.view()); });
  refused([&] { op::log_softmax(ctx, x, tall.view()); });
  refused([&] { op::log_softmax_backward(ctx, tall, x, y.view()); });
  refused([&] { op::transpose(ctx, x, y.view()); });
  refused([&] { op::gather_rows(ctx, x, ids, y.view()); });
  refused([&] { op::square_distances(ctx, x, y.view()); });
  refused([&] { op::square_distances_backward(ctx, tall, x, tall.view()); });

  // two items of two rows do not make three rows; attention weights have one column; ragged items want offsets
  const kd::batch_view<double, kd::cpu> wrong{x.view(), {}, 2, 2}, right{tall.view(), {}, 2, 2};
  const kd::batch_view<double, kd::cpu> ragged{tall.view(), ids.view(), 2, 2};
  matrix items(ctx, 2, 4);
  kd::matrix<index_t, kd::cpu> at(ctx, 1, 4);
  refused([&] { op::segment_sum(ctx, wrong, items.view()); });
  refused([&] { op::segment_sum(ctx, ragged, items.view()); });
  refused([&] { op::segment_mean(ctx, right, x.view()); });
  refused([&] { op::segment_max(ctx, right, items.view(), at.view()); });
  refused([&] { op::segment_sum_backward(ctx, x, right); });
  refused([&] { op::segment_softmax(ctx, right, tall.view()); });
  refused([&] { op::segment_softmax_backward(ctx, right, tall, tall.view()); });
  const auto use = op::row_uses<kd::cpu>(ctx, std::vector<index_t>{0, 1, 2, 3}, 4);
  refused([&] { op::gather_rows_backward(ctx, x, use, tall.view()); });
  for (const double v : y.to_host()) CHECK(v == 0);
}

TEST_CASE_TEMPLATE("the first row that is not finite is found, in views of any stride", D, kd::cpu, kd::emu) {
  kd::context<D> ctx;
  auto x = made(ctx, 40, 33, std::vector<double>(40 * 33, 1e300));
  CHECK(op::first_non_finite_row<double>(ctx, x) == -1);
  x.view()(31, 32) = -std::numeric_limits<double>::infinity();
  CHECK(op::first_non_finite_row<double>(ctx, x) == 31);
  CHECK(op::first_non_finite_row<double>(ctx, x.view().middle_cols(0, 32)) == -1);
  x.view()(7, 0) = std::nan("");
  CHECK(op::first_non_finite_row<double>(ctx, x) == 7);
  CHECK(op::first_non_finite_row<double>(ctx, x.view().middle_rows(0, 0)) == -1);
}
