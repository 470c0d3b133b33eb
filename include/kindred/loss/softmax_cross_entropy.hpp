// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D>
struct cross_entropy_row {
  matrix_view<const T, D> logits;
  vector_view<const label_t, D> labels;
  vector_view<const T, D> scale;
  T on, off;
  matrix_view<T, D> dlogits;
  vector_view<T, D> totals;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = logits.cols(), label = static_cast<index_t>(labels(r));
    T loss = 0;
    if (label >= 0 && label < n)
      loss = cross_entropy_over(g, n, label, on, off, true, logits.row(r), [&](index_t c, T gradient) {
        if (dlogits) dlogits(r, c) += scale(0) * gradient;
      });
    g.once([&] { totals(r) = scale(0) * loss; });
  }
};
}  // namespace detail

/// Cross entropy of a softmax over classes, with label smoothing: an EmbeddingLoss whose embeddings are logits.
///
/// value = mean over labelled rows of -sum over c of q(c) log softmax(logits)(c),
/// q(c) = (1 - smoothing) [c = label] + smoothing / classes
///
/// logits    n x classes
/// labels    n; a label outside [0, classes) takes the row out: it adds no loss, no gradient and does not count
/// dlogits   n x classes, accumulated; absent where not wanted
///
/// Without labelled rows the value is 0 (PyTorch: NaN). One class: 0. NaN in a row makes the value and that row's
/// gradient NaN.
///
/// Complexity   O(n classes) exponentials, three launches.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error when shapes do not fit; argument_error for a smoothing outside [0, 1].
/// Reference    Szegedy et al. 2016 (smoothing); equal to PyTorch's cross_entropy.
struct softmax_cross_entropy {
  double smoothing = 0;  ///< share of the target that is spread over all classes

  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> logits, const_vector<label_t, D> labels,
                  matrix_view<T, D> dlogits, vector_view<T, D> value) const {
    detail::expect_embedding_loss<T, D>("loss::softmax_cross_entropy", logits, labels, dlogits, value);
    expect_within("loss::softmax_cross_entropy", "smoothing", smoothing, 0, 1);
    const index_t n = logits.rows(), classes = logits.cols();
    const T off = static_cast<T>(smoothing) * detail::one_over<T>(classes);
    const T on = static_cast<T>(1 - smoothing) + off;
    const scratch_scope scope(ctx);
    const auto totals = scratch_vector<T>(ctx, n), scale = scratch_vector<T>(ctx, 1);
    ctx.for_each_row(1, n, detail::label_scale_row<T, D>{labels, classes, scale});
    ctx.for_each_row(n, classes, detail::cross_entropy_row<T, D>{logits, labels, scale, on, off, dlogits, totals});
    detail::scaled_sum<T, D>(ctx, totals, T(1), false, value);
  }
};

static_assert(EmbeddingLoss<softmax_cross_entropy>);

}  // namespace kindred::loss
