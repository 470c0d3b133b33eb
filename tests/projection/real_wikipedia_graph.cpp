// SPDX-License-Identifier: Apache-2.0
// The learners on neighbour graphs on the Wikipedia data of Rasiwasia et al. 2010, all 693 x 693 test items: against
// published figures, and closer against NumPy in double with full matrices and the same starts (the formulas of
// tests/reference/projection_graph.py).
#include <doctest/doctest.h>

#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/s2upg.hpp>
#include <kindred/similarity/knn_vote.hpp>

#include "projection/wikipedia.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;

namespace {

/// Texts whose neighbours are all of one class tie, up to rounding of the shares, which decides their order in NumPy.
constexpr double votes_tolerance = 0.0015;

/// Everything in double: neighbours at nearly equal distances then are those of the reference.
struct wide_wikipedia : wikipedia {
  host_matrix x = wide(train_images), y = wide(train_texts), test_x = wide(test_images), test_y = wide(test_texts);

  host_matrix wide(const matrix<float, cpu>& m) {
    const auto values = m.to_host();
    return host_matrix(ctx, m.rows(), m.cols(), std::vector<double>(values.begin(), values.end()));
  }
  template <class Learner>
  auto semi_supervised(const Learner& learner) {
    return learner.fit(ctx, x, y, train_labels, test_x, test_y);
  }
  std::pair<double, double> both(matrix_view<const double, cpu> images, matrix_view<const double, cpu> texts,
                                 bool cosine) const {
    return {mean_average_precision(images, texts, labels, cosine),
            mean_average_precision(texts, images, labels, cosine)};
  }
  template <class P>
  std::pair<double, double> by_cosine(const P& space) {
    return both(space.first(ctx, test_x), space.second(ctx, test_y), true);
  }
  /// Votes of the 100 nearest projected training items.
  template <class P>
  std::pair<double, double> by_votes(const P& space) {
    const similarity::knn_vote<double, cpu> vote(ctx, space.first(ctx, x), space.second(ctx, y), train_labels);
    return both(vote.votes(ctx, space.first(ctx, test_x)), vote.votes(ctx, space.second(ctx, test_y)), false);
  }
};

void near(const std::string& what, std::pair<double, double> found, std::pair<double, double> wanted,
          double tolerance) {
  CAPTURE(what);
  CAPTURE(found.first);
  CAPTURE(found.second);
  CHECK(std::abs(found.first - wanted.first) < tolerance);
  CHECK(std::abs(found.second - wanted.second) < tolerance);
}

}  // namespace

TEST_CASE_FIXTURE(wide_wikipedia, "jgrhml with its authors' settings: test items in the graph, and not in it") {
  REQUIRE(test_x.rows() == 693);
  const auto space = semi_supervised(projection::jgrhml{});
  const index_t n = x.rows(), m = test_x.rows();
  const auto images = space.first_scores(ctx), texts = space.second_scores(ctx);
  const auto transductive = both(images.view().middle_rows(n, m), texts.view().middle_rows(n, m), false);
  near("published", transductive, {0.3184, 0.2311}, 0.005);
  near("transductive", transductive, {0.3159, 0.2297}, 0.0005);
  const auto inductive = projection::jgrhml{}.fit(ctx, x, y, train_labels);
  const auto found = both(inductive.first(ctx, test_x), inductive.second(ctx, test_y), false);
  near("inductive", found, transductive, 0.01);
  MESSAGE("jgrhml: transductive " << transductive.first << " / " << transductive.second << ", inductive " << found.first
                                  << " / " << found.second);
}

TEST_CASE_FIXTURE(wide_wikipedia, "jrl with the weights of its README") {
  const projection::jrl released{.graph = projection::jrl_graph::full_similarity};
  const auto space = semi_supervised(released);
  const auto votes = by_votes(space);
  near("published", votes, {0.2956, 0.2159}, 0.01);
  near("votes", votes, {0.3020, 0.2199}, votes_tolerance);
  near("cosine", by_cosine(space), {0.2374, 0.1925}, 0.0005);
  projection::jrl stopped = released;
  stopped.tolerance = 0.02;
  const auto early = by_votes(semi_supervised(stopped));
  near("stopped early", early, {0.3369, 0.2524}, votes_tolerance);
  const auto consistent = by_votes(semi_supervised(projection::jrl{}));
  near("neighbours, votes", consistent, {0.2984, 0.2144}, votes_tolerance);
  MESSAGE("jrl, votes: README " << votes.first << " / " << votes.second << ", stopped early " << early.first << " / "
                                << early.second << ", default " << consistent.first << " / " << consistent.second);
}

TEST_CASE_FIXTURE(wide_wikipedia,
                  "jrl on graphs of neighbours with weaker weights, with test items in them or without") {
  const projection::jrl learner{.gamma = 10, .sigma = 0.1};
  const auto space = semi_supervised(learner);
  const auto votes = by_votes(space);
  near("published", votes, {0.3094, 0.2325}, 0.005);
  near("votes", votes, {0.3106, 0.2326}, votes_tolerance);
  near("cosine", by_cosine(space), {0.2768, 0.2185}, 0.0005);
  const auto supervised = by_votes(learner.fit(ctx, x, y, train_labels));
  near("supervised", supervised, votes, 0.005);
  MESSAGE("jrl, gamma 10, sigma 0.1, votes: " << votes.first << " / " << votes.second << ", supervised "
                                              << supervised.first << " / " << supervised.second);
}

TEST_CASE_FIXTURE(wide_wikipedia, "s2upg on whole items") {
  const projection::s2upg released{.laplacian = projection::s2upg_laplacian::released, .last_update = false};
  const auto as_released = by_votes(semi_supervised(released));
  near("as released", as_released, {0.3260, 0.2454}, votes_tolerance);
  const auto standard = by_votes(semi_supervised(projection::s2upg{}));
  near("default", standard, {0.3296, 0.2496}, votes_tolerance);
  const auto supervised = by_votes(projection::s2upg{}.fit(ctx, x, y, train_labels));
  near("supervised", supervised, standard, 0.01);
  MESSAGE("s2upg, votes: as released " << as_released.first << " / " << as_released.second << ", default "
                                       << standard.first << " / " << standard.second << ", supervised "
                                       << supervised.first << " / " << supervised.second);
}
