// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <faiss/Index.h>
#include <faiss/IndexFlat.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace kindred::interop {

/// Any index of faiss as an Index of float on cpu: exact (faiss::IndexFlat) unless another is given.
///
/// Which rows are found, and the bits of their scores, are faiss's. Scores are turned so that higher is closer (minus
/// the squared distance, or minus the distance for negative_euclidean), and hits come by score, highest first, and id,
/// lowest first; but which of several rows of equal score at the k-th place are found faiss does not say, and equal
/// rows may score unequally, depending on where they stand and how many queries are asked. Ids count up from 0 in the
/// order of addition, unless the index given has ids of its own.
///
/// Similarity  see index::RowwiseSimilarity; where its sides differ, queries are its first and rows its second
///
/// Complexity   that of faiss's index; a copy of rows that are not contiguous.
/// Determinism  faiss's, which promises none across numbers of threads. Threads are OpenMP's, not those of the context.
/// Threads      searches of most of faiss's indexes on the CPU only read; see its documentation.
/// Errors       argument_error for an index of another metric and for what is not finite; exceptions of faiss pass.
/// Reference    Johnson, Douze and Jegou 2019.
template <class Similarity = similarity::dot>
requires index::RowwiseSimilarity<Similarity, float, cpu>
class faiss_index {
 public:
  using value_type = float;
  using device = cpu;

  /// An exact index for rows of `dimension` numbers. Errors: argument_error for dimension outside 1..2^31 - 1.
  faiss_index(context<cpu>&, index_t dimension, Similarity similarity = {}) : similarity_(std::move(similarity)) {
    expects<argument_error>(dimension >= 1 && dimension < (index_t(1) << 31),
                            "interop::faiss_index: rows of {} numbers", dimension);
    faiss_ = std::make_unique<::faiss::IndexFlat>(static_cast<::faiss::Index::idx_t>(dimension), metric);
  }
  /// An index of faiss's, of the metric that the similarity's product has: inner product or squared distance. It may
  /// hold rows already, as the similarity prepares them.
  explicit faiss_index(std::unique_ptr<::faiss::Index> own, Similarity similarity = {})
      : similarity_(std::move(similarity)), faiss_(std::move(own)) {
    expects<argument_error>(faiss_ != nullptr, "interop::faiss_index: no index");
    expects<argument_error>(faiss_->metric_type == metric, "interop::faiss_index: an index of metric {}, not {}",
                            static_cast<int>(faiss_->metric_type), static_cast<int>(metric));
  }

  index_t size() const { return faiss_->ntotal; }
  index_t dimension() const { return faiss_->d; }

  /// Lets an index that needs it (inverted lists, product quantizers) learn from rows like those to come.
  void train(context<cpu>& ctx, const_matrix<float, cpu> vectors) {
    const auto prepared = prepare(ctx, vectors, "interop::faiss_index::train");
    const auto rows = contiguous(ctx, prepared.rows);
    faiss_->train(prepared.rows.rows(), rows.first);
  }

  /// Adds copies of the rows of `vectors`; the first gets id size().
  ///
  /// vectors  n x dimension
  ///
  /// Errors  shape_error for rows of another length; argument_error for an index that has to be trained first and,
  ///         naming row and column, for NaN, infinity or a squared norm that overflows.
  void add(context<cpu>& ctx, const_matrix<float, cpu> vectors) {
    const auto prepared = prepare(ctx, vectors, "interop::faiss_index::add");
    expects<argument_error>(faiss_->is_trained, "interop::faiss_index::add: the index has to be trained first");
    if (vectors.rows() == 0) return;
    const auto rows = contiguous(ctx, prepared.rows);
    faiss_->add(prepared.rows.rows(), rows.first);
  }

  /// k rows close to each query, best first.
  ///
  /// queries  q x dimension
  /// k        >= 0
  ///
  /// Returns q x k ids and scores; -1 and -infinity where fewer were found.
  ///
  /// Errors  shape_error for queries of another length; argument_error for k < 0 and, naming row and column, for NaN,
  ///         infinity or a squared norm that overflows.
  op::hits<float, cpu> search(context<cpu>& ctx, const_matrix<float, cpu> queries, index_t k) const {
    expects<argument_error>(k >= 0, "interop::faiss_index::search: k is {}", k);
    const auto prepared = prepare_queries(ctx, queries, "interop::faiss_index::search");
    const index_t q = queries.rows();
    op::hits<float, cpu> hits{matrix<float, cpu>(ctx, q, k, uninitialized),
                              matrix<index_t, cpu>(ctx, q, k, uninitialized)};
    if (q == 0 || k == 0) return hits;
    const auto rows = contiguous(ctx, prepared.rows);
    static_assert(sizeof(::faiss::Index::idx_t) == sizeof(index_t));
    std::vector<::faiss::Index::idx_t> labels(static_cast<std::size_t>(q * k));
    std::vector<float> values(labels.size());
    faiss_->search(q, rows.first, k, values.data(), labels.data());
    std::vector<std::pair<float, index_t>> list(static_cast<std::size_t>(k));
    for (index_t i = 0; i < q; ++i) {
      for (std::size_t j = 0; j < list.size(); ++j) {
        const auto at = static_cast<std::size_t>(i * k) + j;
        const float score = distances ? std::min(0.0f, -values[at]) : values[at];
        list[j] = labels[at] < 0 ? std::pair(-infinity<float>, index_t(-1))
                                 : std::pair(score == 0 ? 0.0f : score, static_cast<index_t>(labels[at]));
      }
      std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        if ((a.second < 0) != (b.second < 0)) return b.second < 0;
        return a.first > b.first || (a.first == b.first && a.second < b.second);
      });
      for (index_t j = 0; j < k; ++j) {
        const auto [score, id] = list[static_cast<std::size_t>(j)];
        hits.ids.view()(i, j) = id;
        hits.scores.view()(i, j) = id < 0 ? score : index::final_score<Similarity>(score);
      }
    }
    return hits;
  }

  /// faiss's own object, for what it can do besides.
  ::faiss::Index& faiss() const { return *faiss_; }

 private:
  static constexpr bool distances = Similarity::scoring == op::scoring::negative_square_distance;
  static constexpr ::faiss::MetricType metric = distances ? ::faiss::METRIC_L2 : ::faiss::METRIC_INNER_PRODUCT;

  /// Rows to keep, made ready.
  similarity::prepared<float, cpu> prepare(context<cpu>& ctx, matrix_view<const float, cpu> x,
                                           const char* where) const {
    expects(x.cols() == dimension(), "{}: rows of {} numbers, not {}", where, x.cols(), dimension());
    return checked(ctx, x, similarity::prepare_second<Similarity, float, cpu>(ctx, similarity_, x), where);
  }
  similarity::prepared<float, cpu> prepare_queries(context<cpu>& ctx, matrix_view<const float, cpu> x,
                                                   const char* where) const {
    if constexpr (!similarity::different_widths<Similarity>())
      expects(x.cols() == dimension(), "{}: queries of {} numbers, not {}", where, x.cols(), dimension());
    return checked(ctx, x, similarity::prepare_first<Similarity, float, cpu>(ctx, similarity_, x), where);
  }
  similarity::prepared<float, cpu> checked(context<cpu>& ctx, matrix_view<const float, cpu> x,
                                           similarity::prepared<float, cpu> ready, const char* where) const {
    expects(ready.rows.cols() == dimension(), "{}: the similarity makes rows of {} numbers, not {}", where,
            ready.rows.cols(), dimension());
    index::check_finite(ctx, x, ready.view(), where);
    return ready;
  }
  /// Where the rows lie one behind the other, and the copy that was needed for it.
  static std::pair<const float*, std::vector<float>> contiguous(context<cpu>& ctx, matrix_view<const float, cpu> rows) {
    std::pair<const float*, std::vector<float>> found{rows.data(), {}};
    if (!rows.contiguous()) {
      found.second = to_host(ctx, rows);
      found.first = found.second.data();
    }
    return found;
  }

  Similarity similarity_;
  std::unique_ptr<::faiss::Index> faiss_;
};

}  // namespace kindred::interop
