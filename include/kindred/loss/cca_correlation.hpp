// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/option.hpp>
#include <kindred/linalg/covariance.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>

namespace kindred::loss {

namespace detail {

/// The correlation of two views from their covariances and what it gains with each of them, on the host.
struct correlation_gradients {
  double correlation = 0;
  matrix<double, cpu> s11, s12, s22;
};
/// `s11` and `s22` have their ridge already; `count` directions at most, 0: all.
template <std::same_as<double> T>
correlation_gradients correlation_of(context<cpu>& host, matrix<T, cpu> s11, matrix<T, cpu> s12, matrix<T, cpu> s22,
                                     bool squared, index_t count);

template <class T, Device D>
struct subtract_at {
  matrix_view<const double, D> x;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) -= static_cast<T>(x(r, c)); }
};
template <class T, Device D>
struct store_at {
  T number;
  vector_view<T, D> out;
  KINDRED_HD void operator()(index_t i) const { out(i) = number; }
};

}  // namespace detail

/// Minus the sum of canonical correlations of two batches: the loss of deep CCA.
///
/// value = -(sum of the singular values of T),   T = S11^(-1/2) S12 S22^(-1/2),   S covariances (n - 1) of a and b,
/// S11 and S22 with `ridge` added to their diagonals; with `squared` the sum of their squares
///
/// a, b     n x p and n x q; row i of b belongs to row i of a
/// da, db   the shapes of a and b, accumulated; absent where not wanted; one view where a and b are one
///
/// A PairLoss that does not look at its relation; there is a form without one. The gradient is the closed form, so
/// near-equal singular values do no harm. Directions whose variance is at most 1e-10 of the largest one are noise and
/// take no part; singular values of T below 1e-12 of the largest get no gradient.
///
/// Complexity   covariances and gradients on the device in double, O(n (p + q)^2); decompositions on the host, O(p^3 +
///              q^3). The host waits for the device, so a step with it is not graph-capturable.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit or n is not larger than p and q (the correlation would be trivially
///              perfect; 0 rows and 1 row are among these); argument_error for NaN, infinity and a negative ridge.
/// Reference    Andrew et al. 2013; `squared` as in cca_zoo's CCALoss, `directions` as in DeepCCA's outdim_size.
struct cca_correlation {
  double ridge = 1e-3;     ///< r1 = r2, in units of variance, at least 0
  bool squared = false;    ///< sum of squares instead of the trace norm
  index_t directions = 0;  ///< only so many of the largest; 0: all

  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    constexpr const char* who = "loss::cca_correlation";
    const index_t n = a.rows(), p = a.cols(), q = b.cols();
    expects(n == b.rows(), "{}: {} rows and {} rows", who, n, b.rows());
    expects(p > 0 && q > 0 && n > p && n > q, "{}: a batch of {} rows must be larger than its widths {} and {}", who, n,
            p, q);
    expect_not_negative(who, "ridge", ridge);
    expect_at_least(who, "directions", directions, 0);
    detail::expect_gradient<T, D>(who, a, da);
    detail::expect_gradient<T, D>(who, b, db);
    detail::expect_value(who, value);
    if constexpr (std::is_same_v<D, cpu>) {
      with_host<T, D>(ctx, ctx, a, b, da, db, value);
    } else {
      context<cpu> host;
      with_host<T, D>(host, ctx, a, b, da, db, value);
    }
  }
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R&, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    (*this)(ctx, a, b, da, db, value);
  }

 private:
  template <class T, class D>
  void with_host(context<cpu>& host, context<D>& ctx, matrix_view<const T, D> a, matrix_view<const T, D> b,
                 matrix_view<T, D> da, matrix_view<T, D> db, vector_view<T, D> value) const {
    const index_t n = a.rows();
    const std::vector<double> mean_a = linalg::column_means(ctx, a), mean_b = linalg::column_means(ctx, b);
    auto s11 = linalg::covariance(host, ctx, a, mean_a), s22 = linalg::covariance(host, ctx, b, mean_b);
    for (index_t i = 0; i < s11.rows(); ++i) s11.view()(i, i) += ridge;
    for (index_t i = 0; i < s22.rows(); ++i) s22.view()(i, i) += ridge;
    const detail::correlation_gradients found = detail::correlation_of<double>(
        host, std::move(s11), linalg::covariance(host, ctx, a, mean_a, b, mean_b), std::move(s22), squared, directions);
    ctx.for_each(1, detail::store_at<T, D>{static_cast<T>(-found.correlation), value});
    if (!da && !db) return;
    const scratch_scope scope(ctx);
    const auto centred = [&](matrix_view<const T, D> x, const std::vector<double>& means) {
      const auto out = scratch_matrix<double>(ctx, n, x.cols());
      const vector<double, D> origin(ctx, means);
      linalg::centre(ctx, x, origin.view(), out);
      return out;
    };
    const auto moved = [&](const matrix<double, cpu>& m) {
      return matrix<double, D>(ctx, m.rows(), m.cols(),
                               std::span<const double>(m.data(), static_cast<std::size_t>(m.rows() * m.cols())));
    };
    const auto x = centred(a, mean_a), y = centred(b, mean_b);
    const matrix<double, D> g12 = moved(found.s12);
    const double share = 1.0 / static_cast<double>(n - 1);
    const auto back = [&](matrix_view<double, D> own, matrix_view<double, D> other, const matrix<double, cpu>& gains,
                          transpose t, matrix_view<T, D> d) {
      if (!d) return;
      const matrix<double, D> g = moved(gains);
      const auto sum = scratch_matrix<double>(ctx, n, own.cols());
      ctx.template gemm<double>(2 * share, own, transpose::no, g, transpose::no, 0.0, sum);
      ctx.template gemm<double>(share, other, transpose::no, g12, t, 1.0, sum);
      ctx.for_each(n, own.cols(), detail::subtract_at<T, D>{sum, d});
    };
    back(x, y, found.s11, transpose::yes, da);
    back(y, x, found.s22, transpose::no, db);
  }
};

static_assert(PairLoss<cca_correlation>);

}  // namespace kindred::loss

#if !defined(KINDRED_COMPILED)
#include <kindred/loss/detail/cca_correlation_impl.hpp>
#endif
