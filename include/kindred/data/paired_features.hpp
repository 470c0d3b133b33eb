// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batch.hpp>
#include <kindred/data/concept.hpp>
#include <kindred/data/items.hpp>

namespace kindred::data {

/// Pairs of items of two kinds, such as pictures and sentences, with or without labels. Each side is rows of features,
/// sequences or pictures.
///
///   const data::paired_features set(images, texts, labels);
///   trainer.step(set.gather(ctx, rows));
///
/// @tparam D   where both sides lie; see labelled_features
///
/// first, second   n items each; not owned, must outlive the set
/// labels          n, copied to the host
///
/// Complexity   gather: O(numbers in the batch).
/// Determinism  exact.
/// Errors       shape_error where sides and labels differ in number; argument_error for a row that is not there.
template <class T, Device D>
class paired_features {
 public:
  using value_type = T;
  using device = D;

  template <class X, class Y>
  requires(HostDevice<D> && !std::same_as<X, context<D>>)
  paired_features(const X& first, const Y& second) : paired_features(side(first), side(second), {}, false) {}
  template <class X, class Y>
  requires(HostDevice<D> && !std::same_as<X, context<D>>)
  paired_features(const X& first, const Y& second, std::type_identity_t<vector_view<const label_t, D>> labels)
      : paired_features(side(first), side(second), host_list(labels), true) {}
  template <class X, class Y>
  paired_features(context<D>& ctx, const X& first, const Y& second)
      : paired_features(side(ctx, first), side(ctx, second), {}, false) {}
  template <class X, class Y>
  paired_features(context<D>& ctx, const X& first, const Y& second,
                  std::type_identity_t<vector_view<const label_t, D>> labels)
      : paired_features(side(ctx, first), side(ctx, second), host_list(ctx, labels), true) {}
  /// Items of a temporary would be gone before they are gathered.
  template <class X, class Y, class... Labels>
  requires(OwningTemporary<X> || OwningTemporary<Y>)
  paired_features(X&&, Y&&, const Labels&...) = delete;
  template <class X, class Y, class... Labels>
  requires(OwningTemporary<X> || OwningTemporary<Y>)
  paired_features(context<D>&, X&&, Y&&, const Labels&...) = delete;

  index_t size() const { return first_.size(); }
  /// Labels on the host; none where the set has none.
  std::span<const label_t> labels() const { return labels_; }
  const items<T, D>& first() const { return first_; }
  const items<T, D>& second() const { return second_; }

  /// The pairs `rows`, with their labels, on the device of `ctx`.
  template <Device To>
  paired_batch<T, To> gather(context<To>& ctx, std::span<const index_t> rows) const {
    paired_batch<T, To> batch(ctx);
    gather(ctx, rows, batch);
    return batch;
  }
  /// The same into a batch that is used again and allocates when it has to grow only.
  template <Device To>
  void gather(context<To>& ctx, std::span<const index_t> rows, paired_batch<T, To>& batch) const {
    first_.gather(ctx, rows, batch.first_items());
    second_.gather(ctx, rows, batch.second_items());
    if (!labelled_) return;
    std::vector<label_t> labels;
    labels.reserve(rows.size());
    for (const index_t row : rows) labels.push_back(labels_[static_cast<std::size_t>(row)]);
    batch.set_labels(ctx, labels);
  }

 private:
  template <class X>
  static items<T, D> side(const X& x) {
    return items<T, D>(batch_view<const T, D>(batch_of(x)));
  }
  template <class X>
  static items<T, D> side(context<D>& ctx, const X& x) {
    return items<T, D>(ctx, batch_view<const T, D>(batch_of(x)));
  }
  paired_features(items<T, D> first, items<T, D> second, std::vector<label_t> labels, bool labelled)
      : first_(std::move(first)), second_(std::move(second)), labels_(std::move(labels)), labelled_(labelled) {
    expects(first_.size() == second_.size(), "data::paired_features: {} items and {} items", first_.size(),
            second_.size());
    expects(!labelled || static_cast<index_t>(labels_.size()) == size(),
            "data::paired_features: {} pairs but {} labels", size(), labels_.size());
  }

  items<T, D> first_, second_;
  std::vector<label_t> labels_;
  bool labelled_;
};

template <class X, class Y>
paired_features(const X&, const Y&) -> paired_features<scalar_of<X>, device_of<X>>;
template <class X, class Y, class L>
paired_features(const X&, const Y&, const L&) -> paired_features<scalar_of<X>, device_of<X>>;
template <Device D, class X, class Y>
paired_features(context<D>&, const X&, const Y&) -> paired_features<scalar_of<X>, D>;
template <Device D, class X, class Y, class L>
paired_features(context<D>&, const X&, const Y&, const L&) -> paired_features<scalar_of<X>, D>;

static_assert(Dataset<paired_features<float, cpu>>);

}  // namespace kindred::data
