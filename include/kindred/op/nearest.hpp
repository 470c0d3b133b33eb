// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/op/quantized_rows.hpp>
#include <kindred/op/scores.hpp>
#include <kindred/op/top_k.hpp>

namespace kindred::op {

/// What a search leaves out. Absent views leave nothing out.
template <class D>
struct search_filter {
  vector_view<const std::uint8_t, D> keep{};  ///< one per gallery row: 0 is never returned
  vector_view<const index_t, D> excluded{};   ///< one per query: the id that is not returned to it, -1 for none
};

namespace detail {

/// See leave_out().
template <class T, class D>
struct filtered_at {
  search_filter<D> filter;
  index_t first;
  matrix_view<T, D> scores;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    if ((filter.keep && filter.keep(c) == 0) || (filter.excluded && filter.excluded(first + r) == c))
      scores(r, c) = -infinity<T>;
  }
};

/// -infinity and NaN stand last, so taking them away leaves no gap. -0 becomes 0, as in the keys of the host.
template <class T, class D>
struct without_nothing_at {
  matrix_view<T, D> scores;
  matrix_view<index_t, D> ids;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    T& score = scores(r, c);
    if (score == T(0)) score = T(0);
    if (score > -infinity<T>) return;
    score = -infinity<T>;
    ids(r, c) = -1;
  }
};

}  // namespace detail

/// Sets the scores of what a filter leaves out to -infinity.
///
/// first   the query of row 0 of `scores`
/// scores  a band of queries x all gallery rows
template <Scalar T, Device D>
void leave_out(context<D>& ctx, const std::type_identity_t<search_filter<D>>& filter, index_t first,
               matrix_view<T, D> scores) {
  if (filter.keep || filter.excluded)
    ctx.for_each(scores.rows(), scores.cols(), detail::filtered_at<T, D>{filter, first, scores});
}

/// The k best gallery rows of each query, exactly, without the scores of all pairs in memory.
///
/// Ordered by score, highest first, and by id (row of the gallery), lowest first. Rows whose score is NaN or -infinity
/// are never returned; a score of -0 is returned as 0. Queries with fewer than k rows get id -1 and score -infinity in
/// the places left.
///
/// queries  q x d, with squared norms where `how` wants them
/// gallery  n x d, likewise
/// k        >= 0, as large as wanted
/// filter   see search_filter
/// first_pass  null, or the gallery's rows in bytes: two to three times as fast on context<cpu> for float where
///          has_byte_products() and where few scores lie close together; elsewhere not looked at. Same result.
/// ids      q x k, overwritten
/// scores   q x k, overwritten; the bits that op::scores gives
///
/// Complexity   q n d multiply-adds; up to three times the time where data lie far from the origin, for distances.
///              context<cpu>: products and selection in one pass; packed queries and lists of
///              about 2 k per query for up to 512 queries, no copy of the gallery. Other devices: bands of queries
///              whose scores stay within 256 MiB where one row of them does, then op::top_k.
/// Determinism  context<cpu>: the same bytes for any number of threads, for a query alone or among others, and for a
///              row wherever it stands. Other devices: as their gemm.
/// Errors       shape_error when widths, numbers of norms, filters, quantized rows or outputs do not fit;
///              argument_error for k < 0 and for 2^31 gallery rows or more.
template <Scalar T, Device D>
void nearest(context<D>& ctx, std::type_identity_t<comparable<T, D>> queries,
             std::type_identity_t<comparable<T, D>> gallery, scoring how, index_t k,
             const std::type_identity_t<search_filter<D>>& filter, matrix_view<index_t, D> ids,
             matrix_view<T, D> scores, const quantized_rows<D>* first_pass = nullptr) {
  const index_t q = queries.rows.rows(), n = gallery.rows.rows();
  detail::check_comparable("op::nearest", queries, gallery, how);
  expects<argument_error>(k >= 0, "op::nearest: k is {}", k);
  expects<argument_error>(n < (index_t(1) << 31), "op::nearest: expected fewer than 2^31 gallery rows, got {}", n);
  expects(ids.rows() == q && ids.cols() == k && scores.rows() == q && scores.cols() == k,
          "op::nearest: expected {} x {} ids and scores, got {} x {} and {} x {}", q, k, ids.rows(), ids.cols(),
          scores.rows(), scores.cols());
  expects(!filter.keep || filter.keep.size() == n, "op::nearest: a filter of {} rows but {} gallery rows",
          filter.keep.size(), n);
  expects(!filter.excluded || filter.excluded.size() == q, "op::nearest: {} excluded ids but {} queries",
          filter.excluded.size(), q);
  const bool distance = how == scoring::negative_square_distance;
  nearest_arguments<T, D> arguments{queries.rows, gallery.rows, {}, {}, filter.keep, filter.excluded, ids, scores, {}};
  if constexpr (requires { device_nearest(ctx, arguments); }) {
    if constexpr (can_quantize<D>) {
      expects(first_pass == nullptr || (first_pass->size() == n && first_pass->width() == gallery.rows.cols()),
              "op::nearest: expected {} x {} quantized rows as in the gallery, got {} x {}", n, gallery.rows.cols(),
              first_pass == nullptr ? 0 : first_pass->size(), first_pass == nullptr ? 0 : first_pass->width());
      if (first_pass != nullptr && std::same_as<T, float>) arguments.quantized = first_pass->view();
    }
    if (distance) {
      arguments.query_norms = queries.square_norms;
      arguments.gallery_norms = gallery.square_norms;
    }
    device_nearest(ctx, arguments);
  } else {
    constexpr index_t most_bytes = index_t(1) << 28;
    const index_t fitting = most_bytes / (std::max<index_t>(1, n) * static_cast<index_t>(sizeof(T)));
    const index_t band = std::max<index_t>(1, std::min(q, fitting));
    const scratch_scope scope(ctx);
    const auto all = scratch_matrix<T>(ctx, band, n);
    for (index_t first = 0; first < q; first += band) {
      const index_t rows = std::min(band, q - first);
      const auto some = all.middle_rows(0, rows);
      op::scores<T, D>(ctx, queries.segment(first, rows), gallery, how, some);
      leave_out<T, D>(ctx, filter, first, some);
      op::top_k<T, D>(ctx, some, k, ids.middle_rows(first, rows), scores.middle_rows(first, rows));
    }
    ctx.for_each(q, k, detail::without_nothing_at<T, D>{scores, ids});
  }
}

/// The same into new matrices.
template <Scalar T, Device D>
hits<T, D> nearest(context<D>& ctx, comparable<T, D> queries, std::type_identity_t<comparable<T, D>> gallery,
                   scoring how, index_t k, const std::type_identity_t<search_filter<D>>& filter = {}) {
  expects<argument_error>(k >= 0, "op::nearest: k is {}", k);
  const index_t q = queries.rows.rows();
  hits<T, D> best{matrix<T, D>(ctx, q, k, uninitialized), matrix<index_t, D>(ctx, q, k, uninitialized)};
  nearest<T, D>(ctx, queries, gallery, how, k, filter, best.ids.view(), best.scores.view());
  return best;
}

}  // namespace kindred::op
