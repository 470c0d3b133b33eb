// SPDX-License-Identifier: Apache-2.0
/// @file
/// What engine and cross_modal share: whether parts fit, said in one sentence where they do not; vectors of items;
/// metrics of what an index finds; encoders in files.
#pragma once

#include <kindred/core/shared_object.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/forward.hpp>
#include <kindred/retrieval/concept.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>

namespace kindred::retrieval::detail {

/// Number type and device of what an encoder is given: void where it has none, such as texts.
template <class X>
struct items_of {
  using scalar = void;
  using device = void;
  static constexpr bool sequences = false;
};
template <class X>
requires MatrixArgument<X, typename X::device>
struct items_of<X> {
  using scalar = typename X::value_type;
  using device = typename X::device;
  static constexpr bool sequences = false;
};
template <class T, class D>
struct items_of<batch<T, D>> {
  using scalar = std::remove_const_t<T>;
  using device = D;
  static constexpr bool sequences = true;
};
template <class T, class D>
struct items_of<batch_view<T, D>> : items_of<batch<std::remove_const_t<T>, D>> {};

/// The number type in which a pipeline works on items X: theirs, else that of the encoder, else float.
template <class E, class X>
auto scalar_of() {
  if constexpr (Scalar<typename items_of<X>::scalar>)
    return typename items_of<X>::scalar();
  else if constexpr (requires { typename E::value_type; })
    return typename E::value_type();
  else
    return float();
}

/// The device of a part that says it, else D.
template <class P, class D>
struct device_of {
  using type = D;
};
template <class P, class D>
requires requires { typename P::device; }
struct device_of<P, D> {
  using type = typename P::device;
};

/// Whether encoder E gives a row of T on D for each of the items X. Where not, compiling stops with the reason.
template <class E, class T, class D, class X>
constexpr bool rows_from() {
  using items = items_of<X>;
  constexpr bool here = std::is_void_v<typename items::device> || std::is_same_v<typename items::device, D>;
  static_assert(here,
                "kindred: these items lie on another device than the pipeline, copy them first with "
                "copied_to(ctx, from, items)");
  constexpr bool works_here = std::is_same_v<typename device_of<E, D>::type, D>;
  static_assert(works_here, "kindred: this encoder works on another device than the pipeline");
  constexpr bool known = std::is_void_v<typename items::scalar> || std::is_same_v<typename items::scalar, T>;
  static_assert(!here || !works_here || known,
                "kindred: these items are of another number type than the pipeline, take float or double throughout");
  constexpr bool fitting = here && works_here && known;
  constexpr bool reads = encoder::Encoder<E, D, const X&, matrix_view<T, D>>;
  static_assert(!fitting || reads || !encoder::Encoder<E, D, const X&, batch_view<T, D>>,
                "kindred: this encoder gives a sequence of rows for each item, but a search compares one row with one "
                "row, so pool the sequence into a row first");
  static_assert(!fitting || reads || !items::sequences || encoder::Encoder<E, D, const X&, batch_view<T, D>>,
                "kindred: these items are sequences of rows, but this encoder takes one row for each item, so pool the "
                "sequences first or take an encoder that reads them");
  static_assert(!fitting || reads || items::sequences || encoder::Encoder<E, D, const X&, batch_view<T, D>>,
                "kindred: this encoder does not read these items, it needs dimension() and encode(ctx, items, out) as "
                "encoder/concept.hpp says");
  return fitting && reads;
}

/// Whether a call comes with a context of the pipeline's device.
template <class C, class D>
constexpr bool same_device() {
  static_assert(std::is_same_v<C, D>, "kindred: this context is of another device than the pipeline");
  return std::is_same_v<C, D>;
}

/// Whether `K` makes an index of T on D that compares by S.
template <class K, class S, class T, class D>
constexpr bool searches() {
  constexpr bool scores = similarity::Similarity<S, T, D>;
  static_assert(scores, "kindred: the similarity has no score(ctx, a, b, scores) as similarity/concept.hpp says");
  constexpr bool product = similarity::ProductSimilarity<S, T, D>;
  constexpr bool makes = IndexSpec<K, T, D, S>;
  static_assert(!scores || makes || product,
                "kindred: the index cannot search with this similarity, it needs one that is a product of prepared "
                "rows (similarity::ProductSimilarity)");
  if constexpr (product) {
    static_assert(makes || S::rowwise,
                  "kindred: this similarity looks at whole sets (rowwise is false), but an index prepares each row by "
                  "itself, so take one like similarity::cosine");
    static_assert(makes || !S::rowwise,
                  "kindred: the kind of index has no make<T>(ctx, dimension, similarity) that gives an index as "
                  "retrieval/concept.hpp says");
  }
  return scores && makes;
}

/// The index that K makes; `unfit` where it makes none.
struct unfit {
  using value_type = float;
  using device = cpu;
};
template <class K, class T, class D, class S>
auto made_index(context<D>& ctx, const K& spec, const S& similarity, index_t dimension) {
  if constexpr (searches<K, S, T, D>())
    return spec.template make<T>(ctx, dimension, similarity);
  else
    return unfit{};
}
template <class K, class T, class D, class S>
using index_made = decltype(made_index<K, T, D, S>(std::declval<context<D>&>(), std::declval<const K&>(),
                                                   std::declval<const S&>(), index_t()));

template <class X>
index_t item_count(const X& items) {
  if constexpr (requires { items.rows(); })
    return items.rows();
  else if constexpr (requires { items.items(); })
    return items.items();
  else if constexpr (requires { items.items + 0; })
    return items.items;
  else
    return static_cast<index_t>(items.size());
}

/// What an encoder returns by itself and can be taken as it is, such as a view of rows that need no encoding.
template <class E, class X, class T, class D>
concept ReturnsRows = requires(const E& encoder, context<D>& ctx, const X& items) {
  { encoder.encode(ctx, items) } -> MatrixArgument<D>;
  requires std::is_same_v<typename decltype(encoder.encode(ctx, items))::value_type, T>;
};

/// One row per item: a matrix, or a view where the encoder gives what it was given.
template <class T, Device D, class E, class X>
auto rows_of(context<D>& ctx, const E& encoder, const X& items) {
  if constexpr (ReturnsRows<E, X, T, D>) {
    return encoder.encode(ctx, items);
  } else {
    matrix<T, D> rows(ctx, item_count(items), encoder.dimension(), uninitialized);
    encoder.encode(ctx, items, rows.view());
    return rows;
  }
}

/// A relation about queries from `first` on.
template <class R>
struct from_query {
  R original;
  index_t first;
  KINDRED_HD constexpr relation::kind operator()(index_t row, index_t column) const {
    return original(first + row, column);
  }
  KINDRED_HD constexpr float grade(index_t row, index_t column) const
  requires relation::GradedRelation<R>
  {
    return original.grade(first + row, column);
  }
};

/// Metrics of what `index` finds for `queries`, asked for everything it holds, in bands of queries.
template <class T, Device D, class Index, class R, class... Metrics>
std::array<double, sizeof...(Metrics)> evaluate_index(context<D>& ctx, const Index& index,
                                                      matrix_view<const T, D> queries, const R& relation,
                                                      const evaluate_options& options, const Metrics&... metrics) {
  const index_t n = queries.rows(), k = index.size();
  expects<argument_error>(n > 0, "retrieval::engine::evaluate: no queries");
  expects<argument_error>(k > 0, "retrieval::engine::evaluate: the gallery is empty");
  index_t gallery = k;
  if constexpr (relation::Sized<R>) {
    expects(relation.queries() == n && relation.gallery() >= k,
            "retrieval::engine::evaluate: {} queries and {} gallery items but a relation about {} and {}", n, k,
            relation.queries(), relation.gallery());
    gallery = relation.gallery();
  }
  constexpr op::rank_details details = details_for<R, Metrics...>;
  constexpr auto bytes = 3 * static_cast<index_t>(sizeof(T) + sizeof(index_t));  // found, on the host, sorted
  const index_t most = std::max<index_t>(1, options.memory / (k * bytes));
  collector<Metrics...> values(n, options.without_relevant, metrics...);
  for (index_t first = 0; first < n; first += most) {
    const index_t rows = std::min(most, n - first);
    const op::hits<T, D> found = index.search(ctx, queries.middle_rows(first, rows), k);
    if (rows == n)
      values.add(ctx, op::rank_hits(ctx, found, relation, gallery, details));
    else
      values.add(ctx, op::rank_hits(ctx, found, from_query<R>{relation, first}, gallery, details));
    if (options.progress) options.progress(first + rows, n);
  }
  return values.result();
}

/// A part that saves what it knows and loads it.
template <class P, class D>
concept SavedPart = requires(const P& part, io::safetensors_writer& to, context<D>& ctx, const io::safetensors& from,
                             const std::string& prefix) {
  part.save(to, prefix);
  { P::load(ctx, from, prefix) } -> std::same_as<P>;
};

/// Whether a part can stand in a file: it has a name and, where it has members, saves and loads them.
template <class P, class D>
constexpr bool fits_file() {
  constexpr bool named = requires {
    { P::name } -> std::convertible_to<const char*>;
  };
  static_assert(named, "kindred: an encoder or similarity whose pipeline is saved has a static member `name`");
  static_assert(!named || std::is_empty_v<P> || SavedPart<P, D>,
                "kindred: an encoder or similarity with members whose pipeline is saved has save(writer, prefix) and a "
                "static load(ctx, file, prefix)");
  return named && (std::is_empty_v<P> || SavedPart<P, D>);
}
template <class P, class D>
constexpr bool loads_and_saves() {
  static_assert(SavedPart<P, D>,
                "kindred: the index or projection of a pipeline that is saved has save(writer, prefix) and a static "
                "load(ctx, file, prefix)");
  return SavedPart<P, D>;
}

/// Writes `part` under `key` and, where it has members, under `key.`.
template <class D, class P, class Writer>
void save_part(Writer& file, const std::string& key, const P& part) {
  if constexpr (fits_file<P, D>()) {
    file.metadata(key, P::name);
    if constexpr (SavedPart<P, D>) part.save(file, key + ".");
  }
}
/// Refuses a file that holds another part under `key`.
template <class File>
void expect_text(const File& file, const std::string& key, const char* wanted) {
  const std::string& came = file.metadata(key);
  expects<io_error>(came == wanted, "{}: {} is '{}', expected '{}'", file.name(), key, came, wanted);
}
template <class P, class File, Device D>
P load_part(context<D>& ctx, const File& file, const std::string& key) {
  if constexpr (fits_file<P, D>()) {
    expect_text(file, key, P::name);
    if constexpr (SavedPart<P, D>)
      return P::load(ctx, file, key + ".");
    else
      return P{};
  }
}

/// The index that was saved under `prefix`: a copy, or, where `file` is shared, in place.
template <class Index, class File, Device D>
Index load_index(context<D>& ctx, const File& file, const std::string& prefix) {
  return Index::load(ctx, file, prefix);
}
template <class Index, class File, Device D>
Index load_index(context<D>& ctx, const shared_object<File>& file, const std::string& prefix) {
  return Index::open(ctx, file, prefix);
}
template <class File>
const File& content(const File& file) {
  return file;
}
template <class File>
const File& content(const shared_object<File>& file) {
  return *file;
}

/// Refuses vectors of another length than what stands before them gives; 0: any.
template <class File>
void expect_dimension(const File& file, const std::string& prefix, index_t came, index_t wanted) {
  expects<io_error>(wanted == 0 || came == wanted, "{}: {}index: got vectors of {} values, expected {}", file.name(),
                    prefix, came, wanted);
}

}  // namespace kindred::retrieval::detail
