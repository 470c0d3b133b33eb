// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/context.hpp>

namespace kindred::encoder {

/// What turns inputs into vectors: encode(ctx, input, output) writes one row of dimension() numbers for each item.
///
/// @tparam D       the device it works on
/// @tparam Input   what it reads, a view: batch_view<const T, D> for pictures and sequences
/// @tparam Output  what it writes, a view: matrix_view<T, D> for one vector per item
///
/// encode is const, allocates nothing but scratch memory and leaves `input` as it was.
template <class E, class D, class Input = batch_view<const float, D>, class Output = matrix_view<float, D>>
concept Encoder = Device<D> && requires(const E& e, context<D>& ctx, Input input, Output output) {
  { e.dimension() } -> std::same_as<index_t>;
  e.encode(ctx, input, output);
};

}  // namespace kindred::encoder
