// SPDX-License-Identifier: Apache-2.0
// Sparse matrices and conjugate gradients against loops over full matrices.
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/linalg/cholesky.hpp>
#include <kindred/linalg/conjugate_gradient.hpp>
#include <kindred/linalg/sparse_matrix.hpp>

using namespace kindred;
using host_matrix = matrix<double, cpu>;
using sparse = linalg::sparse_matrix<double>;

namespace {

double number(std::uint64_t stream, index_t i) { return random::normal(3, stream, static_cast<std::uint64_t>(i)); }

host_matrix noise(context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t stream) {
  host_matrix m(ctx, rows, cols);
  for (index_t i = 0; i < rows * cols; ++i) m.data()[i] = number(stream, i);
  return m;
}

/// A symmetric positive definite matrix of n rows, about a tenth of it kept, and the same with all its zeros.
std::pair<sparse, host_matrix> definite(context<cpu>& ctx, index_t n) {
  host_matrix full(ctx, n, n);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < i; ++j)
      if (random::uniform(4, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j)) < 0.1)
        full.view()(i, j) = full.view()(j, i) = number(5, i * n + j);
  std::vector<index_t> offsets{0}, columns;
  std::vector<double> values;
  for (index_t i = 0; i < n; ++i) {
    double sum = 0;
    for (index_t j = 0; j < n; ++j) sum += std::abs(full.view()(i, j));
    full.view()(i, i) = sum + 0.5;
    for (index_t j = 0; j < n; ++j)
      if (full.view()(i, j) != 0) {
        columns.push_back(j);
        values.push_back(full.view()(i, j));
      }
    offsets.push_back(static_cast<index_t>(columns.size()));
  }
  return {sparse(n, offsets, columns, values), std::move(full)};
}

}  // namespace

TEST_CASE("a sparse matrix multiplies, sums and scales as the full one") {
  context<cpu> ctx(2), one(1);
  // 3 x 4: (0 2 0 -1; 0 0 0 0; 5 0 3 0)
  sparse a(4, {0, 2, 2, 4}, {1, 3, 0, 2}, {2, -1, 5, 3});
  CHECK(a.rows() == 3);
  CHECK(a.cols() == 4);
  CHECK(a.size() == 4);
  CHECK(a.row_sums() == std::vector<double>{1, 0, 8});
  const host_matrix x(ctx, 4, 2, std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
  host_matrix y(ctx, 3, 2);
  a.multiply(ctx, x, y.view());
  CHECK(y.to_host() == std::vector<double>{2 * 3 - 7, 2 * 4 - 8, 0, 0, 5 * 1 + 3 * 5, 5 * 2 + 3 * 6});
  a.scale({2, 1, 10}, {1, 3, 0.5, 7});
  CHECK(a.values() == std::vector<double>{12, -14, 50, 15});

  const auto [many, full] = definite(ctx, 300);
  const host_matrix v = noise(ctx, 300, 7, 1);
  host_matrix found(ctx, 300, 7), again(ctx, 300, 7);
  many.multiply(ctx, v, found.view());
  many.multiply(one, v, again.view());
  CHECK(std::memcmp(found.data(), again.data(), 300 * 7 * sizeof(double)) == 0);
  for (index_t i = 0; i < 300; ++i)
    for (index_t c = 0; c < 7; ++c) {
      double sum = 0;
      for (index_t j = 0; j < 300; ++j) sum += full.view()(i, j) * v.view()(j, c);
      CHECK(std::abs(found.view()(i, c) - sum) < 1e-11);
    }
  host_matrix none(ctx, 0, 2), empty(ctx, 4, 0), left(ctx, 3, 0);
  sparse(4, {0}, {}, {}).multiply(ctx, x, none.view());
  a.multiply(ctx, empty, left.view());
}

TEST_CASE("a sparse matrix that is none is refused") {
  CHECK_THROWS_AS(sparse(2, {}, {}, {}), shape_error);
  CHECK_THROWS_AS(sparse(2, {0, 1}, {0}, {}), shape_error);
  CHECK_THROWS_WITH_AS(sparse(2, {0, 2}, {0}, {1}), doctest::Contains("offsets from 0 to 2"), argument_error);
  CHECK_THROWS_WITH_AS(sparse(2, {0, 3, 1}, {0}, {1}), doctest::Contains("offset 1 is 3"), argument_error);
  CHECK_THROWS_WITH_AS(sparse(2, {0, 1}, {2}, {1}), doctest::Contains("row 0: got column 2 of 2"), argument_error);
  CHECK_THROWS_WITH_AS(sparse(2, {0, 1}, {-1}, {1}), doctest::Contains("row 0: got column -1"), argument_error);
  CHECK_THROWS_WITH_AS(sparse(3, {0, 2}, {1, 1}, {1, 1}), doctest::Contains("ascending"), argument_error);
  context<cpu> ctx;
  const host_matrix x(ctx, 3, 1);
  host_matrix y(ctx, 1, 1);
  CHECK_THROWS_AS(sparse(2, {0, 1}, {0}, {1}).multiply(ctx, x, y.view()), shape_error);
  sparse one(2, {0, 1}, {0}, {1});
  CHECK_THROWS_AS(one.scale({1, 1}, {1, 1}), shape_error);
}

TEST_CASE("conjugate gradients solve as a Cholesky factor does, from any start") {
  context<cpu> ctx(2);
  const auto [a, full] = definite(ctx, 200);
  const host_matrix b = noise(ctx, 200, 3, 2);
  host_matrix wanted = b.clone();
  linalg::cholesky<double>(ctx, full.clone()).solve(ctx, wanted.view());
  const auto apply = [&ctx, &a = a](matrix_view<const double, cpu> u, matrix_view<double, cpu> v) {
    a.multiply(ctx, u, v);
  };
  for (const bool from_zero : {true, false}) {
    host_matrix x = from_zero ? host_matrix(ctx, 200, 3) : noise(ctx, 200, 3, 9);
    const auto reached = linalg::conjugate_gradient(ctx, apply, b.view(), x.view(), {.tolerance = 1e-13});
    CHECK(reached.converged);
    CHECK(reached.residual <= 1e-13);
    CHECK(reached.iterations > 3);
    for (index_t i = 0; i < 600; ++i) CHECK(std::abs(x.data()[i] - wanted.data()[i]) < 1e-11);
    const auto there = linalg::conjugate_gradient(ctx, apply, b.view(), x.view(), {.tolerance = 1e-12});
    CHECK(there.iterations == 0);
  }
}

TEST_CASE("conjugate gradients need as many steps as the matrix has distinct eigenvalues") {
  context<cpu> ctx;
  const auto apply = [](matrix_view<const double, cpu> u, matrix_view<double, cpu> v) {
    for (index_t i = 0; i < u.rows(); ++i) v(i, 0) = (1 + static_cast<double>(i % 3)) * u(i, 0);
  };
  const host_matrix b = noise(ctx, 60, 1, 6);
  host_matrix x(ctx, 60, 1);
  CHECK(linalg::conjugate_gradient(ctx, apply, b.view(), x.view(), {.tolerance = 1e-12}).iterations == 3);
  for (index_t i = 0; i < 60; ++i)
    CHECK(x.data()[i] == doctest::Approx(b.data()[i] / (1 + static_cast<double>(i % 3))).epsilon(1e-10));
}

TEST_CASE("conjugate gradients say when they stop early, take zeros, and refuse what is not positive definite") {
  context<cpu> ctx;
  const auto [a, full] = definite(ctx, 100);
  const auto apply = [&a = a, &ctx](matrix_view<const double, cpu> u, matrix_view<double, cpu> v) {
    a.multiply(ctx, u, v);
  };
  host_matrix b = noise(ctx, 100, 2, 2), x(ctx, 100, 2);
  for (index_t i = 0; i < 100; ++i) b.view()(i, 1) = 0;
  const auto early =
      linalg::conjugate_gradient(ctx, apply, b.view(), x.view(), {.tolerance = 1e-13, .max_iterations = 2});
  CHECK_FALSE(early.converged);
  CHECK(early.iterations == 2);
  CHECK(early.residual > 1e-13);
  CHECK(linalg::conjugate_gradient(ctx, apply, b.view(), x.view()).converged);
  for (index_t i = 0; i < 100; ++i) CHECK(x.view()(i, 1) == 0);
  const auto negative = [](matrix_view<const double, cpu> u, matrix_view<double, cpu> v) {
    for (index_t i = 0; i < u.size(); ++i) v.data()[i] = -u.data()[i];
  };
  x = host_matrix(ctx, 100, 2);
  CHECK_THROWS_WITH_AS(linalg::conjugate_gradient(ctx, negative, b.view(), x.view()),
                       doctest::Contains("not positive definite"), argument_error);
  b.view()(3, 0) = std::numeric_limits<double>::quiet_NaN();
  x = host_matrix(ctx, 100, 2);
  CHECK_THROWS_WITH_AS(linalg::conjugate_gradient(ctx, apply, b.view(), x.view()),
                       doctest::Contains("column 0 is not finite"), argument_error);
  host_matrix small(ctx, 99, 2);
  CHECK_THROWS_AS(linalg::conjugate_gradient(ctx, apply, b.view(), small.view()), shape_error);
}
