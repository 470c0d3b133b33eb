// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/layer/concept.hpp>

namespace kindred::encoder {

/// Whether a backward pass adds to the gradient of the weights.
enum class update : bool { no, yes };

/// A layer together with its weights, their gradient and its buffers on one device.
///
/// @tparam Spec  what it computes; see layer::Layer
///
/// spec   the layer
/// item   the shape of one input, where the length of an output row depends on it; see dimension()
/// seed   of the first weights
///
/// Complexity   memory for twice the parameters, and the buffers.
/// Determinism  that of the layer.
/// Errors       shape_error where an input does not fit the layer.
template <layer::Parametric Spec, Scalar T, Device D>
class network {
 public:
  using scalar = T;
  using device = D;
  using spec_type = Spec;

  network(context<D>& ctx, Spec spec, std::uint64_t seed = 0, shape item = {1, 1, 0, 1, 0, false})
      : spec_(std::move(spec)),
        item_(item),
        weights_(ctx, spec_.parameter_count()),
        gradient_(ctx, spec_.parameter_count()),
        buffers_(ctx, spec_.buffer_count()) {
    spec_.initialize(ctx, weights_.view(), buffers_.view(), seed);
  }

  const Spec& spec() const { return spec_; }
  const shape& item() const { return item_; }
  vector_view<T, D> weights() { return weights_.view(); }
  vector_view<const T, D> weights() const { return weights_.view(); }
  vector_view<T, D> gradient() { return gradient_.view(); }
  vector_view<T, D> buffers() { return buffers_.view(); }
  vector_view<const T, D> buffers() const { return buffers_.view(); }
  /// Numbers in an output row, for inputs like `item`.
  index_t dimension() const { return spec_.output(item_).cols; }

  /// y and cache as spec().output(x.shape()) and spec().cache_size(x.shape()) say.
  template <template <class, class> class X, template <class, class> class Y>
  void forward(context<D>& ctx, X<const T, D> x, Y<T, D> y, vector_view<T, D> cache,
               layer::mode mode = layer::mode::train, std::uint64_t seed = 0) {
    spec_.forward(ctx, layer::forward_pass<T, D, X, Y>{weights_.view(), buffers_.view(), x, y, cache, mode, seed});
  }
  /// dx overwritten where present; the gradient accumulated where `u` says so.
  template <template <class, class> class X, template <class, class> class Y>
  void backward(context<D>& ctx, X<const T, D> x, Y<const T, D> y, Y<const T, D> dy, X<T, D> dx,
                vector_view<const T, D> cache, layer::mode mode = layer::mode::train, std::uint64_t seed = 0,
                update u = update::yes) {
    spec_.backward(ctx, layer::backward_pass<T, D, X, Y>{weights_.view(), buffers_.view(), x, y, dy, dx,
                                                         u == update::yes ? gradient_.view() : vector_view<T, D>(),
                                                         cache, mode, seed});
  }

 private:
  Spec spec_;
  shape item_;
  vector<T, D> weights_, gradient_, buffers_;
};

}  // namespace kindred::encoder
