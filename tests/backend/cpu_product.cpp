// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <vector>

#include "machine.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::index_t;
using kd::transpose;

namespace {

template <class T>
kd::matrix<T, cpu> noise(kd::context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  return {ctx, rows, cols, ::noise<T>(rows * cols, seed)};
}

template <class T>
bool same_bytes(kd::matrix_view<const T, cpu> a, kd::matrix_view<const T, cpu> b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (index_t r = 0; r < a.rows(); ++r)
    if (std::memcmp(&a(r, 0), &b(r, 0), static_cast<std::size_t>(a.cols()) * sizeof(T)) != 0) return false;
  return true;
}

}  // namespace

TEST_CASE_TEMPLATE("gemm agrees with three loops in long double, for every transpose, shape, depth and instruction set",
                   T, float, double) {
  const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-13;
  for (const auto set : available()) {
    kd::context<cpu> ctx(2, set);
    for (int flags = 0; flags < 4; ++flags)
      for (const index_t m : {1, 5, 7, 97})
        for (const index_t n : {1, 17, 65, 515})
          for (const index_t k : {1, 33, 1030}) {
            const bool ta = flags & 1, tb = flags & 2;
            const auto a = noise<T>(ctx, ta ? k : m, ta ? m : k, 1), b = noise<T>(ctx, tb ? n : k, tb ? k : n, 2);
            auto c = noise<T>(ctx, m, n, 3);
            const auto before = c.clone();
            ctx.gemm<T>(T(1.5), a, transpose(ta), b, transpose(tb), T(0.5), c);
            double worst = 0;
            for (index_t i = 0; i < m; i += 3)
              for (index_t j = 0; j < n; j += 3) {
                long double sum = 0;
                for (index_t l = 0; l < k; ++l)
                  sum += static_cast<long double>(ta ? a.view()(l, i) : a.view()(i, l)) *
                         static_cast<long double>(tb ? b.view()(j, l) : b.view()(l, j));
                worst = std::fmax(
                    worst,
                    std::fabs(static_cast<double>(1.5L * sum + 0.5L * static_cast<long double>(before.view()(i, j))) -
                              static_cast<double>(c.view()(i, j))));
              }
            CAPTURE(kd::name(set));
            CAPTURE(m);
            CAPTURE(n);
            CAPTURE(k);
            CHECK(worst < tolerance);
          }
  }
}

TEST_CASE("gemm goes through the packed buffer in several passes when the depth is large") {
  kd::context<cpu> ctx(2);
  const index_t m = 3, n = 600, k = 9000;
  const auto a = noise<double>(ctx, m, k, 1), b = noise<double>(ctx, k, n, 2);
  kd::matrix<double, cpu> c(ctx, m, n);
  ctx.gemm<double>(2.0, a, transpose::no, b, transpose::no, 0.0, c);
  for (const index_t j : {0L, 511L, 512L, 599L}) {
    long double sum = 0;
    for (index_t l = 0; l < k; ++l)
      sum += static_cast<long double>(a.view()(2, l)) * static_cast<long double>(b.view()(l, j));
    CHECK(c.view()(2, j) == doctest::Approx(static_cast<double>(2 * sum)).epsilon(1e-12));
  }
}

TEST_CASE("gemm with beta 0 does not read its output") {
  kd::context<cpu> ctx;
  const auto a = noise<float>(ctx, 4, 4, 1);
  kd::matrix<float, cpu> c(ctx, 4, 4);
  for (index_t i = 0; i < 16; ++i) c.data()[i] = std::nanf("");
  ctx.gemm<float>(1, a, transpose::no, a, transpose::no, 0, c);
  for (index_t i = 0; i < 16; ++i) CHECK(std::isfinite(c.data()[i]));
}

TEST_CASE("gemm without depth scales its output, and refuses shapes that do not fit") {
  kd::context<cpu> ctx;
  kd::matrix<float, cpu> a(ctx, 2, 0), b(ctx, 0, 3), c(ctx, 2, 3), wrong(ctx, 3, 3);
  for (index_t i = 0; i < 6; ++i) c.data()[i] = 4;
  ctx.gemm<float>(1, a, transpose::no, b, transpose::no, 0.5f, c);
  CHECK(c.view()(1, 2) == 2);
  ctx.gemm<float>(1, a, transpose::no, b, transpose::no, 0, c);
  CHECK(c.view()(1, 2) == 0);
  CHECK_THROWS_AS(ctx.gemm<float>(1, a, transpose::no, b, transpose::no, 0, wrong), kd::shape_error);
  CHECK_THROWS_AS(ctx.gemm<float>(1, c, transpose::no, c, transpose::no, 0, wrong), kd::shape_error);
}

#if !defined(KINDRED_BLAS)
TEST_CASE_TEMPLATE("the bits of a product do not depend on position, neighbours or threads", T, float, double) {
  for (const auto set : available())
    for (const index_t k : {7, 64, 700}) {
      CAPTURE(kd::name(set));
      CAPTURE(k);
      kd::context<cpu> one(1, set), two(2, set), four(4, set);
      const index_t m = 131, n = 217;
      auto a = noise<T>(one, m, k, 1), b = noise<T>(one, n, k, 2);
      for (index_t c = 0; c < k; ++c) b.view()(200, c) = b.view()(3, c);  // a duplicate far away
      kd::matrix<T, cpu> s(one, m, n), s2(one, m, n), s4(one, m, n), back(one, n, m), gram(one, m, m),
          band(one, 40, 50);
      one.gemm<T>(1, a, transpose::no, b, transpose::yes, 0, s);
      two.gemm<T>(1, a, transpose::no, b, transpose::yes, 0, s2);
      four.gemm<T>(1, a, transpose::no, b, transpose::yes, 0, s4);
      CHECK(same_bytes<T>(s.view(), s2.view()));
      CHECK(same_bytes<T>(s.view(), s4.view()));
      one.gemm<T>(1, b, transpose::no, a, transpose::yes, 0, back);
      one.gemm<T>(1, a, transpose::no, a, transpose::yes, 0, gram);
      int asymmetric = 0, unequal = 0;
      for (index_t i = 0; i < m; ++i) {
        for (index_t j = 0; j < n; ++j) asymmetric += s.view()(i, j) != back.view()(j, i);
        for (index_t j = 0; j < m; ++j) asymmetric += gram.view()(i, j) != gram.view()(j, i);
        unequal += s.view()(i, 200) != s.view()(i, 3);
      }
      CHECK(asymmetric == 0);
      CHECK(unequal == 0);
      for (const index_t first : {0, 1, 5, 90}) {
        one.gemm<T>(1, a.view().middle_rows(first, 40), transpose::no, b.view().middle_rows(first + 1, 50),
                    transpose::yes, 0, band);
        CHECK(same_bytes<T>(band.view(), s.view().middle_rows(first, 40).middle_cols(first + 1, 50)));
      }
      kd::matrix<T, cpu> single(one, 1, 1);
      one.gemm<T>(1, a.view().middle_rows(77, 1), transpose::no, b.view().middle_rows(99, 1), transpose::yes, 0,
                  single);
      CHECK(single.view()(0, 0) == s.view()(77, 99));
    }
}
#endif

TEST_CASE("a context refuses instructions that the machine lacks and thread counts out of range") {
  CHECK_THROWS_AS(kd::context<cpu>(0), kd::argument_error);
  CHECK_THROWS_AS(kd::context<cpu>(-3), kd::argument_error);
  if (kd::best_instruction_set() != kd::instruction_set::avx512)
    CHECK_THROWS_AS(kd::context<cpu>(1, kd::instruction_set::avx512), kd::argument_error);
  else
    CHECK(kd::context<cpu>(1, kd::instruction_set::avx512).instructions() == kd::instruction_set::avx512);
}

TEST_CASE("batched products equal single ones") {
  kd::context<cpu> ctx;
  const auto a = noise<float>(ctx, 6, 5, 1), b = noise<float>(ctx, 15, 4, 2);
  kd::matrix<float, cpu> c(ctx, 6, 4), d(ctx, 2, 4);
  ctx.gemm_batched<float>(3, 1, a.view().middle_rows(0, 2), 10, transpose::no, b.view().middle_rows(0, 5), 20,
                          transpose::no, 0, c.view().middle_rows(0, 2), 8);
  for (index_t i = 0; i < 3; ++i) {
    ctx.gemm<float>(1, a.view().middle_rows(2 * i, 2), transpose::no, b.view().middle_rows(5 * i, 5), transpose::no, 0,
                    d);
    CHECK(same_bytes<float>(c.view().middle_rows(2 * i, 2), d.view()));
  }
}
