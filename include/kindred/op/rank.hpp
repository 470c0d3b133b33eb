// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/array.hpp>
#include <kindred/core/group.hpp>
#include <kindred/op/select.hpp>
#include <kindred/op/sort.hpp>
#include <kindred/relation/concept.hpp>
#include <span>
#include <type_traits>
#include <vector>

namespace kindred::op {

/// Where the relevant items of some queries stand, on the host.
struct ranks {
  std::vector<std::vector<index_t>> lists;  ///< per query: 1-based ranks of its relevant items, ascending
  std::vector<index_t> ranked;  ///< per query: items that stand in its ranking, which is all that are not ignored

  index_t queries() const { return static_cast<index_t>(lists.size()); }
  std::span<const index_t> of(index_t query) const { return lists[static_cast<std::size_t>(query)]; }
};

namespace detail {

// ---- context<cpu>: a table over the scores of the relevant items, one pass over all items

/// What one thread needs to rank one row after the other.
template <class T>
struct rank_workspace {
  std::vector<index_t> relevant, ignored;  // ids, ascending
  std::vector<T> gathered, scores;         // of the relevant items, by id and in ranking order
  std::vector<index_t> ids;                // of the relevant items in ranking order
  std::vector<std::int32_t> buckets;       // of the relevant items, by id
  std::vector<std::uint32_t> first;        // per bucket: relevant items in earlier buckets
  std::vector<std::uint32_t> behind;       // four histograms: items that have so many relevant items ahead
};

/// Ranks of w.relevant among the `items` scores without those of w.ignored, to `out`, ascending.
template <class T>
void rank_row(const T* scores, index_t items, rank_workspace<T>& w, index_t* out);

/// The gallery's ids class by class.
class classes {
 public:
  classes() = default;
  explicit classes(vector_view<const label_t, cpu> labels) : labels_(labels) {
    ids_.resize(static_cast<std::size_t>(labels.size()));
    for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = static_cast<index_t>(i);
    std::stable_sort(ids_.begin(), ids_.end(), [&](index_t a, index_t b) { return labels(a) < labels(b); });
    for (auto at = ids_.begin(); at != ids_.end();) {
      const auto end =
          std::upper_bound(at, ids_.end(), labels(*at), [&](label_t l, index_t i) { return l < labels(i); });
      largest_ = std::max<index_t>(largest_, end - at);
      at = end;
    }
  }
  std::span<const index_t> of(label_t label) const {
    const auto begin =
        std::lower_bound(ids_.begin(), ids_.end(), label, [this](index_t i, label_t l) { return labels_(i) < l; });
    const auto end =
        std::upper_bound(begin, ids_.end(), label, [this](label_t l, index_t i) { return l < labels_(i); });
    return {ids_.data() + (begin - ids_.begin()), static_cast<std::size_t>(end - begin)};
  }
  index_t largest() const { return largest_; }

 private:
  vector_view<const label_t, cpu> labels_;
  std::vector<index_t> ids_;
  index_t largest_ = 0;
};

// ---- every other device: one group of lanes per row

/// The relevant items of a row, sorted; then every item is counted at the first relevant item behind it.
template <class T, class D, class R>
struct rank_items {
  matrix_view<const T, D> scores;
  R relation;
  index_t first_query;
  matrix_view<index_t, D> ids;   // rows x items: the relevant ids, then their ranks
  matrix_view<index_t, D> bins;  // rows x (items + 1)
  vector_view<index_t, D> found, ranked;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    using relation::kind;
    const index_t n = scores.cols(), query = first_query + r;
    index_t* const relevant = &ids(r, 0);
    index_t* const bin = &bins(r, 0);
    const auto before = [&](index_t a, index_t b) { return ahead(scores(r, a), a, scores(r, b), b); };
    const index_t m = select(
        g, n, [&](index_t c) { return relation(query, c) == kind::positive; },
        [&](index_t at, index_t c) { relevant[at] = c; });
    sort(g, m, relevant, before);
    g.for_each(m + 1, [&](index_t j) { bin[j] = 0; });
    g.count(n, bin, [&](index_t c) -> index_t {
      if (relation(query, c) == kind::ignored) return -1;
      index_t low = 0, high = m;
      while (low < high) {
        const index_t middle = (low + high) / 2;
        if (before(relevant[middle], c))
          low = middle + 1;
        else
          high = middle;
      }
      return low;
    });
    const index_t all = g.scan(
        m + 1, [&](index_t j) { return bin[j]; },
        [&](index_t j, index_t ahead_of_bin) {
          if (j < m) relevant[j] = ahead_of_bin + bin[j];
        });
    g.once([&] {
      found(r) = m;
      ranked(r) = all;
    });
  }
};

}  // namespace detail

/// Finds the ranks of relevant items in rows of scores, without sorting rows.
///
/// rank of item i for a query = 1 + number of items j, not ignored, with (s(j), j) ahead of (s(i), i)
///
/// Items are ordered by score, highest first; equal scores by id, lowest first; NaN behind all numbers. Ignored items
/// stand in no ranking. Make one for a relation and a gallery, then give it bands of score rows.
///
/// Complexity   per row of n items with m relevant ones: O(n + m) on context<cpu> while the scores of the relevant items
///              spread out, O(n log m) at worst; O(n log m + m log^2 m) on other devices. A relation without labels is
///              asked about every pair.
/// Determinism  integers: the same on every device and for any number of threads, wherever the scores are the same.
/// Reference    the ranks are those of sorting each row; the way to them is this library's.
template <relation::Relation R, Device D>
class ranker {
  static constexpr bool by_class = std::is_same_v<D, cpu> && relation::LabelRelation<R>;

 public:
  /// `items` gallery items. Errors: shape_error when the relation is about another number of them; argument_error for
  /// 2^31 items or more.
  ranker(context<D>&, const R& relation, index_t items) : relation_(relation), items_(items) {
    expects<argument_error>(items < (index_t(1) << 31), "op::ranker: {} items, fewer than 2^31 wanted", items);
    if constexpr (relation::Sized<R>)
      expects(relation.gallery() == items, "op::ranker: {} items but a relation about {}", items, relation.gallery());
    if constexpr (by_class) classes_ = detail::classes(relation.gallery_labels());
  }

  /// Upper bound of the bytes a query takes beside its scores.
  index_t bytes_per_query() const {
    constexpr index_t size = sizeof(index_t);
    if constexpr (by_class)
      return size * (classes_.largest() + 2);
    else if constexpr (std::is_same_v<D, cpu>)
      return size * (items_ + 2);
    else
      return size * (3 * items_ + 5);
  }

  /// scores  rows of queries first_query, first_query + 1, ... against all items
  /// out     overwritten
  /// Errors  shape_error when a row has another length than the gallery, or the relation knows fewer queries.
  template <Scalar T>
  void operator()(context<D>& ctx, matrix_view<const T, D> scores, index_t first_query, ranks& out) const {
    expects(scores.cols() == items_, "op::ranker: rows of {} scores but {} items", scores.cols(), items_);
    if constexpr (relation::Sized<R>)
      expects(first_query >= 0 && first_query + scores.rows() <= relation_.queries(),
              "op::ranker: queries {} to {} but a relation about {}", first_query, first_query + scores.rows(),
              relation_.queries());
    out.lists.resize(static_cast<std::size_t>(scores.rows()));
    out.ranked.resize(out.lists.size());
    if constexpr (std::is_same_v<D, cpu>)
      on_host(ctx, scores, first_query, out);
    else
      on_device(ctx, scores, first_query, out);
  }

 private:
  template <class T>
  void on_host(context<D>& ctx, matrix_view<const T, D> scores, index_t first_query, ranks& out) const {
    constexpr index_t chunk = 4;
    std::vector<detail::rank_workspace<T>> workspaces(static_cast<std::size_t>(ctx.threads()));
    ctx.pool().run((scores.rows() + chunk - 1) / chunk, [&](index_t at, int worker) {
      auto& w = workspaces[static_cast<std::size_t>(worker)];
      for (index_t r = at * chunk; r < std::min(scores.rows(), (at + 1) * chunk); ++r) {
        find_relevant(first_query + r, w);
        auto& list = out.lists[static_cast<std::size_t>(r)];
        list.resize(w.relevant.size());
        out.ranked[static_cast<std::size_t>(r)] = items_ - static_cast<index_t>(w.ignored.size());
        detail::rank_row<T>(scores.row(r).data(), items_, w, list.data());
      }
    });
  }

  template <class T>
  void find_relevant(index_t query, detail::rank_workspace<T>& w) const {
    w.relevant.clear();
    w.ignored.clear();
    if constexpr (by_class) {
      const auto ids = classes_.of(relation_.query_labels()(query));
      w.relevant.assign(ids.begin(), ids.end());
      if (!relation_.same_set()) return;
      w.ignored.push_back(query);
      const auto itself = std::lower_bound(w.relevant.begin(), w.relevant.end(), query);
      if (itself != w.relevant.end() && *itself == query) w.relevant.erase(itself);
    } else {
      for (index_t c = 0; c < items_; ++c) {
        const relation::kind k = relation_(query, c);
        if (k == relation::kind::positive) w.relevant.push_back(c);
        if (k == relation::kind::ignored) w.ignored.push_back(c);
      }
    }
  }

  template <class T>
  void on_device(context<D>& ctx, matrix_view<const T, D> scores, index_t first_query, ranks& out) const {
    const index_t rows = scores.rows();
    constexpr index_t size = sizeof(index_t);
    // not from the arena, which would keep this much for the life of the context
    matrix<index_t, D> ids(ctx, rows, items_, uninitialized), bins(ctx, rows, items_ + 1, uninitialized);
    vector<index_t, D> found(ctx, rows, uninitialized), ranked(ctx, rows, uninitialized);
    ctx.for_each_row(rows, items_,
                     detail::rank_items<T, D, R>{scores, relation_, first_query, ids.view(), bins.view(), found.view(),
                                                 ranked.view()});
    const auto counts = found.to_host();
    ctx.copy_to_host(out.ranked.data(), ranked.data(), rows * size);
    for (index_t r = 0; r < rows; ++r) {
      const auto at = static_cast<std::size_t>(r);
      out.lists[at].resize(static_cast<std::size_t>(counts[at]));
      ctx.copy_to_host(out.lists[at].data(), ids.data() + r * items_, counts[at] * size);
    }
    ctx.synchronize();
  }

  R relation_;
  index_t items_;
  std::conditional_t<by_class, detail::classes, std::nullptr_t> classes_{};
};

/// The ranks of the relevant items of every row of a score matrix; see ranker.
///
/// scores      queries x items, higher is closer
/// relation    about query r and item c for scores(r, c)
template <Device D, MatrixArgument<D> M, relation::Relation R>
ranks rank(context<D>& ctx, const M& scores, const R& relation) {
  ranks out;
  ranker<R, D>(ctx, relation, as_const(scores).cols())(ctx, as_const(scores), 0, out);
  return out;
}

}  // namespace kindred::op

#if !defined(KINDRED_COMPILED)
#include <kindred/op/rank_impl.hpp>
#endif
