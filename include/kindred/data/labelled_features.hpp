// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/batch.hpp>
#include <kindred/data/concept.hpp>
#include <kindred/data/items.hpp>

namespace kindred::data {

/// Items with one label each: rows of features, sequences or pictures.
///
///   const data::labelled_features set(images, labels);             // a matrix or a batch, owning or a view
///   trainer.step(set.gather(ctx, rows));
///
/// @tparam D   where the items lie. Items on the host are gathered for any device, others on their own
///
/// x        n items; not owned, must outlive the set
/// labels   n, copied to the host; for items on a GPU the first argument is its context
///
/// Complexity   gather: O(numbers in the batch).
/// Determinism  exact.
/// Errors       shape_error for another number of labels than items; argument_error for a row that is not there.
template <class T, Device D>
class labelled_features {
 public:
  using value_type = T;
  using device = D;

  template <class X>
  requires(HostDevice<D>)
  labelled_features(const X& x, std::type_identity_t<vector_view<const label_t, D>> labels)
      : labelled_features(data::items<T, D>(batch_view<const T, D>(batch_of(x))), host_list(labels)) {}
  template <class X>
  labelled_features(context<D>& ctx, const X& x, std::type_identity_t<vector_view<const label_t, D>> labels)
      : labelled_features(data::items<T, D>(ctx, batch_view<const T, D>(batch_of(x))), host_list(ctx, labels)) {}
  /// Items of a temporary would be gone before they are gathered.
  template <class X, class Labels>
  requires(OwningTemporary<X>)
  labelled_features(X&&, const Labels&) = delete;
  template <class X, class Labels>
  requires(OwningTemporary<X>)
  labelled_features(context<D>&, X&&, const Labels&) = delete;

  index_t size() const { return items_.size(); }
  /// Labels on the host, for samplers and splits.
  std::span<const label_t> labels() const { return labels_; }
  const data::items<T, D>& items() const { return items_; }

  /// The items `rows` with their labels, on the device of `ctx`.
  template <Device To>
  labelled_batch<T, To> gather(context<To>& ctx, std::span<const index_t> rows) const {
    labelled_batch<T, To> batch(ctx);
    gather(ctx, rows, batch);
    return batch;
  }
  /// The same into a batch that is used again and allocates when it has to grow only.
  template <Device To>
  void gather(context<To>& ctx, std::span<const index_t> rows, labelled_batch<T, To>& batch) const {
    items_.gather(ctx, rows, batch.items());
    std::vector<label_t> labels;
    labels.reserve(rows.size());
    for (const index_t row : rows) labels.push_back(labels_[static_cast<std::size_t>(row)]);
    batch.set_labels(ctx, labels);
  }

 private:
  labelled_features(data::items<T, D> x, std::vector<label_t> labels)
      : items_(std::move(x)), labels_(std::move(labels)) {
    expects(static_cast<index_t>(labels_.size()) == size(), "data::labelled_features: {} items but {} labels", size(),
            labels_.size());
  }

  data::items<T, D> items_;
  std::vector<label_t> labels_;
};

template <class X, class L>
labelled_features(const X&, const L&) -> labelled_features<scalar_of<X>, device_of<X>>;
template <Device D, class X, class L>
labelled_features(context<D>&, const X&, const L&) -> labelled_features<scalar_of<X>, D>;

static_assert(Dataset<labelled_features<float, cpu>>);

}  // namespace kindred::data
