// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/array.hpp>
#include <kindred/core/group.hpp>
#include <kindred/op/select.hpp>
#include <kindred/op/sort.hpp>
#include <kindred/op/tie.hpp>
#include <kindred/relation/concept.hpp>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace kindred::op {

/// What is found beside the ranks of relevant items, at a cost.
struct rank_details {
  bool ties = false;    ///< which ranks the items of the same score have
  bool grades = false;  ///< how relevant the items are; needs a GradedRelation
};

/// Where the relevant items of some queries stand, on the host.
struct ranks {
  std::vector<std::vector<index_t>> lists;  ///< per query: 1-based ranks of its relevant items, ascending
  std::vector<index_t> ranked;  ///< per query: items that stand in its ranking, which is all that are not ignored
  std::vector<std::vector<tie>> ties;      ///< per query and element of its list, where they were wanted; else empty
  std::vector<std::vector<float>> grades;  ///< likewise

  index_t queries() const { return static_cast<index_t>(lists.size()); }
  std::span<const index_t> of(index_t query) const { return lists[static_cast<std::size_t>(query)]; }
  std::span<const tie> ties_of(index_t query) const {
    return ties.empty() ? std::span<const tie>() : ties[static_cast<std::size_t>(query)];
  }
  std::span<const float> grades_of(index_t query) const {
    return grades.empty() ? std::span<const float>() : grades[static_cast<std::size_t>(query)];
  }

  /// Room for `queries` queries; the content is left to whoever fills it.
  void resize(index_t queries, rank_details details) {
    const auto n = static_cast<std::size_t>(queries);
    lists.resize(n);
    ranked.resize(n);
    ties.resize(details.ties ? n : 0);
    grades.resize(details.grades ? n : 0);
  }
};

namespace detail {

// ---- context<cpu>: a table over the scores of the relevant items, one pass over all items

/// Monotone in the ranking order: what stands ahead is in the same or an earlier bucket. NaN is in the last.
template <class T>
struct bucket_of {
  T high, scale, last;
  std::int32_t operator()(T score) const {
    T at = (high - score) * scale;
    at = at < last ? at : last;
    at = at > T(0) ? at : T(0);
    return static_cast<std::int32_t>(at);
  }
};

/// What one thread needs to rank one row after the other.
template <class T>
struct rank_workspace {
  std::vector<index_t> relevant, ignored;  // ids, ascending
  std::vector<T> gathered, scores;         // of the relevant items, by id and in ranking order
  std::vector<index_t> ids;                // of the relevant items in ranking order
  std::vector<std::int32_t> buckets;       // of the relevant items, by id
  std::vector<std::uint32_t> first;        // per bucket: relevant items in earlier buckets
  std::vector<std::uint32_t> behind;       // four histograms: items that have so many relevant items ahead
  bucket_of<T> bucket;                     // where `first` has the buckets of a table
  bool tabled = false;                     // whether it has
};

/// Ranks of w.relevant among the `items` scores without those of w.ignored, to `out`, ascending.
template <class T>
void rank_row(const T* scores, index_t items, rank_workspace<T>& w, index_t* out);

/// After rank_row, whose result is `ranks`: puts w.ids into ranking order and, unless `ties` is null, finds the ranks
/// that equal scores share.
template <class T>
void detail_row(const T* scores, index_t items, rank_workspace<T>& w, const index_t* ranks, tie* ties);

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

/// Finds on the host what is relevant to a query and what it ignores, both ascending.
template <class R>
class finder {
 public:
  static constexpr bool by_class = relation::LabelRelation<R>;

  finder(const R& relation, index_t items) : relation_(relation), items_(items) {
    if constexpr (by_class) classes_ = classes(relation.gallery_labels());
  }

  void operator()(index_t query, std::vector<index_t>& relevant, std::vector<index_t>& ignored) const {
    relevant.clear();
    ignored.clear();
    if constexpr (by_class) {
      const auto ids = classes_.of(relation_.query_labels()(query));
      relevant.assign(ids.begin(), ids.end());
      if (!relation_.same_set()) return;
      ignored.push_back(query);
      const auto itself = std::lower_bound(relevant.begin(), relevant.end(), query);
      if (itself != relevant.end() && *itself == query) relevant.erase(itself);
    } else if constexpr (relation::ListRelation<R>) {
      for (const index_t c : relation_.candidates(query))
        if (c < items_ && relation_(query, c) == relation::kind::positive) relevant.push_back(c);
    } else {
      for (index_t c = 0; c < items_; ++c) {
        const relation::kind k = relation_(query, c);
        if (k == relation::kind::positive) relevant.push_back(c);
        if (k == relation::kind::ignored) ignored.push_back(c);
      }
    }
  }
  /// At least the number of relevant items of any query.
  index_t most() const {
    if constexpr (by_class)
      return classes_.largest();
    else
      return items_;
  }

 private:
  R relation_;
  index_t items_;
  std::conditional_t<by_class, classes, std::nullptr_t> classes_{};
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
  matrix_view<index_t, D> order{};  // rows x items: the relevant ids in ranking order; may be absent

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    using relation::kind;
    const index_t n = scores.cols(), query = first_query + r;
    index_t* const relevant = ids.row(r).data();
    index_t* const bin = bins.row(r).data();
    const auto before = [&](index_t a, index_t b) { return ahead(scores(r, a), a, scores(r, b), b); };
    const index_t m = select(
        g, n, [&](index_t c) { return relation(query, c) == kind::positive; },
        [&](index_t at, index_t c) { relevant[at] = c; });
    sort(g, m, relevant, before);
    if (order) g.for_each(m, [&](index_t j) { order(r, j) = relevant[j]; });
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

/// After rank_items: how many items share the score of each relevant one, and so which ranks they have.
template <class T, class D>
struct tie_items {
  matrix_view<const T, D> scores;
  vector_view<const index_t, D> found;
  matrix_view<const index_t, D> order, ranks;
  matrix_view<const signed char, D> ignored;  // rows x items
  matrix_view<index_t, D> tied, before;       // rows x items, at the first relevant item of each score
  matrix_view<tie, D> ties;                   // rows x items

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = scores.cols(), m = found(r);
    const auto head = [&](index_t c) -> index_t {
      const T score = scores(r, c);
      index_t low = 0, high = m;
      while (low < high) {
        const index_t middle = (low + high) / 2;
        const T other = scores(r, order(r, middle));
        if (other > score || (other == other && score != score))
          low = middle + 1;
        else
          high = middle;
      }
      if (low == m) return -1;
      const T other = scores(r, order(r, low));
      return other == score || (other != other && score != score) ? low : -1;
    };
    g.for_each(m, [&](index_t j) { tied(r, j) = before(r, j) = 0; });
    g.count(n, &tied(r, 0), [&](index_t c) -> index_t { return ignored(r, c) != 0 ? -1 : head(c); });
    g.count(n, &before(r, 0), [&](index_t c) -> index_t {
      const index_t at = ignored(r, c) != 0 ? -1 : head(c);
      return at >= 0 && c < order(r, at) ? at : -1;
    });
    g.for_each(m, [&](index_t j) {
      const index_t at = head(order(r, j)), first = ranks(r, at) - before(r, at);
      ties(r, j) = {first, first + tied(r, at) - 1};
    });
  }
};

template <class D, class R>
struct ignored_at {
  R relation;
  index_t first_query;
  matrix_view<signed char, D> ignored;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    ignored(r, c) = relation(first_query + r, c) == relation::kind::ignored;
  }
};

template <class D, class R>
struct grade_row {
  R relation;
  index_t first_query;
  vector_view<const index_t, D> found;
  matrix_view<const index_t, D> order;
  matrix_view<float, D> grades;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    g.for_each(found(r), [&](index_t j) { grades(r, j) = relation.grade(first_query + r, order(r, j)); });
  }
};

/// The first counts[r] elements of each row, to `lists`, on the host once the device is synchronized.
template <class T, Device D>
void copy_lists(context<D>& ctx, matrix_view<const T, D> rows, const std::vector<index_t>& counts,
                std::vector<std::vector<T>>& lists) {
  for (std::size_t r = 0; r < counts.size(); ++r) {
    lists[r].resize(static_cast<std::size_t>(counts[r]));
    ctx.copy_to_host(lists[r].data(), rows.row(static_cast<index_t>(r)).data(), counts[r] * index_t(sizeof(T)));
  }
}

}  // namespace detail

/// Finds the ranks of relevant items in rows of scores, without sorting rows.
///
/// rank of item i for a query = 1 + number of items j, not ignored, with (s(j), j) ahead of (s(i), i)
///
/// Items are ordered by score, highest first; equal scores by id, lowest first; NaN behind all numbers. Ignored items
/// stand in no ranking. Make one for a relation and a gallery, then give it bands of score rows.
///
/// Ties and grades are found where they are wanted, and cost nothing where they are not. NaN scores tie with each
/// other.
///
/// Complexity   per row of n items with m relevant ones: O(n + m) on context<cpu> while the scores of the relevant
///              items spread out, O(n log m) at worst and for ties; O(n log m + m log^2 m) on other devices. A relation
///              without labels or lists is asked about every pair.
/// Determinism  integers: the same on every device and for any number of threads, wherever the scores are the same.
/// Reference    the ranks are those of sorting each row; the way to them is this library's.
template <relation::Relation R, Device D>
class ranker {
  static constexpr bool on_cpu = std::is_same_v<D, cpu>;

 public:
  /// `items` gallery items. Errors: shape_error when the relation is about another number of them; argument_error for
  /// 2^31 items or more, and for grades of a relation that has none.
  ranker(context<D>&, const R& relation, index_t items, rank_details details = {})
      : relation_(relation), items_(items), details_(details) {
    expects<argument_error>(!details.grades || relation::GradedRelation<R>, "op::ranker: a relation without grades");
    expects<argument_error>(items < (index_t(1) << 31), "op::ranker: expected fewer than 2^31 items, got {}", items);
    if constexpr (relation::Sized<R>)
      expects(relation.gallery() == items, "op::ranker: {} items but a relation about {}", items, relation.gallery());
    if constexpr (on_cpu) finder_ = detail::finder<R>(relation, items);
  }

  /// Upper bound of the bytes a query takes beside its scores.
  index_t bytes_per_query() const {
    constexpr index_t size = sizeof(index_t);
    const index_t details = (details_.ties ? index_t(sizeof(tie)) : 0) + (details_.grades ? index_t(sizeof(float)) : 0);
    if constexpr (on_cpu) return (size + details) * finder_->most() + 2 * size;
    const index_t ordered = details > 0 ? size : 0, counted = details_.ties ? 2 * size + 1 : 0;
    return items_ * (3 * size + details + ordered + counted) + 5 * size;
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
    out.resize(scores.rows(), details_);
    if constexpr (on_cpu)
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
        const auto at_row = static_cast<std::size_t>(r);
        (*finder_)(first_query + r, w.relevant, w.ignored);
        auto& list = out.lists[at_row];
        list.resize(w.relevant.size());
        out.ranked[at_row] = items_ - static_cast<index_t>(w.ignored.size());
        const T* const row = scores.row(r).data();
        detail::rank_row<T>(row, items_, w, list.data());
        if (!details_.ties && !details_.grades) continue;
        if (details_.ties) out.ties[at_row].resize(list.size());
        detail::detail_row<T>(row, items_, w, list.data(), details_.ties ? out.ties[at_row].data() : nullptr);
        if constexpr (relation::GradedRelation<R>)
          if (details_.grades) {
            auto& grades = out.grades[at_row];
            grades.resize(list.size());
            for (std::size_t j = 0; j < grades.size(); ++j) grades[j] = relation_.grade(first_query + r, w.ids[j]);
          }
      }
    });
  }

  template <class T>
  void on_device(context<D>& ctx, matrix_view<const T, D> scores, index_t first_query, ranks& out) const {
    const index_t rows = scores.rows();
    const bool detailed = details_.ties || details_.grades;
    // not from the arena, which would keep this much for the life of the context
    matrix<index_t, D> ids(ctx, rows, items_, uninitialized), bins(ctx, rows, items_ + 1, uninitialized);
    matrix<index_t, D> order(ctx, detailed ? rows : 0, items_, uninitialized);
    vector<index_t, D> found(ctx, rows, uninitialized), ranked(ctx, rows, uninitialized);
    ctx.for_each_row(rows, items_,
                     detail::rank_items<T, D, R>{scores, relation_, first_query, ids.view(), bins.view(), found.view(),
                                                 ranked.view(), detailed ? order.view() : matrix_view<index_t, D>{}});
    const auto counts = found.to_host();
    ctx.copy_to_host(out.ranked.data(), ranked.data(), rows * index_t(sizeof(index_t)));
    detail::copy_lists<index_t, D>(ctx, as_const(ids), counts, out.lists);
    if (details_.ties) {
      matrix<signed char, D> ignored(ctx, rows, items_, uninitialized);
      matrix<index_t, D> tied(ctx, rows, items_, uninitialized), before(ctx, rows, items_, uninitialized);
      matrix<tie, D> ties(ctx, rows, items_, uninitialized);
      ctx.for_each(rows, items_, detail::ignored_at<D, R>{relation_, first_query, ignored.view()});
      ctx.for_each_row(rows, items_,
                       detail::tie_items<T, D>{scores, found.view(), as_const(order), as_const(ids), as_const(ignored),
                                               tied.view(), before.view(), ties.view()});
      detail::copy_lists<tie, D>(ctx, as_const(ties), counts, out.ties);
      ctx.synchronize();
    }
    if constexpr (relation::GradedRelation<R>)
      if (details_.grades) {
        matrix<float, D> grades(ctx, rows, items_, uninitialized);
        ctx.for_each_row(rows, items_,
                         detail::grade_row<D, R>{relation_, first_query, found.view(), as_const(order), grades.view()});
        detail::copy_lists<float, D>(ctx, as_const(grades), counts, out.grades);
        ctx.synchronize();
      }
    ctx.synchronize();
  }

  R relation_;
  index_t items_;
  rank_details details_;
  std::optional<detail::finder<R>> finder_;  // on the host
};

/// The ranks of the relevant items of every row of a score matrix; see ranker.
///
/// scores      queries x items, higher is closer
/// relation    about query r and item c for scores(r, c)
/// details     what is found beside the ranks
template <Device D, MatrixArgument<D> M, relation::Relation R>
ranks rank(context<D>& ctx, const M& scores, const R& relation, rank_details details = {}) {
  ranks out;
  ranker<R, D>(ctx, relation, as_const(scores).cols(), details)(ctx, as_const(scores), 0, out);
  return out;
}

}  // namespace kindred::op

#if !defined(KINDRED_COMPILED)
#include <kindred/op/detail/rank_impl.hpp>
#endif
