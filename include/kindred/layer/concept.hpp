// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/carver.hpp>
#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/core/shape.hpp>
#include <string>
#include <utility>
#include <vector>

namespace kindred::layer {

/// Whether a pass is part of training: dropout drops and batch_norm uses and updates statistics in `train` only.
enum class mode : bool { train, infer };

/// What one forward call sees. X and Y are view templates: batch_view, tokens, or an aggregate of several views.
template <class T, Device D, template <class, class> class X = batch_view, template <class, class> class Y = batch_view>
struct forward_pass {
  vector_view<const T, D> weights;        ///< parameter_count() numbers
  vector_view<T, D> buffers;              ///< buffer_count() numbers that training updates and no optimizer sees
  X<const T, D> x;                        ///< the input
  Y<T, D> y;                              ///< output(x.shape()), overwritten
  vector_view<T, D> cache;                ///< cache_size(x.shape()) numbers, kept for the backward pass; overwritten
  layer::mode mode = layer::mode::train;  ///< see mode
  std::uint64_t seed = 0;                 ///< of what is drawn; another one every step and for every layer
};

/// What the backward call of the same step sees: the same weights, buffers, x, y, cache, mode and seed.
template <class T, Device D, template <class, class> class X = batch_view, template <class, class> class Y = batch_view>
struct backward_pass {
  vector_view<const T, D> weights;
  vector_view<const T, D> buffers;
  X<const T, D> x;
  Y<const T, D> y;
  Y<const T, D> dy;            ///< d value / d y
  X<T, D> dx;                  ///< d value / d x, overwritten; absent where nobody wants it
  vector_view<T, D> dweights;  ///< d value / d weights, accumulated; absent where the weights are frozen
  vector_view<const T, D> cache;
  layer::mode mode = layer::mode::train;
  std::uint64_t seed = 0;
};

/// The seed of part `part` of a composition.
constexpr std::uint64_t seed_of_part(std::uint64_t seed, std::uint64_t part) {
  return (seed ^ (part + 1)) * 0x9E3779B97F4A7C15ull;
}

/// How PyTorch stores a named piece of a layer's weights or buffers; see encoder::import_torch().
struct torch_tensor {
  std::string name;            ///< within the module's state_dict
  std::vector<index_t> shape;  ///< PyTorch's
  index_t channels =
      0;  ///< 0: the same order of elements as here. Else PyTorch has outputs x channels x taps, the taps on
          ///< any number of axes, and this library (taps channels) x outputs
};

/// Base of a layer that has weights or buffers. `Self` writes pieces(carver), which cuts the flat vector of its weights
/// into named parts and returns them, and buffer_pieces(carver) where it has buffers; all the rest follows from these
/// lists.
///
///   parameters(visit), buffers(visit)   visit(name, offset, rows, cols) for every piece of the flat vectors
///   split(v)                            the pieces of a vector of weights or of their gradient; absent gives absent
///                                       pieces
template <class Self>
struct weighted {
  index_t parameter_count() const {
    carver<float, cpu> c;
    self().pieces(c);
    return c.used();
  }
  index_t buffer_count() const {
    carver<float, cpu> c;
    if constexpr (requires { self().buffer_pieces(c); }) self().buffer_pieces(c);
    return c.used();
  }
  template <class Visit>
  void parameters(Visit visit) const {
    carver<float, cpu, Visit> c({}, visit);
    self().pieces(c);
  }
  template <class Visit>
  void buffers(Visit visit) const {
    carver<float, cpu, Visit> c({}, visit);
    if constexpr (requires { self().buffer_pieces(c); }) self().buffer_pieces(c);
  }
  /// visit(torch_tensor, name, buffer, offset, rows, cols) for each piece, in the weights or, where `buffer`, in the
  /// buffers. `Self` says with torch(name, rows, cols) where PyTorch has another name or order of elements.
  template <class Visit>
  void torch_tensors(Visit visit) const {
    const auto each = [&](bool buffer) {
      return [&visit, buffer, this](const std::string& name, index_t offset, index_t rows, index_t cols) {
        torch_tensor t{name, rows == 1 ? std::vector<index_t>{cols} : std::vector<index_t>{rows, cols}};
        if constexpr (requires(const Self& s) { s.torch(name, rows, cols); }) t = self().torch(name, rows, cols);
        visit(std::move(t), name, buffer, offset, rows, cols);
      };
    };
    parameters(each(false));
    buffers(each(true));
  }
  template <class T, class D>
  auto split(vector_view<T, D> v) const {
    carver<T, D> c(v);
    return self().pieces(c);
  }
  template <class T, class D>
  auto split_buffers(vector_view<T, D> v) const {
    carver<T, D> c(v);
    return self().buffer_pieces(c);
  }
  index_t cache_size(const shape&) const { return 0; }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

/// Base of a layer without weights whose output has the shape of its input; redefine what differs.
struct weightless {
  index_t parameter_count() const { return 0; }
  index_t buffer_count() const { return 0; }
  index_t cache_size(const shape&) const { return 0; }
  shape output(const shape& x) const { return x; }
  template <class Visit>
  void parameters(Visit) const {}
  template <class Visit>
  void buffers(Visit) const {}
  template <class Visit>
  void torch_tensors(Visit) const {}
  template <class T, Device D>
  void initialize(context<D>&, vector_view<T, D>, vector_view<T, D>, std::uint64_t) const {}
};

namespace detail {
struct visit_archetype {
  void operator()(const char*, index_t, index_t, index_t) const {}
};
}  // namespace detail

/// Weights in one flat vector: all that networks, optimizers, weight files and gradient checks need to know.
///
///   parameter_count(), buffer_count()        lengths of the two flat vectors
///   parameters(visit), buffers(visit)        visit(name, offset, rows, cols) for each piece; compositions prefix names
///   initialize(ctx, weights, buffers, seed)  fills both
///   description()                            the spec as text: "linear(784, 10)"; equal exactly where specs are equal
template <class L>
concept Parametric = std::copyable<L> &&
                     requires(const L& l, context<cpu>& ctx, vector_view<float, cpu> v, detail::visit_archetype visit) {
                       { l.parameter_count() } -> std::same_as<index_t>;
                       { l.buffer_count() } -> std::same_as<index_t>;
                       l.parameters(visit);
                       l.buffers(visit);
                       l.initialize(ctx, v, v, std::uint64_t{});
                       { l.description() } -> std::same_as<std::string>;
                     };

/// A differentiable block: a plain value without a device that says what it does with weights somebody else keeps.
///
///   output(shape)       the shape of y for an x of that shape; shape_error where x does not fit
///   cache_size(shape)   numbers of cache for an x of that shape
///   forward(ctx, pass), backward(ctx, pass)
///
/// Laws  backward overwrites dx, accumulates into dweights and does without either where absent. No view of one call
///       aliases another. Nothing is kept between calls, nothing allocated but scratch memory.
template <class L, template <class, class> class X = batch_view, template <class, class> class Y = batch_view>
concept Layer = Parametric<L> && requires(const L& l, shape s, context<cpu>& ctx, forward_pass<float, cpu, X, Y> f,
                                          backward_pass<float, cpu, X, Y> b) {
  { l.output(s) } -> std::same_as<shape>;
  { l.cache_size(s) } -> std::same_as<index_t>;
  l.forward(ctx, f);
  l.backward(ctx, b);
};

/// `rows` seen as a batch of shape `s`; ragged batches take their offsets from `source`.
template <class T, class D, class Source>
constexpr batch_view<T, D> as_batch(matrix_view<T, D> rows, const shape& s, const Source& source) {
  return {rows, s.ragged ? source.offsets : vector_view<const index_t, D>(), s.items, s.longest, s.height};
}

}  // namespace kindred::layer
