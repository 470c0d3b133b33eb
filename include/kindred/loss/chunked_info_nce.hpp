// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/loss/info_nce.hpp>

namespace kindred::loss {

namespace detail {
template <class T, Device D, class R>
struct positive_count_row {
  R relation;
  index_t cols;
  row_terms<T, D> terms;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t count = g.reduce(cols, index_t(0), plus{}, [&](index_t c) {
      return index_t(relation(r, c) == relation::kind::positive ? 1 : 0);
    });
    g.once([&] { terms.store(r, T(0), 0, count); });
  }
};
}  // namespace detail

/// info_nce on two batches of embeddings without ever holding all scores: value and gradient are exact, memory is
/// 2 rows x max(n, m) numbers.
///
/// value   as info_nce of similarity.score(a, b)
///
/// Where symmetric, a first pass goes over chunks of b against all of a, which gives the sums of all columns; a second
/// one over chunks of a against all of b makes the scores again, the sums of their rows and the gradient. Without
/// symmetry the second pass is all there is.
///
/// @tparam S  a DifferentiableSimilarity whose rows are prepared by themselves (`rowwise`)
/// a, b, da, db   n x d and m x d; da and db accumulated, absent where not wanted, one view where a and b are one
///
/// Complexity   the products of info_nce and, where symmetric, one more of n m d.
/// Determinism  bit-equal for any number of threads. On cpu the value and da have the bits of on_scores over info_nce;
///              db adds up chunk by chunk, so its last bits depend on `rows`.
/// Errors       shape_error when shapes do not fit; argument_error for `rows` or a temperature that are not above 0.
///              Rows without positives or negatives and NaN as in info_nce.
/// Reference    Gao et al. 2021 (gradient cache) bound the memory of encoders likewise; here it is that of the scores.
template <class S>
struct chunked_info_nce {
  static_assert(S::rowwise,
                "chunked_info_nce compares pieces of a batch: the similarity must prepare each row by itself");

  S similarity = {};
  info_nce loss = {};
  index_t rows = 256;  ///< of one chunk, at least 1

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    constexpr const char* who = "loss::chunked_info_nce";
    expect_at_least(who, "rows", rows, 1);
    expect_positive<T>(who, "temperature", loss.temperature);
    detail::expect_relation(who, relation, a.rows(), b.rows());
    detail::expect_value(who, value);
    const index_t n = a.rows(), m = b.rows(), widest = n > m ? n : m, chunk = rows < widest ? rows : widest;
    const index_t both = loss.symmetric ? n + m : n;
    const T factor = static_cast<T>(1 / loss.temperature);
    const scratch_scope scope(ctx);
    const detail::row_terms<T, D> terms(ctx, both, reduction::mean);
    const auto scale = scratch_vector<T>(ctx, 1);
    const auto memory = scratch_vector<T>(ctx, chunk * widest);
    const auto row_sums = detail::scratch_contrast<T>(ctx, chunk);
    detail::contrast<T, D> cols;
    ctx.for_each_row(n, m, detail::positive_count_row<T, D, R>{relation, m, terms.segment(0, n)});
    if (loss.symmetric) {
      cols = detail::scratch_contrast<T>(ctx, m);
      using back = kindred::relation::reversed<R>;
      const auto backwards = kindred::similarity::reversed(similarity);
      for (index_t first = 0; first < m; first += chunk) {
        const index_t here = chunk < m - first ? chunk : m - first;
        const auto scores = as_matrix(memory, here, n);
        backwards.score(ctx, b.middle_rows(first, here), a, scores);
        ctx.for_each_row(here, n,
                         detail::contrast_row<T, D, back>{scores, back(relation), first, factor,
                                                          cols.segment(first, here), terms.segment(n + first, here)});
      }
    }
    terms.divide(ctx, value, scale);  // the scale; the value when all sums are there
    for (index_t first = 0; first < n; first += chunk) {
      const index_t here = chunk < n - first ? chunk : n - first;
      const auto scores = as_matrix(memory, here, m);
      similarity.score(ctx, a.middle_rows(first, here), b, scores);
      const auto sums = row_sums.segment(0, here);
      ctx.for_each_row(
          here, m, detail::contrast_row<T, D, R>{scores, relation, first, factor, sums, terms.segment(first, here)});
      if (!da && !db) continue;
      const scratch_scope inner(ctx);
      const auto dscores = scratch_matrix<T>(ctx, here, m);
      ctx.for_each(here, m,
                   detail::contrast_gradient_at<T, D, R>{scores, relation, first, factor, sums, cols, scale, dscores});
      similarity.backward(ctx, const_matrix<T, D>(a.middle_rows(first, here)), b, const_matrix<T, D>(scores),
                          const_matrix<T, D>(dscores), da.middle_rows(first, here), db);
    }
    terms.divide(ctx, value, scale);
  }
};

}  // namespace kindred::loss
