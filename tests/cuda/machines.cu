// SPDX-License-Identifier: Apache-2.0
// Boltzmann machines and what is made of them, projections of graphs and votes of neighbours: a GPU against the host.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/generative/bimodal_autoencoder.hpp>
#include <kindred/generative/cmdn.hpp>
#include <kindred/generative/multimodal_dbn.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/s2upg.hpp>
#include <kindred/similarity/knn_vote.hpp>

#include "cuda/model_rows.hpp"

using namespace kindred;

namespace {

/// Unseen rows of both views through every projection of a graph, and votes among them.
template <Device D>
std::vector<double> projected() {
  context<D> ctx;
  const index_t n = 60, m = 20;
  const auto rows = [&](index_t begin, index_t count, index_t cols, std::uint64_t stream) {
    return matrix<double, D>(ctx, count, cols, view_rows<double>(begin, count, cols, stream));
  };
  const auto x = rows(0, n, 6, 0), y = rows(0, n, 5, 1), new_x = rows(n, m, 6, 0), new_y = rows(n, m, 5, 1);
  const auto labels = labels_of(n);
  std::vector<double> all;
  const auto collect = [&](const auto& found) {
    append(all, found.first(ctx, new_x));
    append(all, found.second(ctx, new_y));
  };
  collect(projection::jgrhml{.neighbours = 10}.fit(ctx, x, y, labels, new_x, new_y));
  const auto joint = projection::jrl{.gamma = 10, .sigma = 0.1, .neighbours = 10}.fit(ctx, x, y, labels);
  collect(joint);
  collect(projection::s2upg{.gamma = 10, .neighbours = 10}.fit(ctx, x, y, labels));
  const similarity::knn_vote<double, D> vote(ctx, joint.first(ctx, x), joint.second(ctx, y), labels, 7);
  append(all, vote.score(ctx, joint.first(ctx, new_x), joint.second(ctx, new_y)));
  return all;
}

/// Codes, reconstructions and energies of one machine of each kind after three updates.
template <Device D>
std::vector<double> encoded() {
  context<D> ctx;
  std::vector<double> counts;
  for (std::uint64_t i = 0; i < 40 * 7; ++i) counts.push_back(static_cast<double>(random::below(2, 8, 0, i)));
  const matrix<double, D> batch(ctx, 40, 7, counts);
  std::vector<double> all;
  for (int kind = 0; kind < 3; ++kind) {
    generative::rbm<double, D> machine(ctx, 7,
                                       {.hidden = 5,
                                        .visible = static_cast<generative::rbm_visible>(kind),
                                        .steps = 2,
                                        .sparsity_cost = 0.1,
                                        .deviation = 0.5});
    for (int update = 0; update < 3; ++update) all.push_back(machine.update(ctx, batch));
    const auto codes = machine.encode(ctx, batch);
    matrix<double, D> again(ctx, 40, 7);
    vector<double, D> energies(ctx, 40);
    machine.decode(ctx, codes, again.view());
    machine.free_energy(ctx, batch, energies.view());
    append(all, codes);
    append(all, again);
    append(all, energies);
  }
  return all;
}

/// What models made of machines infer.
template <Device D>
std::vector<double> inferred() {
  context<D> ctx;
  std::vector<double> counts;
  for (std::uint64_t i = 0; i < 40 * 7; ++i) counts.push_back(static_cast<double>(random::below(3, 8, 0, i)));
  const matrix<double, D> rows(ctx, 40, 6, view_rows<double>(0, 40, 6, 0)), words(ctx, 40, 7, counts);
  std::vector<double> all;
  const auto collect = [&](const auto& learned) {
    append(all, learned.first(ctx, rows));
    append(all, learned.second(ctx, words));
  };
  const generative::rbm_options of_rows{
      .hidden = 4, .visible = generative::rbm_visible::gaussian, .rate = 0.005, .deviation = 0.5},
      of_words{.hidden = 4, .visible = generative::rbm_visible::replicated_softmax, .deviation = 0.5},
      of_codes{.hidden = 5, .deviation = 0.5};
  const generative::multimodal_dbn_options belief{.first = {.lower = of_rows, .upper = of_codes},
                                                  .second = {.lower = of_words, .upper = of_codes},
                                                  .joint = of_codes,
                                                  .epochs = 1,
                                                  .batch = 20};
  const auto joined = generative::multimodal_dbn{belief}.fit(ctx, rows, words);
  collect(joined);
  append(all, joined.second_of_first(ctx, rows));
  append(all, joined.first_of_second(ctx, words));
  const model::training_options once{.epochs = 1, .batch = 20, .rate = 1e-3};
  collect(generative::bimodal_autoencoder{
      {.first = of_rows, .second = of_words, .joint = of_codes, .pretraining = 1, .training = once}}
              .fit(ctx, rows, words));
  const generative::stacked_autoencoder_options alone{
      .network = {.hidden = {4, 3}}, .pretraining = once, .fine_tuning = once};
  collect(generative::cmdn{{.first = alone,
                            .second = alone,
                            .belief = belief,
                            .joint = of_codes,
                            .hidden = 6,
                            .classifier = once,
                            .stages = {3},
                            .stage = once}}
              .fit(ctx, rows, words, labels_of(40)));
  return all;
}

}  // namespace

TEST_CASE("projections of graphs and votes on the GPU are those of the host") {
  agree(projected<cpu>(), projected<cuda>(), 1e-8);
}

// in double no sample is near enough to its probability to be another one
TEST_CASE("Boltzmann machines on the GPU are updated as on the host") { agree(encoded<cpu>(), encoded<cuda>(), 1e-9); }

TEST_CASE("models of machines infer on the GPU what they infer on the host") {
  agree(inferred<cpu>(), inferred<cuda>(), 1e-7);
}
