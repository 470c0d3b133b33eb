// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/core/random.hpp>
#include <kindred/relation/hops.hpp>
#include <kindred/relation/pairs.hpp>
#include <vector>

using namespace kindred;

TEST_CASE("hops lists what powers of the adjacency matrix reach") {
  const index_t n = 23;
  std::vector<std::pair<index_t, index_t>> edges;
  for (std::uint64_t i = 0; i < 30; ++i) edges.push_back({random::below(n, 1, 0, i), random::below(n, 1, 1, i)});
  const relation::pairs links(n, n, edges);
  const auto link = links.relation();
  std::vector<std::vector<bool>> reached(23, std::vector<bool>(23, false));
  for (std::size_t i = 0; i < 23; ++i) reached[i][i] = true;
  for (index_t hops = 0; hops < 5; ++hops) {
    const relation::hops within(link, hops);
    const auto ball = within.relation();
    CHECK(ball.queries() == n);
    for (index_t a = 0; a < n; ++a)
      for (index_t b = 0; b < n; ++b)
        CHECK((ball(a, b) == relation::kind::positive) ==
              (a != b && reached[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)]));
    auto next = reached;
    for (index_t a = 0; a < n; ++a)
      for (index_t b = 0; b < n; ++b)
        for (index_t c = 0; c < n; ++c)
          if (reached[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] &&
              link(b, c) == relation::kind::positive)
            next[static_cast<std::size_t>(a)][static_cast<std::size_t>(c)] = true;
    reached = next;
  }
}

TEST_CASE("hops passes over edges of grade 0 and refuses graphs that are not square") {
  const std::vector<index_t> offsets{0, 1, 2, 2}, items{1, 2};
  const std::vector<float> grades{1, 0};
  const relation::csr<cpu> graph({offsets.data(), 4}, {items.data(), 2}, 3, {grades.data(), 2});
  const relation::hops two(graph, 2);
  CHECK(std::vector<index_t>(two.items().begin(), two.items().end()) == std::vector<index_t>{1});
  CHECK_THROWS_AS(relation::hops(graph, -1), argument_error);
  const relation::csr<cpu> wide({offsets.data(), 4}, {items.data(), 2}, 5);
  CHECK_THROWS_AS(relation::hops(wide, 1), shape_error);
}
