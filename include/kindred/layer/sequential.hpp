// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/layer/concept.hpp>
#include <tuple>
#include <utility>

namespace kindred::layer {

/// A chain of layers, each fed with the output of the one before.
///
/// The first layer may read another view than batch_view and the last one write another; between them are batches. Names of
/// weights and buffers get the position in front: "0.weight". Cache: [y0 | cache0 | y1 | cache1 | ... | cache last].
///
/// Complexity   that of its parts; scratch for the gradients of all outputs but the last.
/// Determinism  that of its parts; part i draws with seed_of_part(seed, i).
/// Errors       what its parts say, in output() before anything runs.
/// Example      sequential(linear{784, 64}, relu{}, linear{64, 10})
template <Parametric... Layers>
class sequential {
  static constexpr std::size_t count = sizeof...(Layers);
  static_assert(count > 0, "layer::sequential: at least one layer wanted");

 public:
  constexpr explicit sequential(Layers... layers) : layers_(std::move(layers)...) {}

  /// Layer I, to ask it something.
  template <std::size_t I>
  const auto& get() const {
    return std::get<I>(layers_);
  }

  index_t parameter_count() const {
    return std::apply([](const auto&... l) { return (index_t(0) + ... + l.parameter_count()); }, layers_);
  }
  index_t buffer_count() const {
    return std::apply([](const auto&... l) { return (index_t(0) + ... + l.buffer_count()); }, layers_);
  }
  template <class Visit>
  void parameters(Visit visit) const {
    index_t at = 0;
    each([&]<std::size_t I>(const auto& l) {
      l.parameters(prefixed<Visit>{visit, I, at});
      at += l.parameter_count();
    });
  }
  template <class Visit>
  void buffers(Visit visit) const {
    index_t at = 0;
    each([&]<std::size_t I>(const auto& l) {
      l.buffers(prefixed<Visit>{visit, I, at});
      at += l.buffer_count();
    });
  }
  std::string description() const {
    std::string text = "sequential(";
    each([&]<std::size_t I>(const auto& l) { text += (I ? ", " : "") + l.description(); });
    return text + ")";
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    index_t w = 0, b = 0;
    each([&]<std::size_t I>(const auto& l) {
      l.initialize(ctx, weights.slice(w, l.parameter_count()), buffers.slice(b, l.buffer_count()),
                   seed_of_part(seed, I));
      w += l.parameter_count();
      b += l.buffer_count();
    });
  }

  shape output(const shape& x) const { return planned(x).shapes[count]; }
  index_t cache_size(const shape& x) const { return planned(x).cache_end; }

  template <class T, Device D, template <class, class> class X, template <class, class> class Y>
  void forward(context<D>& ctx, const forward_pass<T, D, X, Y>& pass) const {
    const plan p = planned(pass.x.shape());
    each([&]<std::size_t I>(const auto& l) {
      const std::uint64_t seed = seed_of_part(pass.seed, I);
      typename link<I>::template forward<T, D, X, Y> part{pass.weights.slice(p.weights[I], l.parameter_count()),
                                                          pass.buffers.slice(p.buffers[I], l.buffer_count()),
                                                          {},
                                                          {},
                                                          pass.cache.slice(p.cache[I], p.cache_sizes[I]),
                                                          pass.mode,
                                                          seed};
      if constexpr (I == 0)
        part.x = pass.x;
      else
        part.x = between<I>(p, vector_view<const T, D>(pass.cache), pass.x);
      if constexpr (I + 1 == count)
        part.y = pass.y;
      else
        part.y = between<I + 1>(p, pass.cache, pass.x);
      l.forward(ctx, part);
    });
  }

  template <class T, Device D, template <class, class> class X, template <class, class> class Y>
  void backward(context<D>& ctx, const backward_pass<T, D, X, Y>& pass) const {
    const plan p = planned(pass.x.shape());
    const scratch_scope scope(ctx);
    std::array<matrix_view<T, D>, count> d{};  // d[i]: gradient of the input of layer i > 0
    for (std::size_t i = lowest_wanted(pass) + 1; i < count; ++i)
      d[i] = scratch_matrix<T>(ctx, p.shapes[i].rows, p.shapes[i].cols);
    each_reversed([&]<std::size_t I>(const auto& l) {
      if (I < lowest_wanted(pass)) return;
      typename link<I>::template backward<T, D, X, Y> part{pass.weights.slice(p.weights[I], l.parameter_count()),
                                                           pass.buffers.slice(p.buffers[I], l.buffer_count()),
                                                           {},
                                                           {},
                                                           {},
                                                           {},
                                                           pass.dweights.slice(p.weights[I], l.parameter_count()),
                                                           pass.cache.slice(p.cache[I], p.cache_sizes[I]),
                                                           pass.mode,
                                                           seed_of_part(pass.seed, I)};
      if constexpr (I == 0) {
        part.x = pass.x;
        part.dx = pass.dx;
      } else {
        part.x = between<I>(p, pass.cache, pass.x);
        if (d[I]) part.dx = as_batch(d[I], p.shapes[I], pass.x);
      }
      if constexpr (I + 1 == count) {
        part.y = pass.y;
        part.dy = pass.dy;
      } else {
        part.y = between<I + 1>(p, pass.cache, pass.x);
        part.dy = as_batch(matrix_view<const T, D>(d[I + 1]), p.shapes[I + 1], pass.x);
      }
      l.backward(ctx, part);
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

  template <class Visit>
  struct prefixed {
    Visit visit;
    std::size_t part;
    index_t start;
    void operator()(const char* name, index_t offset, index_t rows, index_t cols) const {
      visit((std::to_string(part) + "." + name).c_str(), start + offset, rows, cols);
    }
  };

  // where everything lies for one shape of input
  struct plan {
    std::array<shape, count + 1> shapes;
    std::array<index_t, count> weights, buffers, outputs, cache, cache_sizes;
    index_t cache_end;
  };
  plan planned(const shape& x) const {
    plan p{};
    p.shapes[0] = x;
    index_t w = 0, b = 0, c = 0;
    each([&]<std::size_t I>(const auto& l) {
      p.weights[I] = w;
      p.buffers[I] = b;
      w += l.parameter_count();
      b += l.buffer_count();
      p.shapes[I + 1] = l.output(p.shapes[I]);
      p.outputs[I] = c;
      if (I + 1 < count) c += p.shapes[I + 1].rows * p.shapes[I + 1].cols;
      p.cache[I] = c;
      p.cache_sizes[I] = l.cache_size(p.shapes[I]);
      c += p.cache_sizes[I];
    });
    p.cache_end = c;
    return p;
  }
  // the first layer that has to run backward: without a wanted dx and without weights below it, nothing does
  template <class Pass>
  std::size_t lowest_wanted(const Pass& pass) const {
    if (pass.dx) return 0;
    if (!pass.dweights) return count;
    std::size_t lowest = count;
    each_reversed([&]<std::size_t I>(const auto& l) {
      if (l.parameter_count() > 0) lowest = I;
    });
    return lowest;
  }
  template <std::size_t I, class T, class D, class Source>
  static batch_view<T, D> between(const plan& p, vector_view<T, D> cache, const Source& x) {
    const shape& s = p.shapes[I];
    return as_batch(as_matrix(cache.slice(p.outputs[I - 1], s.rows * s.cols), s.rows, s.cols), s, x);
  }
  template <class F>
  void each(F f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f.template operator()<I>(std::get<I>(layers_)), ...); }
    (std::make_index_sequence<count>{});
  }
  template <class F>
  void each_reversed(F f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f.template operator()<count - 1 - I>(std::get<count - 1 - I>(layers_)), ...);
    }
    (std::make_index_sequence<count>{});
  }

  std::tuple<Layers...> layers_;
};

}  // namespace kindred::layer
