// SPDX-License-Identifier: Apache-2.0
// Votes of nearest neighbours against the kernel W [c = c'] W' in full (tests/reference/projection_graph.py) and a
// loop.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/similarity/knn_vote.hpp>
#include <limits>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;
using vote_type = similarity::knn_vote<double, cpu>;

namespace {

struct voters {
  context<cpu> ctx{2};
  host_matrix x = load("x", 4), y = load("y", 4), new_x = load("new_x", 4), new_y = load("new_y", 4);
  std::vector<label_t> labels = label_list();

  host_matrix load(const std::string& name, index_t columns) {
    const auto all = matrix_fixture(ctx, "projection/graph.txt", name);
    return host_matrix(ctx, all.rows(), columns, to_host(ctx, all.view().middle_cols(0, columns)));
  }
  std::vector<label_t> label_list() {
    std::vector<label_t> out;
    for (const double v : matrix_fixture(ctx, "projection/graph.txt", "labels").to_host())
      out.push_back(static_cast<label_t>(v));
    return out;
  }
  vote_type made(index_t k) { return vote_type(ctx, x, y, labels, k); }
};

}  // namespace

TEST_CASE_FIXTURE(voters, "votes of neighbours score as the kernel between all pairs of references") {
  static_assert(similarity::ProductSimilarity<vote_type, double, cpu>);
  const auto expected = matrix_fixture(ctx, "projection/graph.txt", "vote_kernel");
  const auto scores = made(6).score(ctx, new_x, new_y);
  const auto back = made(6).score(ctx, new_y, new_x);
  for (index_t i = 0; i < 5; ++i)
    for (index_t j = 0; j < 5; ++j) {
      CHECK(std::abs(scores.view()(i, j) - expected.view()(i, j)) < 1e-12);
      CHECK(back.view()(j, i) == scores.view()(i, j));
    }
}

TEST_CASE_FIXTURE(voters, "votes do not change where all rows are moved by one vector") {
  const auto moved = [this](const host_matrix& m) {
    std::vector<double> values = m.to_host();
    for (double& v : values) v += 1e7;
    return host_matrix(ctx, m.rows(), m.cols(), values);
  };
  const auto expected = made(6).score(ctx, new_x, new_y);
  const auto scores = vote_type(ctx, moved(x), moved(y), labels, 6).score(ctx, moved(new_x), moved(new_y));
  for (index_t i = 0; i < 5; ++i)
    for (index_t j = 0; j < 5; ++j) CHECK(std::abs(scores.view()(i, j) - expected.view()(i, j)) < 1e-6);
}

TEST_CASE_FIXTURE(voters, "votes sum to 1, and with all references every one of them counts") {
  const auto vote = made(1000);
  CHECK(vote.references() == 96);
  CHECK(vote.neighbours() == 1000);
  CHECK(vote.classes() == std::vector<label_t>{-3, 0, 7, 8});
  const auto votes = vote.votes(ctx, new_x);
  for (index_t i = 0; i < 5; ++i) {
    double sum = 0, total = 0;
    std::vector<double> by_loop(4, 0);
    for (index_t r = 0; r < 96; ++r) {
      double square = 0;
      const host_matrix& side = r < 48 ? x : y;
      for (index_t c = 0; c < 4; ++c)
        square += (new_x.view()(i, c) - side.view()(r % 48, c)) * (new_x.view()(i, c) - side.view()(r % 48, c));
      const double w = 1 / (1 + std::exp(std::sqrt(square)));
      const label_t label = labels[static_cast<std::size_t>(r % 48)];
      by_loop[label == -3 ? 0 : label == 0 ? 1 : label == 7 ? 2 : 3] += w;
      total += w;
    }
    for (index_t c = 0; c < 4; ++c) {
      CHECK(std::abs(votes.view()(i, c) - by_loop[static_cast<std::size_t>(c)] / total) < 1e-12);
      sum += votes.view()(i, c);
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-14));
  }
}

TEST_CASE_FIXTURE(voters, "votes do not depend on threads, neighbours in the batch or the device") {
  const auto votes = made(7).votes(ctx, new_y);
  context<cpu> one(1);
  const vote_type alone(one, x, y, labels, 7);
  context<emu> emulated;
  const similarity::knn_vote<double, emu> other(emulated, copied_to(emulated, ctx, x.view()),
                                                copied_to(emulated, ctx, y.view()), labels, 7);
  const auto elsewhere = other.votes(emulated, copied_to(emulated, ctx, new_y.view())).to_host();
  for (index_t i = 0; i < 5; ++i) {
    const auto row = alone.votes(one, new_y.view().middle_rows(i, 1));
    for (index_t c = 0; c < 4; ++c) {
      CHECK(row.view()(0, c) == votes.view()(i, c));
      CHECK(std::abs(elsewhere[static_cast<std::size_t>(4 * i + c)] - votes.view()(i, c)) < 1e-12);
    }
  }
}

TEST_CASE_FIXTURE(voters, "far away references vote like near ones, and NaN votes NaN") {
  // distances beyond what exp holds in double, all but equal: shares by number, not 0 / 0
  const host_matrix references(ctx, 3, 1, std::vector<double>{0, 0, 0});
  const vote_type vote(ctx, references, std::vector<label_t>{5, 5, 2}, 3);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const host_matrix asked(ctx, 3, 1, std::vector<double>{5000, nan, 0});
  const auto votes = vote.votes(ctx, asked);
  for (const index_t i : {0, 2}) {
    CHECK(votes.view()(i, 0) == doctest::Approx(1 / 3.0));
    CHECK(votes.view()(i, 1) == doctest::Approx(2 / 3.0));
  }
  CHECK(std::isnan(votes.view()(1, 0)));
  CHECK(std::isnan(votes.view()(1, 1)));
  CHECK(vote.votes(ctx, asked.view().middle_rows(0, 0)).rows() == 0);
}

TEST_CASE_FIXTURE(voters, "votes are saved and loaded, and refused where parts do not fit") {
  const temporary_folder folder;
  const std::string path = folder / "votes";
  io::safetensors_writer file;
  const auto vote = made(6);
  vote.save(file, "v.");
  file.write(path);
  const auto back = vote_type::load(ctx, io::safetensors(path), "v.");
  CHECK(back.score(ctx, new_x, new_y).to_host() == vote.score(ctx, new_x, new_y).to_host());
  CHECK(back.classes() == vote.classes());
  io::safetensors_writer broken;
  broken.metadata("type", "knn_vote 1");
  broken.add("references", host_matrix(ctx, 3, 2));
  broken.add("labels", std::vector<label_t>{1, 2});
  broken.add("neighbours", std::vector<index_t>{6});
  broken.write(path);
  CHECK(contains(refusal([&] { vote_type::load(ctx, io::safetensors(path), ""); }), "2 labels for 3 references"));
  // what a constructor refuses is an io_error of load(), NaN where the limits of the file let it through included
  io::safetensors_writer nan;
  nan.metadata("type", "knn_vote 1");
  nan.add("references", std::vector<index_t>{1, 2}, std::vector<double>{0, std::nan("")});
  nan.add("labels", std::vector<label_t>{1});
  nan.add("neighbours", std::vector<index_t>{6});
  nan.write(path);
  const io::safetensors kept(path, {.non_finite = io::non_finite::keep});
  CHECK_THROWS_WITH_AS(vote_type::load(ctx, kept, ""), doctest::Contains("reference 0, column 1 is nan"), io_error);

  CHECK_THROWS_AS(vote_type(ctx, x, labels, 0), argument_error);
  CHECK_THROWS_AS(vote_type(ctx, host_matrix(ctx, 0, 2), std::vector<label_t>(), 3), argument_error);
  CHECK_THROWS_AS(vote_type(ctx, x, std::vector<label_t>{1}, 3), shape_error);
  CHECK_THROWS_AS(vote_type(ctx, x, new_y, labels, 3), shape_error);
  host_matrix infinite = x.clone();
  infinite.view()(5, 2) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(vote_type(ctx, infinite, labels, 3), doctest::Contains("reference 5, column 2 is inf"),
                       argument_error);
  CHECK_THROWS_AS(vote.votes(ctx, x.view().middle_cols(0, 3)), shape_error);
}
