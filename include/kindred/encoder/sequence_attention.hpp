// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/network.hpp>
#include <kindred/layer/attention_pool.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/sequential.hpp>

namespace kindred::encoder {

/// Options of sequence_attention.
struct sequence_attention_options {
  index_t states = 512;  ///< numbers of a state of both recurrent layers
  index_t width = 4096;  ///< numbers of an output row
  index_t attention =
      0;                 ///< numbers between a row and its score (W_a); 0: none, the score is linear in tanh of the row
  double dropout = 0.5;  ///< share of the states, and of what the score is linear in, that training sets to 0
};

/// A sequence read by two recurrent layers, mapped step by step into a space, and summed up there with learned weights:
/// what one looks at in a picture's regions, what counts in a sentence. Rows of length 1.
///
/// y = v / |v|,   v = sum over j of a_j h_j,   h_j = W lstm(lstm(x))_j + b,   a = softmax over j of s_j
/// s_j = w . tanh(W_a h_j + b_a)     with attention > 0
/// s_j = w . tanh(h_j)               without
///
/// columns   numbers of a row of x: 512 for regions, 300 for word vectors
///
/// The weights a_j can be shown: attention_weights().
///
/// Determinism  bit-equal for any number of threads.
/// Reference    Peng, Qi, Yuan 2018 (MCSM): {.attention = 4096} over 49 regions in the space of pictures, {.states =
///              256} in that of texts, where three convolutions stand in front. Dropout behind both recurrent layers
///              and before the score.
inline auto sequence_attention(index_t columns, sequence_attention_options o = {}) {
  return layer::sequential(
      layer::lstm(columns, o.states), layer::dropout(o.dropout), layer::lstm(o.states, o.states),
      layer::dropout(o.dropout), layer::linear(o.states, o.width),
      layer::attention_pool(o.width, {.hidden = o.attention, .tanh = o.attention == 0, .dropout = o.dropout}),
      layer::l2_normalize());
}

namespace detail {
/// The first part of a sequential that is an attention_pool.
template <class Layers>
struct attention_part;
template <class... Layers>
struct attention_part<layer::sequential<Layers...>> {
  static constexpr std::size_t find() {
    std::size_t i = 0;
    (void)((std::is_same_v<Layers, layer::attention_pool> || (++i, false)) || ...);
    return i;
  }
  static constexpr std::size_t value = find();
  static_assert(value < sizeof...(Layers),
                "encoder::attention_weights: no part of this sequential is an attention_pool");
};
}  // namespace detail

/// How much each row of each item counts, in layer::mode::infer: the weights of the attention_pool that is a part of
/// the network's sequential. Those of an item add up to 1.
///
/// x         items: a matrix, a batch, ids (tokens), or a view of one
///
/// Returns      a number for each row that the pool reads: the rows of x, one item after the other, unless layers in
///              front of it change lengths.
/// Complexity   that of the layer; as many items at a time as network::encode() takes.
/// Errors       what the layers say.
template <class Spec, Scalar T, Device D, class X>
requires detail::reads<Spec, T, D, detail::input_view_of<T, D, X>>::value
vector<T, D> attention_weights(context<D>& ctx, const network<Spec, T, D>& net, const X& items) {
  constexpr std::size_t pool = detail::attention_part<Spec>::value;
  const auto x = input_view<T, D>(items);
  const Spec& spec = net.spec();
  vector<T, D> all(ctx, x.items > 0 ? spec.template read_by<pool>(x.shape()).rows : 0, uninitialized);
  index_t done = 0;
  detail::in_bands(ctx, x, detail::items_at_a_time<T>(spec, x.shape()), [&](auto part, index_t) {
    const scratch_scope scope(ctx);
    const auto y = scratch_matrix<T>(ctx, part.items, spec.output(part.shape()).cols);
    const auto cache = scratch_vector<T>(ctx, spec.cache_size(part.shape()));
    net.infer(ctx, part, layer::as_batch(y, spec.output(part.shape()), part), cache);
    const auto weights =
        spec.template get<pool>().attention(spec.template cache_of<pool>(vector_view<const T, D>(cache), part.shape()),
                                            spec.template read_by<pool>(part.shape()));
    ctx.copy(all.data() + done, weights.data(), weights.size() * static_cast<index_t>(sizeof(T)));
    done += weights.size();
  });
  return all;
}

}  // namespace kindred::encoder
