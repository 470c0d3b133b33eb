// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D, class R>
struct projection_match_row {
  matrix_view<T, D> scores;  // become their own gradient
  R relation;
  T epsilon, scale;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols();
    const index_t positives = g.reduce(
        n, index_t(0), plus{}, [&](index_t c) { return index_t(relation(r, c) == relation::kind::positive ? 1 : 0); });
    if (positives == 0) {
      g.for_each(n, [&](index_t c) { scores(r, c) = T(0); });
      g.once([&] { totals(r) = T(0); });
      return;
    }
    const T log_positive = math::log(T(1) / static_cast<T>(positives) + epsilon), log_negative = math::log(epsilon);
    const T sum = log_sum_exp<T>(
        g, n, [&](index_t c) { return relation(r, c) == relation::kind::ignored ? -infinity<T> : scores(r, c); });
    const auto term = [&](index_t c) {
      return scores(r, c) - sum - (relation(r, c) == relation::kind::positive ? log_positive : log_negative);
    };
    const T divergence = g.reduce(n, T(0), plus{}, [&](index_t c) {
      return relation(r, c) == relation::kind::ignored ? T(0) : math::exp(scores(r, c) - sum) * term(c);
    });
    g.for_each(n, [&](index_t c) {
      scores(r, c) = relation(r, c) == relation::kind::ignored
                         ? T(0)
                         : scale * math::exp(scores(r, c) - sum) * (term(c) - divergence);
    });
    g.once([&] { totals(r) = divergence; });
  }
};
}  // namespace detail

/// Cross-modal projection matching: how a row projects onto the directions of the other side shall match who belongs to
/// it.
///
/// value = K(a, b) + K(b, a),   K(x, z) = 1 / n sum over rows i of x, j of z of p(i, j) log(p(i, j) / (q(i, j) +
///                              epsilon)),
/// p(i, .) = softmax over j of x(i) . z(j) / |z(j)|,   q(i, .) = 1 / positives of i at its positives, 0 elsewhere
///
/// The divergence has p in front, so what stands on pairs that do not match costs about log(1 / epsilon) each: the loss
/// starts large and wants a small rate.
///
/// a, b     n x d and m x d, not normalized
/// da, db   the shapes of a and b, accumulated; absent where not wanted; one view where a and b are one
///
/// A row without positives contributes nothing and counts in n; ignored pairs stand in no sum; n = 0: nothing. Rows of
/// zeros have no direction and get no gradient for one. NaN makes the value NaN.
///
/// Complexity   six products of n m d; scratch n m + 2 max(n, m) d numbers.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for an epsilon that is not above 0.
/// Reference    Zhang and Lu 2018. The authors' code takes log(epsilon + p / (q + epsilon)), which differs where p
///              is about epsilon squared.
struct cmpm {
  double epsilon = 1e-8;  ///< above 0

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    constexpr const char* who = "loss::cmpm";
    expect_positive<T>(who, "epsilon", epsilon);
    expects(a.cols() == b.cols(), "{}: rows of {} numbers but rows of {}", who, a.cols(), b.cols());
    detail::expect_relation(who, relation, a.rows(), b.rows());
    detail::expect_gradient<T, D>(who, a, da);
    detail::expect_gradient<T, D>(who, b, db);
    detail::expect_value(who, value);
    project<T, D, R>(ctx, a, b, relation, da, db, false, value);
    using back = kindred::relation::reversed<R>;
    project<T, D, back>(ctx, b, a, back(relation), db, da, true, value);
  }

 private:
  template <class T, class D, class R>
  void project(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> z, const R& relation,
               matrix_view<T, D> dx, matrix_view<T, D> dz, bool add, vector_view<T, D> value) const {
    const index_t n = x.rows(), m = z.rows();
    const T scale = detail::one_over<T>(n);
    const scratch_scope scope(ctx);
    const auto unit = scratch_matrix<T>(ctx, m, z.cols()), scores = scratch_matrix<T>(ctx, n, m);
    const auto totals = scratch_vector<T>(ctx, n);
    op::normalize_rows(ctx, z, unit);
    ctx.template gemm<T>(T(1), x, transpose::no, unit, transpose::yes, T(0), scores);
    ctx.for_each_row(n, m,
                     detail::projection_match_row<T, D, R>{scores, relation, static_cast<T>(epsilon), scale, totals});
    detail::scaled_sum<T, D>(ctx, totals, scale, add, value);
    if (dx) ctx.template gemm<T>(T(1), scores, transpose::no, unit, transpose::no, T(1), dx);
    if (dz) {
      const auto dunit = scratch_matrix<T>(ctx, m, z.cols());
      ctx.template gemm<T>(T(1), scores, transpose::yes, x, transpose::no, T(0), dunit);
      similarity::cosine().prepare_backward(ctx, z, matrix_view<const T, D>(unit), matrix_view<const T, D>(dunit), dz);
    }
  }
};

static_assert(PairLoss<cmpm>);

}  // namespace kindred::loss
