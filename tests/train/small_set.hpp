// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>

/// classes x per_class items of `columns` normal numbers around a centre of their class.
struct small_set {
  kindred::index_t classes, per_class, columns;
  std::uint64_t seed;
  kindred::matrix<double, kindred::cpu> x;
  kindred::vector<kindred::label_t, kindred::cpu> labels;

  small_set(kindred::context<kindred::cpu>& ctx, kindred::index_t c, kindred::index_t k, kindred::index_t d,
            std::uint64_t s = 1)
      : classes(c), per_class(k), columns(d), seed(s), x(ctx, c * k, d, numbers(s)), labels(ctx, c * k) {
    for (kindred::index_t i = 0; i < c * k; ++i) labels.view()(i) = static_cast<kindred::label_t>(i / k);
  }
  std::vector<double> numbers(std::uint64_t from) const {
    std::vector<double> v;
    for (kindred::index_t i = 0; i < classes * per_class * columns; ++i)
      v.push_back(0.5 * kindred::random::normal(from, 1, static_cast<std::uint64_t>(i)) +
                  kindred::random::normal(seed, 2,
                                          static_cast<std::uint64_t>(i / columns / per_class * columns + i % columns)));
    return v;
  }
};

/// Smooth, so that central differences are exact.
inline auto small_spec(kindred::index_t in, kindred::index_t out) {
  using namespace kindred::layer;
  return sequential(linear(in, 6), kindred::layer::tanh{}, linear(6, out));
}
