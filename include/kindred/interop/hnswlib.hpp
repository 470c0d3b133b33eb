// SPDX-License-Identifier: Apache-2.0
/// @file
/// hnswlib behind index::Index. hnswlib 0.6 defines functions in its header, so one translation unit of a program may
/// include this file; keep the index behind an interface of your own where several need it.
#pragma once

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <memory>
#include <vector>

namespace kindred::interop {

/// How the graph of hnswlib_index is built and searched.
struct hnswlib_options {
  index_t links = 16;                ///< of a row to others, 2 to 10,000, twice that on the lowest level: hnswlib's M
  index_t construction_width = 200;  ///< candidates kept while a row is added: ef_construction
  index_t search_width = 64;         ///< candidates kept while a query is answered, at least k: ef
  std::uint64_t seed = 100;          ///< of the levels that rows are put on
};

/// Approximate search in a hierarchical navigable small world graph by hnswlib; the Index of float on cpu.
///
/// Which rows are found is hnswlib's: some of the k best may be missing, more rarely the wider the search. Their scores
/// are made anew by the library's own product, so a row that is found has the bits that index::flat gives it, and hits
/// come by score, highest first, and id, lowest first, as everywhere. Ids count up from 0 in the order of addition.
/// Rows are kept once, in the graph.
///
/// Similarity  see index::RowwiseSimilarity; where its sides differ, queries are its first and rows its second
///
/// Complexity   add: about O(log size() links construction_width dimension) per row, on the calling thread. search: the
///              same with search_width, queries shared out among the threads of the context. Memory per row: 4
///              dimension + 8 links + 12 bytes and a little for the upper levels.
/// Determinism  rows are added one after the other, so the graph depends on rows, their order, options and how
///              hnswlib's distances were compiled; hits do not depend on the number of threads or on other queries.
/// Threads      searches only read: any number of threads may search at once, each with a context of its own. What
///              changes the index must not run beside them.
/// Errors       argument_error for options out of range. hnswlib's own exceptions, such as for memory, pass through.
/// Reference    Malkov and Yashunin 2020, through hnswlib.
template <class Similarity = similarity::dot>
requires index::RowwiseSimilarity<Similarity, float, cpu>
class hnswlib_index {
 public:
  using value_type = float;
  using device = cpu;

  /// An empty index for rows of `dimension` numbers.
  hnswlib_index(context<cpu>&, index_t dimension, Similarity similarity = {}, hnswlib_options options = {})
      : similarity_(std::move(similarity)), dimension_(dimension) {
    expects<argument_error>(dimension >= 1, "interop::hnswlib_index: rows of {} numbers", dimension);
    expects<argument_error>(options.links >= 2 && options.links <= 10000,
                            "interop::hnswlib_index: expected 2 to 10000 links, got {}", options.links);
    expects<argument_error>(options.construction_width >= 1,
                            "interop::hnswlib_index: expected a construction width of at least 1, got {}",
                            options.construction_width);
    if constexpr (distances)
      space_ = std::make_unique<::hnswlib::L2Space>(static_cast<std::size_t>(dimension));
    else
      space_ = std::make_unique<::hnswlib::InnerProductSpace>(static_cast<std::size_t>(dimension));
    graph_ = std::make_unique<graph>(space_.get(), 1, static_cast<std::size_t>(options.links),
                                     static_cast<std::size_t>(options.construction_width),
                                     static_cast<std::size_t>(options.seed));
    set_search_width(options.search_width);
  }

  index_t size() const { return static_cast<index_t>(graph_->cur_element_count); }
  index_t dimension() const { return dimension_; }

  /// Changes hnswlib_options::search_width. Errors: argument_error for less than 1.
  void set_search_width(index_t width) {
    expects<argument_error>(width >= 1, "interop::hnswlib_index: expected a search width of at least 1, got {}", width);
    graph_->setEf(static_cast<std::size_t>(width));
  }

  /// Makes room for `rows` in all.
  void reserve(index_t rows) {
    if (rows > capacity()) graph_->resizeIndex(static_cast<std::size_t>(rows));
  }

  /// Adds copies of the rows of `vectors`; the first gets id size().
  ///
  /// vectors  n x dimension
  ///
  /// Errors  shape_error for rows of another length; argument_error, naming row and column, for NaN, infinity or a
  ///         squared norm that overflows, and for 2^31 rows or more in all. The index is unchanged then.
  void add(context<cpu>& ctx, const_matrix<float, cpu> vectors) {
    const index_t n = vectors.rows();
    expects(vectors.cols() == dimension_, "interop::hnswlib_index::add: rows of {} numbers, not {}", vectors.cols(),
            dimension_);
    expects<argument_error>(n < (index_t(1) << 31) - size(),
                            "interop::hnswlib_index::add: expected fewer than 2^31 rows, got {} and {} more", size(),
                            n);
    const auto prepared = similarity::prepare_second<Similarity, float, cpu>(ctx, similarity_, vectors);
    expects(prepared.rows.cols() == dimension_,
            "interop::hnswlib_index::add: the similarity makes rows of {} numbers, not {}", prepared.rows.cols(),
            dimension_);
    index::check_finite(ctx, vectors, prepared.view(), "interop::hnswlib_index::add");
    if (size() + n > capacity()) reserve(std::max(size() + n, capacity() + capacity() / 2));
    for (index_t r = 0; r < n; ++r)
      graph_->addPoint(prepared.rows.row(r).data(), static_cast<::hnswlib::labeltype>(size()));
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
    expects<argument_error>(k >= 0, "interop::hnswlib_index::search: k is {}", k);
    if constexpr (!similarity::different_widths<Similarity>())
      expects(queries.cols() == dimension_, "interop::hnswlib_index::search: queries of {} numbers, not {}",
              queries.cols(), dimension_);
    const auto prepared = similarity::prepare_first<Similarity, float, cpu>(ctx, similarity_, queries);
    expects(prepared.rows.cols() == dimension_,
            "interop::hnswlib_index::search: the similarity makes queries of {} numbers, not {}", prepared.rows.cols(),
            dimension_);
    index::check_finite(ctx, queries, prepared.view(), "interop::hnswlib_index::search");
    const op::comparable<float, cpu> asked = prepared.view();
    const index_t q = queries.rows(), most = std::min(k, size());
    op::hits<float, cpu> hits{matrix<float, cpu>(ctx, q, k, uninitialized),
                              matrix<index_t, cpu>(ctx, q, k, uninitialized)};
    const auto ids = hits.ids.view();
    const auto scores = hits.scores.view();
    ctx.for_each(q, k, fill_nothing{ids, scores});
    if (most == 0) return hits;
    std::vector<index_t> found(static_cast<std::size_t>(q));
    ctx.pool().run(q, [&](index_t i, int) {
      auto nearest = graph_->searchKnn(asked.rows.row(i).data(), static_cast<std::size_t>(most));
      index_t n = 0;
      for (; !nearest.empty(); nearest.pop()) ids(i, n++) = static_cast<index_t>(nearest.top().second);
      std::sort(ids.row(i).begin(), ids.row(i).begin() + n);  // equal scores stay in this order
      found[static_cast<std::size_t>(i)] = n;
    });
    const scratch_scope scope(ctx);
    const auto rows = scratch_matrix<float>(ctx, most, dimension_);
    const auto norms = scratch_vector<float>(ctx, distances ? most : 0);
    const auto raw = scratch_matrix<float>(ctx, 1, most), sorted = scratch_matrix<float>(ctx, 1, most);
    const auto order = scratch_matrix<index_t>(ctx, 1, most), by_position = scratch_matrix<index_t>(ctx, 1, most);
    for (index_t i = 0; i < q; ++i) {
      const index_t n = found[static_cast<std::size_t>(i)];
      for (index_t j = 0; j < n; ++j) {
        by_position(0, j) = ids(i, j);
        ctx.copy(rows.row(j).data(), row(ids(i, j)), dimension_ * static_cast<index_t>(sizeof(float)));
      }
      op::comparable<float, cpu> gallery{rows.middle_rows(0, n), {}};
      if constexpr (distances) {
        op::square_norms<float, cpu>(ctx, gallery.rows, norms.segment(0, n));
        gallery.square_norms = norms.segment(0, n);
      }
      op::scores<float, cpu>(ctx, asked.segment(i, 1), gallery, Similarity::scoring, raw.middle_cols(0, n));
      op::top_k<float, cpu>(ctx, raw.middle_cols(0, n), n, order.middle_cols(0, n), sorted.middle_cols(0, n));
      for (index_t j = 0; j < n; ++j) {
        ids(i, j) = by_position(0, order(0, j));
        const float score = sorted(0, j) == 0 ? 0.0f : sorted(0, j);  // no -0, as index::flat
        scores(i, j) = index::final_score<Similarity>(score);
      }
    }
    return hits;
  }

  /// hnswlib's own object, for what it can do besides.
  const ::hnswlib::HierarchicalNSW<float>& hnsw() const { return *graph_; }

 private:
  using graph = ::hnswlib::HierarchicalNSW<float>;
  static constexpr bool distances = Similarity::scoring == op::scoring::negative_square_distance;

  struct fill_nothing {
    matrix_view<index_t, cpu> ids;
    matrix_view<float, cpu> scores;
    void operator()(index_t r, index_t c) const {
      ids(r, c) = -1;
      scores(r, c) = -infinity<float>;
    }
  };

  index_t capacity() const { return static_cast<index_t>(graph_->max_elements_); }
  /// Rows are added by one thread, so hnswlib's internal numbers are the ids.
  const char* row(index_t id) const { return graph_->getDataByInternalId(static_cast<::hnswlib::tableint>(id)); }

  Similarity similarity_;
  index_t dimension_;
  std::unique_ptr<::hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<graph> graph_;
};

}  // namespace kindred::interop
