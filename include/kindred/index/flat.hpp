// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <functional>
#include <kindred/core/array.hpp>
#include <kindred/core/kept_object.hpp>
#include <kindred/index/concept.hpp>
#include <kindred/index/range_hits.hpp>
#include <kindred/io/forward.hpp>
#include <kindred/io/limits.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/select.hpp>
#include <kindred/similarity/dot.hpp>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kindred::index {

/// Throws argument_error where a row is not finite or its scores would not be, and names row and column.
///
/// x      the rows as they were passed in
/// ready  the rows as a similarity prepared them
template <class T, Device D>
void check_finite(context<D>& ctx, matrix_view<const T, D> x, const op::comparable<T, D>& ready, const char* where) {
  index_t bad = op::first_non_finite_row<T>(ctx, ready.rows);
  if (bad < 0 && ready.square_norms)
    bad = op::first_non_finite_row<T>(ctx, as_matrix(ready.square_norms, ready.rows.rows(), 1));
  if (bad < 0) return;
  const auto row = to_host(ctx, x.middle_rows(bad, 1));
  for (std::size_t c = 0; c < row.size(); ++c)
    expects<argument_error>(row[c] - row[c] == T(0), "{}: row {} has {} in column {}, expected a finite number", where,
                            bad, row[c], c);
  expects<argument_error>(false, "{}: row {} is too large, its scores would not be finite", where, bad);
}

/// Returns the score that a search reports for a score of the product: S::final_score(score) where the similarity S has
/// it.
template <class S, class T>
KINDRED_HD constexpr T final_score(T score) {
  if constexpr (requires { S::final_score(score); })
    return S::final_score(score);
  else
    return score;
}

namespace detail {

template <class S, class T, class D>
struct final_score_at {
  matrix_view<T, D> scores;
  KINDRED_HD void operator()(index_t r, index_t c) const { scores(r, c) = S::final_score(scores(r, c)); }
};

/// out(r) = row sources(r) of `kept`, or of `added` counted on from there.
template <class T, class D>
struct merged_row_at {
  matrix_view<const T, D> kept, added;
  vector_view<const index_t, D> sources;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const index_t s = sources(r);
    out(r, c) = s < kept.rows() ? kept(s, c) : added(s - kept.rows(), c);
  }
};

template <class T, class D>
struct placed_row_at {
  matrix_view<const T, D> rows;
  vector_view<const index_t, D> places;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const { out(places(r), c) = rows(r, c); }
};

/// Positions become the ids that stand there; -1 stays.
template <class D>
struct id_at {
  vector_view<const index_t, D> ids;
  matrix_view<index_t, D> found;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    if (found(r, c) >= 0) found(r, c) = ids(found(r, c));
  }
};

/// Ids become their positions in an ascending list, -1 where they are not in it.
template <class D>
struct position_at {
  vector_view<const index_t, D> ids, wanted;
  vector_view<index_t, D> positions;
  KINDRED_HD void operator()(index_t i) const {
    index_t low = 0, high = ids.size();
    while (low < high) {
      const index_t middle = low + (high - low) / 2;
      if (ids(middle) < wanted(i))
        low = middle + 1;
      else
        high = middle;
    }
    positions(i) = low < ids.size() && ids(low) == wanted(i) ? low : -1;
  }
};

/// What a search by score returns: final scores from `least` up, never -infinity or NaN.
template <class S, class T>
KINDRED_HD constexpr bool within(T score, T least) {
  return score > -infinity<T> && final_score<S>(score) >= least;
}

template <class S, class T, class D>
struct count_within_row {
  matrix_view<const T, D> scores;
  T least;
  vector_view<index_t, D> counts;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = g.reduce(scores.cols(), index_t(0), plus{},
                               [&](index_t c) -> index_t { return within<S>(scores(r, c), least) ? 1 : 0; });
    g.once([&] { counts(r) = n; });
  }
};

template <class S, class T, class D>
struct list_within_row {
  matrix_view<const T, D> scores;
  T least;
  vector_view<const index_t, D> offsets;
  vector_view<index_t, D> positions;
  vector_view<T, D> found;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    op::select(
        g, scores.cols(), [&](index_t c) { return within<S>(scores(r, c), least); },
        [&](index_t at, index_t c) {
          positions(offsets(r) + at) = c;
          found(offsets(r) + at) = scores(r, c) == T(0) ? T(0) : scores(r, c);
        });
  }
};

/// A similarity that files can name: it has no state, or saves and loads it.
template <class S>
concept NamedSimilarity = requires {
  { S::name } -> std::convertible_to<const char*>;
};
template <class S, class D>
concept SavedSimilarity = requires(const S& s, io::safetensors_writer& to, context<D>& ctx, const io::safetensors& from,
                                   const std::string& prefix) {
  s.save(to, prefix);
  { S::load(ctx, from, prefix) } -> std::same_as<S>;
};

}  // namespace detail

/// How index::flat takes what it is given.
struct flat_options {
  /// NaN and infinity in rows and queries. keep: numbers are not looked at; where a score is NaN or -infinity the row
  /// is not returned, so a row with NaN never is, and a query with NaN gets nothing.
  io::non_finite non_finite = io::non_finite::refuse;
  /// Keep the rows as bytes too, a quarter more memory, and let searches go through those first: faster by about two
  /// where has_byte_products(), with the same results; see op::quantized_rows. For float rows on the processor.
  bool quantized_first_pass = false;
};

/// Exact search: every query is compared with every row.
///
/// Rows are kept as the similarity prepares them (of length 1 for cosine, with squared norms for distances) and in
/// ascending order of their ids, so that equal scores come in the order of the ids whatever was added and removed in
/// whatever order. Ids are the caller's, 0 or more, each once; without any they count on from the highest ever given.
///
/// T           float or double
/// D           where rows, queries and hits lie
/// Similarity  see RowwiseSimilarity; where its sides differ, queries are its first and rows its second
///
/// Determinism  context<cpu>: the same bytes for any number of threads, for a query alone or among others, however the
///              rows came to be in the index. Equal rows score equally and come in the order of their ids.
/// Threads      Searches only read: any number of threads may search at once, each with a context of its own. What
///              changes the index must not run beside them.
///
/// The index must not outlive the context it was made with, which holds its memory. One that was moved from is empty.
template <Scalar T = float, Device D = cpu, class Similarity = similarity::dot>
requires RowwiseSimilarity<Similarity, T, D>
class flat {
 public:
  using value_type = T;
  using device = D;

  /// An empty index for rows of `dimension` numbers. Errors: argument_error for dimension < 1 or above 2^40.
  flat(context<D>& ctx, index_t dimension, Similarity similarity = {}, flat_options options = {})
      : memory_(&ctx),
        similarity_(std::move(similarity)),
        options_(options),
        dimension_(dimension),
        rows_(ctx, 0, 0, uninitialized),
        norms_(ctx, 0, uninitialized),
        device_ids_(ctx, 0, uninitialized) {
    expects<argument_error>(dimension >= 1 && dimension <= most_dimension,
                            "index::flat: expected rows of 1 to 2^40 numbers, got {}", dimension);
    expects<argument_error>(!options.quantized_first_pass || can_quantize,
                            "index::flat: a first pass over bytes is for float rows on the processor");
  }

  index_t size() const { return size_; }
  index_t dimension() const { return dimension_; }

  /// The ids on the host, ascending; row i of rows() has the i-th. Valid until the next change.
  vector_view<const index_t, cpu> ids() const KINDRED_LIFETIMEBOUND {
    return file_ ? mapped_ids_ : vector_view<const index_t, cpu>(ids_.data(), size_);
  }

  /// Where the row of `id` stands in rows() and ids(), or -1. O(log size()).
  index_t position(index_t id) const {
    const auto at = std::lower_bound(ids().begin(), ids().end(), id);
    return at != ids().end() && *at == id ? static_cast<index_t>(at - ids().begin()) : -1;
  }
  bool contains(index_t id) const { return position(id) >= 0; }

  /// The row of `id` as the similarity prepared it; valid until the next change. Errors: argument_error for an id that
  /// is not there.
  vector_view<const T, D> row(index_t id) const KINDRED_LIFETIMEBOUND {
    const index_t at = position(id);
    expects<argument_error>(at >= 0, "index::flat::row: id {} is not in the index", id);
    return rows().rows.row(at);
  }

  /// Whether the rows lie in a mapped file: see open(). The first change copies them into memory.
  bool mapped() const { return static_cast<bool>(file_); }

  /// Makes room for `rows` in all, so that adding up to there moves nothing. Errors: argument_error for 2^31 or more.
  void reserve(index_t rows) {
    if (!file_ && rows <= capacity()) return;
    expects<argument_error>(rows < most_rows, "index::flat::reserve: expected fewer than 2^31 rows, got {}", rows);
    rows = std::max(rows, size());
    const op::comparable<T, D> present = this->rows();
    matrix<T, D> larger(*memory_, rows, dimension_, uninitialized);
    vector<T, D> larger_norms(*memory_, with_norms ? rows : 0, uninitialized);
    vector<index_t, D> larger_device_ids(*memory_, D::host_memory ? 0 : rows, uninitialized);
    std::vector<index_t> larger_ids;
    larger_ids.reserve(static_cast<std::size_t>(rows));
    larger_ids.assign(ids().begin(), ids().end());
    if (size_ > 0) {
      memory_->copy(larger.data(), present.rows.data(), size_ * dimension_ * element);
      if constexpr (with_norms) memory_->copy(larger_norms.data(), present.square_norms.data(), size_ * element);
    }
    rows_ = std::move(larger);
    norms_ = std::move(larger_norms);
    ids_ = std::move(larger_ids);
    device_ids_ = std::move(larger_device_ids);
    copy_ids_to_device(*memory_, 0);
    memory_->synchronize();
    file_.reset();
  }

  /// Adds copies of the rows of `vectors`. Their ids count on from the highest that was ever given, 0 at first.
  ///
  /// vectors  n x dimension; rows of the index itself are copied first
  ///
  /// Complexity   O(n dimension), amortised: room grows by half at a time.
  /// Errors       shape_error for rows of another length; argument_error, naming row and column, for NaN, infinity or a
  ///              squared norm that overflows, and for 2^31 rows or more in all. The index is unchanged then.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  void add(context<D>& ctx, const M& vectors) {
    const matrix_view<const T, D> x = as_const(vectors);
    check_room(x);
    expects<argument_error>(next_id_ <= most_id - x.rows(), "index::flat::add: no ids are left after {}", next_id_ - 1);
    std::vector<index_t> counted(static_cast<std::size_t>(x.rows()));
    for (std::size_t i = 0; i < counted.size(); ++i) counted[i] = next_id_ + static_cast<index_t>(i);
    add_sorted(ctx, x, counted, {});
  }

  /// The same with ids of the caller's choice, one per row, in any order.
  ///
  /// Complexity   as above where all ids are higher than those present; else O(dimension) more per row of a higher id
  ///              than the lowest new one, which moves to make room: add many at once.
  /// Errors       also shape_error for another number of ids; argument_error for a negative id, one that is given twice
  ///              or one that is present: see replace().
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  void add(context<D>& ctx, const M& vectors, std::span<const index_t> ids) {
    const matrix_view<const T, D> x = as_const(vectors);
    check_room(x);
    const std::vector<index_t> order = ascending("index::flat::add", x.rows(), ids);
    std::vector<index_t> sorted;
    sorted.reserve(order.size());
    for (const index_t i : order) {
      const index_t id = ids[static_cast<std::size_t>(i)];
      expects<argument_error>(id >= 0 && id < most_id,
                              "index::flat::add: expected ids of at least 0, got {} for row {}", id, i);
      expects<argument_error>(!contains(id), "index::flat::add: id {} of row {} is present already", id, i);
      sorted.push_back(id);
    }
    add_sorted(ctx, x, sorted, order);
  }

  /// Puts other vectors in the place of rows that are present.
  ///
  /// vectors  n x dimension; rows of the index itself are copied first
  /// ids      n, each once, in any order
  ///
  /// Complexity   O(n (dimension + log size())).
  /// Errors       as add(); argument_error for an id that is not present. The index is unchanged then.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  void replace(context<D>& ctx, const M& vectors, std::span<const index_t> ids) {
    const matrix_view<const T, D> x = as_const(vectors);
    expects(x.cols() == dimension_, "index::flat::replace: rows of {} numbers, not {}", x.cols(), dimension_);
    const std::vector<index_t> order = ascending("index::flat::replace", x.rows(), ids);
    std::vector<index_t> places(order.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      places[i] = position(ids[i]);
      expects<argument_error>(places[i] >= 0, "index::flat::replace: id {} of row {} is not in the index", ids[i], i);
    }
    if (places.empty()) return;
    const auto prepared = prepare(ctx, x, "index::flat::replace");
    const op::comparable<T, D> ready = prepared.view();
    if (file_) reserve(size_);
    const vector<index_t, D> at(ctx, places);
    ctx.for_each(x.rows(), dimension_, detail::placed_row_at<T, D>{ready.rows, at.view(), rows_.view()});
    if constexpr (with_norms)
      ctx.for_each(x.rows(), 1,
                   detail::placed_row_at<T, D>{as_matrix(ready.square_norms, x.rows(), 1), at.view(),
                                               as_matrix(norms_.view(), norms_.size(), 1)});
    requantize(ctx, *std::min_element(places.begin(), places.end()));
    ctx.synchronize();
  }

  /// Takes rows out. Returns how many of `ids` were there; others are passed over. Memory is kept for rows to come, and
  /// ids are not given again by add(vectors).
  ///
  /// Complexity   O(ids log ids + rows behind the first one removed * dimension): remove many at once.
  index_t remove(context<D>& ctx, std::span<const index_t> ids) {
    std::vector<index_t> gone;
    for (const index_t id : ids)
      if (const index_t at = position(id); at >= 0) gone.push_back(at);
    std::sort(gone.begin(), gone.end());
    gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
    if (gone.empty()) return 0;
    if (file_) reserve(size_);
    const index_t first = gone.front(), left = size_ - static_cast<index_t>(gone.size());
    std::vector<index_t> sources;
    sources.reserve(static_cast<std::size_t>(left - first));
    std::size_t next = 0;
    for (index_t i = first; i < size_; ++i) {
      if (next < gone.size() && gone[next] == i)
        ++next;
      else
        sources.push_back(i);
    }
    rearrange(ctx, first, sources, {}, false);
    for (std::size_t i = 0; i < sources.size(); ++i)
      ids_[static_cast<std::size_t>(first) + i] = ids_[static_cast<std::size_t>(sources[i])];
    ids_.resize(static_cast<std::size_t>(left));
    size_ = left;
    copy_ids_to_device(ctx, first);
    requantize(ctx, first);
    ctx.synchronize();
    return static_cast<index_t>(gone.size());
  }

  /// The k best rows of each query, best first.
  ///
  /// queries  q x dimension, or as many columns as the similarity's first side has
  /// k        >= 0; more than size() is allowed
  /// filter   what is left out: `keep` has a byte per row in the order of ids(), `excluded` an id per query, -1 for
  ///          none
  ///
  /// Returns q x k ids and scores; -1 and -infinity where fewer than k rows are left.
  ///
  /// Complexity   q size() dimension multiply-adds; see op::nearest.
  /// Errors       shape_error for queries of another length and filters of another size; argument_error for k < 0 and,
  ///              naming row and column, for NaN, infinity or a squared norm that overflows.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  op::hits<T, D> search(context<D>& ctx, const M& queries, index_t k, const op::search_filter<D>& filter = {}) const {
    expects<argument_error>(k >= 0, "index::flat::search: k is {}", k);
    const index_t q = as_const(queries).rows();
    op::hits<T, D> best{matrix<T, D>(ctx, q, k, uninitialized), matrix<index_t, D>(ctx, q, k, uninitialized)};
    search(ctx, as_const(queries), k, best.ids.view(), best.scores.view(), filter);
    return best;
  }

  /// The same with a predicate on the host: keep(id) is asked once per row of the index.
  template <MatrixArgument<D> M, std::predicate<index_t> Keep>
  requires std::same_as<typename M::value_type, T>
  op::hits<T, D> search(context<D>& ctx, const M& queries, index_t k, Keep keep) const {
    const vector<std::uint8_t, D> kept = bytes_of(ctx, keep);
    return search(ctx, queries, k, op::search_filter<D>{.keep = kept, .excluded = {}});
  }

  /// The same into ids and scores of q x k, overwritten.
  void search(context<D>& ctx, matrix_view<const T, D> queries, index_t k, matrix_view<index_t, D> ids,
              matrix_view<T, D> scores, const op::search_filter<D>& filter = {}) const {
    const auto prepared = prepare_queries(ctx, queries, "index::flat::search");
    const scratch_scope scope(ctx);
    const op::quantized_rows<D>* first_pass = nullptr;
    if constexpr (can_quantize)
      if (quantized_) first_pass = &*quantized_;
    op::nearest<T, D>(ctx, prepared.view(), rows(), Similarity::scoring, k, by_position(ctx, filter), ids, scores,
                      first_pass);
    if constexpr (requires { Similarity::final_score(T()); })
      ctx.for_each(scores.rows(), scores.cols(), detail::final_score_at<Similarity, T, D>{scores});
    if (!consecutive()) ctx.for_each(ids.rows(), ids.cols(), detail::id_at<D>{device_ids(), ids});
  }

  /// All rows whose score is `least` or more, best first.
  ///
  /// queries  q x dimension
  /// least    in the units of the scores: minus the radius for negative_euclidean, minus its square for
  ///          negative_squared_euclidean
  /// filter   as for search()
  ///
  /// Complexity   q size() dimension multiply-adds, then O(found log found) on the host. Queries in bands whose scores
  ///              stay within 64 MiB, or one row of them.
  /// Determinism  ids, scores and order are those of search().
  /// Errors       as search(); argument_error when `least` is NaN.
  template <MatrixArgument<D> M>
  requires std::same_as<typename M::value_type, T>
  range_hits<T> range_search(context<D>& ctx, const M& queries, T least,
                             const op::search_filter<D>& filter = {}) const {
    expects<argument_error>(least == least, "index::flat::range_search: the least score is NaN");
    const auto prepared = prepare_queries(ctx, as_const(queries), "index::flat::range_search");
    const op::comparable<T, D> asked = prepared.view();
    const index_t q = asked.rows.rows(), n = size_;
    expects(!filter.keep || filter.keep.size() == n, "index::flat::range_search: a filter of {} rows but {} rows",
            filter.keep.size(), n);
    expects(!filter.excluded || filter.excluded.size() == q,
            "index::flat::range_search: {} excluded ids but {} queries", filter.excluded.size(), q);
    range_hits<T> all;
    all.offsets.assign(static_cast<std::size_t>(q) + 1, 0);
    if (n == 0) return all;
    const scratch_scope scope(ctx);
    const op::search_filter<D> left_out = by_position(ctx, filter);
    const index_t band = std::max<index_t>(1, std::min(q, (index_t(1) << 26) / (n * element)));
    const auto scores = scratch_matrix<T>(ctx, band, n);
    for (index_t first = 0; first < q; first += band) {
      const index_t rows_here = std::min(band, q - first);
      const auto some = scores.middle_rows(0, rows_here);
      op::scores<T, D>(ctx, asked.segment(first, rows_here), rows(), Similarity::scoring, some);
      op::leave_out<T, D>(ctx, left_out, first, some);
      list_within(ctx, some, least, first, all);
    }
    return all;
  }

  /// The same with a predicate on the host: keep(id) is asked once per row of the index.
  template <MatrixArgument<D> M, std::predicate<index_t> Keep>
  requires std::same_as<typename M::value_type, T>
  range_hits<T> range_search(context<D>& ctx, const M& queries, T least, Keep keep) const {
    const vector<std::uint8_t, D> kept = bytes_of(ctx, keep);
    return range_search(ctx, queries, least, op::search_filter<D>{.keep = kept, .excluded = {}});
  }

  /// The prepared rows in the order of ids(), for code that compares them itself; valid until the next change.
  op::comparable<T, D> rows() const {
    if (size_ == 0) return {matrix_view<const T, D>(nullptr, 0, dimension_), {}};
    op::comparable<T, D> all{file_ ? mapped_rows_ : matrix_view<const T, D>(rows_.data(), size_, dimension_), {}};
    if constexpr (with_norms) all.square_norms = {norms_.data(), size_};
    return all;
  }

  /// Adds what a file keeps of the index to `file`, names after `prefix`: tensors `rows` (size() x dimension, as
  /// prepared) and `ids`, texts `type` ("flat 1"), `similarity` and `next_id`. The index must not change until the file
  /// is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    check_similarity();
    file.metadata(prefix + "type", file_type);
    file.metadata(prefix + "similarity", Similarity::name);
    file.metadata(prefix + "next_id", std::to_string(next_id_));
    if constexpr (detail::SavedSimilarity<Similarity, D>) similarity_.save(file, prefix + "similarity.");
    file.add(prefix + "ids", ids());
    if constexpr (D::host_memory) {
      file.add(prefix + "rows", rows().rows);
    } else {
      matrix<T, D> present(*memory_, size_, dimension_, uninitialized);
      memory_->copy(present.data(), rows_.data(), size_ * dimension_ * element);
      file.add(prefix + "rows", std::move(present));
    }
  }
  /// Writes the index as the file `path`; it appears whole or not at all. Rows that are a multiple of 64 bytes long lie
  /// at a multiple of 64 in it.
  ///
  /// Determinism  the bytes depend on ids, rows and the highest id ever given.
  /// Errors       io_error where writing fails.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }

  /// The index that was saved under `prefix`, in memory of `ctx`. It gives the bytes that the saved one gave.
  ///
  /// Complexity   O(size() dimension).
  /// Errors       io_error, naming the file, for one of another type, similarity or kind of number, for ids that are
  ///              not ascending from 0 or more or not as many as rows, and, unless options.non_finite says keep, for
  ///              norms that are not finite. What else the file holds of numbers is judged by its own limits.
  template <class File>
  static flat load(context<D>& ctx, const File& file, const std::string& prefix, flat_options options = {}) {
    flat loaded = opened(ctx, file, prefix, options);
    loaded.rows_ = file.template load_matrix<T>(ctx, prefix + "rows");
    loaded.ids_ = file.template load_vector<index_t>(ctx, prefix + "ids").to_host();
    loaded.device_ids_ = vector<index_t, D>(ctx, D::host_memory ? std::span<const index_t>() : loaded.ids_);
    loaded.check_opened(ctx, file, prefix);
    return loaded;
  }
  /// The index of the file `path`.
  template <class File = io::safetensors>
  static flat load(context<D>& ctx, const std::string& path, flat_options options = {}) {
    return load(ctx, File(path, io::limits{.non_finite = options.non_finite}), "", options);
  }

  /// The same without a copy: rows and ids stay in the mapped file, which the index shares, and are brought from disk
  /// where searches touch them. The first change of the index copies them into memory.
  ///
  /// Complexity   O(size()) for the ids; O(size() dimension) where norms are wanted or numbers are checked: unless the
  ///              file's limits say non_finite::keep they are read once.
  /// Errors       as load(). See io::mapped_file for files that others change meanwhile.
  /// @tparam Pointer  to an io::safetensors that stays as long as a copy of the pointer, such as std::shared_ptr
  template <class Pointer>
  static flat open(context<D>& ctx, Pointer file, const std::string& prefix, flat_options options = {})
  requires HostDevice<D>
  {
    auto kept = kept_object::of(std::move(file));
    const auto& content = *kept.template as<Pointer>();
    flat mapped = opened(ctx, content, prefix, options);
    const auto rows = content.template view<T>(prefix + "rows");
    mapped.mapped_rows_ = {rows.data(), rows.rows(), rows.cols()};
    mapped.mapped_ids_ = content.template view_vector<index_t>(prefix + "ids");
    mapped.file_ = std::move(kept);
    mapped.check_opened(ctx, content, prefix);
    return mapped;
  }
  /// The index of the file `path`.
  template <class File = io::safetensors>
  static flat open(context<D>& ctx, const std::string& path, flat_options options = {})
  requires HostDevice<D>
  {
    struct owner {
      File file;
      const File& operator*() const { return file; }
    };
    return open(ctx, owner{File(path, io::limits{.non_finite = options.non_finite})}, "", options);
  }

 private:
  static constexpr const char* file_type = "flat 1";
  static constexpr bool with_norms = Similarity::scoring == op::scoring::negative_square_distance;
  static constexpr bool can_quantize = op::can_quantize<D> && std::same_as<T, float>;
  static constexpr auto element = static_cast<index_t>(sizeof(T));
  static constexpr index_t most_dimension = index_t(1) << 40, most_rows = index_t(1) << 31;
  static constexpr index_t most_id =
      std::numeric_limits<index_t>::max();  // one above the highest, so that next_id_ fits

  index_t capacity() const { return rows_.data() == nullptr ? 0 : rows_.rows(); }
  /// Whether every row's id is its position.
  bool consecutive() const { return size_ == 0 || ids()(size_ - 1) == size_ - 1; }

  vector_view<const index_t, D> device_ids() const {
    if constexpr (D::host_memory)
      return {ids().data(), size_};
    else
      return {device_ids_.data(), size_};
  }
  void copy_ids_to_device(context<D>& ctx, index_t first) {
    if constexpr (!D::host_memory)
      ctx.copy_from_host(device_ids_.data() + first, ids_.data() + first,
                         (size_ - first) * static_cast<index_t>(sizeof(index_t)));
  }

  void check_room(matrix_view<const T, D> x) const {
    expects(x.cols() == dimension_, "index::flat::add: rows of {} numbers, not {}", x.cols(), dimension_);
    expects<argument_error>(x.rows() < most_rows - size_,
                            "index::flat::add: expected fewer than 2^31 rows, got {} and {} more", size(), x.rows());
  }

  /// The rows of `rows` ids from the lowest id to the highest.
  static std::vector<index_t> ascending(const char* where, index_t rows, std::span<const index_t> ids) {
    expects(static_cast<index_t>(ids.size()) == rows, "{}: {} rows but {} ids", where, rows, ids.size());
    std::vector<index_t> order(ids.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<index_t>(i);
    const auto id = [&](index_t i) { return ids[static_cast<std::size_t>(i)]; };
    std::sort(order.begin(), order.end(), [&](index_t a, index_t b) { return id(a) < id(b); });
    for (std::size_t i = 1; i < order.size(); ++i)
      expects<argument_error>(id(order[i]) != id(order[i - 1]), "{}: id {} is given twice", where, id(order[i]));
    return order;
  }

  /// Rows to keep, made ready.
  similarity::prepared<T, D> prepare(context<D>& ctx, matrix_view<const T, D> x, const char* where) const {
    similarity::prepared<T, D> prepared = similarity::prepare_second<Similarity, T, D>(ctx, similarity_, x);
    expects(prepared.rows.cols() == dimension_, "{}: the similarity makes rows of {} numbers, not {}", where,
            prepared.rows.cols(), dimension_);
    if (options_.non_finite == io::non_finite::refuse) check_finite(ctx, x, prepared.view(), where);
    if (is_own(prepared.rows.data())) {  // a change would move or overwrite them
      matrix<T, D> copy(ctx, prepared.rows.rows(), dimension_, uninitialized);
      for (index_t r = 0; r < copy.rows(); ++r)
        ctx.copy(copy.data() + r * dimension_, prepared.rows.row(r).data(), dimension_ * element);
      prepared.rows = std::as_const(copy).view();
      prepared.changed = std::move(copy);
    }
    return prepared;
  }
  bool is_own(const T* at) const {
    const matrix_view<const T, D> own = rows().rows;
    return !std::less<>()(at, own.data()) && std::less<>()(at, own.data() + size_ * dimension_);
  }
  similarity::prepared<T, D> prepare_queries(context<D>& ctx, matrix_view<const T, D> queries,
                                             const char* where) const {
    if constexpr (!similarity::different_widths<Similarity>())
      expects(queries.cols() == dimension_, "{}: queries of {} numbers, not {}", where, queries.cols(), dimension_);
    similarity::prepared<T, D> prepared = similarity::prepare_first<Similarity, T, D>(ctx, similarity_, queries);
    expects(prepared.rows.cols() == dimension_, "{}: the similarity makes queries of {} numbers, not {}", where,
            prepared.rows.cols(), dimension_);
    if (options_.non_finite == io::non_finite::refuse) check_finite(ctx, queries, prepared.view(), where);
    return prepared;
  }

  /// Adds rows whose ids are not present. ids: ascending; order: the row of each, or empty when they stand so already.
  void add_sorted(context<D>& ctx, matrix_view<const T, D> x, const std::vector<index_t>& ids,
                  const std::vector<index_t>& order) {
    const index_t n = x.rows();
    if (n == 0) return;
    const auto prepared = prepare(ctx, x, "index::flat::add");
    const op::comparable<T, D> ready = prepared.view();
    if (size_ + n > capacity()) reserve(std::max(size_ + n, std::min(capacity() + capacity() / 2, most_rows - 1)));
    index_t first = size_;
    if (order.empty()) {
      T* const to = rows_.data() + size_ * dimension_;
      if (ready.rows.contiguous()) {
        ctx.copy(to, ready.rows.data(), n * dimension_ * element);
      } else {
        for (index_t r = 0; r < n; ++r) ctx.copy(to + r * dimension_, ready.rows.row(r).data(), dimension_ * element);
      }
      if constexpr (with_norms) ctx.copy(norms_.data() + size_, ready.square_norms.data(), n * element);
      ids_.insert(ids_.end(), ids.begin(), ids.end());
    } else {
      first = static_cast<index_t>(std::lower_bound(ids_.begin(), ids_.end(), ids.front()) - ids_.begin());
      std::vector<index_t> sources, merged;
      sources.reserve(static_cast<std::size_t>(size_ - first + n));
      merged.reserve(sources.capacity());
      std::size_t next = 0;
      for (index_t i = first; i < size_ || next < ids.size();) {
        const bool old = i < size_ && (next == ids.size() || ids_[static_cast<std::size_t>(i)] < ids[next]);
        sources.push_back(old ? i : size_ + order[next]);
        merged.push_back(old ? ids_[static_cast<std::size_t>(i)] : ids[next]);
        if (old)
          ++i;
        else
          ++next;
      }
      rearrange(ctx, first, sources, ready, true);
      ids_.resize(static_cast<std::size_t>(first));
      ids_.insert(ids_.end(), merged.begin(), merged.end());
    }
    size_ = size_ + n;
    next_id_ = std::max(next_id_, ids.back() + 1);
    copy_ids_to_device(ctx, first);
    requantize(ctx, first);
    ctx.synchronize();  // other contexts may search next
  }

  /// Fills the rows from `first` on, each from a row in `sources`: below size_ one of the index, from there on one of
  /// `added`. A row comes from its own place or one further on, or, `upwards`, its own or one further ahead; so rows
  /// are made piece by piece beside the index, from the end where they move towards it.
  void rearrange(context<D>& ctx, index_t first, const std::vector<index_t>& sources, const op::comparable<T, D>& added,
                 bool upwards) {
    const auto count = static_cast<index_t>(sources.size());
    const index_t piece = std::min(count, std::max<index_t>(1, (index_t(1) << 22) / (dimension_ * element)));
    const scratch_scope scope(ctx);
    const auto rows = scratch_matrix<T>(ctx, piece, dimension_);
    const auto norms = scratch_matrix<T>(ctx, with_norms ? piece : 0, 1);
    const vector<index_t, D> all(ctx, sources);
    const matrix_view<const T, D> kept(rows_.data(), size_, dimension_), kept_norms(norms_.data(), size_, 1);
    const index_t pieces = piece > 0 ? (count + piece - 1) / piece : 0;
    for (index_t p = 0; p < pieces; ++p) {
      const index_t begin = (upwards ? pieces - 1 - p : p) * piece, n = std::min(piece, count - begin);
      const auto from = all.view().segment(begin, n);
      ctx.for_each(n, dimension_, detail::merged_row_at<T, D>{kept, added.rows, from, rows});
      ctx.copy(rows_.data() + (first + begin) * dimension_, rows.data(), n * dimension_ * element);
      if constexpr (with_norms) {
        const matrix_view<const T, D> added_norms(added.square_norms.data(), added.square_norms.size(), 1);
        ctx.for_each(n, 1, detail::merged_row_at<T, D>{kept_norms, added_norms, from, norms});
        ctx.copy(norms_.data() + first + begin, norms.data(), n * element);
      }
    }
    ctx.synchronize();  // `all` is read until then
  }

  template <class Keep>
  vector<std::uint8_t, D> bytes_of(context<D>& ctx, Keep& keep) const {
    std::vector<std::uint8_t> kept(static_cast<std::size_t>(size_));
    for (index_t i = 0; i < size_; ++i) kept[static_cast<std::size_t>(i)] = keep(ids()(i)) ? 1 : 0;
    return vector<std::uint8_t, D>(ctx, kept);
  }

  /// The filter with positions instead of ids, in scratch memory.
  op::search_filter<D> by_position(context<D>& ctx, const op::search_filter<D>& filter) const {
    if (!filter.excluded || consecutive()) return filter;
    const auto positions = scratch_vector<index_t>(ctx, filter.excluded.size());
    ctx.for_each(positions.size(), detail::position_at<D>{device_ids(), filter.excluded, positions});
    return {.keep = filter.keep, .excluded = positions};
  }

  /// Appends what `scores` of the product have from `least` up; `first` is the query of its first row.
  void list_within(context<D>& ctx, matrix_view<const T, D> scores, T least, index_t first, range_hits<T>& all) const {
    const index_t q = scores.rows();
    vector<index_t, D> counts(ctx, q, uninitialized);
    ctx.for_each_row(q, scores.cols(), detail::count_within_row<Similarity, T, D>{scores, least, counts.view()});
    std::vector<index_t> offsets = counts.to_host();
    index_t found = 0;
    for (index_t& at : offsets) found += std::exchange(at, found);
    const vector<index_t, D> begins(ctx, offsets);
    vector<index_t, D> positions(ctx, found, uninitialized);
    vector<T, D> values(ctx, found, uninitialized);
    ctx.for_each_row(
        q, scores.cols(),
        detail::list_within_row<Similarity, T, D>{scores, least, begins.view(), positions.view(), values.view()});
    const std::vector<index_t> where = positions.to_host();
    const std::vector<T> value = values.to_host();
    std::vector<index_t> order(where.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<index_t>(i);
    for (index_t r = 0; r < q; ++r) {
      const index_t begin = offsets[static_cast<std::size_t>(r)];
      const index_t end = r + 1 < q ? offsets[static_cast<std::size_t>(r) + 1] : found;
      std::sort(order.begin() + begin, order.begin() + end, [&](index_t a, index_t b) {
        const T x = value[static_cast<std::size_t>(a)], y = value[static_cast<std::size_t>(b)];
        return x > y || (x == y && a < b);
      });
      all.offsets[static_cast<std::size_t>(first + r) + 1] =
          all.offsets[static_cast<std::size_t>(first + r)] + end - begin;
    }
    for (const index_t i : order) {
      all.ids.push_back(ids()(where[static_cast<std::size_t>(i)]));
      all.scores.push_back(final_score<Similarity>(value[static_cast<std::size_t>(i)]));
    }
  }

  static void check_similarity() {
    static_assert(detail::NamedSimilarity<Similarity>, "a similarity whose index is saved has a static member `name`");
    static_assert(std::is_empty_v<Similarity> || detail::SavedSimilarity<Similarity, D>,
                  "a similarity with state whose index is saved has save(writer, prefix) and load(ctx, file, prefix)");
  }

  /// An index without rows from the texts and shapes of a file, which it checks.
  template <class File>
  static flat opened(context<D>& ctx, const File& file, const std::string& prefix, flat_options options) {
    check_similarity();
    const std::string rows = prefix + "rows", ids = prefix + "ids";
    const std::string& type = file.metadata(prefix + "type");
    expects<io_error>(type == file_type, "{}: {}type is '{}', expected '{}'", file.name(), prefix, type, file_type);
    const std::string& name = file.metadata(prefix + "similarity");
    expects<io_error>(name == Similarity::name, "{}: {}similarity is '{}', expected '{}'", file.name(), prefix, name,
                      Similarity::name);
    using element_type = std::decay_t<decltype(file.element(rows))>;
    constexpr auto wanted = std::same_as<T, float> ? element_type::float32 : element_type::float64;
    expects<io_error>(file.element(rows) == wanted, "{}: {} are not of type {}", file.name(), rows,
                      std::same_as<T, float> ? "float" : "double");
    const auto &shape = file.shape(rows), &count = file.shape(ids);
    expects<io_error>(shape.size() == 2 && shape[1] >= 1 && shape[0] < (index_t(1) << 31),
                      "{}: {} are no matrix of fewer than 2^31 rows and at least one column", file.name(), rows);
    expects<io_error>(count.size() == 1 && count[0] == shape[0], "{}: {} are not one number for each of {} {}",
                      file.name(), ids, shape[0], rows);
    flat empty(ctx, shape[1], loaded_similarity(ctx, file, prefix), options);
    const std::string& next = file.metadata(prefix + "next_id");
    const char* const end = next.data() + next.size();
    const auto parsed = std::from_chars(next.data(), end, empty.next_id_);
    expects<io_error>(parsed.ec == std::errc() && parsed.ptr == end && empty.next_id_ >= 0,
                      "{}: {}next_id is '{}', no id", file.name(), prefix, next);
    empty.size_ = shape[0];
    return empty;
  }
  template <class File>
  static Similarity loaded_similarity(context<D>& ctx, const File& file, const std::string& prefix) {
    if constexpr (detail::SavedSimilarity<Similarity, D>)
      return Similarity::load(ctx, file, prefix + "similarity.");
    else
      return Similarity{};
  }
  /// What only the numbers show; makes the norms, which no file holds.
  template <class File>
  void check_opened(context<D>& ctx, const File& file, const std::string& prefix) {
    const vector_view<const index_t, cpu> all = ids();
    for (index_t i = 0; i < size_; ++i)
      expects<io_error>(all(i) >= 0 && (i == 0 || all(i) > all(i - 1)), "{}: {}ids: {} at {} is not ascending from 0",
                        file.name(), prefix, all(i), i);
    expects<io_error>(size_ == 0 || all(size_ - 1) < next_id_, "{}: {}next_id is {}, but id {} is there", file.name(),
                      prefix, next_id_, size_ == 0 ? 0 : all(size_ - 1));
    if constexpr (with_norms) {
      norms_ = vector<T, D>(ctx, size_, uninitialized);
      op::square_norms<T, D>(ctx, rows().rows, norms_.view());
      if (options_.non_finite == io::non_finite::refuse) {
        const index_t bad = op::first_non_finite_row<T>(ctx, as_matrix(norms_.view(), size_, 1));
        expects<io_error>(bad < 0, "{}: {}rows: the squared length of row {} is not finite", file.name(), prefix, bad);
      }
    }
    requantize(ctx, 0);
    ctx.synchronize();
  }

  /// The rows from `first` on have changed.
  void requantize([[maybe_unused]] context<D>& ctx, [[maybe_unused]] index_t first) {
    if constexpr (can_quantize) {
      if (!options_.quantized_first_pass) return;
      if (!quantized_) quantized_.emplace(*memory_, dimension_);
      quantized_->truncate(std::min(first, quantized_->size()));
      first = quantized_->size();
      quantized_->append(ctx, rows().rows.middle_rows(first, size_ - first));
    }
  }

  context<D>* memory_;
  Similarity similarity_;
  flat_options options_;
  index_t dimension_, next_id_ = 0;
  moved_size size_ = 0;
  matrix<T, D> rows_;
  vector<T, D> norms_;  // one per row where the similarity wants them, else none
  std::conditional_t<can_quantize, std::optional<op::quantized_rows<D>>, std::nullptr_t> quantized_{};
  std::vector<index_t> ids_;       // one per row, ascending
  vector<index_t, D> device_ids_;  // the same where the device does not reach the host's memory
  kept_object file_;               // holds rows and ids of an index that was opened
  matrix_view<const T, D> mapped_rows_;
  vector_view<const index_t, cpu> mapped_ids_;
};

}  // namespace kindred::index
