// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/core/random.hpp>
#include <kindred/linalg/detail/svd_impl.hpp>
#include <kindred/linalg/leading_eigen.hpp>

namespace kindred::linalg::detail {

template <std::same_as<double> T>
krylov_basis<T>::krylov_basis(context<cpu>& ctx, index_t n, index_t wanted, const leading_eigen_options& options)
    : ctx_(&ctx),
      n_(n),
      wanted_(wanted),
      tolerance_(options.tolerance),
      seed_(options.seed),
      left_over_(ctx, 0, n),
      inside_(ctx, 0, 0) {
  const index_t wished = options.block > 0 ? options.block : std::clamp<index_t>(wanted / 4, 8, 32);
  next_look_ = std::min(n, 2 * wanted + wished);
  matrix<T, cpu> start(ctx, std::min(wished, n), n);  // zeros: append() draws
  append(start.view());
}

template <std::same_as<double> T>
matrix<T, cpu> krylov_basis<T>::block() const {
  matrix<T, cpu> columns(*ctx_, n_, newest_, uninitialized);
  const auto all = rows();
  for (index_t j = 0; j < newest_; ++j)
    for (index_t i = 0; i < n_; ++i) columns.view()(i, j) = all(size_ - newest_ + j, i);
  return columns;
}

/// rows -= (rows q') q for the basis q, twice
template <std::same_as<double> T>
void krylov_basis<T>::remove_basis(matrix_view<T, cpu> rows_given) const {
  if (size_ == 0) return;
  const scratch_scope scope(*ctx_);
  const matrix_view<T, cpu> parts = scratch_matrix<T>(*ctx_, rows_given.rows(), size_);
  for (int pass = 0; pass < 2; ++pass) {
    ctx_->gemm<T>(1, rows_given, transpose::no, rows(), transpose::yes, 0, parts);
    ctx_->gemm<T>(-1, parts, transpose::no, rows(), transpose::no, 1, rows_given);
  }
}

/// Orthonormalizes the rows among themselves and appends them; what vanishes is replaced by random directions. They are
/// orthogonal to the basis already.
template <std::same_as<double> T>
void krylov_basis<T>::append(matrix_view<T, cpu> fresh) {
  index_t made = 0;
  for (; made < fresh.rows() && size_ + made < n_; ++made) {
    double* const x = &fresh(made, 0);
    bool good = std::sqrt(dot(x, x, n_)) > 1e-14 * scale_ && orthonormal_to(fresh, made, x);
    while (!good) {
      for (index_t i = 0; i < n_; ++i) x[i] = random::uniform(seed_, drawn_, static_cast<std::uint64_t>(i)) - 0.5;
      ++drawn_;
      remove_basis(fresh.middle_rows(made, 1));
      good = orthonormal_to(fresh, made, x);
    }
  }
  // small remainders carry rounding errors along the basis, which grow when they are scaled to unit length
  remove_basis(fresh.middle_rows(0, made));
  for (index_t j = 0; j < made; ++j) orthonormal_to(fresh, j, &fresh(j, 0));
  rows_.insert(rows_.end(), fresh.data(), fresh.data() + made * n_);
  size_ += made;
  newest_ = made;
}

template <std::same_as<double> T>
void krylov_basis<T>::project(matrix_view<const T, cpu> image) {
  const index_t before = size_ - newest_;
  left_over_ = matrix<T, cpu>(*ctx_, newest_, n_, uninitialized);
  for (index_t j = 0; j < newest_; ++j)
    for (index_t i = 0; i < n_; ++i) left_over_.view()(j, i) = image(i, j);
  matrix<T, cpu> parts(*ctx_, newest_, size_, uninitialized);
  ctx_->gemm<T>(1, left_over_, transpose::no, rows(), transpose::yes, 0, parts.view());
  std::vector<double> wider(static_cast<std::size_t>(size_ * size_));
  const matrix_view<T, cpu> h(wider.data(), size_, size_);
  for (index_t i = 0; i < before; ++i)
    for (index_t j = 0; j < before; ++j) h(i, j) = projected_[static_cast<std::size_t>(i * before + j)];
  for (index_t i = 0; i < newest_; ++i)
    for (index_t j = 0; j < size_; ++j) h(before + i, j) = h(j, before + i) = parts.view()(i, j);
  projected_ = std::move(wider);
  for (index_t j = 0; j < newest_; ++j)
    scale_ = std::max(scale_, std::sqrt(dot(&left_over_.view()(j, 0), &left_over_.view()(j, 0), n_)));
  remove_basis(left_over_.view());
}

template <std::same_as<double> T>
bool krylov_basis<T>::converged() {
  values_.resize(static_cast<std::size_t>(size_));
  inside_ = matrix<T, cpu>(*ctx_, size_, size_, uninitialized);
  const matrix_view<T, cpu> vectors = inside_.view();
  symmetric_eigen(*ctx_, {projected_.data(), size_, size_}, {values_.data(), size_}, vectors);
  matrix<T, cpu> gram(*ctx_, newest_, newest_, uninitialized);
  ctx_->gemm<T>(1, left_over_, transpose::no, left_over_, transpose::yes, 0, gram.view());
  double largest = 0;
  for (const double w : values_) largest = std::max(largest, std::abs(w));
  for (index_t j = 0; j < wanted_; ++j) {
    double square = 0;  // of |a v - w v|
    for (index_t a = 0; a < newest_; ++a)
      for (index_t b = 0; b < newest_; ++b)
        square += gram.view()(a, b) * vectors(size_ - newest_ + a, j) * vectors(size_ - newest_ + b, j);
    if (!(std::sqrt(std::max(square, 0.0)) <= tolerance_ * largest)) return false;
  }
  return true;
}

template <std::same_as<double> T>
bool krylov_basis<T>::absorb(matrix_view<const T, cpu> image) {
  project(image);
  if (size_ >= next_look_) {
    if (converged() || size_ == n_) return true;
    next_look_ = std::min(n_, size_ + size_ / 4 + 1);
  }
  append(left_over_.view());
  return false;
}

template <std::same_as<double> T>
void krylov_basis<T>::results(vector_view<T, cpu> values, matrix_view<T, cpu> vectors) const {
  ctx_->gemm<T>(1, rows(), transpose::yes, inside_.view().middle_cols(0, wanted_), transpose::no, 0, vectors);
  for (index_t j = 0; j < wanted_; ++j) {
    values(j) = values_[static_cast<std::size_t>(j)];
    index_t peak = 0;
    for (index_t i = 1; i < n_; ++i)
      if (std::abs(vectors(i, j)) > std::abs(vectors(peak, j))) peak = i;
    if (vectors(peak, j) < 0)
      for (index_t i = 0; i < n_; ++i) vectors(i, j) = -vectors(i, j);
  }
}

}  // namespace kindred::linalg::detail
