// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/carver.hpp>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

using namespace kindred;

namespace {
std::vector<float> counted(index_t n) {
  std::vector<float> v(static_cast<std::size_t>(n));
  std::iota(v.begin(), v.end(), 0.0f);
  return v;
}
}  // namespace

TEST_CASE_TEMPLATE("arrays are zero at first and bring back what was put in", D, cpu, emu) {
  context<D> ctx;
  for (const index_t n : {0, 1, 31, 33}) {
    const vector<double, D> zero(ctx, n);
    CHECK(zero.size() == n);
    CHECK(zero.to_host() == std::vector<double>(static_cast<std::size_t>(n), 0.0));
    const matrix<float, D> m(ctx, n, 3, counted(3 * n));
    CHECK(m.rows() == n);
    CHECK(m.cols() == 3);
    CHECK(m.to_host() == counted(3 * n));
    CHECK(matrix<int, D>(ctx, n, 2).to_host() == std::vector<int>(static_cast<std::size_t>(2 * n), 0));
    CHECK(to_host(ctx, m.view()) == m.to_host());
  }
  const std::vector<label_t> labels{3, 1, 2};
  CHECK(vector<label_t, D>(ctx, labels).to_host() == labels);
}

TEST_CASE_TEMPLATE("a clone is a copy of its own, a moved array takes its memory along", D, cpu, emu) {
  context<D> ctx;
  matrix<float, D> a(ctx, 2, 3, counted(6));
  matrix<float, D> b = a.clone();
  b.view()(0, 0) = 9;
  CHECK(a.view()(0, 0) == 0);
  const float* const at = a.data();
  const matrix<float, D> c = std::move(a);
  CHECK(c.data() == at);
  b = c.clone();
  CHECK(b.to_host() == counted(6));
  vector<float, D> v(ctx, counted(4)), w = v.clone();
  w = std::move(v);
  CHECK(w.to_host() == counted(4));
}

TEST_CASE_TEMPLATE("a moved-from array has no elements and an absent view", D, cpu, emu) {
  context<D> ctx;
  vector<float, D> v(ctx, counted(4));
  matrix<float, D> m(ctx, 2, 3, counted(6)), other(ctx, 1, 1);
  const std::vector<index_t> offsets{0, 2};
  batch<float, D> ragged(ctx, m.clone(), offsets);
  const auto v2 = std::move(v);
  other = std::move(m);
  const auto ragged2 = std::move(ragged);
  CHECK(other.to_host() == counted(6));
  CHECK(v2.size() == 4);
  CHECK(ragged2.view().longest == 2);
  // what is left is defined
  CHECK(v.size() == 0);
  CHECK_FALSE(v.view());
  CHECK(v.to_host().empty());
  CHECK(v.clone().size() == 0);
  CHECK(m.rows() == 0);
  CHECK(m.cols() == 0);
  CHECK_FALSE(m.view());
  CHECK(m.to_host().empty());
  CHECK(ragged.items() == 0);
  CHECK_FALSE(ragged.view());
  CHECK(ragged.view().longest == 0);
  m = other.clone();
  CHECK(m.to_host() == counted(6));
}

TEST_CASE("views of temporaries do not exist, as arguments temporaries convert") {
  static_assert(OwningTemporary<vector<float, cpu>> && OwningTemporary<const matrix<float, cpu>> &&
                OwningTemporary<batch<float, cpu>>);
  static_assert(!OwningTemporary<vector<float, cpu>&> && !OwningTemporary<matrix_view<float, cpu>> &&
                !OwningTemporary<context<cpu>&> && !OwningTemporary<int>);
  static_assert(std::is_convertible_v<matrix<float, cpu>, matrix_view<const float, cpu>>);
}

TEST_CASE("sizes that make no sense are refused before anything is allocated") {
  context<cpu> ctx;
  const index_t huge = std::numeric_limits<index_t>::max();
  CHECK_THROWS_AS((matrix<float, cpu>(ctx, -1, 2)), argument_error);
  CHECK_THROWS_AS((matrix<float, cpu>(ctx, 2, -1)), argument_error);
  CHECK_THROWS_AS((matrix<float, cpu>(ctx, huge / 4, 2)), argument_error);
  CHECK_THROWS_AS((vector<double, cpu>(ctx, huge)), argument_error);
  CHECK_THROWS_AS((vector<double, cpu>(ctx, -5)), argument_error);
  CHECK_THROWS_AS((batch<float, cpu>(ctx, -1, -1, 4)), argument_error);
  CHECK_THROWS_AS((batch<float, cpu>(ctx, 2, 2, 4, -2)), argument_error);
  CHECK_THROWS_AS((matrix<float, cpu>(ctx, 2, 2, counted(3))), shape_error);
}

TEST_CASE_TEMPLATE("a strided part comes to the host row by row and moves between devices", D, cpu, emu) {
  context<D> ctx;
  const matrix<float, D> m(ctx, 3, 4, counted(12));
  const auto part = m.view().middle_cols(1, 2);
  CHECK(to_host(ctx, part) == std::vector<float>{1, 2, 5, 6, 9, 10});
  context<cpu> other;
  const auto moved = copied_to(other, ctx, part);
  CHECK(moved.rows() == 3);
  CHECK(moved.to_host() == std::vector<float>{1, 2, 5, 6, 9, 10});
  CHECK(to_host(ctx, m.view().middle_rows(3, 0)).empty());
}

TEST_CASE_TEMPLATE("batches are equally long or ragged", D, cpu, emu) {
  context<D> ctx;
  const batch<float, D> pictures(ctx, 2, 6, 3, 2);
  CHECK(pictures.items() == 2);
  CHECK(pictures.view().height == 2);
  CHECK(pictures.view().values.rows() == 12);
  CHECK_FALSE(pictures.view().offsets);
  const std::vector<index_t> offsets{0, 2, 2, 5};
  const batch<float, D> ragged(ctx, matrix<float, D>(ctx, 5, 2), offsets);
  CHECK(ragged.items() == 3);
  CHECK(ragged.view().longest == 3);
  CHECK(ragged.view().begin(2) == 2);
  const auto refused = [&](std::vector<index_t> o) {
    CHECK_THROWS_AS((batch<float, D>(ctx, matrix<float, D>(ctx, 5, 2), o)), shape_error);
  };
  refused({});
  refused({0, 4});
  refused({1, 5});
  refused({0, 4, 3, 5});
}

TEST_CASE("owning arrays and views are matrix arguments, other things are not") {
  static_assert(MatrixArgument<matrix<float, cpu>, cpu>);
  static_assert(MatrixArgument<matrix_view<float, cpu>, cpu>);
  static_assert(MatrixArgument<matrix_view<const float, cpu>, cpu>);
  static_assert(!MatrixArgument<matrix<float, emu>, cpu>);
  static_assert(!MatrixArgument<vector<float, cpu>, cpu>);
  context<cpu> ctx;
  const matrix<float, cpu> m(ctx, 2, 2, counted(4));
  CHECK(as_const(m)(1, 1) == 3);
  CHECK(as_const(m.view())(1, 0) == 2);
}

TEST_CASE("sizes are multiplied and added as integers of any length, and refused from 2^63 on") {
  __extension__ typedef __int128 wide;
  const index_t most = std::numeric_limits<index_t>::max();
  for (const index_t a : {index_t(0), index_t(1), index_t(3), index_t(1) << 31, index_t(1) << 32, most / 3, most})
    for (const index_t b : {index_t(0), index_t(1), index_t(2), index_t(3), index_t(1) << 32, most - 1, most}) {
      CAPTURE(a);
      CAPTURE(b);
      const auto product = static_cast<wide>(a) * b, sum = static_cast<wide>(a) + b;
      if (product <= most)
        CHECK(checked_product(a, b) == static_cast<index_t>(product));
      else
        CHECK_THROWS_AS(checked_product(a, b), argument_error);
      if (sum <= most)
        CHECK(checked_sum(a, b) == static_cast<index_t>(sum));
      else
        CHECK_THROWS_AS(checked_sum(a, b), argument_error);
    }
  CHECK(checked_product(2, 3, 4, 5) == 120);
  CHECK(checked_sum(2, 3, 4, 5) == 14);
  CHECK_THROWS_AS(checked_product(2, 3, most), argument_error);
  CHECK_THROWS_AS(checked_product(-1, 0), argument_error);
  CHECK_THROWS_AS(checked_sum(1, -1), argument_error);
  CHECK_THROWS_WITH_AS(checked_product(index_t(1) << 32, index_t(1) << 32),
                       doctest::Contains("got 4294967296 x 4294967296"), argument_error);
}

TEST_CASE("products of sizes that overflow are refused wherever memory is asked for") {
  context<cpu> ctx;
  const index_t large = index_t(1) << 33;
  CHECK_THROWS_AS((batch<float, cpu>(ctx, large, large, 1)), argument_error);
  CHECK_THROWS_AS((batch<float, cpu>(ctx, -1, -1, 4)), argument_error);
  CHECK_THROWS_AS(shape::pictures(2, large, large, 3), argument_error);
  CHECK_THROWS_AS(shape::sequences(large, large, 3), argument_error);
  const scratch_scope scope(ctx);
  CHECK_THROWS_AS(scratch_matrix<float>(ctx, large, large), argument_error);
  CHECK_THROWS_AS(scratch_matrix<float>(ctx, -1, -1), argument_error);
  CHECK_THROWS_AS(scratch_vector<float>(ctx, index_t(1) << 61), argument_error);
  CHECK_THROWS_AS(scratch_vector<float>(ctx, -4), argument_error);
  std::vector<float> numbers(6);
  carver<float, cpu> counting, cutting({numbers.data(), 6});
  CHECK_THROWS_AS(counting.matrix("", large, large), argument_error);
  counting.vector("", std::numeric_limits<index_t>::max());
  CHECK_THROWS_AS(counting.vector("", 1), argument_error);
  cutting.matrix("", 2, 2);
  CHECK_THROWS_AS(cutting.vector("", 3), shape_error);
  CHECK(cutting.vector("", 2).data() == numbers.data() + 4);
}
