// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <string>
#include <vector>

using namespace kindred;

namespace {

struct found {
  std::vector<index_t> ids;
  std::vector<float> scores;
  bool operator==(const found&) const = default;
};

/// Small whole numbers: exact on every device, with many ties.
std::vector<float> whole_numbers(index_t n, std::uint64_t stream) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(random::below(5, 1, stream, i)) - 2;
  return v;
}

template <Device D, class S>
found searched(index_t n, index_t d, index_t q, index_t k) {
  context<D> ctx;
  index::flat<float, D, S> index(ctx, d);
  index.add(ctx, matrix<float, D>(ctx, n, d, whole_numbers(n * d, 1)));
  index.add(ctx, matrix<float, D>(ctx, n, d, whole_numbers(n * d, 2)));
  std::vector<std::uint8_t> keep(static_cast<std::size_t>(2 * n));
  std::vector<index_t> excluded(static_cast<std::size_t>(q));
  for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = i % 7 != 3;
  for (std::size_t i = 0; i < excluded.size(); ++i) excluded[i] = static_cast<index_t>(i) - 1;
  const vector<std::uint8_t, D> kept(ctx, keep);
  const vector<index_t, D> without(ctx, excluded);
  const auto best = index.search(ctx, matrix<float, D>(ctx, q, d, whole_numbers(q * d, 3)), k,
                                 op::search_filter<D>{.keep = kept, .excluded = without});
  return {best.ids.to_host(), best.scores.to_host()};
}

/// What is found after adds with ids, a replacement and a removal, through a file, by number and by score.
template <Device D, class S>
std::vector<found> changed() {
  context<D> ctx;
  const index_t n = 300, d = 5, q = 20;
  index::flat<float, D, S> index(ctx, d);
  std::vector<index_t> ids;
  for (index_t i = 0; i < n; ++i) ids.push_back(3 * ((i * 7) % n));
  index.add(ctx, matrix<float, D>(ctx, n, d, whole_numbers(n * d, 1)), ids);
  for (index_t& id : ids) ++id;
  index.add(ctx, matrix<float, D>(ctx, n, d, whole_numbers(n * d, 2)), ids);
  const std::vector<index_t> some{4, 30, 31, 600, 898}, others{0, 7, 9, 700, 897, 5000};
  index.replace(ctx, matrix<float, D>(ctx, 5, d, whole_numbers(5 * d, 3)), some);
  index.remove(ctx, others);
  const std::string path =
      (std::filesystem::temp_directory_path() / ("kindred_index_" + std::to_string(getpid()))).string();
  index.save(path);
  const auto loaded = index::flat<float, D, S>::load(ctx, path);
  std::filesystem::remove(path);
  std::vector<index_t> excluded(static_cast<std::size_t>(q), 10);
  const vector<index_t, D> without(ctx, excluded);
  const matrix<float, D> queries(ctx, q, d, whole_numbers(q * d, 4));
  std::vector<found> all;
  const auto ask = [&](const index::flat<float, D, S>& one) {
    const auto best = one.search(ctx, queries, 40, op::search_filter<D>{.keep = {}, .excluded = without});
    all.push_back({best.ids.to_host(), best.scores.to_host()});
    const auto within = one.range_search(ctx, queries, -3.0f);
    all.push_back({within.ids, within.scores});
    all.push_back({within.offsets, {}});
  };
  ask(index);
  ask(loaded);
  return all;
}

}  // namespace

TEST_CASE("an index on the GPU changes, is saved and loaded as on the host") {
  CHECK(changed<cuda, similarity::dot>() == changed<cpu, similarity::dot>());
  CHECK(changed<cuda, similarity::negative_euclidean>() == changed<cpu, similarity::negative_euclidean>());
}

TEST_CASE("a search on the GPU finds what the host finds, wherever scores are exact") {
  for (const index_t n : {1, 33, 700})
    for (const index_t k : {1, 10, 1500}) {
      CHECK(searched<cuda, similarity::dot>(n, 6, 40, k) == searched<cpu, similarity::dot>(n, 6, 40, k));
      CHECK(searched<cuda, similarity::negative_euclidean>(n, 6, 40, k) ==
            searched<cpu, similarity::negative_euclidean>(n, 6, 40, k));
    }
}

TEST_CASE("top_k on the GPU is the host's for any k, with NaN, zeros of both signs and infinity") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const index_t rows = 5, n = 3000;
  std::vector<float> scores = whole_numbers(rows * n, 4);
  for (std::size_t i = 0; i < scores.size(); i += 97) scores[i] = nan;
  for (std::size_t i = 1; i < scores.size(); i += 89) scores[i] = -0.0f;
  for (std::size_t i = 2; i < scores.size(); i += 331) scores[i] = i % 2 ? inf : -inf;
  context<cpu> host;
  context<cuda> device;
  for (const index_t k : {0, 1, 2, 33, 2047, 2048, 2049, 3000, 3001}) {
    const auto want = op::top_k(host, matrix<float, cpu>(host, rows, n, scores), k);
    const auto got = op::top_k(device, matrix<float, cuda>(device, rows, n, scores), k);
    CHECK(got.ids.to_host() == want.ids.to_host());
  }
}
