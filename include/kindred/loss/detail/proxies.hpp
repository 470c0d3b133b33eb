// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::loss::detail {

/// The learned proxies of a loss: one row a class, normal numbers at first.
template <class Self>
struct class_proxies : layer::weighted<Self> {
  index_t classes;  ///< number of proxies
  index_t columns;  ///< numbers in an embedding

  class_proxies(index_t class_count, index_t embedding_columns) : classes(class_count), columns(embedding_columns) {
    expect_at_least(("loss::" + std::string(Self::name)).c_str(), "classes", classes, 1);
    expect_at_least(("loss::" + std::string(Self::name)).c_str(), "columns", columns, 1);
  }

  template <class T, class D, class Visit>
  matrix_view<T, D> pieces(carver<T, D, Visit>& c) const {
    return c.matrix("proxies", classes, columns);
  }
  std::string description() const {
    return std::string(Self::name) + "(" + std::to_string(classes) + ", " + std::to_string(columns) + ")";
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    op::fill_normal(ctx, this->split(weights), T(0), T(1), seed, 0);
  }
};

/// Embeddings and proxies with rows of length 1, in scratch memory of the caller's scope; their products and how
/// gradients come back. `turned` says whether a matrix of products has proxies for rows.
template <class T, Device D>
struct unit_sides {
  matrix_view<const T, D> embeddings, proxies;
  matrix_view<T, D> unit_embeddings, unit_proxies;

  unit_sides(context<D>& ctx, matrix_view<const T, D> e, matrix_view<const T, D> p)
      : embeddings(e),
        proxies(p),
        unit_embeddings(scratch_matrix<T>(ctx, e.rows(), e.cols())),
        unit_proxies(scratch_matrix<T>(ctx, p.rows(), p.cols())) {
    op::normalize_rows(ctx, e, unit_embeddings);
    op::normalize_rows(ctx, p, unit_proxies);
  }
  void products(context<D>& ctx, transpose turned, matrix_view<T, D> out) const {
    const bool swap = turned == transpose::yes;
    ctx.template gemm<T>(T(1), swap ? unit_proxies : unit_embeddings, transpose::no,
                         swap ? unit_embeddings : unit_proxies, transpose::yes, T(0), out);
  }
  /// Adds to the gradients that are present.
  void backward(context<D>& ctx, matrix_view<const T, D> dproducts, transpose turned, matrix_view<T, D> dembeddings,
                matrix_view<T, D> dproxies) const {
    const bool swap = turned == transpose::yes;
    const auto back = [&](matrix_view<const T, D> x, matrix_view<const T, D> unit, matrix_view<const T, D> other,
                          transpose t, matrix_view<T, D> dx) {
      if (!dx) return;
      const scratch_scope scope(ctx);
      const auto dunit = scratch_matrix<T>(ctx, x.rows(), x.cols());
      ctx.template gemm<T>(T(1), dproducts, t, other, transpose::no, T(0), dunit);
      similarity::cosine().prepare_backward(ctx, x, unit, const_matrix<T, D>(dunit), dx);
    };
    back(embeddings, unit_embeddings, unit_proxies, swap ? transpose::yes : transpose::no, dembeddings);
    back(proxies, unit_proxies, unit_embeddings, swap ? transpose::no : transpose::yes, dproxies);
  }
};

}  // namespace kindred::loss::detail
