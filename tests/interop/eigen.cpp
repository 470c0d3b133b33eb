// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/interop/eigen.hpp>
#include <string>
#include <type_traits>
#include <vector>

using namespace kindred;
using interop::from_eigen;
using interop::to_eigen;
using interop::transposed_from_eigen;
using interop::vector_from_eigen;

namespace {

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using column_major = Eigen::MatrixXd;
using of_three = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;

/// Of the same shape and in the same memory.
template <class M, class T>
void check_same(M&& m, matrix_view<T, cpu> v) {
  REQUIRE(v.rows() == m.rows());
  REQUIRE(v.cols() == m.cols());
  for (index_t r = 0; r < v.rows(); ++r)
    for (index_t c = 0; c < v.cols(); ++c) CHECK(&v(r, c) == &m.coeffRef(r, c));
}

template <class F>
std::string refused(F f) {
  try {
    f();
  } catch (const argument_error& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("row-major matrices, blocks, maps and references of Eigen are views of their own memory") {
  row_major m = row_major::Random(5, 4);
  const row_major& constant = m;
  check_same(m, from_eigen(m));
  check_same(m.block(1, 1, 3, 2), from_eigen(m.block(1, 1, 3, 2)));
  check_same(m.row(2), from_eigen(m.row(2)));
  check_same(m.col(2), from_eigen(m.col(2)));
  check_same(constant.topRows(2), from_eigen(constant.topRows(2)));
  Eigen::Ref<row_major> reference(m);
  check_same(reference, from_eigen(reference));
  const std::vector<double> numbers(12);
  const Eigen::Map<const of_three, 0, Eigen::OuterStride<>> map(numbers.data(), 3, 3, Eigen::OuterStride<>(4));
  check_same(map, from_eigen(map));
  CHECK(from_eigen(map).stride() == 4);
  static_assert(std::is_same_v<decltype(from_eigen(m)), matrix_view<float, cpu>>);
  static_assert(std::is_same_v<decltype(from_eigen(m.topRows(2))), matrix_view<float, cpu>>);
  static_assert(std::is_same_v<decltype(from_eigen(constant)), matrix_view<const float, cpu>>);
  static_assert(std::is_same_v<decltype(from_eigen(map)), matrix_view<const double, cpu>>);
  from_eigen(m)(3, 1) = 77;
  CHECK(m(3, 1) == 77);
}

TEST_CASE("a column-major matrix of Eigen is the view of its transpose") {
  column_major m = column_major::Random(5, 3);
  const auto v = transposed_from_eigen(m);
  REQUIRE(v.rows() == 3);
  REQUIRE(v.cols() == 5);
  for (index_t r = 0; r < 3; ++r)
    for (index_t c = 0; c < 5; ++c) CHECK(&v(r, c) == &m(c, r));
  const auto part = transposed_from_eigen(m.block(1, 1, 2, 2));
  CHECK(part.stride() == 5);
  CHECK(&part(1, 0) == &m(1, 2));
}

TEST_CASE("vectors of Eigen are vector views, and matrices of one row or column") {
  Eigen::VectorXd column = Eigen::VectorXd::Random(4);
  Eigen::RowVectorXd row = Eigen::RowVectorXd::Random(4);
  CHECK(vector_from_eigen(column).data() == column.data());
  CHECK(vector_from_eigen(row).size() == 4);
  check_same(column, from_eigen(column));
  check_same(row, from_eigen(row));
  const row_major m = row_major::Random(3, 2);
  CHECK(vector_from_eigen(m.row(1)).data() == &m(1, 0));
  static_assert(std::is_same_v<decltype(vector_from_eigen(m.row(1))), vector_view<const float, cpu>>);
}

TEST_CASE("what does not lie as a view is refused with the distance that came") {
  row_major m(3, 4);
  column_major n(3, 4);
  CHECK(contains(refused([&] { vector_from_eigen(m.col(1)); }), "vector_from_eigen: elements lie 4 apart, not 1"));
  CHECK(contains(refused([&] { from_eigen(n.row(1)); }), "from_eigen: elements of a row lie 3 apart, not 1"));
  using spread = Eigen::Map<column_major, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
  const spread every_second(n.data(), 2, 2, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(6, 2));
  CHECK(contains(refused([&] { transposed_from_eigen(every_second); }), "elements of a column lie 2 apart, not 1"));
  // one element has no neighbour
  CHECK(refused([&] { vector_from_eigen(m.col(1).head(1)); }).empty());
}

TEST_CASE("views become maps of Eigen of the same memory, strided or constant") {
  context<cpu> ctx;
  matrix<float, cpu> m(ctx, 4, 6);
  for (index_t i = 0; i < 24; ++i) m.data()[i] = static_cast<float>(i);
  auto all = to_eigen(m.view());
  check_same(all, m.view());
  all.array() += 1;
  CHECK(m.view()(0, 0) == 1);
  check_same(to_eigen(m.view().middle_cols(2, 3)), m.view().middle_cols(2, 3));
  CHECK(to_eigen(m.view().middle_cols(2, 3)).sum() == 156);  // the sum of 6 r + c + 1 over r < 4, c = 2, 3, 4
  const auto constant = to_eigen(matrix_view<const float, cpu>(m.view()));
  static_assert(std::is_same_v<decltype(constant.data()), const float*>);
  CHECK(constant.data() == m.data());
  CHECK(to_eigen(m.view().row(1)).size() == 6);
  CHECK(to_eigen(m.view().row(1)).data() == m.data() + 6);
  CHECK(to_eigen(matrix_view<float, cpu>(nullptr, 0, 3)).rows() == 0);
  // there and back
  CHECK(from_eigen(to_eigen(m.view().middle_cols(2, 3))).stride() == 6);
}
