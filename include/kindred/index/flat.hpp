// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/index/concept.hpp>
#include <kindred/similarity/dot.hpp>
#include <optional>
#include <vector>

namespace kindred::index {

namespace detail {

/// Counts what is not finite in a row and its norm.
template <class T, class D>
struct non_finite_row {
  op::comparable<T, D> x;
  vector_view<index_t, D> count;
  KINDRED_HD static index_t bad(T v) { return v - v == T(0) ? 0 : 1; }
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t in_row =
        g.reduce(x.rows.cols(), index_t(0), plus{}, [&](index_t c) -> index_t { return bad(x.rows(r, c)); });
    g.once([&] { count(r) = in_row + (x.square_norms ? bad(x.square_norms(r)) : 0); });
  }
};

template <class T, Device D>
void check_finite(context<D>& ctx, const op::comparable<T, D>& x, const char* where) {
  const index_t n = x.rows.rows();
  std::vector<index_t> counts(static_cast<std::size_t>(n));
  {
    const scratch_scope scope(ctx);
    const auto on_device = scratch_vector<index_t>(ctx, n);
    ctx.for_each_row(n, x.rows.cols(), non_finite_row<T, D>{x, on_device});
    ctx.copy_to_host(counts.data(), on_device.data(), n * static_cast<index_t>(sizeof(index_t)));
    ctx.synchronize();
  }
  for (std::size_t r = 0; r < counts.size(); ++r)
    expects<argument_error>(counts[r] == 0, "{}: row {} has numbers that are not finite, or too large for its length",
                            where, r);
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
      : memory_(&ctx), similarity_(std::move(similarity)), dimension_(dimension) {
    expects<argument_error>(dimension >= 1, "index::flat: rows of {} numbers", dimension);
  }

  index_t size() const { return size_; }
  index_t dimension() const { return dimension_; }

  /// Makes room for `rows` in all, so that adding up to there moves nothing.
  void reserve(index_t rows) {
    if (rows <= capacity()) return;
    matrix<T, D> larger(*memory_, rows, dimension_, uninitialized);
    std::optional<vector<T, D>> larger_norms;
    if constexpr (with_norms) larger_norms.emplace(*memory_, rows, uninitialized);
    if (size_ > 0) {
      memory_->copy(larger.data(), rows_->data(), size_ * dimension_ * element);
      if constexpr (with_norms) memory_->copy(larger_norms->data(), norms_->data(), size_ * element);
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
    T* const to = rows_->data() + size_ * dimension_;
    if (ready.rows.contiguous()) {
      ctx.copy(to, ready.rows.data(), n * dimension_ * element);
    } else {
      for (index_t r = 0; r < n; ++r) ctx.copy(to + r * dimension_, ready.rows.row(r).data(), dimension_ * element);
    }
    if constexpr (with_norms) ctx.copy(norms_->data() + size_, ready.square_norms.data(), n * element);
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
    if (!rows_) return {matrix_view<const T, D>(nullptr, 0, dimension_), {}};
    op::comparable<T, D> all{matrix_view<const T, D>(rows_->data(), size_, dimension_), {}};
    if constexpr (with_norms) all.square_norms = {norms_->data(), size_};
    return all;
  }

 private:
  static constexpr bool with_norms = Similarity::scoring == op::scoring::negative_square_distance;
  static constexpr auto element = static_cast<index_t>(sizeof(T));
  index_t capacity() const { return rows_ ? rows_->rows() : 0; }

  context<D>* memory_;
  Similarity similarity_;
  index_t dimension_, size_ = 0;
  std::optional<matrix<T, D>> rows_;
  std::optional<vector<T, D>> norms_;
};

}  // namespace kindred::index
