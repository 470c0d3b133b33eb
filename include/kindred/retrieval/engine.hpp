// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/features.hpp>
#include <kindred/retrieval/detail/composition.hpp>
#include <kindred/retrieval/exact_search.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kindred::retrieval {

/// Search among things of one kind: an encoder and an index, which compares by a similarity, as one type.
///
///   retrieval::engine photos(ctx, encoder::features{.columns = 512}, similarity::cosine{});
///   photos.add(ctx, gallery);
///   const auto found = photos.search(ctx, queries, 10);        // found.ids, found.scores: queries x 10
///   photos.save("photos.engine");
///   auto again = decltype(photos)::load(ctx, "photos.engine");
///
/// @tparam Encoder  an encoder::Encoder that gives one row for each item it reads
/// @tparam Index    an index::Index with `value_type` and `device`, which are those of the engine
///
/// Items are whatever the encoder reads: rows, a batch of pictures, a container of texts. How many there are is said by
/// their rows(), items() or size().
///
/// Determinism  that of encoder and index: with index::flat on cpu the same bytes for any number of threads, for a
///              query alone or among others, and after loading.
/// Threads      as the index: any number of searches at once, each with a context of its own, beside no change.
/// Errors       parts or items that do not fit together are compile errors of one sentence. At run time those of the
///              encoder and the index.
///
/// The engine must not outlive the context that its index was made with.
template <class Encoder, class Index>
class engine {
 public:
  using value_type = typename Index::value_type;
  using device = typename Index::device;

  static_assert(std::is_same_v<Index, detail::unfit> || index::Index<Index, value_type, device>,
                "kindred: the index of an engine has add, search, size and dimension as index/concept.hpp says");
  static_assert(std::is_same_v<typename detail::device_of<Encoder, device>::type, device>,
                "kindred: the encoder and the index of an engine work on two devices");

  /// From an encoder and an index. Errors: shape_error when their dimensions differ.
  engine(Encoder encoder, Index index) : encoder_(std::move(encoder)), index_(std::move(index)) {
    expects(encoder_.dimension() == 0 || encoder_.dimension() == index_.dimension(),
            "retrieval::engine: an encoder of {} dimensions but an index of {}", encoder_.dimension(),
            index_.dimension());
  }
  /// From an encoder, a similarity (cosine unless given) and a kind of index (exact_search unless given).
  /// Errors  argument_error when the encoder does not know its dimension: features{.columns = n}.
  template <class Similarity = similarity::cosine, class Search = exact_search>
  engine(context<device>& ctx, Encoder encoder, const Similarity& similarity = {}, const Search& search = {})
      : engine(std::move(encoder), ctx, similarity, search) {}

  const Encoder& encoder() const { return encoder_; }
  const Index& index() const { return index_; }
  /// The index, for what it can do besides: remove, replace, reserve, range_search.
  Index& index() { return index_; }
  /// Items in the gallery.
  index_t size() const { return index_.size(); }
  /// Numbers that stand for an item.
  index_t dimension() const { return index_.dimension(); }

  /// Adds items to the gallery. What follows them goes to the index: ids for index::flat; without any they count up
  /// from 0.
  template <Device C, class Items, class... More>
  void add(context<C>& ctx, const Items& items, const More&... more) {
    if constexpr (detail::same_device<C, device>())
      if constexpr (detail::rows_from<Encoder, value_type, device, Items>())
        index_.add(ctx, detail::rows_of<value_type>(ctx, encoder_, items), more...);
  }

  /// The k items of the gallery that are closest to each query, best first: queries x k ids and scores; -1 and
  /// -infinity where the gallery holds fewer. What follows k goes to the index: filters for index::flat.
  template <Device C, class Items, class... More>
  op::hits<value_type, device> search(context<C>& ctx, const Items& queries, index_t k, const More&... more) const {
    if constexpr (detail::same_device<C, device>())
      if constexpr (detail::rows_from<Encoder, value_type, device, Items>())
        return index_.search(ctx, detail::rows_of<value_type>(ctx, encoder_, queries), k, more...);
  }

  /// Ranking metrics of what the index finds when every query asks for the whole gallery.
  ///
  ///   const auto [map] = photos.evaluate(ctx, queries, relation::same_label(q, g), metric::average_precision{});
  ///
  /// relation  who is relevant to whom: relation(query, id)
  /// options   as retrieval::evaluate, may be left out; `memory` is for what is found at a time
  /// metrics   as retrieval::evaluate_hits: what an approximate index does not find stands behind everything
  ///
  /// Complexity   a search with k = size() per query: for metrics of the first k alone evaluate_hits(search()) costs
  ///              less.
  /// Determinism  the same bits for any number of threads and any `memory`.
  /// Errors       argument_error for no queries or an empty gallery, shape_error when the relation is about another
  ///              number of queries or fewer items; those of evaluate_hits.
  template <Device C, class Items, relation::Relation R, metric::Metric... Metrics>
  requires(sizeof...(Metrics) > 0)
  std::array<double, sizeof...(Metrics)> evaluate(context<C>& ctx, const Items& queries, const R& relation,
                                                  const evaluate_options& options, const Metrics&... metrics) const {
    if constexpr (detail::same_device<C, device>())
      if constexpr (detail::rows_from<Encoder, value_type, device, Items>()) {
        const auto rows = detail::rows_of<value_type>(ctx, encoder_, queries);
        return detail::evaluate_index<value_type, device>(ctx, index_, as_const(rows), relation, options, metrics...);
      }
  }
  template <Device C, class Items, relation::Relation R, metric::Metric... Metrics>
  requires(sizeof...(Metrics) > 0)
  std::array<double, sizeof...(Metrics)> evaluate(context<C>& ctx, const Items& queries, const R& relation,
                                                  const Metrics&... metrics) const {
    return evaluate(ctx, queries, relation, evaluate_options{}, metrics...);
  }

  /// Adds encoder and index to a file under `prefix`: texts `type` ("engine 1") and `encoder`, what the encoder saves
  /// under `encoder.` and the index under `index.`. The engine must stay as it is until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    if constexpr (detail::loads_and_saves<Index, device>()) {
      file.metadata(prefix + "type", file_type);
      detail::save_part<device>(file, prefix + "encoder", encoder_);
      index_.save(file, prefix + "index.");
    }
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }

  /// What was saved under `prefix`. It gives the bytes that the saved engine gave.
  /// Errors  io_error, naming the file, for one that was saved with other parts, which are named beside those wanted,
  ///         and for what encoder and index refuse.
  template <class File>
  static engine load(context<device>& ctx, const File& file, const std::string& prefix) {
    return loaded(ctx, file, prefix);
  }
  /// The engine of the file `path`.
  template <class File = io::safetensors>
  static engine load(context<device>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }
  /// The same with the gallery left in the mapped file, for an index that has open(), such as index::flat.
  template <class File = io::safetensors>
  static engine open(context<device>& ctx, const std::string& path) {
    return loaded(ctx, shared_object<File>(File(path)), "");
  }

 private:
  static constexpr const char* file_type = "engine 1";

  // the order of the arguments tells it from the public one; the dimension is read before the encoder moves
  template <class Similarity, class Search>
  engine(Encoder encoder, context<device>& ctx, const Similarity& similarity, const Search& search)
      : encoder_(std::move(encoder)), index_(made(ctx, encoder_.dimension(), similarity, search)) {}

  template <class Similarity, class Search>
  static Index made(context<device>& ctx, index_t dimension, const Similarity& similarity, const Search& search) {
    expects<argument_error>(dimension > 0, "retrieval::engine: an encoder of {} dimensions", dimension);
    return detail::made_index<Search, value_type, device, Similarity>(ctx, search, similarity, dimension);
  }

  template <class File>
  static engine loaded(context<device>& ctx, const File& file, const std::string& prefix) {
    if constexpr (detail::loads_and_saves<Index, device>()) {
      const auto& parts = detail::content(file);
      detail::expect_text(parts, prefix + "type", file_type);
      Encoder encoder = detail::load_part<Encoder>(ctx, parts, prefix + "encoder");
      Index index = detail::load_index<Index>(ctx, file, prefix + "index.");
      detail::expect_dimension(parts, prefix, index.dimension(), encoder.dimension());
      return engine(std::move(encoder), std::move(index));
    }
  }

  Encoder encoder_;
  Index index_;
};

template <Device D, class Encoder>
engine(context<D>&, Encoder)
    -> engine<Encoder,
              detail::index_made<exact_search, decltype(detail::scalar_of<Encoder, void>()), D, similarity::cosine>>;
template <Device D, class Encoder, class Similarity>
engine(context<D>&, Encoder, const Similarity&)
    -> engine<Encoder, detail::index_made<exact_search, decltype(detail::scalar_of<Encoder, void>()), D, Similarity>>;
template <Device D, class Encoder, class Similarity, class Search>
engine(context<D>&, Encoder, const Similarity&, const Search&)
    -> engine<Encoder, detail::index_made<Search, decltype(detail::scalar_of<Encoder, void>()), D, Similarity>>;

}  // namespace kindred::retrieval
