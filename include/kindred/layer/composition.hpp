// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/layer/concept.hpp>
#include <tuple>
#include <utility>

namespace kindred::layer {

/// Base of layers that are put together from layers: weights, buffers and caches of the parts lie one after the other.
///
/// `Self` gives
///   static constexpr const char* name       "sequential"
///   static std::string part_name(i)         what stands in front of the names of part i, with a point behind:
///                                           "0.weight"
///   static constexpr bool chained           part i reads the output of part i - 1; otherwise all read x
///   static constexpr bool keeps(i)          the output of part i is kept in the cache, in front of the cache of that
///                                           part
///
/// Part i draws with seed_of_part(seed, i), in initialize() and in the passes.
template <class Self, Parametric... Layers>
class composition {
 public:
  static constexpr std::size_t count = sizeof...(Layers);

  constexpr explicit composition(Layers... layers) : layers_(std::move(layers)...) {}

  /// Layer I, to ask it something.
  template <std::size_t I>
  const auto& get() const {
    return std::get<I>(layers_);
  }
  /// What layer I keeps in `cache`, that of a pass over an x of shape `x`: for layers that let one look into it.
  template <std::size_t I, class T, class D>
  vector_view<T, D> cache_of(vector_view<T, D> cache, const shape& x) const {
    const plan p = planned(x);
    return cache.segment(p.cache[I], p.cache_sizes[I]);
  }
  /// The shape that layer I reads where the first one reads x.
  template <std::size_t I>
  shape read_by(const shape& x) const {
    if constexpr (Self::chained && I > 0)
      return planned(x).out[I - 1];
    else
      return x;
  }
  index_t parameter_count() const {
    return std::apply([](const auto&... l) { return checked_sum(0, l.parameter_count()...); }, layers_);
  }
  index_t buffer_count() const {
    return std::apply([](const auto&... l) { return checked_sum(0, l.buffer_count()...); }, layers_);
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
  template <class Visit>
  void torch_tensors(Visit visit) const {
    index_t weights = 0, buffers = 0;
    each([&]<std::size_t I>(const auto& l) {
      const std::string prefix = Self::part_name(I) + ".";
      l.torch_tensors(
          [&](torch_tensor t, const std::string& name, bool buffer, index_t offset, index_t rows, index_t cols) {
            t.name = prefix + t.name;
            visit(std::move(t), prefix + name, buffer, offset + (buffer ? buffers : weights), rows, cols);
          });
      weights += l.parameter_count();
      buffers += l.buffer_count();
    });
  }
  std::string description() const {
    std::string text = std::string(Self::name) + "(";
    each([&]<std::size_t I>(const auto& l) { text.append(I > 0 ? ", " : "") += l.description(); });
    return text + ")";
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    index_t w = 0, b = 0;
    each([&]<std::size_t I>(const auto& l) {
      l.initialize(ctx, weights.segment(w, l.parameter_count()), buffers.segment(b, l.buffer_count()),
                   seed_of_part(seed, I));
      w += l.parameter_count();
      b += l.buffer_count();
    });
  }
  index_t cache_size(const shape& x) const { return planned(x).cache_end; }

 protected:
  /// Where everything lies for one shape of input.
  struct plan {
    shape in;
    std::array<shape, count> out;  ///< of each part
    std::array<index_t, count> weights, weight_counts, buffers, buffer_counts, outputs, cache, cache_sizes;
    index_t cache_end;
  };
  plan planned(const shape& x) const {
    plan p{};
    p.in = x;
    index_t w = 0, b = 0, c = 0;
    each([&]<std::size_t I>(const auto& l) {
      const shape& in = Self::chained && I > 0 ? p.out[I > 0 ? I - 1 : 0] : x;
      p.weights[I] = w;
      p.buffers[I] = b;
      w = checked_sum(w, p.weight_counts[I] = l.parameter_count());
      b = checked_sum(b, p.buffer_counts[I] = l.buffer_count());
      p.out[I] = l.output(in);
      p.outputs[I] = c;
      if (Self::keeps(I)) c = checked_sum(c, checked_product(p.out[I].rows, p.out[I].cols));
      p.cache[I] = c;
      c = checked_sum(c, p.cache_sizes[I] = l.cache_size(in));
    });
    p.cache_end = c;
    return p;
  }
  /// The pass of part i but for x, y, dx and dy.
  template <class Part, class Pass>
  static Part part(std::size_t i, const plan& p, const Pass& pass) {
    Part one;
    one.weights = pass.weights.segment(p.weights[i], p.weight_counts[i]);
    one.buffers = pass.buffers.segment(p.buffers[i], p.buffer_counts[i]);
    one.cache = pass.cache.segment(p.cache[i], p.cache_sizes[i]);
    if constexpr (requires { one.dweights; }) one.dweights = pass.dweights.segment(p.weights[i], p.weight_counts[i]);
    one.mode = pass.mode;
    one.seed = seed_of_part(pass.seed, i);
    return one;
  }
  /// The output of part i, which the cache keeps.
  template <class T, class D, class Source>
  static batch_view<T, D> kept(std::size_t i, const plan& p, vector_view<T, D> cache, const Source& x) {
    const shape& s = p.out[i];
    return as_batch(as_matrix(cache.segment(p.outputs[i], s.rows * s.cols), s.rows, s.cols), s, x);
  }
  /// Whether somebody asks for what the backward pass of a part alone computes.
  template <class Pass>
  static bool wanted(std::size_t i, const plan& p, const Pass& pass) {
    return pass.dx || (pass.dweights && p.weight_counts[i] > 0);
  }
  template <class F>
  void each(F f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f.template operator()<I>(std::get<I>(layers_)), ...);
    }(std::make_index_sequence<count>{});
  }
  template <class F>
  void each_reversed(F f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f.template operator()<count - 1 - I>(std::get<count - 1 - I>(layers_)), ...);
    }(std::make_index_sequence<count>{});
  }

 private:
  template <class Visit>
  struct prefixed {
    Visit visit;
    std::size_t part;
    index_t start;
    void operator()(const char* name, index_t offset, index_t rows, index_t cols) const {
      visit((Self::part_name(part) + "." + name).c_str(), start + offset, rows, cols);
    }
  };
  std::tuple<Layers...> layers_;
};

}  // namespace kindred::layer
