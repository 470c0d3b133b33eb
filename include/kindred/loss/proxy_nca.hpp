// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/proxies.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D>
struct proxy_nca_row {
  matrix_view<T, D> cosines;  // become their own gradient
  vector_view<const label_t, D> labels;
  vector_view<const T, D> count_scale;
  T factor, on, off;
  bool own;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = cosines.cols(), label = static_cast<index_t>(labels(r));
    T loss = 0;
    if (label >= 0 && label < n)
      loss = cross_entropy_over(
          g, n, label, on, off, own, [&](index_t c) { return factor * cosines(r, c); },
          [&](index_t c, T gradient) { cosines(r, c) = count_scale(0) * factor * gradient; });
    else
      g.for_each(n, [&](index_t c) { cosines(r, c) = T(0); });
    g.once([&] { totals(r) = count_scale(0) * loss; });
  }
};
}  // namespace detail

/// What a proxy_nca is beside its sizes.
struct proxy_nca_options {
  double scale = 1;                      ///< of the squared distances, above 0
  double smoothing = 0;                  ///< share of the target that is spread over the other classes
  bool positive_in_denominator = false;  ///< as public code has it; the paper leaves it out
};

/// Proxy-NCA: each class has a learned proxy; a row is drawn to its own and away from all others.
///
/// value = mean over labelled rows of -sum over c of q(c) log(e^(-scale |x - p(c)|^2) / sum over z of e^(-scale |x -
/// p(z)|^2)), x and p of length 1, z all classes but the row's own, q(c) = 1 - smoothing at the label, smoothing /
/// (classes - 1) elsewhere
///
/// weights      "proxies", classes x columns; they and the embeddings are normalized here
/// embeddings   n x columns
/// labels       n; a label outside [0, classes) takes the row out: no loss, no gradient, not counted
/// dembeddings  n x columns, accumulated; absent where not wanted
/// dweights     classes x columns, accumulated; absent where frozen
///
/// Without labelled rows, and with one class, the value is 0. In the paper's form it may be below 0. NaN in a row makes
/// the value and the gradients of all proxies NaN.
///
/// Start        normal numbers: directions at random.
/// Complexity   three products of n classes columns; scratch n classes + 2 (n + classes) columns numbers.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for options outside their range.
/// Reference    Movshovitz-Attias et al. 2017. The code by dichotomies has the positive in the denominator, smoothing
///              0.1 and rows of lengths s_x and s_p: scale = s_x s_p. pytorch-metric-learning's ProxyNCALoss is
///              positive_in_denominator with its softmax_scale for scale.
struct proxy_nca : detail::class_proxies<proxy_nca> {
  static constexpr const char* name = "proxy_nca";
  proxy_nca_options options;

  proxy_nca(index_t class_count, index_t embedding_columns, proxy_nca_options o = {})
      : class_proxies(class_count, embedding_columns), options(o) {
    expect_positive<float>("loss::proxy_nca", "scale", o.scale);
    expect_within("loss::proxy_nca", "smoothing", o.smoothing, 0, 1);
  }

  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> embeddings,
                  const_vector<label_t, D> labels, matrix_view<T, D> dembeddings,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    constexpr const char* who = "loss::proxy_nca";
    detail::expect_embedding_loss<T, D>(who, embeddings, labels, dembeddings, value);
    detail::expect_weights<T, D>(who, weights, dweights, classes * columns);
    expects(embeddings.cols() == columns, "{}: expected rows of {} values, got {}", who, columns, embeddings.cols());
    const index_t n = embeddings.rows();
    const T off = static_cast<T>(options.smoothing) * detail::one_over<T>(classes - 1);
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, n), count_scale = scratch_vector<T>(ctx, 1);
    const detail::unit_sides<T, D> sides(ctx, embeddings, this->split(weights));
    const auto cosines = scratch_matrix<T>(ctx, n, classes);
    sides.products(ctx, transpose::no, cosines);
    ctx.for_each_row(1, n, detail::label_scale_row<T, D>{labels, classes, count_scale});
    ctx.for_each_row(n, classes,
                     detail::proxy_nca_row<T, D>{cosines, labels, count_scale, static_cast<T>(2 * options.scale),
                                                 static_cast<T>(1 - options.smoothing), off,
                                                 options.positive_in_denominator, totals});
    detail::scaled_sum<T, D>(ctx, totals, T(1), false, value);
    sides.backward(ctx, cosines, transpose::no, dembeddings, this->split(dweights));
  }
};

static_assert(LearnableEmbeddingLoss<proxy_nca>);

}  // namespace kindred::loss
