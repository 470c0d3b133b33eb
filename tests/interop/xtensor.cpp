// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/interop/xtensor.hpp>
#include <string>
#include <vector>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>

using namespace kindred;
using interop::batch_from_xtensor;
using interop::matrix_from_xtensor;
using interop::pictures_to_xtensor;
using interop::to_xtensor;
using interop::vector_from_xtensor;

namespace {

template <class E, class F>
std::string refused(F f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("arrays of one to four axes are views of their own memory") {
  xt::xtensor<float, 1> one = xt::arange<float>(5);
  const auto v = vector_from_xtensor(one);
  CHECK(v.data() == &one(0));
  CHECK(v.size() == 5);
  xt::xarray<double> two = xt::ones<double>({3, 4});
  const auto m = matrix_from_xtensor(two);
  CHECK(m.rows() == 3);
  CHECK(m.cols() == 4);
  CHECK(&m(2, 1) == &two(2, 1));
  m(2, 1) = 7;
  CHECK(two(2, 1) == 7);
  xt::xtensor<float, 3> regions({2, 5, 3});
  const auto b = batch_from_xtensor(regions);
  CHECK(b.items == 2);
  CHECK(b.longest == 5);
  CHECK(b.height == 0);
  CHECK(b.values.cols() == 3);
  CHECK(&b.values(b.begin(1) + 4, 2) == &regions(1, 4, 2));
  const xt::xarray<std::uint8_t> pictures = xt::zeros<std::uint8_t>({2, 4, 6, 3});
  const auto p = batch_from_xtensor(pictures);
  CHECK(p.items == 2);
  CHECK(p.height == 4);
  CHECK(p.longest == 24);
  CHECK(&p.values(p.begin(1) + 2 * 6 + 5, 1) == &pictures(1, 2, 5, 1));
  static_assert(std::is_same_v<decltype(batch_from_xtensor(pictures)), batch_view<const std::uint8_t, cpu>>);
  static_assert(std::is_same_v<decltype(matrix_from_xtensor(two)), matrix_view<double, cpu>>);
}

TEST_CASE("axes of length one and no elements at all are no gaps") {
  xt::xtensor<float, 3> a({1, 4, 1}), none({0, 4, 3});
  CHECK(batch_from_xtensor(a).longest == 4);
  CHECK(batch_from_xtensor(none).items == 0);
  xt::xtensor<float, 2> m({6, 4});
  const auto rows = xt::view(m, xt::range(2, 5), xt::all());  // without gaps, not at the start
  CHECK(&matrix_from_xtensor(rows)(0, 0) == &m(2, 0));
  CHECK(matrix_from_xtensor(rows).rows() == 3);
}

TEST_CASE("an array that does not lie in C order without gaps, or has other axes, is refused") {
  xt::xtensor<float, 2> m({6, 4});
  const auto columns = xt::view(m, xt::all(), xt::range(0, 2));
  CHECK(contains(refused<argument_error>([&] { matrix_from_xtensor(columns); }),
                 "matrix_from_xtensor: elements along axis 0 lie 4 apart, not 2"));
  const auto every_second = xt::strided_view(m, {xt::all(), xt::range(0, 4, 2)});
  CHECK(
      contains(refused<argument_error>([&] { matrix_from_xtensor(every_second); }), "along axis 1 lie 2 apart, not 1"));
  xt::xtensor<float, 2, xt::layout_type::column_major> fortran({6, 4});
  CHECK(contains(refused<argument_error>([&] { matrix_from_xtensor(fortran); }), "along axis 1 lie 6 apart, not 1"));
  const auto backwards = xt::strided_view(m, {xt::range(5, xt::placeholders::_, -1), xt::all()});
  CHECK(contains(refused<argument_error>([&] { matrix_from_xtensor(backwards); }), "along axis 0 lie -4 apart, not 4"));
  CHECK(contains(refused<shape_error>([&] { vector_from_xtensor(m); }), "an array of 2 axes, not 1"));
  CHECK(contains(refused<shape_error>([&] { batch_from_xtensor(m); }), "an array of 2 axes, not"));
  xt::xarray<float> three = xt::zeros<float>({2, 2, 2});
  CHECK(contains(refused<shape_error>([&] { matrix_from_xtensor(three); }), "an array of 3 axes, not 2"));
}

TEST_CASE("views become arrays of the same memory") {
  context<cpu> ctx;
  vector<index_t, cpu> v(ctx, 3);
  auto one = to_xtensor(v.view());
  one(1) = 4;
  CHECK(v.data()[1] == 4);
  matrix<float, cpu> m(ctx, 3, 4);
  auto two = to_xtensor(m.view());
  CHECK(two.shape()[0] == 3);
  CHECK(two.shape()[1] == 4);
  CHECK(&two(2, 3) == &m.view()(2, 3));
  const auto constant = to_xtensor(matrix_view<const float, cpu>(m.view()));
  CHECK(&constant(1, 1) == &m.view()(1, 1));
  batch<float, cpu> pictures(ctx, 2, 12, 3, 4);  // 4 x 3 pixels of 3 channels
  auto four = pictures_to_xtensor(pictures.view());
  CHECK(four.shape()[1] == 4);
  CHECK(four.shape()[2] == 3);
  CHECK(&four(1, 2, 1, 2) == &pictures.view().values(12 + 2 * 3 + 1, 2));
  auto three = to_xtensor(pictures.view());
  CHECK(three.dimension() == 3);
  CHECK(&three(1, 5, 2) == &pictures.view().values(17, 2));
  // there and back
  CHECK(batch_from_xtensor(four).height == 4);
  CHECK(matrix_from_xtensor(two).data() == m.data());

  CHECK(contains(refused<argument_error>([&] { to_xtensor(m.view().middle_cols(0, 2)); }),
                 "rows of 2 numbers lie 4 apart"));
  const batch<float, cpu> rows(ctx, 2, 3, 1);
  CHECK(contains(refused<argument_error>([&] { pictures_to_xtensor(rows.view()); }), "are no pictures"));
  const batch<float, cpu> ragged(ctx, matrix<float, cpu>(ctx, 3, 2), std::vector<index_t>{0, 1, 3});
  CHECK(contains(refused<argument_error>([&] { to_xtensor(ragged.view()); }), "items of different lengths"));
}
