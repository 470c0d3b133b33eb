// SPDX-License-Identifier: Apache-2.0
// Pipelines on the GPU answer as on the CPU where scores are exact, and their files move between the two.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/engine.hpp>
#include <kindred/similarity/dot.hpp>

#include "io/files.hpp"

using namespace kindred;

namespace {

constexpr index_t n = 300, d = 17;

/// Small whole numbers, whose products every device computes exactly, with ties.
template <class T>
std::vector<T> digits(index_t count, std::uint64_t seed) {
  std::vector<T> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<T>(random::below(4, seed, 0, i));
  return v;
}

struct answers {
  std::vector<index_t> ids;
  std::vector<float> scores;
  double average_precision;
  bool operator==(const answers&) const = default;
};

template <Device D>
answers asked(const std::string& path, bool load) {
  context<D> ctx;
  const matrix<float, D> gallery(ctx, n, d, digits<float>(n * d, 1)), queries(ctx, 9, d, digits<float>(9 * d, 2));
  const vector<label_t, D> labels(ctx, digits<label_t>(n, 3)), mine(ctx, digits<label_t>(9, 4));
  const auto ask = [&](const auto& engine) {
    const auto found = engine.search(ctx, queries, 20);
    return answers{found.ids.to_host(), found.scores.to_host(),
                   engine.evaluate(ctx, queries, relation::same_label(mine, labels), metric::average_precision{})[0]};
  };
  using type = retrieval::engine<encoder::features, index::flat<float, D, similarity::dot>>;
  if (load) return ask(type::load(ctx, path));
  retrieval::engine engine(ctx, encoder::features{.columns = d}, similarity::dot{});
  engine.add(ctx, gallery);
  engine.save(path);
  return ask(engine);
}

/// Average precisions of both directions of a cross-modal engine that was fitted, or loaded from `path`.
template <Device D>
std::array<double, 2> quality(const std::string& path, bool load) {
  context<D> ctx;
  std::vector<label_t> numbers;
  auto x = digits<float>(n * 6, 5), y = digits<float>(n * 4, 6);
  for (std::size_t i = 0; i < n; ++i) {
    numbers.push_back(static_cast<label_t>(i % 4));
    x[i * 6 + i % 4] += 9;
    y[i * 4 + (i + 1) % 4] += 9;
  }
  const matrix<float, D> a(ctx, n, 6, x), b(ctx, n, 4, y);
  const vector<label_t, D> labels(ctx, numbers);
  const retrieval::cross_modal pipeline{projection::cca{.dimensions = 3}};
  const auto judge = [&](const auto& engine) {
    const auto both = engine.evaluate(ctx, a, b, relation::same_label(labels, labels), metric::average_precision{});
    return std::array<double, 2>{both.forward[0], both.backward[0]};
  };
  if (load) return judge(pipeline.load(ctx, path));
  auto engine = pipeline.fit(ctx, a, b);
  engine.add_first(ctx, a);
  engine.add_second(ctx, b);
  engine.save(path);
  return judge(engine);
}

}  // namespace

TEST_CASE("an engine on the GPU finds what it finds on the CPU, and reads the file of the other") {
  const temporary_folder folder;
  const auto host = asked<cpu>(folder / "host", false), device = asked<cuda>(folder / "device", false);
  CHECK(device == host);
  CHECK(asked<cuda>(folder / "host", true) == host);
  CHECK(asked<cpu>(folder / "device", true) == host);
  CHECK(bytes_of(folder / "device") == bytes_of(folder / "host"));
}

TEST_CASE("a cross-modal engine learns on the GPU as on the CPU, and reads the file of the other") {
  const temporary_folder folder;
  const auto host = quality<cpu>(folder / "host", false), device = quality<cuda>(folder / "device", false);
  const auto from_host = quality<cuda>(folder / "host", true), from_device = quality<cpu>(folder / "device", true);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(host[i] > 0.8);
    CHECK(device[i] == doctest::Approx(host[i]).epsilon(1e-3));
    CHECK(from_host[i] == doctest::Approx(host[i]).epsilon(1e-3));
    CHECK(from_device[i] == doctest::Approx(host[i]).epsilon(1e-3));
  }
}
