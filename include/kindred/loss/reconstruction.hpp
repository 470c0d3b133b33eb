// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>

namespace kindred::loss {

namespace detail {
/// kind 0: squares, 1: binary entropy, 2: entropy of words
template <class T, Device D>
struct reconstruction_row {
  matrix_view<const T, D> a, b;
  int kind;
  T scale;
  matrix_view<T, D> da, db;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = a.cols();
    const bool entropy = kind == 1, words = kind == 2;
    T length = 0, log_sum = 0;
    if (words && n > 0) {
      length = g.reduce(n, T(0), plus{}, [&](index_t c) { return b(r, c); });
      log_sum = log_sum_exp<T>(g, n, a.row(r));
    }
    const T total = g.reduce(n, T(0), plus{}, [&](index_t c) {
      const T x = a(r, c), y = b(r, c);
      return words ? y * (log_sum - x) : entropy ? softplus(x) - y * x : (x - y) * (x - y);
    });
    g.for_each(n, [&](index_t c) {
      const T x = a(r, c), y = b(r, c);
      if (da)
        da(r, c) += scale * (words     ? length * math::exp(x - log_sum) - y
                             : entropy ? math::sigmoid(x) - y
                                       : T(2) * (x - y));
      if (db) db(r, c) += scale * (words ? log_sum - x : entropy ? -x : T(2) * (y - x));
    });
    g.once([&] { totals(r) = scale * total; });
  }
};
}  // namespace detail

/// How far row i of a is from row i of b: the loss of autoencoders and of correspondence between two codes.
///
/// squares         value = mean of (a - b)^2
/// binary_entropy  value = mean of log(1 + e^a) - b a: binary cross entropy of the logits a against b in [0, 1]
/// word_entropy    value = mean of -b log softmax(a): cross entropy of the logits a against counts or shares b of words
///
/// a, b      n x d both: reconstruction and original, or two codes
/// da, db    n x d, accumulated; absent where not wanted (db for a given original); one view where a and b are one
///
/// A PairLoss that does not look at its relation; there is a form without one. n = 0 or d = 0: value 0. NaN makes the
/// value NaN.
///
/// Complexity   O(n d), two launches.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit.
/// Reference    equal to PyTorch's mse_loss and binary_cross_entropy_with_logits with mean reduction; per_row is d
///              times that, the ||x - y||^2 of the papers, and for word_entropy PyTorch's cross_entropy for shares b.
struct reconstruction {
  enum class error : signed char { squares, binary_entropy, word_entropy };

  error kind = error::squares;
  bool per_row = false;  ///< sum over columns and mean over rows instead of the mean over both

  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    constexpr const char* who = "loss::reconstruction";
    op::expect_equal_shapes(who, a, b);
    detail::expect_gradient<T, D>(who, a, da);
    detail::expect_gradient<T, D>(who, b, db);
    detail::expect_value(who, value);
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, a.rows());
    const T scale = detail::one_over<T>(per_row ? a.rows() : a.size());
    ctx.for_each_row(a.rows(), a.cols(),
                     detail::reconstruction_row<T, D>{a, b, static_cast<int>(kind), scale, da, db, totals});
    detail::scaled_sum<T, D>(ctx, totals, T(1), false, value);
  }
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R&, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    (*this)(ctx, a, b, da, db, value);
  }
};

static_assert(PairLoss<reconstruction>);

}  // namespace kindred::loss
