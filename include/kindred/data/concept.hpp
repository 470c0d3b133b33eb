// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/context.hpp>
#include <span>

namespace kindred::data {

namespace detail {
struct rows_archetype {
  void operator()(std::span<const index_t>) const {}
};
}  // namespace detail

/// A set of items that gives batches: gather(ctx, rows) puts the items `rows` together on the device of `ctx`, in their
/// order; a row may come twice.
template <class S, class D = cpu>
concept Dataset = Device<D> && requires(const S& set, context<D>& ctx, std::span<const index_t> rows) {
  { set.size() } -> std::same_as<index_t>;
  set.gather(ctx, rows);
};

/// Says which rows make the batches of an epoch: s(epoch, emit) calls emit(std::span<const index_t>) once for every
/// batch, and length() says how many that are. Everything drawn depends on the sampler's seed and the epoch alone, so
/// an epoch can be repeated, or begun in its middle.
template <class S>
concept Sampler = requires(const S& sampler, index_t epoch, detail::rows_archetype emit) {
  sampler(epoch, emit);
  { sampler.length() } -> std::same_as<index_t>;
};

}  // namespace kindred::data
