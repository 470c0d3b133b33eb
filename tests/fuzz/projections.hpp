// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/class_projection.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/kernel_projection.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/semantic.hpp>

#include "target.hpp"

namespace fuzz {

/// Fitted projections: linear, of classes, of a graph, of kernels, of many views, principal, semantic.
struct projections {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetsfirst.second.weightsmeans0123456789FI ";

  using cpu = kindred::cpu;
  using map_type = kindred::projection::linear_map<float, cpu>;
  using linear = kindred::projection::linear_projection<float, cpu>;
  using classes = kindred::projection::class_projection<float, cpu>;
  using graph = kindred::projection::jgrhml_projection<double, cpu>;
  using gaussian = kindred::projection::kernel_map<float, cpu, kindred::projection::gaussian_kernel>;
  using polynomial = kindred::projection::kernel_map<float, cpu, kindred::projection::polynomial_kernel>;
  using kernels = kindred::projection::kernel_projection<float, cpu, kindred::projection::gaussian_kernel,
                                                         kindred::projection::polynomial_kernel>;
  using views = kindred::projection::multiview_cca_projection<float, cpu>;
  using principal = kindred::projection::pca_projection<float, cpu>;
  using posterior = kindred::projection::posterior_map<float, cpu>;
  using semantic = kindred::projection::semantic_projection<float, cpu>;

  static std::vector<double> numbers(std::size_t count) {
    std::vector<double> v(count);
    for (std::size_t i = 0; i < count; ++i) v[i] = static_cast<double>(i * 7 % 11) / 8 - 0.5;
    return v;
  }

  static std::vector<std::string> seeds() {
    using writer = kindred::io::safetensors_writer;
    kindred::context<cpu> ctx;
    const auto map = [&](std::size_t columns, std::size_t dimensions) {
      return map_type(ctx, numbers(columns), numbers(columns * dimensions), static_cast<kindred::index_t>(dimensions));
    };
    const auto classifier = [&](std::size_t columns) {
      return posterior(map(columns, 2), kindred::vector<float, cpu>(ctx, std::vector<float>{0.5f, -0.5f}), {3, 7});
    };
    const auto weights = [&](std::size_t columns) {
      return kindred::projection::detail::kernel_weights{numbers(columns), std::vector<double>(columns, 1),
                                                         numbers(4 * columns), numbers(4 * 2), numbers(2)};
    };
    std::vector<map_type> three;
    for (const std::size_t columns : {3u, 2u, 4u}) three.push_back(map(columns, 2));
    return {saved<writer>(linear(map(3, 2), map(4, 2), {0.9, 0.5}, 3, 4)),
            saved<writer>(classes(map(3, 2), map(4, 2), {1, 5}, {2.5, 2.25})),
            saved<writer>(graph(ctx, {numbers(3),
                                      numbers(4),
                                      numbers(3 * 2),
                                      numbers(4 * 2),
                                      numbers(5 * 2),
                                      numbers(5 * 3),
                                      std::vector<double>(5, 2.0),
                                      {0, 1, 4},
                                      0,
                                      2,
                                      0.1})),
            saved<writer>(
                kernels(gaussian(ctx, weights(3), {1.5}), polynomial(ctx, weights(2), {2, 1.0, 1.0}), {0.9, 0.4})),
            saved<writer>(views(std::move(three), {2.5, 1.5}, {3, 2, 4})),
            saved<writer>(principal(map(3, 2), {2, 1}, 4, 3)),
            saved<writer>(semantic(classifier(3), classifier(2)))};
  }

  template <class P>
  static bool load_one(kindred::context<cpu>& ctx, const kindred::io::safetensors& file) {
    return loads([&] {
      const auto p = P::load(ctx, file, "");
      const auto apply = [&](kindred::index_t columns, auto f) {
        const kindred::matrix<typename P::value_type, cpu> x(ctx, 2, columns);
        check(f(x).cols() == p.dimensions());
      };
      if constexpr (std::is_same_v<P, principal>) {
        apply(p.map().columns(), [&](const auto& x) { return p.first(ctx, x); });
      } else if constexpr (std::is_same_v<P, views>) {
        for (kindred::index_t v = 0; v < p.views(); ++v)
          apply(p.map(v).columns(), [&](const auto& x) { return p.project(ctx, v, x); });
      } else {
        apply(p.first_map().columns(), [&](const auto& x) { return p.first(ctx, x); });
        apply(p.second_map().columns(), [&](const auto& x) { return p.second(ctx, x); });
      }
      if constexpr (std::is_same_v<P, graph>) {
        check(p.first_scores(ctx).rows() + p.second_scores(ctx).rows() == p.nodes());
        check(static_cast<kindred::index_t>(p.classes().size()) == p.dimensions());
      }
    });
  }

  static bool load(std::span<const std::byte> bytes) {
    bool loaded = false;
    loads([&] {
      const kindred::io::safetensors file(bytes, "memory", limits);
      kindred::context<cpu> ctx;
      loaded = any_loaded({load_one<linear>(ctx, file), load_one<classes>(ctx, file), load_one<graph>(ctx, file),
                           load_one<kernels>(ctx, file), load_one<views>(ctx, file), load_one<principal>(ctx, file),
                           load_one<semantic>(ctx, file)});
    });
    return loaded;
  }
};

}  // namespace fuzz
