// SPDX-License-Identifier: Apache-2.0
// Models of two views, projections of graphs, votes of neighbours and rbm: a GPU against the host.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/encoder/rbm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/relu.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/model/cmpl.hpp>
#include <kindred/model/corr_ae.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/model/mcsm.hpp>
#include <kindred/model/mcsm_layers.hpp>
#include <kindred/model/multimodal_dbn.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/s2upg.hpp>
#include <kindred/similarity/knn_vote.hpp>

using namespace kindred;

namespace {

using numbers = std::vector<double>;

/// Rows from `begin` on: three hidden numbers, the same for every stream, one of them near the number of the class.
template <class T>
std::vector<T> view_rows(index_t begin, index_t rows, index_t cols, std::uint64_t stream) {
  std::vector<T> values;
  for (index_t r = begin; r < begin + rows; ++r)
    for (index_t c = 0; c < cols; ++c) {
      double sum = 0.3 * random::normal(1, stream, static_cast<std::uint64_t>(r * cols + c));
      for (std::uint64_t h = 0; h < 3; ++h)
        sum += (random::normal(2, h, static_cast<std::uint64_t>(r)) + (h == 0 ? static_cast<double>(r % 3) : 0.0)) *
               random::normal(3 + stream, h, static_cast<std::uint64_t>(c));
      values.push_back(static_cast<T>(sum));
    }
  return values;
}
std::vector<label_t> labels_of(index_t rows) {
  std::vector<label_t> labels;
  for (index_t r = 0; r < rows; ++r) labels.push_back(static_cast<label_t>(r % 3));
  return labels;
}

template <class M>
void append(numbers& all, const M& rows) {
  const auto values = rows.to_host();
  all.insert(all.end(), values.begin(), values.end());
}

void agree(const numbers& want, const numbers& got, double tolerance) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(std::fabs(got[i] - want[i]) < tolerance * (1 + std::fabs(want[i])));
}

/// Both views through every model after two epochs.
template <Device D>
numbers modelled() {
  context<D> ctx;
  const index_t n = 96;
  const matrix<float, D> x(ctx, n, 6, view_rows<float>(0, n, 6, 0)), y(ctx, n, 5, view_rows<float>(0, n, 5, 1));
  const auto labels = labels_of(n);
  const auto perceptron = [](index_t in, index_t out) {
    return layer::sequential(layer::linear(in, 8), layer::relu{}, layer::linear(8, out));
  };
  const auto f = perceptron(6, 3), g = perceptron(5, 3);
  const model::training_options training{.epochs = 2, .batch = 32, .rate = 1e-3, .seed = 4};
  numbers all;
  const auto collect = [&](const auto& learned) {
    append(all, learned.first(ctx, x));
    append(all, learned.second(ctx, y));
  };
  collect(model::dcca{f, g, {.training = training}}.fit(ctx, x, y));
  collect(model::deep_sm{f, g, {.training = training}}.fit(ctx, x, y, labels));
  collect(model::cmpl{f, g, {.training = training}}.fit(ctx, x, y, labels));
  collect(model::corr_ae{f,
                         g,
                         perceptron(3, 6),
                         perceptron(3, 5),
                         {.decoded = train::decoded::both, .correspondence = 0.5, .training = training}}
              .fit(ctx, x, y));
  // texts of one to three words
  std::vector<index_t> offsets{0};
  for (index_t i = 0; i < n; ++i) offsets.push_back(offsets.back() + 1 + i % 3);
  batch<float, D> regions(ctx, n, 4, 6);
  const auto of_regions = view_rows<float>(0, 4 * n, 6, 2);
  ctx.copy_from_host(regions.view().values.data(), of_regions.data(), 4 * n * 6 * index_t(sizeof(float)));
  const batch<float, D> words(ctx, matrix<float, D>(ctx, offsets.back(), 5, view_rows<float>(0, offsets.back(), 5, 3)),
                              offsets);
  const model::sequence_and_row pictures(regions, x), texts(words, y);
  const model::mcsm attentive{model::mcsm_regions(6, 4, 3, 0.5), model::mcsm_sentence(5, 3), model::mcsm_picture(6, 3),
                              model::mcsm_words(5, 4, 3, 0.5), model::mcsm_options{.training = training}};
  const auto spaces = attentive.fit(ctx, pictures, texts, labels);
  append(all, spaces.first(ctx, pictures));
  append(all, spaces.second(ctx, texts));
  append(all, spaces.first_attention(ctx, pictures));
  append(all, spaces.second_attention(ctx, texts));
  return all;
}

/// Unseen rows of both views through every projection of a graph, and votes among them.
template <Device D>
numbers projected() {
  context<D> ctx;
  const index_t n = 60, m = 20;
  const auto rows = [&](index_t begin, index_t count, index_t cols, std::uint64_t stream) {
    return matrix<double, D>(ctx, count, cols, view_rows<double>(begin, count, cols, stream));
  };
  const auto x = rows(0, n, 6, 0), y = rows(0, n, 5, 1), new_x = rows(n, m, 6, 0), new_y = rows(n, m, 5, 1);
  const auto labels = labels_of(n);
  numbers all;
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

/// Codes, reconstructions and energies of one machine of each kind after three updates; what a network of five infers.
template <Device D>
numbers encoded() {
  context<D> ctx;
  std::vector<double> counts;
  for (std::uint64_t i = 0; i < 40 * 7; ++i) counts.push_back(static_cast<double>(random::below(2, 8, 0, i)));
  const matrix<double, D> batch(ctx, 40, 7, counts), rows(ctx, 40, 6, view_rows<double>(0, 40, 6, 0));
  numbers all;
  for (int kind = 0; kind < 3; ++kind) {
    encoder::rbm<double, D> machine(ctx, 7,
                                    {.hidden = 5,
                                     .visible = static_cast<encoder::rbm_visible>(kind),
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
  const model::multimodal_dbn deep{
      {.first = {.lower = {.hidden = 4, .visible = encoder::rbm_visible::gaussian, .rate = 0.005, .deviation = 0.5},
                 .upper = {.hidden = 3, .deviation = 0.5}},
       .second = {.lower = {.hidden = 4, .visible = encoder::rbm_visible::replicated_softmax, .deviation = 0.5},
                  .upper = {.hidden = 3, .deviation = 0.5}},
       .joint = {.hidden = 5, .deviation = 0.5},
       .epochs = 1,
       .batch = 20}};
  const auto joined = deep.fit(ctx, rows, batch);
  append(all, joined.first(ctx, rows));
  append(all, joined.second(ctx, batch));
  append(all, joined.second_of_first(ctx, rows));
  append(all, joined.first_of_second(ctx, batch));
  return all;
}

}  // namespace

TEST_CASE("models learn on the GPU what they learn on the host") { agree(modelled<cpu>(), modelled<cuda>(), 1e-3); }

TEST_CASE("projections of graphs and votes on the GPU are those of the host") {
  agree(projected<cpu>(), projected<cuda>(), 1e-8);
}

// in double no sample is near enough to its probability to be another one
TEST_CASE("Boltzmann machines on the GPU are updated as on the host") { agree(encoded<cpu>(), encoded<cuda>(), 1e-9); }
