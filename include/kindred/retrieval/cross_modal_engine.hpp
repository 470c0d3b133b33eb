// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/retrieval/detail/composition.hpp>

namespace kindred::retrieval {

/// Search between two kinds of things, learned by cross_modal: two encoders, the projection into the common space and a
/// gallery of each kind.
///
///   engine.add_first(ctx, images);                              // ids count up from 0 in each gallery
///   engine.add_second(ctx, texts);
///   const auto texts_found = engine.first_to_second(ctx, image_queries, 10);   // ids, scores: queries x 10, best
///   first const auto both = engine.evaluate(ctx, images, texts, relevant, metric::average_precision{});
///
/// @tparam First, Second   encoders that give one row for each item of their kind
/// @tparam Projection      what the learner gave, a projection::Projection
/// @tparam Similarity      compares projected rows in evaluate(); the index compares by the same
/// @tparam Index           of both galleries
///
/// Determinism  that of encoders, projection and index: with the library's own on cpu the same bytes for any number of
///              threads, for a query alone or among others, and after loading.
/// Threads      as the index: any number of searches at once, each with a context of its own, beside no change.
/// Errors       items that do not fit are compile errors of one sentence. At run time those of the parts.
///
/// The engine must not outlive the context it was made with.
template <class First, class Second, class Projection, class Similarity, class Index>
class cross_modal_engine {
 public:
  using value_type = typename Index::value_type;
  using device = typename Index::device;

  static_assert(index::Index<Index, value_type, device>,
                "kindred: the index of a pipeline has add, search, size and dimension as index/concept.hpp says");
  static_assert(std::is_same_v<typename detail::device_of<Projection, device>::type, device> &&
                    std::is_same_v<typename detail::device_of<First, device>::type, device> &&
                    std::is_same_v<typename detail::device_of<Second, device>::type, device>,
                "kindred: the encoders, the projection and the index of a pipeline work on two devices");

  /// Errors  shape_error when an index has another dimension than the projection.
  cross_modal_engine(First first, Second second, Projection projection, Similarity similarity, Index first_gallery,
                     Index second_gallery)
      : first_(std::move(first)),
        second_(std::move(second)),
        projection_(std::move(projection)),
        similarity_(std::move(similarity)),
        first_gallery_(std::move(first_gallery)),
        second_gallery_(std::move(second_gallery)) {
    expects(first_gallery_.dimension() == dimensions() && second_gallery_.dimension() == dimensions(),
            "retrieval::cross_modal_engine: a projection to {} dimensions but indexes of {} and {}", dimensions(),
            first_gallery_.dimension(), second_gallery_.dimension());
  }

  /// Dimensions of the common space.
  index_t dimensions() const { return projection_.dimensions(); }
  const Projection& projection() const { return projection_; }
  const First& first_encoder() const { return first_; }
  const Second& second_encoder() const { return second_; }
  const Similarity& similarity() const { return similarity_; }
  /// The galleries, for what an index can do besides: size, remove, reserve.
  const Index& first_gallery() const { return first_gallery_; }
  const Index& second_gallery() const { return second_gallery_; }
  Index& first_gallery() { return first_gallery_; }
  Index& second_gallery() { return second_gallery_; }

  /// Items in the common space: items x dimensions().
  template <Device C, class Items>
  matrix<value_type, device> project_first(context<C>& ctx, const Items& items) const {
    if constexpr (detail::same_device<C, device>())
      if constexpr (detail::rows_from<First, value_type, device, Items>())
        return projection_.first(ctx, detail::rows_of<value_type>(ctx, first_, items));
  }
  template <Device C, class Items>
  matrix<value_type, device> project_second(context<C>& ctx, const Items& items) const {
    if constexpr (detail::same_device<C, device>())
      if constexpr (detail::rows_from<Second, value_type, device, Items>())
        return projection_.second(ctx, detail::rows_of<value_type>(ctx, second_, items));
  }

  /// Adds items to a gallery. What follows them goes to the index: ids for index::flat.
  template <Device C, class Items, class... More>
  void add_first(context<C>& ctx, const Items& items, const More&... more) {
    if constexpr (detail::same_device<C, device>()) first_gallery_.add(ctx, project_first(ctx, items), more...);
  }
  template <Device C, class Items, class... More>
  void add_second(context<C>& ctx, const Items& items, const More&... more) {
    if constexpr (detail::same_device<C, device>()) second_gallery_.add(ctx, project_second(ctx, items), more...);
  }

  /// The k items of the second gallery that are closest to each query of the first kind, best first: queries x k ids
  /// and scores; -1 and -infinity where the gallery holds fewer. What follows k goes to the index: filters for
  /// index::flat.
  template <Device C, class Items, class... More>
  op::hits<value_type, device> first_to_second(context<C>& ctx, const Items& queries, index_t k,
                                               const More&... more) const {
    if constexpr (detail::same_device<C, device>())
      return second_gallery_.search(ctx, project_first(ctx, queries), k, more...);
  }
  /// Queries of the second kind, answers of the first.
  template <Device C, class Items, class... More>
  op::hits<value_type, device> second_to_first(context<C>& ctx, const Items& queries, index_t k,
                                               const More&... more) const {
    if constexpr (detail::same_device<C, device>())
      return first_gallery_.search(ctx, project_second(ctx, queries), k, more...);
  }
  /// Within one kind, compared in the common space.
  template <Device C, class Items, class... More>
  op::hits<value_type, device> first_to_first(context<C>& ctx, const Items& queries, index_t k,
                                              const More&... more) const {
    if constexpr (detail::same_device<C, device>())
      return first_gallery_.search(ctx, project_first(ctx, queries), k, more...);
  }
  template <Device C, class Items, class... More>
  op::hits<value_type, device> second_to_second(context<C>& ctx, const Items& queries, index_t k,
                                                const More&... more) const {
    if constexpr (detail::same_device<C, device>())
      return second_gallery_.search(ctx, project_second(ctx, queries), k, more...);
  }

  /// Ranking metrics of both directions between given items, whatever the galleries hold: `forward`, each of `firsts`
  /// ranks all of `seconds`; `backward`, the other way.
  ///
  ///   const auto map = engine.evaluate(ctx, images, texts, relation::same_label(l, l), metric::average_precision{});
  ///
  /// relation  who is relevant to whom: relation(row of firsts, row of seconds)
  /// options, metrics, complexity, determinism and errors as retrieval::evaluate_both
  ///
  /// Metrics of what a gallery answers come from evaluate_hits(ctx, engine.first_to_second(...), ...).
  template <Device C, class A, class B, relation::Relation R, metric::Metric... Metrics>
  requires(sizeof...(Metrics) > 0)
  both_directions<sizeof...(Metrics)> evaluate(context<C>& ctx, const A& firsts, const B& seconds, const R& relation,
                                               const evaluate_options& options, const Metrics&... metrics) const {
    if constexpr (detail::same_device<C, device>())
      return evaluate_both(ctx, similarity_, project_first(ctx, firsts), project_second(ctx, seconds), relation,
                           options, metrics...);
  }
  template <Device C, class A, class B, relation::Relation R, metric::Metric... Metrics>
  requires(sizeof...(Metrics) > 0)
  both_directions<sizeof...(Metrics)> evaluate(context<C>& ctx, const A& firsts, const B& seconds, const R& relation,
                                               const Metrics&... metrics) const {
    return evaluate(ctx, firsts, seconds, relation, evaluate_options{}, metrics...);
  }

  /// Adds all parts to a file under `prefix`: texts `type` ("cross_modal 1"), `first`, `second` and `similarity`, what
  /// the parts save under `first.`, `second.`, `similarity.`, `projection.`, `first_gallery.` and `second_gallery.`.
  /// The engine must stay as it is until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    if constexpr (detail::loads_and_saves<Index, device>() && detail::loads_and_saves<Projection, device>()) {
      file.metadata(prefix + "type", file_type);
      detail::save_part<device>(file, prefix + "first", first_);
      detail::save_part<device>(file, prefix + "second", second_);
      detail::save_part<device>(file, prefix + "similarity", similarity_);
      projection_.save(file, prefix + "projection.");
      first_gallery_.save(file, prefix + "first_gallery.");
      second_gallery_.save(file, prefix + "second_gallery.");
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
  ///         and for what the parts refuse.
  template <class File>
  static cross_modal_engine load(context<device>& ctx, const File& file, const std::string& prefix) {
    return loaded(ctx, file, prefix);
  }
  /// The engine of the file `path`.
  template <class File = io::safetensors>
  static cross_modal_engine load(context<device>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }
  /// The same with the galleries left in the mapped file, for an index that has open(), such as index::flat.
  template <class File = io::safetensors>
  static cross_modal_engine open(context<device>& ctx, const std::string& path) {
    return loaded(ctx, shared_object<File>(File(path)), "");
  }

 private:
  static constexpr const char* file_type = "cross_modal 1";

  template <class File>
  static cross_modal_engine loaded(context<device>& ctx, const File& file, const std::string& prefix) {
    if constexpr (detail::loads_and_saves<Index, device>() && detail::loads_and_saves<Projection, device>()) {
      const auto& parts = detail::content(file);
      detail::expect_text(parts, prefix + "type", file_type);
      First first = detail::load_part<First>(ctx, parts, prefix + "first");
      Second second = detail::load_part<Second>(ctx, parts, prefix + "second");
      Similarity similarity = detail::load_part<Similarity>(ctx, parts, prefix + "similarity");
      Projection projection = Projection::load(ctx, parts, prefix + "projection.");
      Index first_gallery = detail::load_index<Index>(ctx, file, prefix + "first_gallery.");
      Index second_gallery = detail::load_index<Index>(ctx, file, prefix + "second_gallery.");
      detail::expect_dimension(parts, prefix + "first_gallery.", first_gallery.dimension(), projection.dimensions());
      detail::expect_dimension(parts, prefix + "second_gallery.", second_gallery.dimension(), projection.dimensions());
      return {std::move(first),      std::move(second),        std::move(projection),
              std::move(similarity), std::move(first_gallery), std::move(second_gallery)};
    }
  }

  First first_;
  Second second_;
  Projection projection_;
  Similarity similarity_;
  Index first_gallery_, second_gallery_;
};

}  // namespace kindred::retrieval
