// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/loss/concept.hpp>

namespace image {

template <class T, class D>
struct times_at {
  kindred::matrix_view<const T, D> x;
  T factor;
  kindred::matrix_view<T, D> y;
  KINDRED_HD void operator()(kindred::index_t r, kindred::index_t c) const { y(r, c) = factor * x(r, c); }
};
template <class T, class D>
struct add_times_at {
  kindred::matrix_view<const T, D> x;
  T factor;
  kindred::matrix_view<T, D> y;
  KINDRED_HD void operator()(kindred::index_t r, kindred::index_t c) const { y(r, c) += factor * x(r, c); }
};

/// A loss of our own making: another loss that sees the unit rows at a greater length. N-pair and lifted structure come
/// from papers without normalized rows; among unit rows no pair is far enough apart for them.
template <class Loss>
struct at_length {
  float length = 4;
  Loss loss{};

  template <kindred::Scalar T, kindred::Device D>
  void operator()(kindred::context<D>& ctx, kindred::const_matrix<T, D> embeddings,
                  kindred::const_vector<kindred::label_t, D> labels, kindred::matrix_view<T, D> dembeddings,
                  kindred::vector_view<T, D> value) const {
    const kindred::relation::same_label<D> relation(labels, labels, true);
    (*this)(ctx, embeddings, embeddings, relation, dembeddings, dembeddings, value);
  }
  /// One batch with itself.
  template <kindred::Scalar T, kindred::Device D, kindred::relation::Relation R>
  void operator()(kindred::context<D>& ctx, kindred::const_matrix<T, D> embeddings, kindred::const_matrix<T, D>,
                  const R& relation, kindred::matrix_view<T, D> dembeddings,
                  std::type_identity_t<kindred::matrix_view<T, D>>, kindred::vector_view<T, D> value) const {
    const kindred::index_t n = embeddings.rows(), d = embeddings.cols();
    const kindred::scratch_scope scope(ctx);
    const auto x = kindred::scratch_matrix<T>(ctx, n, d), dx = kindred::scratch_matrix<T>(ctx, n, d);
    ctx.for_each(n, d, times_at<T, D>{embeddings, static_cast<T>(length), x});
    ctx.zero(dx.data(), dx.size() * static_cast<kindred::index_t>(sizeof(T)));
    loss(ctx, kindred::matrix_view<const T, D>(x), kindred::matrix_view<const T, D>(x), relation, dx, dx, value);
    if (dembeddings) ctx.for_each(n, d, add_times_at<T, D>{dx, static_cast<T>(length), dembeddings});
  }
};

}  // namespace image
