// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <functional>
#include <kindred/check/gradient.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/layer/concept.hpp>
#include <limits>
#include <vector>

namespace kindred::check {

/// How layer_gradient() checks.
struct layer_gradient_options {
  std::uint64_t seed = 1;                 ///< of weights, of dy and of what the layer draws
  layer::mode mode = layer::mode::train;  ///< of the passes
  double step = 1e-6;                     ///< of the central differences
};

/// What layer_gradient() found.
struct layer_comparison {
  double error = 0;       ///< largest error of dx and dweights, see gradient_comparison; infinity for a broken law
  const char* part = "";  ///< where: "dx", "dweights" or the law that is broken
  gradient_comparison where{};  ///< that element
  std::uint64_t digest = 0;     ///< of the bytes of y, dx and dweights: equal wherever results must be equal to the bit
};

namespace detail {

/// A layer with its type hidden, so that all that checks it is compiled once per device.
template <class D, template <class, class> class X>
struct any_layer {
  index_t parameter_count, buffer_count, cache_size;
  shape output;
  std::function<void(context<D>&, vector_view<double, D>, vector_view<double, D>)> initialize;
  std::function<void(context<D>&, const layer::forward_pass<double, D, X>&)> forward;
  std::function<void(context<D>&, const layer::backward_pass<double, D, X>&)> backward;
};

/// A copy of x whose numbers may be changed, and memory for its gradient.
template <class D, template <class, class> class X>
struct input_copy;
template <class D>
struct input_copy<D, batch_view> {
  matrix<double, D> values, gradient;
  batch_view<const double, D> source;

  input_copy(context<D>& ctx, batch_view<const double, D> x)
      : values(ctx, x.values.rows(), x.values.cols(), to_host(ctx, x.values)),
        gradient(ctx, x.values.rows(), x.values.cols()),
        source(x) {}
  batch_view<double, D> over(matrix_view<double, D> m) const {
    return {m, source.offsets, source.items, source.longest, source.height};
  }
  batch_view<const double, D> x() { return over(values.view()); }
  batch_view<double, D> dx() { return over(gradient.view()); }
  std::span<double> numbers() { return {values.data(), static_cast<std::size_t>(values.rows() * values.cols())}; }
  std::span<double> gradients() { return {gradient.data(), numbers().size()}; }
};
template <class D>
struct input_copy<D, tokens> {  // ids have no gradient
  tokens<const double, D> source;

  input_copy(context<D>&, tokens<const double, D> x) : source(x) {}
  tokens<const double, D> x() { return source; }
  tokens<double, D> dx() { return {}; }
  std::span<double> numbers() { return {}; }
  std::span<double> gradients() { return {}; }
};

inline bool equal_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}
inline void add_to_digest(std::uint64_t& digest, std::span<const double> values) {
  for (const double v : values) {
    const auto bits = __builtin_bit_cast(std::uint64_t, v);
    for (int byte = 0; byte < 8; ++byte) digest = (digest ^ ((bits >> (8 * byte)) & 0xff)) * 1099511628211ull;
  }
}

template <Device D, template <class, class> class X>
layer_comparison compare_layer(context<D>& ctx, const any_layer<D, X>& layer, X<const double, D> source,
                               const layer_gradient_options& options) {
  static_assert(D::host_memory, "check::layer_gradient reads memory in place: expected context<cpu> or context<emu>");
  const auto noise = [&](std::uint64_t stream, index_t i) {
    return 2 * random::uniform(options.seed, stream, static_cast<std::uint64_t>(i)) - 1;
  };
  const shape out = layer.output;
  vector<double, D> weights(ctx, layer.parameter_count), buffers(ctx, layer.buffer_count),
      first_buffers(ctx, layer.buffer_count), cache(ctx, layer.cache_size, uninitialized);
  layer.initialize(ctx, weights.view(), first_buffers.view());
  // weights that start at 0 or 1 would hide a wrong formula
  for (index_t i = 0; i < weights.size(); ++i) weights.data()[i] += 0.2 * noise(101, i);
  for (index_t i = 0; i < first_buffers.size(); ++i) first_buffers.data()[i] += 0.2 * noise(102, i);
  input_copy<D, X> input(ctx, source);
  matrix<double, D> y(ctx, out.rows, out.cols, uninitialized), dy(ctx, out.rows, out.cols);
  const index_t outputs = out.rows * out.cols;
  for (index_t i = 0; i < outputs; ++i) dy.data()[i] = noise(103, i);
  const auto as_output = [&](auto m) { return layer::as_batch(m, out, source); };
  const auto forward = [&] {
    ctx.copy(buffers.data(), first_buffers.data(), buffers.size() * static_cast<index_t>(sizeof(double)));
    layer.forward(ctx, {weights.view(), buffers.view(), input.x(), as_output(y.view()), cache.view(), options.mode,
                        options.seed});
  };
  const auto value = [&] {
    forward();
    double sum = 0;
    for (index_t i = 0; i < outputs; ++i) sum += y.data()[i] * dy.data()[i];
    return sum;
  };
  vector<double, D> dweights(ctx, weights.size());
  const auto gradients = [&](double start, bool with_dx, bool with_dweights) {
    for (double& v : input.gradients()) v = std::numeric_limits<double>::quiet_NaN();  // what is not written shows
    for (index_t i = 0; i < dweights.size(); ++i) dweights.data()[i] = start;
    layer.backward(
        ctx, {weights.view(), buffers.view(), input.x(), as_output(std::as_const(y).view()),
              as_output(std::as_const(dy).view()), with_dx ? input.dx() : X<double, D>(),
              with_dweights ? dweights.view() : vector_view<double, D>(), cache.view(), options.mode, options.seed});
  };
  const auto copied = [](std::span<const double> v) { return std::vector<double>(v.begin(), v.end()); };
  const auto broken = [](const char* law) {
    return layer_comparison{std::numeric_limits<double>::infinity(), law, {}, 0};
  };

  forward();
  gradients(0, true, true);
  const auto dx = copied(input.gradients()), dw = dweights.to_host();
  layer_comparison result;
  result.digest = 14695981039346656037ull;
  add_to_digest(result.digest, {y.data(), static_cast<std::size_t>(outputs)});
  add_to_digest(result.digest, dx);
  add_to_digest(result.digest, dw);

  gradients(0, false, true);
  if (!equal_bytes(dweights.to_host(), dw)) return broken("without dx, dweights stay the same");
  gradients(0, true, false);
  if (!equal_bytes(copied(input.gradients()), dx)) return broken("without dweights, dx stays the same");
  for (const double v : dweights.to_host())
    if (v != 0) return broken("absent dweights are not written");
  gradients(0.5, true, true);
  for (index_t i = 0; i < dweights.size(); ++i) {
    const double wanted = dw[static_cast<std::size_t>(i)] + 0.5, came = dweights.data()[i];
    if (!(std::abs(came - wanted) <= 1e-12 * (1 + std::abs(wanted)))) return broken("dweights are accumulated");
  }
  if (!equal_bytes(copied(input.gradients()), dx)) return broken("dx is overwritten");

  const auto keep_worse = [&](const char* part, const gradient_comparison& c) {
    // a NaN is kept: it is what a dx that was not overwritten leaves
    if (result.error == result.error && !(c.error <= result.error))
      result.error = c.error, result.part = part, result.where = c;
  };
  keep_worse("dx", compare_gradient(value, input.numbers(), dx, options.step));
  keep_worse("dweights", compare_gradient(value, std::span<double>(weights.data(), dw.size()), dw, options.step));
  return result;
}

template <Device D, class L, template <class, class> class X>
layer_comparison compare_any_layer(context<D>& ctx, const L& l, X<const double, D> x,
                                   const layer_gradient_options& options) {
  const shape in = x.shape();
  const any_layer<D, X> any{
      l.parameter_count(),
      l.buffer_count(),
      l.cache_size(in),
      l.output(in),
      [&](context<D>& c, vector_view<double, D> w, vector_view<double, D> b) { l.initialize(c, w, b, options.seed); },
      [&](context<D>& c, const layer::forward_pass<double, D, X>& pass) { l.forward(c, pass); },
      [&](context<D>& c, const layer::backward_pass<double, D, X>& pass) { l.backward(c, pass); }};
  return compare_layer<D, X>(ctx, any, x, options);
}

}  // namespace detail

/// Checks a layer: forward and backward once, then the gradient of sum over r, c of y(r, c) dy(r, c), with a random dy,
/// against central differences of it in every number of x and every weight.
///
/// Weights are what initialize() gives and buffers too, each with up to 0.2 of noise, since weights of 0 or 1 would
/// hide a wrong formula. Buffers are the same before every forward pass. On the way these laws of layer::Layer are
/// checked, a broken one gives the error infinity and its sentence in `part`: dx is overwritten, dweights are
/// accumulated, and where one of the two is absent the other stays the same to the bit. On `emu` the cache and y start
/// as NaN.
///
/// ctx    of a device whose memory the host reads: cpu or emu
/// layer  any layer from X to batch_view
/// x      a batch_view, or tokens; its numbers should keep away from kinks by more than the step. Not changed
///
/// Complexity   two forward passes per weight and number of x, five backward passes.
/// Determinism  that of the layer; `digest` shows whether two runs (lane orders, numbers of threads) gave the same
///              bytes.
/// Errors       what the layer throws.
/// Limit        1e-6 is what every layer of the library keeps.
template <Device D, class L>
layer_comparison layer_gradient(context<D>& ctx, const L& layer, const_batch<double, D> x,
                                const layer_gradient_options& options = {}) {
  return detail::compare_any_layer<D, L, batch_view>(ctx, layer, x, options);
}
/// The same for a layer that reads ids.
template <Device D, class L>
layer_comparison layer_gradient(context<D>& ctx, const L& layer, const std::type_identity_t<tokens<const double, D>>& x,
                                const layer_gradient_options& options = {}) {
  return detail::compare_any_layer<D, L, tokens>(ctx, layer, x, options);
}

}  // namespace kindred::check
