// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/concept.hpp>
#include <kindred/layer/concept.hpp>

namespace kindred::encoder {

/// Whether a backward pass adds to the gradient of the weights.
enum class update : bool { no, yes };

/// An encoder that trainers can train. Besides being an Encoder it has
///
///   scalar, device                      number type and place of its weights
///   weights(), gradient(), buffers()    flat vectors; buffers are what training updates and no optimizer sees
///   output(shape), cache_size(shape)    shape of y, numbers of cache for x of a shape
///   forward(ctx, x, y, cache, mode, seed)
///   backward(ctx, x, y, dy, dx, cache, mode, seed, update)
///
/// dx is overwritten and may be absent; the gradient is accumulated, and left alone with update::no. Only trainers set
/// it to zero.
template <class E, template <class, class> class X = batch_view>
concept Trainable = Device<typename E::device> && requires(E& e, const E& fixed, context<typename E::device>& ctx,
                                                           shape s, X<const typename E::scalar, typename E::device> x,
                                                           X<typename E::scalar, typename E::device> dx,
                                                           batch_view<typename E::scalar, typename E::device> y,
                                                           batch_view<const typename E::scalar, typename E::device> dy,
                                                           vector_view<typename E::scalar, typename E::device> v) {
  v = e.weights();
  v = e.gradient();
  v = e.buffers();
  { fixed.output(s) } -> std::same_as<shape>;
  { fixed.cache_size(s) } -> std::same_as<index_t>;
  e.forward(ctx, x, y, v, layer::mode::train, std::uint64_t{});
  e.backward(ctx, x, dy, dy, dx, v, layer::mode::train, std::uint64_t{}, update::yes);
};

}  // namespace kindred::encoder
