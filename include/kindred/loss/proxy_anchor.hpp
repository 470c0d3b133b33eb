// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/proxies.hpp>

namespace kindred::loss {

namespace detail {
/// present(p) = 1 where any row carries label p.
template <Device D>
struct present_class_row {
  vector_view<const label_t, D> labels;
  vector_view<index_t, D> present;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t p) const {
    const index_t count = g.reduce(labels.size(), index_t(0), plus{},
                                   [&](index_t i) { return index_t(static_cast<index_t>(labels(i)) == p ? 1 : 0); });
    g.once([&] { present(p) = count > 0 ? 1 : 0; });
  }
};
template <class T, Device D>
struct present_scale_row {
  vector_view<const index_t, D> present;
  vector_view<T, D> scale;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const index_t count = g.reduce(present.size(), index_t(0), plus{}, [&](index_t p) { return present(p); });
    g.once([&] { scale(0) = count > 0 ? T(1) / static_cast<T>(count) : T(0); });
  }
};
template <class T, Device D>
struct proxy_anchor_row {
  matrix_view<T, D> cosines;  // classes x rows; become their own gradient
  vector_view<const label_t, D> labels;
  vector_view<const T, D> present_scale;
  T alpha, margin, share;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t p) const {
    const index_t n = cosines.cols(), classes = cosines.rows();
    const auto label = [&](index_t i) { return static_cast<index_t>(labels(i)); };
    const auto negative = [&](index_t i) { return label(i) != p && label(i) >= 0 && label(i) < classes; };
    const T pull = log_sum_exp<T>(
        g, n, [&](index_t i) { return label(i) == p ? -alpha * (cosines(p, i) - margin) : -infinity<T>; });
    const T push =
        log_sum_exp<T>(g, n, [&](index_t i) { return negative(i) ? alpha * (cosines(p, i) + margin) : -infinity<T>; });
    const T loss = (pull == -infinity<T> ? T(0) : present_scale(0) * softplus(pull)) + share * softplus(push);
    g.for_each(n, [&](index_t i) {
      const T s = cosines(p, i);
      T gradient = 0;
      if (label(i) == p)
        gradient = -alpha * present_scale(0) * math::sigmoid(pull) * math::exp(-alpha * (s - margin) - pull);
      else if (negative(i))
        gradient = alpha * share * math::sigmoid(push) * math::exp(alpha * (s + margin) - push);
      cosines(p, i) = gradient;
    });
    g.once([&] { totals(p) = loss; });
  }
};
}  // namespace detail

/// What a proxy_anchor is beside its sizes.
struct proxy_anchor_options {
  double alpha = 32;    ///< sharpness, above 0
  double margin = 0.1;  ///< the paper's delta
};

/// Proxy Anchor: each class has a learned proxy that looks at all rows of the batch, the hardest ones most.
///
/// value = 1 / |P+| sum over proxies p with rows of their class of log(1 + sum over those rows x of e^(-alpha (s(x, p)
/// - margin)))
///       + 1 / |P| sum over all proxies p of log(1 + sum over the other rows x of e^(alpha (s(x, p) + margin))),   s
///       the cosine
///
/// weights      "proxies", classes x columns; they and the embeddings are normalized here
/// embeddings   n x columns
/// labels       n; a label outside [0, classes) takes the row out
/// dembeddings  n x columns, accumulated; absent where not wanted
/// dweights     classes x columns, accumulated; absent where frozen
///
/// One class: the first sum alone. No labelled row: 0. NaN in a row makes the value and all gradients it meets NaN.
///
/// Start        normal numbers: directions at random.
/// Complexity   three products of n classes columns; scratch n classes + 2 (n + classes) columns numbers.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for an alpha that is not above 0.
/// Reference    Kim et al. 2020; equal to pytorch-metric-learning's ProxyAnchorLoss.
struct proxy_anchor : detail::class_proxies<proxy_anchor> {
  static constexpr const char* name = "proxy_anchor";
  proxy_anchor_options options;

  proxy_anchor(index_t class_count, index_t embedding_columns, proxy_anchor_options o = {})
      : class_proxies(class_count, embedding_columns), options(o) {
    expect_positive<float>("loss::proxy_anchor", "alpha", o.alpha);
    expect_finite<float>("loss::proxy_anchor", "margin", o.margin);
  }

  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> embeddings,
                  const_vector<label_t, D> labels, matrix_view<T, D> dembeddings,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    constexpr const char* who = "loss::proxy_anchor";
    detail::expect_embedding_loss<T, D>(who, embeddings, labels, dembeddings, value);
    detail::expect_weights<T, D>(who, weights, dweights, classes * columns);
    expects(embeddings.cols() == columns, "{}: expected rows of {} values, got {}", who, columns, embeddings.cols());
    const index_t n = embeddings.rows();
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, classes), present_scale = scratch_vector<T>(ctx, 1);
    const auto present = scratch_vector<index_t>(ctx, classes);
    const detail::unit_sides<T, D> sides(ctx, embeddings, this->split(weights));
    const auto cosines = scratch_matrix<T>(ctx, classes, n);
    sides.products(ctx, transpose::yes, cosines);
    ctx.for_each_row(classes, n, detail::present_class_row<D>{labels, present});
    ctx.for_each_row(1, classes, detail::present_scale_row<T, D>{present, present_scale});
    ctx.for_each_row(
        classes, n,
        detail::proxy_anchor_row<T, D>{cosines, labels, present_scale, static_cast<T>(options.alpha),
                                       static_cast<T>(options.margin), detail::one_over<T>(classes), totals});
    detail::scaled_sum<T, D>(ctx, totals, T(1), false, value);
    sides.backward(ctx, cosines, transpose::yes, dembeddings, this->split(dweights));
  }
};

static_assert(LearnableEmbeddingLoss<proxy_anchor>);

}  // namespace kindred::loss
