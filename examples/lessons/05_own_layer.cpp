// SPDX-License-Identifier: Apache-2.0
// Writes a layer: softplus, a smooth rectifier, by two functors. A gradient check tests it alone and inside a network.
#include <cmath>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/check/layer_gradient.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pointwise.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/op/fill.hpp>

namespace kd = kindred;
using kd::cpu;

// KINDRED_HD: on the processor and on a GPU
struct softplus_value {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  }
};
struct softplus_derivative {  // of x and dy
  template <class T>
  KINDRED_HD T operator()(T x, T dy) const {
    return dy / (1 + std::exp(-x));
  }
};

// y = log(1 + exp(x))
struct softplus : kd::layer::pointwise<softplus> {
  static constexpr bool derivative_of_y = false;  // the derivative reads x, not y
  softplus_value value() const { return {}; }
  softplus_derivative derivative() const { return {}; }
  std::string description() const { return "softplus()"; }  // in the files of networks
};
static_assert(kd::layer::Layer<softplus>);

int main() {
  kd::context<cpu> ctx;
  kd::matrix<double, cpu> rows(ctx, 5, 4);
  kd::op::fill_normal(ctx, rows.view(), 0, 2, 1);
  const kd::batch_view<const double, cpu> x(rows.view());

  const kd::layer::sequential network(kd::layer::linear(4, 6), softplus{}, kd::layer::linear(6, 2));
  std::printf("%s has %d weights\n", network.description().c_str(), static_cast<int>(network.parameter_count()));
  for (const double error :
       {kd::check::layer_gradient(ctx, softplus{}, x).error, kd::check::layer_gradient(ctx, network, x).error})
    std::printf("gradients %s\n", error < 1e-6 ? "right" : "wrong");
}

// It prints
//   sequential(linear(4, 6), softplus(), linear(6, 2)) has 44 weights
//   gradients right
//   gradients right
