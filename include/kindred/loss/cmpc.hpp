// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::loss {

namespace detail {
/// Logits of row r are length(r) products(r, .), length(r) = x(r) . unit(r). Products become their gradient; dlengths
/// too.
template <class T, Device D>
struct projected_class_row {
  matrix_view<const T, D> x, unit;
  vector_view<const label_t, D> labels;
  vector_view<const T, D> scale;
  T on, off;
  matrix_view<T, D> products, dlogits;
  vector_view<T, D> dlengths, totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = products.cols(), label = static_cast<index_t>(labels(r));
    const T length = g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return x(r, c) * unit(r, c); });
    T loss = 0;
    if (label >= 0 && label < n)
      loss = cross_entropy_over(
          g, n, label, on, off, true, [&](index_t c) { return length * products(r, c); },
          [&](index_t c, T gradient) { dlogits(r, c) = scale(0) * gradient; });
    else
      g.for_each(n, [&](index_t c) { dlogits(r, c) = T(0); });
    const T dlength = g.reduce(n, T(0), plus{}, [&](index_t c) { return dlogits(r, c) * products(r, c); });
    g.for_each(n, [&](index_t c) { products(r, c) = length * dlogits(r, c); });
    g.once([&] {
      dlengths(r) = dlength;
      totals(r) = scale(0) * loss;
    });
  }
};
/// y(r, .) += factors(r) x(r, .).
template <class T, Device D>
struct add_row_multiples_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> factors;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) += factors(r) * x(r, c); }
};
}  // namespace detail

/// What a cmpc is beside its sizes.
struct cmpc_options {
  double smoothing = 0;  ///< share of the target that is spread over all classes
};

/// Cross-modal projection classification: a row, projected onto its partner of the other side, shall show its class.
///
/// value = C(a, b) + C(b, a),   C(x, z) = mean over labelled rows of the cross entropy of softmax over c of
/// (x(i) . z(i) / |z(i)|) z(i) / |z(i)| . w(c) / |w(c)|
///
/// weights   "weight", classes x columns, one direction per class for both sides; normalized here, no bias
/// a, b      n x columns both, not normalized; row i of b belongs to row i of a
/// relation  a LabelRelation: labels of a are its query_labels(), those of b its gallery_labels(); nothing else of it
///           is asked
/// da, db    n x columns, accumulated; absent where not wanted; one view where a and b are one
/// dweights  classes x columns, accumulated; absent where frozen
///
/// A label outside [0, classes) takes the row out of its mean. Without labelled rows, with one class and for n = 0 the
/// value is 0. NaN makes the value NaN.
///
/// Start        normal numbers: directions at random.
/// Complexity   six products of n classes columns; scratch 2 n classes + 2 (n + classes) columns numbers.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for a smoothing outside [0, 1].
/// Reference    Zhang and Lu 2018; the paper adds it to cmpm, each with weight 1.
struct cmpc : layer::weighted<cmpc> {
  static constexpr bool needs_labels = true;

  index_t classes;  ///< number of classes
  index_t columns;  ///< numbers in a row of a and of b
  cmpc_options options;

  cmpc(index_t class_count, index_t embedding_columns, cmpc_options o = {})
      : classes(class_count), columns(embedding_columns), options(o) {
    expect_within("loss::cmpc", "smoothing", o.smoothing, 0, 1);
  }

  template <class T, class D, class Visit>
  matrix_view<T, D> pieces(carver<T, D, Visit>& c) const {
    return c.matrix("weight", classes, columns);
  }
  std::string description() const { return "cmpc(" + std::to_string(classes) + ", " + std::to_string(columns) + ")"; }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    op::fill_normal(ctx, this->split(weights), T(0), T(1), seed, 0);
  }

  template <Scalar T, Device D, relation::LabelRelation R>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> a, const_matrix<T, D> b,
                  const R& relation, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    constexpr const char* who = "loss::cmpc";
    expects(a.rows() == b.rows() && a.cols() == columns && b.cols() == columns,
            "{}: expected two matrices of {} columns and equal height, got {} x {} and {} x {}", who, columns, a.rows(),
            a.cols(), b.rows(), b.cols());
    detail::expect_relation(who, relation, a.rows(), b.rows());
    detail::expect_gradient<T, D>(who, a, da);
    detail::expect_gradient<T, D>(who, b, db);
    detail::expect_weights<T, D>(who, weights, dweights, classes * columns);
    detail::expect_value(who, value);
    const scratch_scope scope(ctx);
    const auto directions = scratch_matrix<T>(ctx, classes, columns),
               ddirections = scratch_matrix<T>(ctx, classes, columns);
    const matrix_view<const T, D> w = this->split(weights);
    op::normalize_rows(ctx, w, directions);
    classify<T, D>(ctx, a, b, relation.query_labels(), directions, da, db, ddirections, false, value);
    classify<T, D>(ctx, b, a, relation.gallery_labels(), directions, db, da, ddirections, true, value);
    if (dweights)
      similarity::cosine().prepare_backward(ctx, w, matrix_view<const T, D>(directions),
                                            matrix_view<const T, D>(ddirections), this->split(dweights));
  }

 private:
  template <class T, class D>
  void classify(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> z,
                vector_view<const label_t, D> labels, matrix_view<const T, D> directions, matrix_view<T, D> dx,
                matrix_view<T, D> dz, matrix_view<T, D> ddirections, bool add, vector_view<T, D> value) const {
    const index_t n = x.rows();
    const T off = static_cast<T>(options.smoothing) * detail::one_over<T>(classes);
    const scratch_scope scope(ctx);
    const auto unit = scratch_matrix<T>(ctx, n, columns), dunit = scratch_matrix<T>(ctx, n, columns);
    const auto products = scratch_matrix<T>(ctx, n, classes), dlogits = scratch_matrix<T>(ctx, n, classes);
    const auto dlengths = scratch_vector<T>(ctx, n), totals = scratch_vector<T>(ctx, n),
               scale = scratch_vector<T>(ctx, 1);
    op::normalize_rows(ctx, z, unit);
    ctx.template gemm<T>(T(1), unit, transpose::no, directions, transpose::yes, T(0), products);
    ctx.for_each_row(1, n, detail::label_scale_row<T, D>{labels, classes, scale});
    ctx.for_each_row(
        n, classes,
        detail::projected_class_row<T, D>{x, unit, labels, scale, static_cast<T>(1 - options.smoothing) + off, off,
                                          products, dlogits, dlengths, totals});
    detail::scaled_sum<T, D>(ctx, totals, T(1), add, value);
    ctx.template gemm<T>(T(1), products, transpose::yes, unit, transpose::no, add ? T(1) : T(0), ddirections);
    if (dx) ctx.for_each(n, columns, detail::add_row_multiples_at<T, D>{unit, dlengths, dx});
    if (dz) {
      ctx.template gemm<T>(T(1), products, transpose::no, directions, transpose::no, T(0), dunit);
      ctx.for_each(n, columns, detail::add_row_multiples_at<T, D>{x, dlengths, dunit});
      similarity::cosine().prepare_backward(ctx, z, matrix_view<const T, D>(unit), matrix_view<const T, D>(dunit), dz);
    }
  }
};

static_assert(LearnablePairLoss<cmpc>);

}  // namespace kindred::loss
