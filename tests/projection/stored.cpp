// SPDX-License-Identifier: Apache-2.0
// Saving and loading of every fitted projection, and files that are not what they should be.
#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;

namespace {

struct saved {
  context<cpu> ctx{2};
  temporary_folder folder;
  std::string path = folder / "projection.safetensors";
  host_matrix x = load("x"), y = load("y"), xt = load("xt"), yt = load("yt");
  host_matrix load(const char* name) { return matrix_fixture(ctx, "projection/learners.txt", name); }

  bool same_bytes(const host_matrix& a, const host_matrix& b) const {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.rows() * a.cols()) * sizeof(double)) == 0;
  }
  template <class P>
  P returned(const P& projection) {
    projection.save(path);
    P loaded = P::load(ctx, path);
    CHECK(loaded.dimensions() == projection.dimensions());
    CHECK(same_bytes(loaded.first(ctx, xt), projection.first(ctx, xt)));
    return loaded;
  }
  /// The message with which P refuses the file.
  template <class P>
  std::string refused() {
    return refusal([&] { P::load(ctx, path); });
  }
};

using linear = projection::linear_projection<double, cpu>;
using kernel = projection::kernel_projection<double, cpu, projection::gaussian_kernel>;

}  // namespace

TEST_CASE_FIXTURE(saved, "every fitted projection comes back with the same bytes") {
  const auto cca = projection::cca{.dimensions = 3}.fit(ctx, x, y);
  const auto linear_back = returned(cca);
  CHECK(same_bytes(linear_back.second(ctx, yt), cca.second(ctx, yt)));
  CHECK(linear_back.correlations() == cca.correlations());
  CHECK(linear_back.first_rank() == 6);
  CHECK(linear_back.second_rank() == 4);

  const auto pca = projection::pca{.dimensions = 2}.fit(ctx, x);
  const auto principal_back = returned(pca);
  CHECK(principal_back.variances() == pca.variances());
  CHECK(principal_back.total_variance() == pca.total_variance());
  CHECK(principal_back.rank() == 6);

  const matrix_view<const double, cpu> three[] = {x, y, x};
  const auto multiview = projection::multiview_cca{.dimensions = 3}.fit(ctx, std::span(three));
  const auto multiview_back = returned(multiview);
  CHECK(same_bytes(multiview_back.project(ctx, 2, xt), multiview.project(ctx, 2, xt)));
  CHECK(multiview_back.eigenvalues() == multiview.eigenvalues());
  CHECK(multiview_back.views() == 3);
  CHECK(multiview_back.rank(1) == 4);

  const auto gaussian = projection::kcca<>{.dimensions = 3}.fit(ctx, x, y);
  const auto kernel_back = returned(gaussian);
  CHECK(same_bytes(kernel_back.second(ctx, yt), gaussian.second(ctx, yt)));
  CHECK(kernel_back.correlations() == gaussian.correlations());
  CHECK(kernel_back.first_map().kernel().width == gaussian.first_map().kernel().width);
  const auto mixed = projection::kcca<projection::polynomial_kernel, projection::linear_kernel>{
      .dimensions = 2, .first_kernel = {.degree = 2, .scale = 0.2, .offset = 1}};
  const auto mixed_back = returned(mixed.fit(ctx, x, y));
  CHECK(mixed_back.first_map().kernel().degree == 2);
  CHECK(mixed_back.first_map().kernel().scale == 0.2);
}

TEST_CASE_FIXTURE(saved, "parts share one file under prefixes, from another device and in another number type") {
  context<emu> emulated;
  const auto ex = copied_to(emulated, ctx, x.view()), ey = copied_to(emulated, ctx, y.view());
  const auto cca = projection::cca{.dimensions = 2}.fit(emulated, ex, ey);
  const auto pca = projection::pca{.dimensions = 2}.fit(ctx, x);
  io::safetensors_writer file;
  cca.save(file, "both.");
  pca.save(file, "images.");
  file.write(path);
  const io::safetensors opened(path);
  const auto cca_back = linear::load(ctx, opened, "both.");
  CHECK(cca_back.first_map().weights()(3, 1) == cca.first_map().weights()(3, 1));
  CHECK(projection::pca_projection<double, cpu>::load(ctx, opened, "images.").rank() == 6);
  const auto narrow = projection::linear_projection<float, cpu>::load(ctx, opened, "both.");
  CHECK(narrow.first_map().weights()(3, 1) == static_cast<float>(cca.first_map().weights()(3, 1)));
  CHECK(contains(refusal([&] { linear::load(ctx, opened, "images."); }),
                 "metadata images.type: expected linear_projection 1, got pca_projection 1"));
  CHECK(contains(refusal([&] { linear::load(ctx, opened, "texts."); }), "texts.type"));
}

TEST_CASE_FIXTURE(saved, "similarities with parameters lie beside projections in a file") {
  const host_matrix form(ctx, 6, 4, to_host(ctx, x.view().middle_rows(0, 4)));
  const similarity::bilinear<double, cpu> through = similarity::bilinear<double, cpu>(ctx, form).reversed();
  const similarity::centred_cosine centred({1, 2}, {3, 4});
  io::safetensors_writer file;
  through.save(file, "form.");
  centred.save(file, "means.");
  file.write(path);
  const io::safetensors opened(path);
  const auto back = similarity::bilinear<double, cpu>::load(ctx, opened, "form.");
  CHECK(same_bytes(back.score(ctx, yt, xt), through.score(ctx, yt, xt)));
  const auto means = similarity::centred_cosine::load(ctx, opened, "means.");
  CHECK(means.first_mean() == centred.first_mean());
  CHECK(means.second_mean() == centred.second_mean());
  CHECK(contains(refusal([&] { similarity::centred_cosine::load(ctx, opened, "form."); }),
                 "form.type: expected centred_cosine 1"));
}

TEST_CASE_FIXTURE(saved, "a kernel other than the saved one is refused, and so are parameters that make none") {
  projection::kcca<>{.dimensions = 2}.fit(ctx, x, y).save(path);
  using other = projection::kernel_projection<double, cpu, projection::linear_kernel>;
  CHECK(contains(refused<other>(), "first.kernel: expected linear_kernel, got gaussian_kernel"));
  CHECK(contains(refused<linear>(), "expected linear_projection 1, got kernel_projection 1"));
  for (const double width : {0.0, -1.0}) {
    auto fitted = projection::kcca<>{.dimensions = 2}.fit(ctx, x, y);
    const projection::kernel_map<double, cpu, projection::gaussian_kernel> broken(
        ctx, {std::vector<double>(6), std::vector<double>(6, 1), std::vector<double>(6), {1}, {0}}, {width});
    io::safetensors_writer file;
    broken.save(file, "");
    file.write(path);
    CHECK(contains(refusal([&] {
                     projection::kernel_map<double, cpu, projection::gaussian_kernel>::load(ctx, io::safetensors(path),
                                                                                            "");
                   }),
                   "kernel_parameters: not those of a gaussian_kernel"));
  }
}

TEST_CASE_FIXTURE(saved, "missing tensors and shapes that do not fit are refused by name") {
  const auto write = [&](const std::function<void(io::safetensors_writer&)>& fill) {
    io::safetensors_writer file;
    file.metadata("type", "linear_projection 1");
    file.metadata("first.type", "linear_map 1");
    file.metadata("second.type", "linear_map 1");
    fill(file);
    file.write(path);
  };
  const auto side = [&](io::safetensors_writer& file, const std::string& name, index_t means, index_t rows,
                        index_t cols) {
    file.add(name + ".means", std::vector<double>(static_cast<std::size_t>(means), 1));
    file.add(name + ".weights", host_matrix(ctx, rows, cols));
  };
  const auto strengths = [](io::safetensors_writer& file, std::size_t count, std::vector<index_t> ranks) {
    file.add("correlations", std::vector<double>(count, 0.5));
    file.add("ranks", std::move(ranks));
  };
  write([&](auto& file) { side(file, "first", 3, 3, 2), side(file, "second", 4, 4, 2), strengths(file, 2, {3, 4}); });
  CHECK(linear::load(ctx, path).second_map().columns() == 4);
  write([&](auto& file) { side(file, "first", 3, 3, 2), strengths(file, 2, {3, 4}); });
  CHECK(contains(refused<linear>(), "second.means"));
  write([&](auto& file) { side(file, "first", 2, 3, 2), side(file, "second", 4, 4, 2), strengths(file, 2, {3, 4}); });
  CHECK(contains(refused<linear>(), "first.means: 2 numbers for weights of 3 x 2"));
  write([&](auto& file) { side(file, "first", 3, 3, 2), side(file, "second", 4, 4, 3), strengths(file, 2, {3, 4}); });
  CHECK(contains(refused<linear>(), "2 dimensions in first, 3 in second"));
  write([&](auto& file) { side(file, "first", 3, 3, 2), side(file, "second", 4, 4, 2), strengths(file, 5, {3, 4}); });
  CHECK(contains(refused<linear>(), "tensor correlations: expected 2 values, got 5"));
  write([&](auto& file) { side(file, "first", 3, 3, 2), side(file, "second", 4, 4, 2), strengths(file, 2, {3, -4}); });
  CHECK(contains(refused<linear>(), "tensor ranks: expected 0 to 4, got -4"));
  write([&](auto& file) { side(file, "first", 3, 3, 2), side(file, "second", 4, 4, 2), strengths(file, 2, {4, 4}); });
  CHECK(contains(refused<linear>(), "tensor ranks: expected 0 to 3, got 4"));
  write([&](auto& file) {
    file.add("first.means", std::vector<double>(3));
    file.add("first.weights", std::vector<double>(6));
  });
  CHECK(contains(refused<linear>(), "first.weights"));
}

TEST_CASE_FIXTURE(saved, "a file that ends early or is damaged loads or is refused, never more") {
  projection::kcca<>{.dimensions = 2}.fit(ctx, x, y).save(path);
  const std::string whole = bytes_of(path);
  for (std::size_t length : {std::size_t(0), std::size_t(7), std::size_t(100), whole.size() / 2, whole.size() - 1}) {
    write_bytes(path, whole.substr(0, length));
    CHECK_THROWS_AS(kernel::load(ctx, path), io_error);
  }
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto draw = [&](std::size_t n, std::uint64_t i) {
      return static_cast<std::size_t>(random::below(static_cast<index_t>(n), seed, 0, i));
    };
    std::string damaged = whole;
    // every other one in the head, where sizes and names stand
    damaged[draw(seed % 2 == 0 ? 1200 : whole.size(), 0)] =
        seed % 4 < 2 ? "{}[]\",:09"[draw(9, 1)] : char(draw(256, 2));
    write_bytes(path, damaged);
    try {
      kernel::load(ctx, path);
    } catch (const io_error&) {
    }
  }
  std::filesystem::remove(path);
  CHECK_THROWS_AS(kernel::load(ctx, path), io_error);
}
