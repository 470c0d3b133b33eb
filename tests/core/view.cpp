// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <kindred/core/carver.hpp>
#include <kindred/core/view.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>

using namespace kindred;

TEST_CASE("a vector view reads and writes what it points at and slices without copying") {
  std::array<int, 5> a{10, 11, 12, 13, 14};
  const vector_view<int, cpu> v(a.data(), 5);
  v(2) = 7;
  CHECK(a[2] == 7);
  CHECK(v.segment(1, 3)(1) == 7);
  CHECK(v.segment(1, 3).size() == 3);
  CHECK(std::accumulate(v.begin(), v.end(), 0) == 10 + 11 + 7 + 13 + 14);
  const vector_view<const int, cpu> read = v;
  CHECK(read.data() == a.data());
}

TEST_CASE("an absent view stays absent when it is cut, a present view of nothing is present") {
  const vector_view<float, cpu> absent;
  CHECK_FALSE(absent);
  CHECK_FALSE(absent.segment(3, 2));
  CHECK(absent.segment(3, 2).size() == 2);
  float x = 0;
  CHECK(vector_view<float, cpu>(&x, 0));
  const matrix_view<float, cpu> nothing;
  CHECK_FALSE(nothing);
  CHECK_FALSE(nothing.middle_rows(1, 1));
  CHECK_FALSE(nothing.middle_cols(1, 1));
  CHECK_FALSE(nothing.row(4));
  CHECK(nothing.size() == 0);
}

TEST_CASE("a part that is not within its view is refused in every build, whatever overflows") {
  std::array<int, 6> a{};
  const vector_view<int, cpu> v(a.data(), 5);
  const matrix_view<int, cpu> m(a.data(), 2, 3);
  const index_t most = std::numeric_limits<index_t>::max(), least = std::numeric_limits<index_t>::min();
  for (const index_t begin : {index_t{-1}, index_t{6}, most, least}) {
    CHECK_THROWS_AS(v.segment(begin, 0), shape_error);
    CHECK_THROWS_AS(m.middle_rows(begin, 0), shape_error);
    CHECK_THROWS_AS(m.middle_cols(begin, 0), shape_error);
    CHECK_THROWS_AS(m.row(begin), shape_error);
  }
  for (const index_t count : {index_t{-1}, index_t{5}, most, least}) {
    CHECK_THROWS_AS(v.segment(1, count), shape_error);
    CHECK_THROWS_AS(m.middle_rows(1, count), shape_error);
    CHECK_THROWS_AS(m.middle_cols(1, count), shape_error);
    CHECK_THROWS_AS(as_matrix(v, count, most), shape_error);
  }
  const matrix_view<int, cpu> long_one(a.data(), 200, 0);
  CHECK_THROWS_WITH(long_one.middle_rows(150, 100), "middle_rows: expected rows within 0..200, got 100 from row 150");
  CHECK_THROWS_WITH(m.row(2), "row: expected a row within 0..2, got 1 from row 2");
  CHECK(v.segment(5, 0).size() == 0);
  CHECK(m.middle_rows(2, 0).rows() == 0);
  CHECK(m.middle_cols(3, 0).cols() == 0);
  CHECK_THROWS_AS(as_matrix(v, 2, 3), shape_error);
  CHECK_THROWS_AS(as_vector(m.middle_cols(0, 2)), shape_error);
}

#if KINDRED_CHECK_BOUNDS
TEST_CASE("a checked build refuses elements that are not there and sizes that make no sense") {
  std::array<int, 6> a{};
  const vector_view<int, cpu> v(a.data(), 5), absent;
  const matrix_view<int, cpu> m(a.data(), 2, 2, 3);
  for (const index_t i : {-1, 5}) CHECK_THROWS_AS(v(i), shape_error);
  CHECK_THROWS_AS(absent(0), shape_error);
  CHECK_THROWS_AS(m(2, 0), shape_error);
  CHECK_THROWS_WITH(m(0, 2), "view: expected an element of 2 x 2, got (0, 2)");
  CHECK_THROWS_AS(m(0, -1), shape_error);
  CHECK(m(1, 1) == 0);
  CHECK_THROWS_AS((matrix_view<int, cpu>(a.data(), -1, 2)), shape_error);
  CHECK_THROWS_AS((matrix_view<int, cpu>(a.data(), 2, -1)), shape_error);
  CHECK_THROWS_AS((matrix_view<int, cpu>(a.data(), 2, 3, 2)), shape_error);
  CHECK_THROWS_AS((vector_view<int, cpu>(a.data(), -1)), shape_error);
}
#endif

TEST_CASE("element (r, c) of a matrix view lies at r * stride + c") {
  std::array<double, 12> a{};
  std::iota(a.begin(), a.end(), 0.0);
  const matrix_view<double, cpu> m(a.data(), 3, 4);
  CHECK(m(2, 1) == 9);
  CHECK(m.contiguous());
  CHECK(m.row(1)(3) == 7);
  const auto part = m.middle_rows(1, 2).middle_cols(1, 2);
  CHECK(part.rows() == 2);
  CHECK(part.cols() == 2);
  CHECK(part.stride() == 4);
  CHECK(part(1, 1) == 10);
  CHECK(part.size() == 4);
  CHECK_FALSE(part.contiguous());
  CHECK(part.middle_rows(0, 1).contiguous());  // one row has no gap
  CHECK(as_vector(m)(11) == 11);
  CHECK(as_matrix(as_vector(m), 6, 2)(5, 0) == 10);
}

TEST_CASE("views convert to read-only ones and not back, and not to another type or device") {
  using mutable_view = matrix_view<float, cpu>;
  using read_view = matrix_view<const float, cpu>;
  static_assert(std::is_convertible_v<mutable_view, read_view>);
  static_assert(!std::is_convertible_v<read_view, mutable_view>);
  static_assert(!std::is_convertible_v<mutable_view, matrix_view<const double, cpu>>);
  static_assert(!std::is_convertible_v<mutable_view, matrix_view<const float, emu>>);
  static_assert(std::is_convertible_v<vector_view<int, cpu>, vector_view<const int, cpu>>);
  static_assert(!std::is_convertible_v<vector_view<const int, cpu>, vector_view<int, cpu>>);
  static_assert(std::is_convertible_v<batch_view<float, cpu>, batch_view<const float, cpu>>);
  static_assert(std::is_convertible_v<mutable_view, batch_view<const float, cpu>>);
  static_assert(!std::is_convertible_v<read_view, batch_view<float, cpu>>);
  static_assert(std::is_same_v<const_matrix<float, cpu>, read_view>);
  static_assert(std::is_trivially_copyable_v<mutable_view>);
  CHECK(std::is_same_v<read_view::value_type, float>);
}

TEST_CASE("the items of a batch view are rows between offsets, or equally long") {
  std::array<float, 12> a{};
  const matrix_view<float, cpu> rows(a.data(), 6, 2);
  const batch_view<float, cpu> single = rows;
  CHECK(single.items == 6);
  CHECK(single.longest == 1);
  CHECK(single.begin(4) == 4);
  CHECK(single.end(4) == 5);
  const std::array<index_t, 4> offsets{0, 4, 4, 6};
  const batch_view<float, cpu> ragged(rows, {offsets.data(), 4}, 3, 4);
  CHECK(ragged.begin(2) == 4);
  CHECK(ragged.end(1) - ragged.begin(1) == 0);
  const batch_view<const float, cpu> pictures = batch_view<float, cpu>(rows, {}, 1, 6, 2);
  CHECK(pictures.height == 2);
  CHECK(pictures.end(0) == 6);
}

TEST_CASE("the shape of a batch says what its views say") {
  std::array<float, 24> a{};
  const batch_view<float, cpu> pictures(matrix_view<float, cpu>(a.data(), 12, 2), {}, 2, 6, 2);
  CHECK(pictures.shape() == shape::pictures(2, 2, 3, 2));
  CHECK(pictures.shape().width() == 3);
  const std::array<index_t, 4> offsets{0, 2, 2, 5};
  const std::array<label_t, 5> ids{4, 1, 0, 2, 2};
  const tokens<float, cpu> words({ids.data(), 5}, {offsets.data(), 4}, 3, 3);
  CHECK(words.shape() == shape{3, 5, 1, 3, 0, true});
  CHECK(words.length(0) == 2);
  CHECK(words.length(1) == 0);
  CHECK(words.begin(2) == 2);
  CHECK(words);
  CHECK_FALSE(tokens<float, cpu>());
  const tokens<const float, cpu> read = words;  // as batch_view<const T> is made from batch_view<T>
  CHECK(read.values.data() == ids.data());
}

TEST_CASE("a carver cuts what it counts, and counts the same over nothing") {
  std::string seen;
  const auto cut = [](auto c) {
    const auto weight = c.matrix("weight", 2, 3);
    const auto bias = c.vector("bias", 3);
    CHECK(c.used() == 9);
    return std::pair(weight, bias);
  };
  std::array<double, 9> a{};
  const auto [weight, bias] = cut(carver<double, cpu>({a.data(), 9}));
  CHECK(weight.data() == a.data());
  CHECK(weight.rows() == 2);
  CHECK(bias.data() == a.data() + 6);
  const auto visit = [&](const char* name, index_t offset, index_t rows, index_t cols) {
    seen += name + std::to_string(offset) + ":" + std::to_string(rows) + "x" + std::to_string(cols) + " ";
  };
  const auto [none, nothing] = cut(carver<double, cpu, decltype(visit)>({}, visit));
  CHECK_FALSE(none);
  CHECK_FALSE(nothing);
  CHECK(seen == "weight0:2x3 bias6:1x3 ");
}
