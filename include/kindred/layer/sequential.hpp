// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/layer/composition.hpp>

namespace kindred::layer {

namespace detail {
/// Named, since nvcc takes no requires-expression over what a lambda captures.
template <class L, class Context, class Pass>
concept RunsForward = requires(const L& l, Context& ctx, const Pass& one) { l.forward(ctx, one); };
}  // namespace detail

/// A chain of layers, each fed with the output of the one before.
///
/// The first layer may read another view than batch_view and the last one write another; between them are batches.
/// Names of weights and buffers get the position in front: "0.weight". Cache: [y0 | cache0 | y1 | cache1 | ... | cache
/// last].
///
/// Complexity   that of its parts; scratch for the gradients of all outputs but the last.
/// Determinism  that of its parts; part i draws with seed_of_part(seed, i).
/// Errors       what its parts say, in output() before anything runs.
/// Example      sequential(linear{784, 64}, relu{}, linear{64, 10})
template <Parametric... Layers>
class sequential : public composition<sequential<Layers...>, Layers...> {
  using base = composition<sequential<Layers...>, Layers...>;
  static constexpr std::size_t count = base::count;
  static_assert(count > 0, "layer::sequential: expected at least one layer");

 public:
  static constexpr const char* name = "sequential";
  static constexpr bool chained = true;
  static std::string part_name(std::size_t i) { return std::to_string(i); }
  static constexpr bool keeps(std::size_t i) { return i + 1 < count; }

  constexpr explicit sequential(Layers... layers) : base(std::move(layers)...) {}

  shape output(const shape& x) const { return this->planned(x).out[count - 1]; }

  template <class T, Device D, template <class, class> class X, template <class, class> class Y>
  void forward(context<D>& ctx, const forward_pass<T, D, X, Y>& pass) const {
    const auto p = this->planned(pass.x.shape());
    this->each([&]<std::size_t I>(const auto& l) {
      using part_pass = typename link<I>::template forward<T, D, X, Y>;
      static_assert(
          detail::RunsForward<std::remove_cvref_t<decltype(l)>, context<D>, part_pass>,
          "layer::sequential: a layer does not read what the one before it, or the caller of the first, gives");
      auto one = this->template part<part_pass>(I, p, pass);
      if constexpr (I == 0)
        one.x = pass.x;
      else
        one.x = this->kept(I - 1, p, vector_view<const T, D>(pass.cache), pass.x);
      if constexpr (I + 1 == count)
        one.y = pass.y;
      else
        one.y = this->kept(I, p, pass.cache, pass.x);
      l.forward(ctx, one);
    });
  }

  template <class T, Device D, template <class, class> class X, template <class, class> class Y>
  void backward(context<D>& ctx, const backward_pass<T, D, X, Y>& pass) const {
    const auto p = this->planned(pass.x.shape());
    // the first layer that has to run backward: below it nobody wants dx and nothing has weights
    std::size_t lowest = 0;
    while (lowest < count && !this->wanted(lowest, p, pass)) ++lowest;
    const scratch_scope scope(ctx);
    std::array<matrix_view<T, D>, count> d{};  // d[i]: gradient of the input of layer i > 0
    for (std::size_t i = 1; i < count; ++i)
      if (i > lowest) d[i] = scratch_matrix<T>(ctx, p.out[i - 1].rows, p.out[i - 1].cols);
    this->each_reversed([&]<std::size_t I>(const auto& l) {
      if (I < lowest) return;
      using part_pass = typename link<I>::template backward<T, D, X, Y>;
      auto one = this->template part<part_pass>(I, p, pass);
      if constexpr (I == 0) {
        one.x = pass.x;
        one.dx = pass.dx;
      } else {
        one.x = this->kept(I - 1, p, pass.cache, pass.x);
        if (d[I]) one.dx = as_batch(d[I], p.out[I - 1], pass.x);
      }
      if constexpr (I + 1 == count) {
        one.y = pass.y;
        one.dy = pass.dy;
      } else {
        one.y = this->kept(I, p, pass.cache, pass.x);
        one.dy = as_batch(matrix_view<const T, D>(d[I + 1]), p.out[I], pass.x);
      }
      l.backward(ctx, one);
    });
  }

 private:
  // The passes of layer I: only the chain's own ends may be other views than batches. Named directly, since an alias of
  // batch_view is another template to clang.
  template <std::size_t I, bool First = I == 0, bool Last = I + 1 == count>
  struct link {
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using forward = forward_pass<T, D>;
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using backward = backward_pass<T, D>;
  };
  template <std::size_t I>
  struct link<I, true, false> {
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using forward = forward_pass<T, D, X, batch_view>;
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using backward = backward_pass<T, D, X, batch_view>;
  };
  template <std::size_t I>
  struct link<I, false, true> {
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using forward = forward_pass<T, D, batch_view, Y>;
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using backward = backward_pass<T, D, batch_view, Y>;
  };
  template <std::size_t I>
  struct link<I, true, true> {
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using forward = forward_pass<T, D, X, Y>;
    template <class T, class D, template <class, class> class X, template <class, class> class Y>
    using backward = backward_pass<T, D, X, Y>;
  };
};

}  // namespace kindred::layer
