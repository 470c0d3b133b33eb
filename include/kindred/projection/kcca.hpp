// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/kernel_training.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/kernel_projection.hpp>

namespace kindred::projection {

/// What kcca holds fixed: scores of unit length in one of two regularized metrics.
enum class kcca_constraint {
  bach_jordan,  ///< a' (K + n kappa I)^2 a = 1
  hardoon       ///< a' (K^2 + n kappa K) a = 1: linear CCA with a ridge in feature space
};

/// How kcca treats the n x n kernel matrices.
enum class kcca_solver {
  dense,                ///< as they are
  incomplete_cholesky,  ///< K ~ R R', R of n x landmarks, pivots chosen by the largest residual
  nystroem              ///< K ~ K_nz K_zz^-1 K_zn for randomly chosen rows z
};

/// Kernel canonical correlation analysis: CCA between the feature spaces of two kernels, regularized.
///
/// max a' K_x K_y b  subject to a kcca_constraint on a and, with K_y, on b;  K centred in feature space
///
/// Kernels are centred by the training rows, for new items too, so projecting the training rows gives the scores of the
/// fit and adding a constant to every feature changes nothing. Pairs whose correlation is at most 1e-6 of the first are
/// dropped. Compare projected items by cosine; few dimensions and a small kappa work best.
///
/// @tparam First, Second   kernels of the two views; a DistanceKernel without a width takes the median rule
///
/// Complexity   dense, bach_jordan: two Cholesky factors (n^3 / 3) and some hundred triangular solves (n^2 each) in a
///              block Krylov space; 2 n^2 numbers. dense, hardoon: two full decompositions, O(n^3), slower by an order.
///              Approximations: O(n m^2 + m^3) and O(n m) numbers for m landmarks. All on the host.
/// Determinism  the same bytes for any number of threads; `seed` is the only source of chance.
/// Errors       shape_error when the views differ in rows, have fewer than two, or no columns; argument_error for NaN
///              or infinity (row and column are named), a view that does not vary, kappa not above 0, a kernel that is
///              not positive semi-definite.
/// Reference    Bach and Jordan 2002; Hardoon et al. 2004 (their kappa is n times ours). Without regularization the
///              correlations would all be 1.
template <Kernel First = gaussian_kernel, Kernel Second = First>
struct kcca {
  index_t dimensions = 10;  ///< at most; 0: n - 1
  double kappa = 1e-3;      ///< > 0; regularization as a share of n
  First first_kernel{};     ///< of the first view
  Second second_kernel{};   ///< of the second view
  bool standardize = true;  ///< give every column unit variance first
  kcca_constraint constraint = kcca_constraint::bach_jordan;
  kcca_solver solver = kcca_solver::dense;
  index_t landmarks = 1000;  ///< at most that many columns in an approximation, at least 1
  double precision = 1e-6;   ///< incomplete_cholesky stops at that share of the largest diagonal element
  std::uint64_t seed = 1;    ///< of the starting vectors and of nystroem's choice
  double power = 0;          ///< t: coordinate j of both views is multiplied by correlation(j)^t

  /// x: n x p, y: n x q; row i of y belongs to row i of x.
  template <class X, class Y, Device D>
  kernel_projection<typename X::value_type, D, First, Second> fit(context<D>& ctx, const X& x, const Y& y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "kcca::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::kcca::fit";
    detail::expect_pairs(x.rows(), y.rows(), dimensions, who);
    expect_positive(who, "kappa", kappa);
    expect_within(who, "kappa", kappa, 0, 1e300);
    if (solver != kcca_solver::dense) expect_at_least(who, "landmarks", landmarks, 1);
    if (solver == kcca_solver::incomplete_cholesky) expect_share(who, "precision", precision);
    detail::host_of<D> chosen(ctx);
    context<cpu>& host = chosen;
    const auto first = detail::prepared_rows<T, D>(ctx, x.view(), standardize, who, "first");
    const auto second = detail::prepared_rows<T, D>(ctx, y.view(), standardize, who, "second");
    const auto rows_x = detail::with_squares(host, detail::centred_rows(host, ctx, first));
    const auto rows_y = detail::with_squares(host, detail::centred_rows(host, ctx, second));
    const First kernel_x = fitted(host, first_kernel, rows_x, who, "first");
    const Second kernel_y = fitted(host, second_kernel, rows_y, who, "second");
    const double ridge = kappa * static_cast<double>(x.rows());
    const bool hardoon = constraint == kcca_constraint::hardoon;

    if (solver == kcca_solver::dense) {
      auto k_x = detail::kernel_matrix(host, rows_x, rows_x, kernel_x);
      auto k_y = detail::kernel_matrix(host, rows_y, rows_y, kernel_y);
      auto pairs = hardoon
                       ? detail::dense_hardoon(host, std::move(k_x), std::move(k_y), ridge, dimensions, who)
                       : detail::dense_bach_jordan(host, std::move(k_x), std::move(k_y), ridge, dimensions, seed, who);
      return made(ctx, host, first, second, rows_x.rows, rows_y.rows, kernel_x, kernel_y, std::move(pairs));
    }
    const auto features_x = features(host, rows_x, kernel_x, 0);
    const auto features_y = features(host, rows_y, kernel_y, 1);
    return made(ctx, host, first, second, detail::selected_rows(host, rows_x, features_x.landmarks).rows,
                detail::selected_rows(host, rows_y, features_y.landmarks).rows, kernel_x, kernel_y,
                detail::feature_pairs(host, features_x, features_y, ridge, hardoon, dimensions, who));
  }

 private:
  template <class K>
  static K fitted(context<cpu>& host, const K& kernel, const detail::kernel_rows& rows, const char* who,
                  const char* view) {
    K found = kernel;
    if constexpr (DistanceKernel<K>)
      if (kernel.wants_distance()) found = kernel.with_distance(detail::median_distance(host, rows, who, view));
    if constexpr (StoredKernel<K>) {
      const std::vector<double> numbers = found.parameters();
      std::string all;
      for (const double v : numbers) {
        if (!all.empty()) all += ", ";
        all += shown(v);
      }
      expects<argument_error>(K::accepts(numbers),
                              "{}: expected options of the {} of the {} view in their range, got {}", who, K::name,
                              view, all);
    }
    return found;
  }

  template <class K>
  detail::kernel_features features(context<cpu>& host, const detail::kernel_rows& rows, const K& kernel,
                                   std::uint64_t view) const {
    const index_t n = rows.rows.rows(), most = landmarks < n ? landmarks : n;
    if (solver == kcca_solver::incomplete_cholesky)
      return detail::cholesky_features(host, rows, kernel, most, precision);
    auto chosen = detail::drawn_positions(n, most, seed + view);
    const auto z = detail::selected_rows(host, rows, chosen);
    return detail::nystroem_features(host, std::move(chosen), detail::kernel_matrix(host, rows, z, kernel),
                                     detail::kernel_matrix(host, z, z, kernel));
  }

  template <class T, Device D>
  kernel_projection<T, D, First, Second> made(context<D>& ctx, context<cpu>& host, const detail::training_rows<T, D>& x,
                                              const detail::training_rows<T, D>& y, const matrix<double, cpu>& marks_x,
                                              const matrix<double, cpu>& marks_y, const First& kernel_x,
                                              const Second& kernel_y, detail::kernel_pairs pairs) const {
    detail::finish(host, pairs, power);
    return {kernel_map<T, D, First>(
                ctx, {x.means, x.factors, marks_x.to_host(), pairs.first.to_host(), pairs.first_offsets}, kernel_x),
            kernel_map<T, D, Second>(
                ctx, {y.means, y.factors, marks_y.to_host(), pairs.second.to_host(), pairs.second_offsets}, kernel_y),
            std::move(pairs.values)};
  }
};

}  // namespace kindred::projection
