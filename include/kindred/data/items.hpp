// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/data/item_batch.hpp>
#include <kindred/op/gather.hpp>

namespace kindred::data {

/// Returns what a data set is made of as a batch: a matrix, a batch, or views of them.
template <class X>
auto batch_of(const X& x) {
  if constexpr (requires { x.items + 0; })
    return x;
  else if constexpr (requires { x.view().items + 0; })
    return x.view();
  else
    return batch_view<const typename X::value_type, typename X::device>(as_const(x));
}

namespace detail {
template <class B>
struct batch_traits;
template <class T, class D>
struct batch_traits<batch_view<T, D>> {
  using scalar = std::remove_const_t<T>;
  using device = D;
};
}  // namespace detail

/// The scalar and the device of what batch_of() takes.
template <class X>
using scalar_of = typename detail::batch_traits<decltype(batch_of(std::declval<const X&>()))>::scalar;
template <class X>
using device_of = typename detail::batch_traits<decltype(batch_of(std::declval<const X&>()))>::device;

/// Copies a vector of any device to the host.
template <class T, Device D>
std::vector<T> host_list(context<D>& ctx, vector_view<const T, D> v) {
  std::vector<T> list(static_cast<std::size_t>(v.size()));
  ctx.copy_to_host(list.data(), v.data(), v.size() * static_cast<index_t>(sizeof(T)));
  ctx.synchronize();
  return list;
}
template <class T, HostDevice D>
std::vector<T> host_list(vector_view<const T, D> v) {
  return {v.begin(), v.end()};
}

namespace detail {

/// Throws argument_error for a row that is not there.
inline void expect_rows(const char* who, std::span<const index_t> rows, index_t size) {
  for (const index_t row : rows)
    expects<argument_error>(row >= 0 && row < size, "{}: row {} of {} items", who, row, size);
}

}  // namespace detail

/// One side of a data set: rows, sequences or pictures that lie on device D, and batches of them.
///
/// x   n items; not owned, must outlive the object. Offsets are copied to the host, so ragged items on a device that
///     the host cannot read want a context
///
/// Complexity   gather: O(numbers in the batch), one launch; from the host to another device one copy of the batch.
/// Determinism  exact.
/// Errors       argument_error for a row that is not there.
template <class T, Device D>
class items {
 public:
  items(batch_view<const T, D> x KINDRED_LIFETIMEBOUND)
  requires HostDevice<D>
      : x_(x) {
    if (x.offsets) offsets_ = host_list(x.offsets);
  }
  items(context<D>& ctx, batch_view<const T, D> x KINDRED_LIFETIMEBOUND) : x_(x) {
    if (x.offsets) offsets_ = host_list(ctx, x.offsets);
  }

  index_t size() const { return x_.items; }
  /// The items where they lie.
  batch_view<const T, D> view() const { return x_; }
  /// The shape of one item; `longest` rows where items differ.
  kindred::shape item() const { return {1, x_.longest, x_.values.cols(), x_.longest, x_.height, !offsets_.empty()}; }

  /// Puts items together in the order of `rows`, each as it is.
  template <Device To>
  void gather(context<To>& ctx, std::span<const index_t> rows, item_batch<T, To>& to) const {
    static_assert(std::same_as<D, To> || D::host_memory,
                  "kindred: items that lie on a device are gathered there, items on the host for any device");
    detail::expect_rows("data::items", rows, size());
    const auto count = static_cast<index_t>(rows.size());
    kindred::shape s = x_.shape();
    s.items = count;
    if (offsets_.empty()) {
      s.rows = count * s.longest;
      to.reshape(ctx, s);
      if (x_.values.contiguous()) {  // an item is a row of its own
        const index_t numbers = s.longest * s.cols;
        return copy_rows(ctx, {x_.values.data(), size(), numbers}, rows, {to.view().values.data(), count, numbers});
      }
    } else {
      std::vector<index_t> offsets{0};
      s.longest = 0;
      for (const index_t row : rows) {
        const index_t length = end(row) - begin(row);
        if (length > s.longest) s.longest = length;
        offsets.push_back(offsets.back() + length);
      }
      s.rows = offsets.back();
      to.reshape(ctx, s, offsets);
    }
    std::vector<index_t> lines;
    lines.reserve(static_cast<std::size_t>(s.rows));
    for (const index_t row : rows)
      for (index_t line = begin(row); line < end(row); ++line) lines.push_back(line);
    copy_rows(ctx, x_.values, lines, to.view().values);
  }

 private:
  index_t begin(index_t i) const { return offsets_.empty() ? i * x_.longest : offsets_[static_cast<std::size_t>(i)]; }
  index_t end(index_t i) const { return begin(i) + length(i); }
  index_t length(index_t i) const {
    const auto at = static_cast<std::size_t>(i);
    return offsets_.empty() ? x_.longest : offsets_[at + 1] - offsets_[at];
  }
  template <Device To>
  static void copy_rows(context<To>& ctx, matrix_view<const T, D> from, std::span<const index_t> rows,
                        matrix_view<T, To> to) {
    const auto count = static_cast<index_t>(rows.size());
    if constexpr (To::host_memory && std::same_as<D, To>) {
      op::gather_rows(ctx, from, vector_view<const index_t, D>(rows.data(), count), to);
    } else if constexpr (std::same_as<D, To>) {
      const scratch_scope scope(ctx);
      const auto ids = scratch_vector<index_t>(ctx, count);
      ctx.copy_from_host(ids.data(), rows.data(), count * static_cast<index_t>(sizeof(index_t)));
      op::gather_rows(ctx, from, ids, to);
    } else {
      std::vector<T> numbers;
      numbers.reserve(static_cast<std::size_t>(to.size()));
      for (const index_t row : rows) {
        const auto line = from.row(row);
        numbers.insert(numbers.end(), line.begin(), line.end());
      }
      ctx.copy_from_host(to.data(), numbers.data(), to.size() * static_cast<index_t>(sizeof(T)));
    }
  }

  batch_view<const T, D> x_;
  std::vector<index_t> offsets_;
};

template <class T, class D>
items(batch_view<const T, D>) -> items<T, D>;

}  // namespace kindred::data
