// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/index/concept.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/similarity/dot.hpp>
#include <vector>

namespace kindred::index {

namespace detail {

template <class T, Device D>
void check_finite(context<D>& ctx, const op::comparable<T, D>& x, const char* where) {
  index_t bad = op::first_non_finite_row<T>(ctx, x.rows);
  if (bad < 0 && x.square_norms) bad = op::first_non_finite_row<T>(ctx, as_matrix(x.square_norms, x.rows.rows(), 1));
  expects<argument_error>(bad < 0, "{}: row {} has numbers that are not finite, or too large for its length", where,
                          bad);
}

template <class S, class T, class D>
struct final_score_at {
  matrix_view<T, D> scores;
  KINDRED_HD void operator()(index_t r, index_t c) const { scores(r, c) = S::final_score(scores(r, c)); }
};

}  // namespace detail

/// Exact search: every query is compared with every row.
///
/// Rows are kept as the similarity prepares them (of length 1 for cosine, with squared norms for distances). Ids are the
/// rows' numbers in the order of addition.
///
/// T           float or double
/// D           where rows, queries and hits lie
/// Similarity  a product of rows that are prepared one by one
///
/// Determinism  context<cpu>: the same bytes for any number of threads, for a query alone or among others, however the
///              rows were divided into calls of add. Equal rows score equally and come in the order of their ids.
/// Threads      Searches only read: any number of threads may search at once, each with a context of its own. add must
///              not run beside them.
///
/// The index must not outlive the context it was made with, which holds its memory.
template <Scalar T = float, Device D = cpu, class Similarity = similarity::dot>
requires similarity::ProductSimilarity<Similarity, T, D> &&(Similarity::rowwise) class flat {
 public:
  using value_type = T;
  using device = D;

  /// An empty index for rows of `dimension` numbers. Errors: argument_error for dimension < 1.
  flat(context<D>& ctx, index_t dimension, Similarity similarity = {})
      : memory_(&ctx),
        similarity_(std::move(similarity)),
        dimension_(dimension),
        rows_(ctx, 0, 0, uninitialized),
        norms_(ctx, 0, uninitialized) {
    expects<argument_error>(dimension >= 1, "index::flat: rows of {} numbers", dimension);
  }

  index_t size() const { return size_; }
  index_t dimension() const { return dimension_; }

  /// Makes room for `rows` in all, so that adding up to there moves nothing.
  void reserve(index_t rows) {
    if (rows <= capacity()) return;
    matrix<T, D> larger(*memory_, rows, dimension_, uninitialized);
    vector<T, D> larger_norms(*memory_, with_norms ? rows : 0, uninitialized);
    if (size_ > 0) {
      memory_->copy(larger.data(), rows_.data(), size_ * dimension_ * element);
      if constexpr (with_norms) memory_->copy(larger_norms.data(), norms_.data(), size_ * element);
    }
    rows_ = std::move(larger);
    norms_ = std::move(larger_norms);
    memory_->synchronize();
  }

  /// Appends copies of the rows of `vectors`; the first gets id size().
  ///
  /// vectors  n x dimension
  ///
  /// Complexity   O(n dimension), amortised: room grows by half at a time.
  /// Errors       shape_error for rows of another length; argument_error, naming the row, for NaN, infinity or a squared
  ///              norm that overflows, and for 2^31 rows or more in all. The index is unchanged then.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  void add(context<D>& ctx, const M& vectors) {
    const matrix_view<const T, D> x = as_const(vectors);
    const index_t n = x.rows();
    expects(x.cols() == dimension_, "index::flat::add: rows of {} numbers, not {}", x.cols(), dimension_);
    expects<argument_error>(n < (index_t(1) << 31) - size_,
                            "index::flat::add: {} rows and {} more, fewer than 2^31 wanted", size_, n);
    if (n == 0) return;
    const auto prepared = similarity_.prepare(ctx, x);
    const op::comparable<T, D> ready = prepared.view();
    detail::check_finite(ctx, ready, "index::flat::add");
    if (size_ + n > capacity()) reserve(std::max(size_ + n, capacity() + capacity() / 2));
    T* const to = rows_.data() + size_ * dimension_;
    if (ready.rows.contiguous()) {
      ctx.copy(to, ready.rows.data(), n * dimension_ * element);
    } else {
      for (index_t r = 0; r < n; ++r) ctx.copy(to + r * dimension_, ready.rows.row(r).data(), dimension_ * element);
    }
    if constexpr (with_norms) ctx.copy(norms_.data() + size_, ready.square_norms.data(), n * element);
    ctx.synchronize();  // other contexts may search next
    size_ += n;
  }

  /// The k best rows of each query, best first.
  ///
  /// queries  q x dimension
  /// k        >= 0; more than size() is allowed
  /// filter   rows or one id per query that are left out; see op::search_filter
  ///
  /// Returns q x k ids and scores; -1 and -infinity where fewer than k rows are left.
  ///
  /// Complexity   q size() dimension multiply-adds; see op::nearest.
  /// Errors       shape_error for queries of another length and filters of another size; argument_error for k < 0 and,
  ///              naming the query, for NaN, infinity or a squared norm that overflows.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T> op::hits<T, D> search(context<D>& ctx, const M& queries, index_t k,
                                                                         const op::search_filter<D>& filter = {})
  const {
    expects<argument_error>(k >= 0, "index::flat::search: k is {}", k);
    const index_t q = as_const(queries).rows();
    op::hits<T, D> best{matrix<T, D>(ctx, q, k, uninitialized), matrix<index_t, D>(ctx, q, k, uninitialized)};
    search(ctx, as_const(queries), k, best.ids.view(), best.scores.view(), filter);
    return best;
  }

  /// The same with a predicate on the host: keep(id) is asked once per row of the index.
  template <MatrixArgument<D> M, std::predicate<index_t> Keep>
  requires std::same_as<typename M::value_type, T> op::hits<T, D> search(context<D>& ctx, const M& queries, index_t k,
                                                                         Keep keep)
  const {
    std::vector<std::uint8_t> kept(static_cast<std::size_t>(size_));
    for (index_t id = 0; id < size_; ++id) kept[static_cast<std::size_t>(id)] = keep(id) ? 1 : 0;
    const vector<std::uint8_t, D> on_device(ctx, kept);
    return search(ctx, queries, k, op::search_filter<D>{.keep = on_device, .excluded = {}});
  }

  /// The same into ids and scores of q x k, overwritten.
  void search(context<D>& ctx, matrix_view<const T, D> queries, index_t k, matrix_view<index_t, D> ids,
              matrix_view<T, D> scores, const op::search_filter<D>& filter = {}) const {
    expects(queries.cols() == dimension_, "index::flat::search: queries of {} numbers, not {}", queries.cols(),
            dimension_);
    const auto prepared = similarity_.prepare(ctx, queries);
    detail::check_finite(ctx, prepared.view(), "index::flat::search");
    op::nearest<T, D>(ctx, prepared.view(), rows(), Similarity::scoring, k, filter, ids, scores);
    if constexpr (requires { Similarity::final_score(T()); })
      ctx.for_each(scores.rows(), scores.cols(), detail::final_score_at<Similarity, T, D>{scores});
  }

  /// The prepared rows, for code that compares them itself; valid until the next add.
  op::comparable<T, D> rows() const {
    if (size_ == 0) return {matrix_view<const T, D>(nullptr, 0, dimension_), {}};
    op::comparable<T, D> all{matrix_view<const T, D>(rows_.data(), size_, dimension_), {}};
    if constexpr (with_norms) all.square_norms = {norms_.data(), size_};
    return all;
  }

 private:
  static constexpr bool with_norms = Similarity::scoring == op::scoring::negative_square_distance;
  static constexpr auto element = static_cast<index_t>(sizeof(T));
  index_t capacity() const { return rows_.rows(); }

  context<D>* memory_;
  Similarity similarity_;
  index_t dimension_, size_ = 0;
  matrix<T, D> rows_;
  vector<T, D> norms_;  // one per row where the similarity wants them, else none
};

}  // namespace kindred::index
