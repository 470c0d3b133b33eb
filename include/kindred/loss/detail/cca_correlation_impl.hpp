// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/linalg/inverse_root.hpp>
#include <kindred/linalg/svd.hpp>
#include <kindred/loss/cca_correlation.hpp>

namespace kindred::loss::detail {

template <std::same_as<double> T>
correlation_gradients correlation_of(context<cpu>& host, matrix<T, cpu> s11, matrix<T, cpu> s12, matrix<T, cpu> s22,
                                     bool squared, index_t count) {
  const index_t p = s11.rows(), q = s22.rows(), most = p < q ? p : q;
  const auto product = [&](const_matrix<T, cpu> a, const_matrix<T, cpu> b, transpose t) {
    matrix<T, cpu> c(host, a.rows(), t == transpose::yes ? b.rows() : b.cols());
    host.gemm<T>(1, a, transpose::no, b, t, 0, c.view());
    return c;
  };
  matrix<T, cpu> root1(host, p, p), root2(host, q, q), u(host, p, most), v(host, q, most);
  linalg::inverse_root(host, s11, 1e-10, root1.view());
  linalg::inverse_root(host, s22, 1e-10, root2.view());
  vector<T, cpu> values(host, most);
  linalg::svd(host, product(product(root1, s12, transpose::no), root2, transpose::no), u.view(), values.view(),
              v.view());

  // value = sum of f(d); with u and v whitened back, d value / d S12 = u f' v', d value / d S11 = -1/2 u d f' u'
  const index_t used = count > 0 && count < most ? count : most;
  const matrix<T, cpu> left = product(root1, u, transpose::no), right = product(root2, v, transpose::no);
  matrix<T, cpu> sloped(host, p, most), left_half(host, p, most), right_half(host, q, most);
  double correlation = 0;
  for (index_t j = 0; j < used; ++j) {
    const double d = values.view()(j), slope = squared ? 2 * d : d > 1e-12 * values.view()(0) ? 1.0 : 0.0;
    correlation += squared ? d * d : d;
    for (index_t i = 0; i < p; ++i) {
      sloped.view()(i, j) = slope * left.view()(i, j);
      left_half.view()(i, j) = -0.5 * d * slope * left.view()(i, j);
    }
    for (index_t i = 0; i < q; ++i) right_half.view()(i, j) = -0.5 * d * slope * right.view()(i, j);
  }
  return {correlation, product(left_half, left, transpose::yes), product(sloped, right, transpose::yes),
          product(right_half, right, transpose::yes)};
}

}  // namespace kindred::loss::detail
