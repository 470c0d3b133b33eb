// SPDX-License-Identifier: Apache-2.0
// Every miner alone, on the processor and as a kernel on an emulated warp in both lane orders, against loops written
// from the rules of its paper: random scores, scores with ties, NaN, infinity, one class, no positives, no rows.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/miner/all.hpp>
#include <kindred/miner/batch_hard.hpp>
#include <kindred/miner/distance_weighted.hpp>
#include <kindred/miner/easy.hpp>
#include <kindred/miner/graph.hpp>
#include <kindred/miner/hardest_negative.hpp>
#include <kindred/miner/margin_band.hpp>
#include <kindred/miner/multi_similarity.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/miner/semi_hard.hpp>
#include <kindred/relation/hops.hpp>
#include <kindred/relation/pairs.hpp>
#include <string>
#include <vector>

using namespace kindred;

namespace {

using emitted = std::array<index_t, 3>;  // anchor, positive, negative

struct task {
  std::vector<double> scores;  // rows x cols
  std::vector<label_t> rows, cols;
  bool same_set;
  index_t n() const { return static_cast<index_t>(rows.size()); }
  index_t m() const { return static_cast<index_t>(cols.size()); }
  double at(index_t r, index_t c) const { return scores[static_cast<std::size_t>(r * m() + c)]; }
  bool positive(index_t r, index_t c) const {
    return !(same_set && r == c) && rows[static_cast<std::size_t>(r)] == cols[static_cast<std::size_t>(c)] &&
           !std::isnan(at(r, c));
  }
  bool negative(index_t r, index_t c) const {
    return !(same_set && r == c) && rows[static_cast<std::size_t>(r)] != cols[static_cast<std::size_t>(c)] &&
           !std::isnan(at(r, c)) && at(r, c) > -infinity<double>;
  }
  std::vector<index_t> positives(index_t r) const {
    return where([&](index_t c) { return positive(r, c); });
  }
  std::vector<index_t> negatives(index_t r) const {
    return where([&](index_t c) { return negative(r, c); });
  }
  std::vector<index_t> where(const std::function<bool(index_t)>& wanted) const {
    std::vector<index_t> found;
    for (index_t c = 0; c < m(); ++c)
      if (wanted(c)) found.push_back(c);
    return found;
  }
};

template <class M, class D>
struct collect_row {
  M miner;
  matrix_view<const double, D> scores;
  relation::same_label<D> relation;
  matrix_view<index_t, D> found;  // pairs, one row per anchor
  vector_view<index_t, D> counts;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t a) const {
    index_t count = 0;
    miner(g, a, scores, relation, [&](index_t p, index_t n) {
      g.once([&] {
        found(a, 2 * count) = p;
        found(a, 2 * count + 1) = n;
      });
      ++count;
    });
    g.once([&] { counts(a) = count; });
  }
};

template <class M, Device D>
std::vector<emitted> mined(context<D>& ctx, const M& miner, const task& t) {
  const index_t n = t.n(), m = t.m(), most = 2 * m * m;
  const matrix<double, D> scores(ctx, n, m, t.scores);
  const vector<label_t, D> rows(ctx, t.rows), cols(ctx, t.cols);
  matrix<index_t, D> found(ctx, n, 2 * most);
  vector<index_t, D> counts(ctx, n);
  const relation::same_label<D> relation(rows.view(), cols.view(), t.same_set);
  ctx.for_each_row(n, m, collect_row<M, D>{miner, scores.view(), relation, found.view(), counts.view()});
  std::vector<emitted> out;
  for (index_t a = 0; a < n; ++a)
    for (index_t i = 0; i < counts.view()(a); ++i)
      out.push_back({a, found.view()(a, 2 * i), found.view()(a, 2 * i + 1)});
  return out;
}

std::vector<double> drawn(std::size_t n, std::uint64_t seed) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = 2 * random::uniform(seed, 0, i) - 1;
  return x;
}
std::vector<label_t> classes(index_t n, index_t count, std::uint64_t seed) {
  std::vector<label_t> labels;
  for (index_t i = 0; i < n; ++i)
    labels.push_back(static_cast<label_t>(random::below(count, seed, 1, static_cast<std::uint64_t>(i))));
  return labels;
}

std::vector<task> tasks() {
  std::vector<task> all;
  const auto square = [&](std::vector<label_t> labels, std::uint64_t seed) {
    task t{drawn(labels.size() * labels.size(), seed), labels, labels, true};
    all.push_back(t);
    for (double& s : t.scores) s = std::round(s * 2) / 2;  // many ties
    all.push_back(t);
  };
  square(classes(37, 5, 1), 2);
  square(classes(16, 3, 3), 4);
  square({0, 0, 0, 0}, 5);  // one class
  square({0, 1, 2, 3}, 6);  // no positives
  square({0}, 7);
  square({}, 8);
  all.push_back({drawn(9 * 40, 9), classes(9, 4, 10), classes(40, 4, 11), false});
  all.push_back({drawn(5 * 3, 12), {0, 1, 2, 0, 9}, {0, 1, 2}, false});
  all.push_back({{}, {0, 1}, {}, false});
  task broken = all[0];
  for (std::size_t i = 0; i < broken.scores.size(); i += 3) broken.scores[i] = std::nan("");
  for (std::size_t i = 1; i < broken.scores.size(); i += 7)
    broken.scores[i] = i % 2 ? infinity<double> : -infinity<double>;
  all.push_back(broken);
  std::fill(broken.scores.begin(), broken.scores.end(), std::nan(""));
  all.push_back(broken);
  return all;
}

/// `rule` gives the triplets of one anchor; every device and lane order has to emit them, in this order.
template <class M>
void check_miner(const M& miner, const std::function<std::vector<emitted>(const task&, index_t)>& rule) {
  context<cpu> host(2);
  context<emu> up(lane_order::ascending), down(lane_order::descending);
  std::size_t total = 0;
  for (const task& t : tasks()) {
    CAPTURE(t.n());
    CAPTURE(t.m());
    std::vector<emitted> want;
    for (index_t a = 0; a < t.n(); ++a)
      for (const emitted& e : rule(t, a)) want.push_back(e);
    total += want.size();
    CHECK(mined(host, miner, t) == want);
    CHECK(mined(up, miner, t) == want);
    CHECK(mined(down, miner, t) == want);
  }
  CHECK(total > 0);
}

/// The column of `from` with the largest value, the first of several; -1 without one.
index_t first_best(const std::vector<index_t>& from, const std::function<double(index_t)>& value) {
  index_t found = -1;
  for (const index_t c : from)
    if (found < 0 || value(c) > value(found)) found = c;
  return found;
}

std::vector<emitted> filtered(const task& t, index_t a, const std::function<bool(double, double)>& keep) {
  std::vector<emitted> out;
  for (const index_t p : t.positives(a))
    for (const index_t n : t.negatives(a))
      if (keep(t.at(a, p), t.at(a, n))) out.push_back({a, p, n});
  return out;
}

/// The negative in which `u` falls when negatives of these weights lie one behind the other.
index_t by_weight(const std::vector<index_t>& negatives, const std::vector<double>& weights, double u) {
  double total = 0;
  for (const double w : weights) total += w;
  double before = 0;
  for (std::size_t i = 0; i < negatives.size(); ++i) {
    before += weights[i];
    if (u * total < before) return negatives[i];
  }
  return negatives.back();
}

}  // namespace

TEST_CASE("all: every positive with every negative") {
  check_miner(miner::all{},
              [](const task& t, index_t a) { return filtered(t, a, [](double, double) { return true; }); });
}

TEST_CASE("margin band: negatives behind the positive by no more than the margin") {
  check_miner(miner::margin_band{.margin = 0.5}, [](const task& t, index_t a) {
    return filtered(t, a, [](double p, double n) { return p - n > 0 && p - n <= 0.5; });
  });
}

TEST_CASE("multi-similarity: pairs beside the closest negative and the farthest positive") {
  check_miner(miner::multi_similarity{.epsilon = 0.1}, [](const task& t, index_t a) {
    double lowest = infinity<double>, highest = -infinity<double>;
    for (const index_t p : t.positives(a)) lowest = std::min(lowest, t.at(a, p));
    for (const index_t n : t.negatives(a)) highest = std::max(highest, t.at(a, n));
    return filtered(t, a, [=](double p, double n) { return p - 0.1 < highest && n + 0.1 > lowest; });
  });
}

TEST_CASE("batch hard: the farthest positive and the closest negative") {
  check_miner(miner::batch_hard{}, [](const task& t, index_t a) -> std::vector<emitted> {
    const index_t p = first_best(t.positives(a), [&](index_t c) { return -t.at(a, c); });
    const index_t n = first_best(t.negatives(a), [&](index_t c) { return t.at(a, c); });
    if (p < 0 || n < 0) return {};
    return {{a, p, n}};
  });
}

TEST_CASE("hardest negative: every positive and the closest negative") {
  check_miner(miner::hardest_negative{}, [](const task& t, index_t a) {
    std::vector<emitted> out;
    const index_t n = first_best(t.negatives(a), [&](index_t c) { return t.at(a, c); });
    for (const index_t p : t.positives(a))
      if (n >= 0) out.push_back({a, p, n});
    return out;
  });
}

TEST_CASE("easy: the closest positive and the closest negative, behind it or at all") {
  for (const auto kind : {miner::easy::negative::semi_hard, miner::easy::negative::hard})
    check_miner(miner::easy{kind}, [kind](const task& t, index_t a) -> std::vector<emitted> {
      const index_t p = first_best(t.positives(a), [&](index_t c) { return t.at(a, c); });
      if (p < 0) return {};
      const auto from = t.where([&](index_t c) {
        return t.negative(a, c) && (kind == miner::easy::negative::hard || t.at(a, c) < t.at(a, p));
      });
      const index_t n = first_best(from, [&](index_t c) { return t.at(a, c); });
      if (n < 0) return {};
      return {{a, p, n}};
    });
}

TEST_CASE("semi-hard picks the closest negative behind the positive, else the farthest one") {
  for (const bool falls_back : {true, false})
    check_miner(miner::semi_hard{falls_back}, [falls_back](const task& t, index_t a) {
      std::vector<emitted> out;
      for (const index_t p : t.positives(a)) {
        const auto behind = t.where([&](index_t c) { return t.negative(a, c) && t.at(a, c) < t.at(a, p); });
        index_t n = first_best(behind, [&](index_t c) { return t.at(a, c); });
        if (n < 0 && falls_back) n = first_best(t.negatives(a), [&](index_t c) { return -t.at(a, c); });
        if (n >= 0) out.push_back({a, p, n});
      }
      return out;
    });
}

TEST_CASE("random: negatives at the drawn places, with replacement") {
  check_miner(miner::random{.seed = 5, .per_positive = 2}, [](const task& t, index_t a) {
    std::vector<emitted> out;
    const auto negatives = t.negatives(a);
    std::uint64_t draw = 0;
    for (const index_t p : t.positives(a))
      for (int i = 0; i < 2 && !negatives.empty(); ++i) {
        const double u = kindred::random::uniform(5, static_cast<std::uint64_t>(a), draw++);
        out.push_back({a, p, negatives[static_cast<std::size_t>(u * static_cast<double>(negatives.size()))]});
      }
    return out;
  });
}

TEST_CASE("distance weighted: drawn in inverse proportion to the density of distances on the sphere") {
  for (const double nonzero_loss_cutoff : {1.4, 0.1}) {  // with the second one no negative has weight
    const index_t dimensions = 7;
    check_miner(
        miner::distance_weighted{.dimensions = dimensions, .nonzero_loss_cutoff = nonzero_loss_cutoff, .seed = 3},
        [=](const task& t, index_t a) {
          std::vector<emitted> out;
          const auto negatives = t.negatives(a);
          std::vector<double> weights;
          bool any = false;
          for (const index_t n : negatives) {
            const double distance = std::sqrt(std::max(0.0, 2 - 2 * t.at(a, n)) + 1e-8), d = std::max(distance, 0.5);
            // equation 3 of the paper, its reciprocal
            const double density = std::pow(d, dimensions - 2) * std::pow(1 - d * d / 4, (dimensions - 3) / 2.0);
            weights.push_back(distance < nonzero_loss_cutoff ? 1 / density : 0);
            any = any || weights.back() > 0;
          }
          if (!any) std::fill(weights.begin(), weights.end(), 1.0);
          std::uint64_t draw = 0;
          for (const index_t p : t.positives(a))
            if (!negatives.empty()) {
              const double u = kindred::random::uniform(3, static_cast<std::uint64_t>(a), draw++);
              out.push_back({a, p, by_weight(negatives, weights, u)});
            }
          return out;
        });
  }
}

TEST_CASE("distance weighted: hundreds of dimensions neither overflow nor lose the closest") {
  const miner::distance_weighted miner{.dimensions = 512};
  // at distance 1.3 against 1.0: (1 / 1.3)^-510 ... in logarithms
  const double want = -510 * std::log(1.3) - 509.0 / 2 * std::log(1 - 1.69 / 4) + 509.0 / 2 * std::log(0.75);
  CHECK(miner.log_weight(1.3) - miner.log_weight(1.0) == doctest::Approx(want));
  CHECK(miner.log_weight(0.2) == miner.log_weight(0.5));
  CHECK(std::isinf(miner.log_weight(1.4)));
  CHECK(std::isinf(miner.log_weight(std::nan(""))));
  task t{drawn(10 * 10, 3), classes(10, 2, 4), classes(10, 2, 4), true};
  context<cpu> ctx;
  for (const auto& e : mined(ctx, miner, t)) CHECK(t.negative(e[0], e[2]));
}

TEST_CASE("distances follow from inner products, distances and squared distances, with their derivatives") {
  using miner::scores_are;
  for (const auto kind :
       {scores_are::inner_products, scores_are::negative_distances, scores_are::negative_squared_distances}) {
    const double s = kind == scores_are::inner_products ? 0.28 : kind == scores_are::negative_distances ? -1.2 : -1.44;
    const auto d = miner::distance_of(kind, s);
    CHECK(d.distance == doctest::Approx(1.2).epsilon(1e-7));
    const double h = 1e-6;
    CHECK(
        d.derivative ==
        doctest::Approx((miner::distance_of(kind, s + h).distance - miner::distance_of(kind, s - h).distance) / (2 * h))
            .epsilon(1e-7));
  }
  CHECK(miner::distance_of(scores_are::inner_products, 1.0).derivative == doctest::Approx(-1e4));
  CHECK(miner::distance_of(scores_are::inner_products, 1.1).derivative == 0);
}

TEST_CASE("draws hit every negative about equally often") {
  context<cpu> ctx;
  const task t{drawn(12, 1), {0}, {0, 1, 1, 2, 3, 0, 1, 1, 1, 1, 1, 1}, false};
  std::vector<int> hits(12, 0);
  const int rounds = 5000;
  for (int r = 0; r < rounds; ++r)
    for (const auto& e : mined(ctx, miner::random{}.reseeded(static_cast<std::uint64_t>(r)), t))
      ++hits[static_cast<std::size_t>(e[2])];
  for (std::size_t c = 0; c < 12; ++c) {
    if (t.cols[c] == 0)
      CHECK(hits[c] == 0);
    else
      CHECK(std::abs(hits[c] - rounds * 2 / 10) < 150);  // 5 deviations of 30
  }
}

TEST_CASE("graph: positives within reach, negatives outside, the labels being nodes") {
  // a path 0 - 1 - 2 - 3 - 4 - 5 and a node 6 for itself
  std::vector<std::pair<index_t, index_t>> edges;
  for (index_t i = 0; i < 5; ++i) edges.push_back({i, i + 1}), edges.push_back({i + 1, i});
  edges.push_back({3, 3});  // a loop makes no node its own positive
  const relation::pairs links(7, 7, edges);
  const std::vector<label_t> nodes{3, 0, 1, 6, 2, 5, 4, 3, 77};  // node 3 twice, and a label that is no node
  const task t{drawn(81, 2), nodes, nodes, true};
  for (const index_t hops : {1, 2}) {
    const relation::hops reach(links.relation(), hops);
    const relation::csr<cpu> ball = hops == 1 ? links.relation() : reach.relation();
    const auto near = [&](index_t a, index_t b) { return a < 6 && b < 6 && std::abs(a - b) <= hops; };
    for (const auto kind : {miner::graph<cpu>::negative::uniform, miner::graph<cpu>::negative::hardest}) {
      std::vector<emitted> want;
      for (index_t a = 0; a < 9; ++a) {
        const index_t node = nodes[static_cast<std::size_t>(a)];
        if (node == 77) continue;
        const auto other = [&](index_t c) { return nodes[static_cast<std::size_t>(c)] != node; };
        const auto outside =
            t.where([&](index_t c) { return other(c) && !near(node, nodes[static_cast<std::size_t>(c)]); });
        std::uint64_t draw = 0;
        for (const index_t p :
             t.where([&](index_t c) { return other(c) && near(node, nodes[static_cast<std::size_t>(c)]); })) {
          const double u = kindred::random::uniform(8, static_cast<std::uint64_t>(a), draw++);
          want.push_back({a, p,
                          kind == miner::graph<cpu>::negative::hardest
                              ? first_best(outside, [&](index_t c) { return t.at(a, c); })
                              : outside[static_cast<std::size_t>(u * static_cast<double>(outside.size()))]});
        }
      }
      REQUIRE(want.size() > 8);
      context<cpu> host;
      CHECK(mined(host, miner::graph<cpu>{ball, kind, 8}, t) == want);
      context<emu> up(lane_order::ascending), down(lane_order::descending);
      const vector<index_t, emu> offsets(up, reach.offsets()), items(up, reach.items());
      const relation::csr<emu> there(offsets.view(), items.view(), 7);
      const miner::graph<emu> on_emu{there, static_cast<miner::graph<emu>::negative>(kind), 8};
      CHECK(mined(up, on_emu, t) == want);
      CHECK(mined(down, on_emu, t) == want);
    }
  }
}

TEST_CASE("only miners that draw are reseeded") {
  CHECK(miner::reseeded(miner::random{}, 9).seed == 9);
  CHECK(miner::reseeded(miner::distance_weighted{.dimensions = 3}, 9).seed == 9);
  CHECK(miner::reseeded(miner::distance_weighted{.dimensions = 3}, 9).dimensions == 3);
  CHECK(miner::reseeded(miner::margin_band{.margin = 0.7}, 9).margin == 0.7);
}
