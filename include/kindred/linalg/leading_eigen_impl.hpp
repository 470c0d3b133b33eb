// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/linalg/svd_impl.hpp>

namespace kindred::linalg::detail {

KINDRED_INLINE krylov_basis::krylov_basis(context<cpu>& ctx, index_t n, index_t block, std::uint64_t seed)
    : ctx_(&ctx), n_(n), seed_(seed), left_over_(ctx, 0, n) {
  matrix<double, cpu> start(ctx, block, n);  // zeros: append() draws
  append(start.view());
}

KINDRED_INLINE matrix<double, cpu> krylov_basis::block() const {
  matrix<double, cpu> columns(*ctx_, n_, newest_, uninitialized);
  const auto all = rows();
  for (index_t j = 0; j < newest_; ++j)
    for (index_t i = 0; i < n_; ++i) columns.view()(i, j) = all(size_ - newest_ + j, i);
  return columns;
}

/// rows -= (rows q') q for the basis q, twice
KINDRED_INLINE void krylov_basis::remove_basis(matrix_view<double, cpu> rows_given) {
  if (size_ == 0) return;
  const scratch_scope scope(*ctx_);
  const matrix_view<double, cpu> parts = scratch_matrix<double>(*ctx_, rows_given.rows(), size_);
  for (int pass = 0; pass < 2; ++pass) {
    ctx_->gemm<double>(1, rows_given, transpose::no, rows(), transpose::yes, 0, parts);
    ctx_->gemm<double>(-1, parts, transpose::no, rows(), transpose::no, 1, rows_given);
  }
}

/// Orthonormalizes the rows among themselves and appends them; what vanishes is replaced by random directions. They are
/// orthogonal to the basis already.
KINDRED_INLINE void krylov_basis::append(matrix_view<double, cpu> fresh) {
  index_t made = 0;
  for (; made < fresh.rows() && size_ + made < n_; ++made) {
    double* const x = &fresh(made, 0);
    bool good = std::sqrt(dot(x, x, n_)) > 1e-14 * scale_ && orthonormal_to(fresh, made, x);
    while (!good) {
      for (index_t i = 0; i < n_; ++i) x[i] = random::uniform(seed_, drawn_, static_cast<std::uint64_t>(i)) - 0.5;
      ++drawn_;
      remove_basis(fresh.rows(made, 1));
      good = orthonormal_to(fresh, made, x);
    }
  }
  // small remainders carry rounding errors along the basis, which grow when they are scaled to unit length
  remove_basis(fresh.rows(0, made));
  for (index_t j = 0; j < made; ++j) orthonormal_to(fresh, j, &fresh(j, 0));
  rows_.insert(rows_.end(), fresh.data(), fresh.data() + made * n_);
  size_ += made;
  newest_ = made;
}

KINDRED_INLINE void krylov_basis::absorb(matrix_view<const double, cpu> image) {
  const index_t before = size_ - newest_;
  left_over_ = matrix<double, cpu>(*ctx_, newest_, n_, uninitialized);
  for (index_t j = 0; j < newest_; ++j)
    for (index_t i = 0; i < n_; ++i) left_over_.view()(j, i) = image(i, j);
  matrix<double, cpu> parts(*ctx_, newest_, size_, uninitialized);
  ctx_->gemm<double>(1, left_over_, transpose::no, rows(), transpose::yes, 0, parts.view());
  std::vector<double> wider(static_cast<std::size_t>(size_ * size_));
  const matrix_view<double, cpu> h(wider.data(), size_, size_);
  for (index_t i = 0; i < before; ++i)
    for (index_t j = 0; j < before; ++j) h(i, j) = projected_[static_cast<std::size_t>(i * before + j)];
  for (index_t i = 0; i < newest_; ++i)
    for (index_t j = 0; j < size_; ++j) h(before + i, j) = h(j, before + i) = parts.view()(i, j);
  projected_ = std::move(wider);
  for (index_t j = 0; j < newest_; ++j)
    scale_ = std::max(scale_, std::sqrt(dot(&left_over_.view()(j, 0), &left_over_.view()(j, 0), n_)));
  remove_basis(left_over_.view());
}

KINDRED_INLINE void krylov_basis::ritz(index_t wanted, std::vector<double>& values, matrix<double, cpu>& vectors,
                                       std::vector<double>& residuals) {
  values.resize(static_cast<std::size_t>(size_));
  vectors = matrix<double, cpu>(*ctx_, size_, size_, uninitialized);
  symmetric_eigen(*ctx_, {projected_.data(), size_, size_}, {values.data(), size_}, vectors.view());
  matrix<double, cpu> gram(*ctx_, newest_, newest_, uninitialized);
  ctx_->gemm<double>(1, left_over_, transpose::no, left_over_, transpose::yes, 0, gram.view());
  residuals.assign(static_cast<std::size_t>(wanted), 0);
  for (index_t j = 0; j < wanted; ++j) {
    double square = 0;
    for (index_t a = 0; a < newest_; ++a)
      for (index_t b = 0; b < newest_; ++b)
        square += gram.view()(a, b) * vectors.view()(size_ - newest_ + a, j) * vectors.view()(size_ - newest_ + b, j);
    residuals[static_cast<std::size_t>(j)] = std::sqrt(std::max(square, 0.0));
  }
}

KINDRED_INLINE matrix<double, cpu> krylov_basis::expand(const matrix<double, cpu>& vectors, index_t wanted) const {
  matrix<double, cpu> out(*ctx_, n_, wanted, uninitialized);
  ctx_->gemm<double>(1, rows(), transpose::yes, vectors.view().cols(0, wanted), transpose::no, 0, out.view());
  for (index_t j = 0; j < wanted; ++j) {
    index_t peak = 0;
    for (index_t i = 1; i < n_; ++i)
      if (std::abs(out.view()(i, j)) > std::abs(out.view()(peak, j))) peak = i;
    if (out.view()(peak, j) < 0)
      for (index_t i = 0; i < n_; ++i) out.view()(i, j) = -out.view()(i, j);
  }
  return out;
}

}  // namespace kindred::linalg::detail
