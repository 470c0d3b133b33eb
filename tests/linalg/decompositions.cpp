// SPDX-License-Identifier: Apache-2.0
// Every decomposition against NumPy and SciPy (tests/reference/linalg_decompositions.py) and against what defines it.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/core/random.hpp>
#include <kindred/linalg/cholesky.hpp>
#include <kindred/linalg/generalized_eigen.hpp>
#include <kindred/linalg/inverse_root.hpp>
#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/linalg/svd.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <limits>

#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;

namespace {

host_matrix fixture(context<cpu>& ctx, const char* name) {
  return matrix_fixture(ctx, "linalg/decompositions.txt", name);
}

host_matrix uniform(context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  host_matrix a(ctx, rows, cols);
  for (index_t i = 0; i < rows * cols; ++i) a.data()[i] = random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.5;
  return a;
}

host_matrix symmetric(context<cpu>& ctx, index_t n, std::uint64_t seed) {
  host_matrix a = uniform(ctx, n, n, seed);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < i; ++j) a.view()(j, i) = a.view()(i, j);
  return a;
}

host_matrix times(context<cpu>& ctx, const host_matrix& a, transpose ta, const host_matrix& b, transpose tb) {
  host_matrix c(ctx, ta == transpose::yes ? a.cols() : a.rows(), tb == transpose::yes ? b.rows() : b.cols());
  ctx.gemm<double>(1, a, ta, b, tb, 0, c.view());
  return c;
}

double largest_difference(const host_matrix& a, const std::function<double(index_t, index_t)>& expected) {
  double most = 0;
  for (index_t i = 0; i < a.rows(); ++i)
    for (index_t j = 0; j < a.cols(); ++j) {
      const double d = std::abs(a.view()(i, j) - expected(i, j));
      if (!(d <= most)) most = d;
    }
  return most;
}
double largest_difference(const host_matrix& a, const host_matrix& b) {
  return largest_difference(a, [&](index_t i, index_t j) { return b.view()(i, j); });
}
double off_identity(context<cpu>& ctx, const host_matrix& columns) {
  return largest_difference(times(ctx, columns, transpose::yes, columns, transpose::no),
                            [](index_t i, index_t j) { return i == j ? 1.0 : 0.0; });
}
/// Whether the entry of largest magnitude of every column is positive.
bool signs_fixed(const host_matrix& a) {
  for (index_t j = 0; j < a.cols(); ++j) {
    double peak = 0;
    for (index_t i = 0; i < a.rows(); ++i)
      if (std::abs(a.view()(i, j)) > std::abs(peak)) peak = a.view()(i, j);
    if (peak < 0) return false;
  }
  return true;
}

struct eigen {
  host_matrix vectors;
  vector<double, cpu> values;
  eigen(context<cpu>& ctx, const host_matrix& a) : vectors(ctx, a.rows(), a.rows()), values(ctx, a.rows()) {
    linalg::symmetric_eigen(ctx, a, values.view(), vectors.view());
  }
  /// |a v - v w| and |v'v - I|, relative to the largest value
  double error(context<cpu>& ctx, const host_matrix& a) const {
    const double scale = std::max(std::abs(values.view()(0)), std::abs(values.view()(values.size() - 1)));
    const double product =
        largest_difference(times(ctx, a, transpose::no, vectors, transpose::no),
                           [&](index_t i, index_t j) { return vectors.view()(i, j) * values.view()(j); });
    return std::max(scale > 0 ? product / scale : product, off_identity(ctx, vectors));
  }
};

struct singular {
  host_matrix u, v;
  vector<double, cpu> values;
  singular(context<cpu>& ctx, const host_matrix& a)
      : u(ctx, a.rows(), std::min(a.rows(), a.cols())),
        v(ctx, a.cols(), std::min(a.rows(), a.cols())),
        values(ctx, std::min(a.rows(), a.cols())) {
    linalg::svd(ctx, a, u.view(), values.view(), v.view());
  }
  double error(context<cpu>& ctx, const host_matrix& a) const {
    host_matrix scaled = u.clone();
    for (index_t i = 0; i < u.rows(); ++i)
      for (index_t j = 0; j < u.cols(); ++j) scaled.view()(i, j) *= values.view()(j);
    const double product = largest_difference(times(ctx, scaled, transpose::no, v, transpose::yes), a);
    const double scale = values.size() > 0 && values.view()(0) > 0 ? values.view()(0) : 1;
    return std::max({product / scale, off_identity(ctx, u), off_identity(ctx, v)});
  }
};

}  // namespace

TEST_CASE("symmetric_eigen gives NumPy's values and satisfies its equation at every size") {
  context<cpu> ctx(2);
  const host_matrix a = fixture(ctx, "symmetric"), expected = fixture(ctx, "symmetric_values");
  const eigen found(ctx, a);
  for (index_t j = 0; j < found.values.size(); ++j)
    CHECK(found.values.view()(j) == doctest::Approx(expected.view()(0, j)).epsilon(1e-13));
  CHECK(found.error(ctx, a) < 1e-14);
  for (const index_t n : {1, 2, 3, 8, 31, 32, 33, 64, 100}) {
    const host_matrix b = symmetric(ctx, n, 3);
    const eigen e(ctx, b);
    CHECK(e.error(ctx, b) < 2e-14);
    CHECK(signs_fixed(e.vectors));
    for (index_t j = 1; j < n; ++j) CHECK(e.values.view()(j - 1) >= e.values.view()(j));
  }
}

TEST_CASE("symmetric_eigen reads the lower triangle and accepts 0 x 0") {
  context<cpu> ctx;
  host_matrix a = symmetric(ctx, 9, 5);
  const eigen whole(ctx, a);
  for (index_t i = 0; i < 9; ++i)
    for (index_t j = i + 1; j < 9; ++j) a.view()(i, j) = std::numeric_limits<double>::quiet_NaN();
  const eigen lower(ctx, a);
  CHECK(largest_difference(whole.vectors, lower.vectors) == 0);
  const host_matrix none(ctx, 0, 0);
  CHECK(eigen(ctx, none).values.size() == 0);
}

TEST_CASE("symmetric_eigen survives equal values, zeros, diagonals and extreme scales") {
  context<cpu> ctx;
  host_matrix zero(ctx, 5, 5), identity(ctx, 7, 7), diagonal(ctx, 4, 4), ones(ctx, 40, 40);
  for (index_t i = 0; i < 7; ++i) identity.view()(i, i) = 1;
  const double entries[] = {2, -7, 2, 5};
  for (index_t i = 0; i < 4; ++i) diagonal.view()(i, i) = entries[i];
  for (index_t i = 0; i < 1600; ++i) ones.data()[i] = 1;
  for (const host_matrix* a : {&zero, &identity, &diagonal, &ones}) {
    const eigen e(ctx, *a);
    CHECK(e.error(ctx, *a) < 1e-14);
  }
  const auto values_of_ones = eigen(ctx, ones).values.to_host();
  CHECK(values_of_ones[0] == doctest::Approx(40).epsilon(1e-14));
  CHECK(std::abs(values_of_ones[1]) < 1e-13);
  const eigen sorted(ctx, diagonal);
  CHECK(sorted.values.to_host() == std::vector<double>{5, 2, 2, -7});
  for (const double scale : {1e-150, 1e150, 1e-300, 1e300}) {
    const host_matrix a = symmetric(ctx, 20, 6);
    host_matrix b = a.clone();
    for (index_t i = 0; i < 400; ++i) b.data()[i] *= scale;
    const eigen plain(ctx, a), scaled(ctx, b);
    for (index_t j = 0; j < 20; ++j)
      CHECK(scaled.values.view()(j) / scale == doctest::Approx(plain.values.view()(j)).epsilon(1e-12));
    CHECK(off_identity(ctx, scaled.vectors) < 1e-14);
  }
}

TEST_CASE("symmetric_eigen resolves small values of a graded matrix to the precision of the largest") {
  context<cpu> ctx;
  const host_matrix a = fixture(ctx, "definite");
  const eigen e(ctx, a);
  for (index_t j = 0; j < 12; ++j)
    CHECK(std::abs(e.values.view()(j) - std::pow(10.0, -6.0 * static_cast<double>(j) / 11)) < 1e-14);
}

TEST_CASE("symmetric_eigen refuses NaN, infinity and shapes that do not fit") {
  context<cpu> ctx;
  host_matrix a = symmetric(ctx, 3, 1), v(ctx, 3, 3), wide(ctx, 3, 4);
  vector<double, cpu> w(ctx, 3);
  CHECK_THROWS_AS(linalg::symmetric_eigen(ctx, wide, w.view(), v.view()), shape_error);
  a.view()(2, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(linalg::symmetric_eigen(ctx, a, w.view(), v.view()), doctest::Contains("element (2, 1) is inf"),
                       argument_error);
}

TEST_CASE("svd gives SciPy's values down to small ones and satisfies its equation at every shape") {
  context<cpu> ctx(2);
  const host_matrix tall = fixture(ctx, "tall"), expected = fixture(ctx, "tall_values");
  const singular found(ctx, tall);
  const double scale = expected.view()(0, 0);
  for (index_t j = 0; j < 6; ++j) CHECK(std::abs(found.values.view()(j) - expected.view()(0, j)) < 1e-14 * scale);
  // what the squared matrix alone would give is off by 1e-16 / 1e-8 here
  CHECK(found.values.view()(5) == doctest::Approx(expected.view()(0, 5)).epsilon(1e-6));
  CHECK(found.error(ctx, tall) < 1e-14);
  for (const auto& [m, n] :
       {std::pair<index_t, index_t>{1, 1}, {1, 7}, {7, 1}, {33, 32}, {32, 33}, {60, 20}, {20, 60}}) {
    const host_matrix a = uniform(ctx, m, n, 8);
    const singular s(ctx, a);
    CHECK(s.error(ctx, a) < 2e-14);
    CHECK(signs_fixed(s.u));
    for (index_t j = 1; j < s.values.size(); ++j) CHECK(s.values.view()(j - 1) >= s.values.view()(j));
  }
}

TEST_CASE("svd completes orthonormal sets where rank is missing") {
  context<cpu> ctx;
  const host_matrix thin = uniform(ctx, 30, 3, 2), other = uniform(ctx, 20, 3, 4);
  const host_matrix a = times(ctx, thin, transpose::no, other, transpose::yes);
  const singular s(ctx, a);
  CHECK(s.error(ctx, a) < 1e-14);
  for (index_t j = 3; j < 20; ++j) CHECK(s.values.view()(j) < 1e-14 * s.values.view()(0));
  const host_matrix zero(ctx, 4, 6), none(ctx, 0, 3);
  CHECK(singular(ctx, zero).error(ctx, zero) < 1e-15);
  CHECK(singular(ctx, none).values.size() == 0);
}

TEST_CASE("svd scales with its matrix") {
  context<cpu> ctx;
  const host_matrix a = uniform(ctx, 9, 14, 3);
  for (const double scale : {1e-150, 1e150}) {
    host_matrix b = a.clone();
    for (index_t i = 0; i < 9 * 14; ++i) b.data()[i] *= scale;
    const singular plain(ctx, a), scaled(ctx, b);
    for (index_t j = 0; j < 9; ++j)
      CHECK(scaled.values.view()(j) / scale == doctest::Approx(plain.values.view()(j)).epsilon(1e-13));
  }
}

TEST_CASE("cholesky factors, solves and gives the log-determinant") {
  context<cpu> ctx(2);
  const host_matrix a = fixture(ctx, "definite");
  const linalg::cholesky factor(ctx, a.clone());
  REQUIRE(factor.positive_definite());
  CHECK(factor.log_determinant() ==
        doctest::Approx(fixture(ctx, "definite_log_determinant").to_host()[0]).epsilon(1e-10));
  host_matrix b = fixture(ctx, "right_side");
  factor.solve(ctx, b.view());
  const host_matrix expected = fixture(ctx, "solution");
  for (index_t i = 0; i < 12; ++i)
    for (index_t j = 0; j < 3; ++j) CHECK(b.view()(i, j) == doctest::Approx(expected.view()(i, j)).epsilon(1e-8));
  for (const index_t n : {1, 63, 64, 65, 200}) {
    const host_matrix half = uniform(ctx, n, n, 9);
    host_matrix c = times(ctx, half, transpose::no, half, transpose::yes);
    for (index_t i = 0; i < n; ++i) c.view()(i, i) += 1;
    const linalg::cholesky f(ctx, c.clone());
    REQUIRE(f.positive_definite());
    host_matrix l(ctx, n, n);
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j <= i; ++j) l.view()(i, j) = f.lower()(i, j);
    CHECK(largest_difference(times(ctx, l, transpose::no, l, transpose::yes), c) < 1e-12);
    const host_matrix x = uniform(ctx, n, 3, 11);
    host_matrix y = times(ctx, c, transpose::no, x, transpose::no);
    f.solve(ctx, y.view());
    CHECK(largest_difference(y, x) < 1e-11);
  }
}

TEST_CASE("cholesky reports the first bad pivot instead of giving NaN") {
  context<cpu> ctx;
  host_matrix a(ctx, 100, 100);
  for (index_t i = 0; i < 100; ++i) a.view()(i, i) = 1;
  a.view()(80, 79) = 1;  // rows 79 and 80 are equal: singular
  a.view()(80, 80) = 1;
  const linalg::cholesky factor(ctx, a.clone());
  CHECK(!factor.positive_definite());
  CHECK(factor.failed_at() == 80);
  CHECK_THROWS_AS(factor.log_determinant(), argument_error);
  a.view()(3, 3) = std::numeric_limits<double>::quiet_NaN();
  CHECK(linalg::cholesky(ctx, a.clone()).failed_at() == 3);
  const linalg::cholesky none(ctx, host_matrix(ctx, 0, 0));
  CHECK(none.positive_definite());
  CHECK(none.log_determinant() == 0);
}

TEST_CASE("inverse_root equals SciPy's power -1/2 and leaves noise out") {
  context<cpu> ctx;
  const host_matrix a = fixture(ctx, "definite"), expected = fixture(ctx, "definite_inverse_root");
  host_matrix root(ctx, 12, 12);
  CHECK(linalg::inverse_root(ctx, a, 1e-10, root.view()) == 12);
  CHECK(largest_difference(root, expected) < 1e-6);  // its largest entry is some 100, its condition number 1000
  // a projector is its own inverse root
  const host_matrix thin = uniform(ctx, 10, 4, 3);
  const singular s(ctx, thin);
  const host_matrix projector = times(ctx, s.u, transpose::no, s.u, transpose::yes);
  host_matrix again(ctx, 10, 10), zero(ctx, 10, 10);
  CHECK(linalg::inverse_root(ctx, projector, 1e-10, again.view()) == 4);
  CHECK(largest_difference(again, projector) < 1e-14);
  CHECK(linalg::inverse_root(ctx, zero, 1e-10, again.view()) == 0);
  CHECK(largest_difference(again, zero) == 0);
}

TEST_CASE("generalized_eigen gives SciPy's values and vectors that b makes orthonormal") {
  context<cpu> ctx;
  const host_matrix a = fixture(ctx, "symmetric"), b = fixture(ctx, "definite"),
                    expected = fixture(ctx, "pencil_values");
  host_matrix v(ctx, 12, 12);
  vector<double, cpu> w(ctx, 12);
  linalg::generalized_eigen(ctx, a, b, w.view(), v.view());
  for (index_t j = 0; j < 12; ++j)
    CHECK(std::abs(w.view()(j) - expected.view()(0, j)) < 1e-9 * std::abs(expected.view()(0, 0)));
  const host_matrix bv = times(ctx, b, transpose::no, v, transpose::no);
  CHECK(largest_difference(times(ctx, v, transpose::yes, bv, transpose::no),
                           [](index_t i, index_t j) { return i == j ? 1.0 : 0.0; }) < 1e-9);
  CHECK(signs_fixed(v));
  CHECK_THROWS_AS(linalg::generalized_eigen(ctx, a, a, w.view(), v.view()), argument_error);
}

TEST_CASE("leading_eigen agrees with the whole decomposition") {
  context<cpu> ctx(2);
  const index_t n = 90;
  const host_matrix half = uniform(ctx, n, n, 12);
  const host_matrix a = times(ctx, half, transpose::no, half, transpose::yes);
  const eigen whole(ctx, a);
  const auto apply = [&](matrix_view<const double, cpu> x, matrix_view<double, cpu> y) {
    ctx.gemm<double>(1, a, transpose::no, x, transpose::no, 0, y);
  };
  for (const index_t k : {1, 5, 30, 89, 90}) {
    host_matrix v(ctx, n, k);
    vector<double, cpu> w(ctx, k);
    linalg::leading_eigen(ctx, n, apply, w.view(), v.view());
    for (index_t j = 0; j < k; ++j)
      CHECK(std::abs(w.view()(j) - whole.values.view()(j)) < 1e-13 * whole.values.view()(0));
    CHECK(off_identity(ctx, v) < 1e-13);
    CHECK(largest_difference(times(ctx, a, transpose::no, v, transpose::no), [&](index_t i, index_t j) {
            return v.view()(i, j) * w.view()(j);
          }) < 1e-12 * whole.values.view()(0));
    CHECK(signs_fixed(v));
  }
}

TEST_CASE("leading_eigen finds multiple values and matrices of little rank") {
  context<cpu> ctx;
  const index_t n = 60;
  host_matrix a(ctx, n, n);
  for (index_t i = 0; i < n; ++i) a.view()(i, i) = i < 20 ? 3 : i < 25 ? 1 : 0;
  const auto apply = [&](matrix_view<const double, cpu> x, matrix_view<double, cpu> y) {
    ctx.gemm<double>(1, a, transpose::no, x, transpose::no, 0, y);
  };
  host_matrix v(ctx, n, 30);
  vector<double, cpu> w(ctx, 30);
  linalg::leading_eigen(ctx, n, apply, w.view(), v.view(), {.block = 4});
  for (index_t j = 0; j < 30; ++j) CHECK(std::abs(w.view()(j) - (j < 20 ? 3 : j < 25 ? 1 : 0)) < 1e-13);
  CHECK(off_identity(ctx, v) < 1e-13);
}

TEST_CASE("decompositions have the same bytes for 1, 2 and 4 threads") {
  const auto bytes = [](int threads) {
    context<cpu> ctx(threads);
    const host_matrix a = symmetric(ctx, 230, 4), b = uniform(ctx, 210, 190, 5);
    const eigen e(ctx, a);
    const singular s(ctx, b);
    host_matrix c = times(ctx, a, transpose::no, a, transpose::yes), v(ctx, 230, 6);
    vector<double, cpu> w(ctx, 6);
    const auto apply = [&](matrix_view<const double, cpu> x, matrix_view<double, cpu> y) {
      ctx.gemm<double>(1, a, transpose::no, x, transpose::no, 0, y);
    };
    linalg::leading_eigen(ctx, 230, apply, w.view(), v.view());
    for (index_t i = 0; i < 230; ++i) c.view()(i, i) += 1;
    const linalg::cholesky factor(ctx, std::move(c));
    host_matrix right = symmetric(ctx, 230, 7);
    factor.solve(ctx, right.view());
    std::vector<double> all;
    for (const host_matrix* m : std::initializer_list<const host_matrix*>{&e.vectors, &s.u, &s.v, &v, &right})
      for (const double x : m->to_host()) all.push_back(x);
    return all;
  };
  const auto one = bytes(1);
  for (const int threads : {2, 4}) {
    const auto more = bytes(threads);
    REQUIRE(more.size() == one.size());
    CHECK(std::memcmp(one.data(), more.data(), one.size() * sizeof(double)) == 0);
  }
}
