// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/generative/bimodal_autoencoder.hpp>
#include <kindred/generative/cmdn.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/model/mcsm.hpp>

#include "target.hpp"

namespace fuzz {

/// Models: network_pair, deep_sm_model, dcca_model, mcsm_model, multimodal_dbn_model, bimodal_autoencoder_model and
/// cmdn_model.
struct models {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetsfirst.second.joint.lower0123456789FI ";

  using cpu = kindred::cpu;
  using writer = kindred::io::safetensors_writer;
  using wide = kindred::layer::sequential<kindred::layer::linear, kindred::layer::sigmoid>;
  using pooled = kindred::layer::sequential<kindred::layer::mean_pool, kindred::layer::linear>;
  static wide spec() { return wide(kindred::layer::linear(3, 2), {}); }
  static pooled pool_spec() { return pooled({}, kindred::layer::linear(3, 2)); }

  using pair = kindred::model::network_pair<wide, wide, float, cpu>;
  using classes = kindred::model::deep_sm_model<wide, wide, float, cpu>;
  using correlated = kindred::model::dcca_model<wide, wide, float, cpu>;
  using spaces = kindred::model::mcsm_model<pooled, wide, wide, pooled, float, cpu>;
  using belief = kindred::generative::multimodal_dbn_model<float, cpu>;
  using bimodal = kindred::generative::bimodal_autoencoder_model<float, cpu>;
  using media = kindred::generative::cmdn_model<float, cpu>;
  using scaling = kindred::generative::detail::column_scaling<float, cpu>;
  using rbm = kindred::generative::rbm<float, cpu>;

  static belief belief_of(kindred::context<cpu>& ctx, kindred::index_t joint) {
    const auto pathway = [&](kindred::index_t columns) {
      return kindred::generative::detail::belief_pathway<float, cpu>(ctx, rbm(ctx, columns, {.hidden = 2}),
                                                                     rbm(ctx, 2, {.hidden = 2}));
    };
    return {pathway(3), pathway(4), rbm(ctx, 4, {.hidden = joint})};
  }
  static pair pair_of(kindred::context<cpu>& ctx) {
    return {pair::first_type(ctx, spec(), 1), pair::second_type(ctx, spec(), 2)};
  }

  static std::vector<std::string> seeds() {
    using namespace kindred;
    context<cpu> ctx;
    const auto map = [&] { return projection::linear_map<float, cpu>(ctx, {0.5, 0}, {1, 0, 0.5, 2}, 2); };
    const bimodal::widths widths{3, 4, 2, 2, 3};
    const auto pathway = [&](index_t columns) {
      generative::autoencoder<float, cpu> intra(ctx, columns, {.hidden = {2}});
      return media::pathway(scaling(ctx, columns), std::move(intra), rbm(ctx, 5, {.hidden = 2}), scaling(ctx, 2),
                            {ctx, media::pathway::hidden_layers(2, 2), 1});
    };
    std::vector<media::stage> stages;
    stages.emplace_back(ctx, media::stage_layers(2, 2), 3);
    return {saved<writer>(pair_of(ctx)),
            saved<writer>(classes(pair_of(ctx), {2, 4})),
            saved<writer>(correlated(pair_of(ctx), {map(), map(), {0.5, 0.25}, 2, 2})),
            saved<writer>(spaces({{ctx, pool_spec(), 1, shape::sequences(1, 2, 3)}, {ctx, spec(), 2}},
                                 {{ctx, spec(), 3}, {ctx, pool_spec(), 4, shape::sequences(1, 2, 3)}}, 0.25)),
            saved<writer>(belief_of(ctx, 3)),
            saved<writer>(bimodal({generative::rbm_visible::gaussian, scaling(ctx, 3)},
                                  {generative::rbm_visible::replicated_softmax, scaling(ctx, 4), 5},
                                  {ctx, widths.to_code(), 1}, {ctx, widths.to_rows(), 2})),
            saved<writer>(media(belief_of(ctx, 3), pathway(3), pathway(4), std::move(stages)))};
  }

  static kindred::matrix<float, cpu> rows(kindred::context<cpu>& ctx, kindred::index_t d) { return {ctx, 2, d}; }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    bool loaded = false;
    loads([&] {
      const io::safetensors file(bytes, "memory", limits);
      context<cpu> ctx;
      const auto three = rows(ctx, 3);
      const auto both = [&](const auto& m) {
        check(m.first(ctx, three).cols() == m.dimensions() && m.second(ctx, three).cols() == m.dimensions());
      };
      loaded = any_loaded({
          loads([&] { both(pair::load(ctx, spec(), spec(), file, "")); }),
          loads([&] { both(classes::load(ctx, spec(), spec(), file, "")); }),
          loads([&] { both(correlated::load(ctx, spec(), spec(), file, "")); }),
          loads([&] {
            const auto m = spaces::load(ctx, pool_spec(), spec(), spec(), pool_spec(), file, "");
            const batch<float, cpu> sequences(ctx, 2, 2, 3);
            const model::sequence_and_row<float, cpu> items(sequences, three);
            check(m.first(ctx, items).cols() == m.dimensions() && m.second(ctx, items).cols() == m.dimensions());
          }),
          loads([&] {
            auto m = belief::load(ctx, file, "");
            m.inference().steps = std::min<index_t>(m.inference().steps, 3);
            const auto x = rows(ctx, m.first_pathway().columns()), y = rows(ctx, m.second_pathway().columns());
            check(m.first(ctx, x).cols() == m.dimensions() && m.second(ctx, y).cols() == m.dimensions());
            check(m.second_of_first(ctx, x).cols() == y.cols() && m.first_of_second(ctx, y).cols() == x.cols());
          }),
          loads([&] {
            const auto m = bimodal::load(ctx, file, "");
            const auto& read = m.to_code().spec().template get<0>();
            const auto x = rows(ctx, read.first.in), y = rows(ctx, read.second.in);
            check(m.joint(ctx, x, y).cols() == m.dimensions());
            check(m.second_of_first(ctx, x).cols() == y.cols() && m.first_of_second(ctx, y).cols() == x.cols());
          }),
          loads([&] {
            const auto m = media::load(ctx, file, "");
            if (file.template load_vector<index_t>(ctx, "inter.inference").to_host()[1] > 100) return;
            use([&] { m.first(ctx, rows(ctx, m.first_pathway().columns())); });
            use([&] { m.second(ctx, rows(ctx, m.second_pathway().columns())); });
          }),
      });
    });
    return loaded;
  }
};

}  // namespace fuzz
