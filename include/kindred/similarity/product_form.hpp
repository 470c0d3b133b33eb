// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/similarity/concept.hpp>

namespace kindred::similarity {

namespace detail {

template <class Self, class T>
struct final_score_at {
  template <class D>
  struct in {
    matrix_view<T, D> scores;
    KINDRED_HD void operator()(index_t r, index_t c) const { scores(r, c) = Self::final_score(scores(r, c)); }
  };
};

/// d value / d product(r, c) from d value / d scores(r, c). A distance of 0 passes nothing.
template <class Self, class T>
struct product_gradient_at {
  template <class D>
  struct in {
    matrix_view<const T, D> scores, dscores;
    matrix_view<T, D> dproduct;
    KINDRED_HD void operator()(index_t r, index_t c) const {
      T gradient = dscores(r, c);
      if constexpr (Self::scoring == op::scoring::negative_square_distance)
        if (scores(r, c) == T(0)) gradient = T(0);
      if constexpr (requires { Self::final_gradient(T()); })
        if (gradient != T(0)) gradient *= Self::final_gradient(scores(r, c));
      dproduct(r, c) = gradient;
    }
  };
};

/// Rows seen from the first of `from`: distances do not change, and far from the origin no digits are lost.
template <class T, class D>
struct moved_row_at {
  matrix_view<const T, D> x, from;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const { out(r, c) = x(r, c) - from(0, c); }
};

/// dx(r, c) -= 2 sums(r) (x(r, c) - from(0, c)): what the squared norm of a row adds to the gradient of its distances.
template <class T, class D>
struct norm_gradient_at {
  matrix_view<const T, D> x, from;
  vector_view<const T, D> sums;
  matrix_view<T, D> dx;
  KINDRED_HD void operator()(index_t r, index_t c) const { dx(r, c) -= T(2) * sums(r) * (x(r, c) - from(0, c)); }
};

/// dx(r, .) += (dy(r, .) - y(r, .) (y . dy)) / |x(r, .)|, y = x / |x|; nothing where x is all zeros. x.row(r) gives a
/// row.
template <class T, class D, class X>
struct unit_gradient_row {
  X x;
  matrix_view<const T, D> y, dy;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T length = op::length_of<T>(g, y.cols(), x.row(r));
    const T along = g.reduce(y.cols(), T(0), plus{}, [&](index_t c) { return y(r, c) * dy(r, c); });
    if (length == T(0)) return;
    g.for_each(y.cols(), [&](index_t c) { dx(r, c) += (dy(r, c) - y(r, c) * along) / length; });
  }
};

/// Throws shape_error unless the gradients of a similarity fit its sides. Bags have fewer items than rows.
template <class T, class D>
void expect_gradients(matrix_view<const T, D> a, index_t items_a, matrix_view<const T, D> b, index_t items_b,
                      matrix_view<const T, D> scores, matrix_view<const T, D> dscores, matrix_view<T, D> da,
                      matrix_view<T, D> db) {
  for (const auto& s : {scores, dscores})
    expects(s.rows() == items_a && s.cols() == items_b,
            "similarity::backward: expected scores and their gradients of {} x {}, got {} x {}", items_a, items_b,
            s.rows(), s.cols());
  expects(!da || (da.rows() == a.rows() && da.cols() == a.cols()),
          "similarity::backward: rows of {} x {}, their gradient of {} x {}", a.rows(), a.cols(), da.rows(), da.cols());
  expects(!db || (db.rows() == b.rows() && db.cols() == b.cols()),
          "similarity::backward: rows of {} x {}, their gradient of {} x {}", b.rows(), b.cols(), db.rows(), db.cols());
}

}  // namespace detail

/// Base of the similarities that are products of prepared rows: gives them score() from their prepare() (or
/// prepare_first() and prepare_second()) and `scoring`.
/// To add one, derive `struct mine : product_form<mine>` and write prepare(ctx, x), `scoring` and `rowwise`; where the
/// score is a monotone function of the product's, write `static T final_score(T)` too.
///
/// The base gives backward() as well where gradients pass: prepare_backward(ctx, x, y, dy, dx) (or
/// prepare_first_backward() and prepare_second_backward()) adds to dx what the gradient dy of the prepared rows y says;
/// without it prepare() has to leave the rows as they are. With final_score() goes `static T final_gradient(T score)`,
/// its derivative there.
template <class Self>
struct product_form {
  /// Fills scores(i, j) = similarity of row i of a and row j of b, higher is closer.
  ///
  /// a       n x d
  /// b       m x d
  /// scores  n x m, overwritten
  ///
  /// Complexity   O((n + m) d) to prepare, one product of n m d multiply-adds.
  /// Determinism  a score has the same bits wherever its rows stand, on any number of threads (context<cpu>), unless
  ///              the similarity looks at whole sets (`rowwise` is false).
  /// Errors       shape_error when widths differ or `scores` has another shape. NaN and infinity in a row make its
  ///              scores NaN or infinite; rankings put NaN last.
  template <Scalar T, Device D>
  void score(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> scores) const {
    expects(different_widths<Self>() || a.cols() == b.cols(), "similarity: rows of {} numbers but rows of {}", a.cols(),
            b.cols());
    expects(scores.rows() == a.rows() && scores.cols() == b.rows(),
            "similarity: expected scores of {} x {}, got {} x {}", a.rows(), b.rows(), scores.rows(), scores.cols());
    const Self& self = static_cast<const Self&>(*this);
    const prepared<T, D> x = prepare_first<Self, T, D>(ctx, self, a), y = prepare_second<Self, T, D>(ctx, self, b);
    op::scores(ctx, x.view(), y.view(), Self::scoring, scores);
    if constexpr (requires { Self::final_score(T()); })
      ctx.for_each(scores.rows(), scores.cols(), typename detail::final_score_at<Self, T>::template in<D>{scores});
  }

  /// The same into a new matrix of rows(a) x rows(b).
  template <Device D, MatrixArgument<D> A, MatrixArgument<D> B>
  matrix<typename A::value_type, D> score(context<D>& ctx, const A& a, const B& b) const {
    matrix<typename A::value_type, D> scores(ctx, as_const(a).rows(), as_const(b).rows(), uninitialized);
    score(ctx, as_const(a), as_const(b), scores.view());
    return scores;
  }

  /// Adds d value / d a to da and d value / d b to db: the gradient of the product, then of the preparation.
  ///
  /// a, b     as score() took them
  /// scores   n x m, what score() gave; only distances look at them
  /// dscores  n x m, d value / d scores
  /// da, db   n x d, m x d, accumulated; absent where not wanted; may be one view where a and b are
  ///
  /// Complexity   both sides prepared once more, a product of n m d multiply-adds for each gradient; scratch n m + (n +
  ///              m) d numbers for distances.
  /// Determinism  the same bits for any number of threads (context<cpu>).
  /// Errors       shape_error when shapes do not fit. NaN or infinity in a row makes its own gradient NaN or infinite
  ///              and that of the whole other side, also where dscores is 0.
  template <Scalar T, Device D>
  void backward(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const_matrix<T, D> scores,
                const_matrix<T, D> dscores, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db) const {
    expects(different_widths<Self>() || a.cols() == b.cols(), "similarity: rows of {} numbers but rows of {}", a.cols(),
            b.cols());
    detail::expect_gradients(a, a.rows(), b, b.rows(), scores, dscores, da, db);
    const Self& self = static_cast<const Self&>(*this);
    const scratch_scope scope(ctx);
    const prepared<T, D> x = prepare_first<Self, T, D>(ctx, self, a), y = prepare_second<Self, T, D>(ctx, self, b);
    matrix_view<const T, D> dproduct = dscores;
    if constexpr (distances() || requires { Self::final_gradient(T()); }) {
      const auto passed = scratch_matrix<T>(ctx, scores.rows(), scores.cols());
      ctx.for_each(scores.rows(), scores.cols(),
                   typename detail::product_gradient_at<Self, T>::template in<D>{scores, dscores, passed});
      dproduct = passed;
    }
    if (da) add_gradient<true, T, D>(ctx, a, x.rows, y.rows, dproduct, da);
    if (db) add_gradient<false, T, D>(ctx, b, y.rows, x.rows, dproduct, db);
  }

 private:
  static constexpr bool distances() { return Self::scoring == op::scoring::negative_square_distance; }

  /// What one side gets: `rows` are its prepared rows, `others` those it was multiplied with.
  template <bool First, class T, Device D>
  void add_gradient(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> rows,
                    matrix_view<const T, D> others, matrix_view<const T, D> dproduct, matrix_view<T, D> dx) const {
    const Self& self = static_cast<const Self&>(*this);
    constexpr bool alike = requires { self.prepare_backward(ctx, x, rows, rows, dx); };
    constexpr bool first = requires { self.prepare_first_backward(ctx, x, rows, rows, dx); };
    constexpr bool second = requires { self.prepare_second_backward(ctx, x, rows, rows, dx); };
    constexpr transpose turned = First ? transpose::no : transpose::yes;
    if constexpr (alike || (First ? first : second)) {
      const scratch_scope scope(ctx);
      const auto drows = scratch_matrix<T>(ctx, rows.rows(), rows.cols());
      product_gradient<T, D>(ctx, rows, others, dproduct, turned, T(0), drows);
      if constexpr (alike)
        self.prepare_backward(ctx, x, rows, drows, dx);
      else if constexpr (First)
        self.prepare_first_backward(ctx, x, rows, drows, dx);
      else
        self.prepare_second_backward(ctx, x, rows, drows, dx);
    } else {
      expects<argument_error>(rows.data() == x.data(),
                              "similarity::backward: a similarity that changes rows and has no prepare_backward()");
      product_gradient<T, D>(ctx, rows, others, dproduct, turned, T(1), dx);
    }
  }

  /// dx = beta dx + the gradient of the product for `rows`.
  template <class T, Device D>
  static void product_gradient(context<D>& ctx, matrix_view<const T, D> rows, matrix_view<const T, D> others,
                               matrix_view<const T, D> dproduct, transpose turned, T beta, matrix_view<T, D> dx) {
    if constexpr (!distances()) {
      ctx.template gemm<T>(T(1), dproduct, turned, others, transpose::no, beta, dx);
    } else {
      const scratch_scope scope(ctx);
      const auto moved = scratch_matrix<T>(ctx, others.rows(), others.cols());
      ctx.for_each(moved.rows(), moved.cols(), detail::moved_row_at<T, D>{others, others, moved});
      ctx.template gemm<T>(T(2), dproduct, turned, moved, transpose::no, beta, dx);
      if (others.rows() == 0) return;
      const auto sums = scratch_vector<T>(ctx, rows.rows());
      if (turned == transpose::yes)
        op::column_sums<D, T>(ctx, dproduct, sums);
      else
        op::row_sums<D, T>(ctx, dproduct, sums);
      ctx.for_each(dx.rows(), dx.cols(), detail::norm_gradient_at<T, D>{rows, others, sums, dx});
    }
  }
};

}  // namespace kindred::similarity
