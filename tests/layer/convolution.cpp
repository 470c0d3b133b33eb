// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <kindred/encoder/convolutional.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/io/npz.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/pooling.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;
using layer::pooling;

namespace {

/// Numbers that keep away from each other, so that no maximum is near a tie.
items spread(items in) {
  in.values = in.numbers();
  for (std::size_t i = 0; i < in.values.size(); ++i)
    in.values[i] = static_cast<double>(i * 7919 % in.values.size()) / static_cast<double>(in.values.size()) - 0.4;
  return in;
}

void check_close(const double* found, const std::vector<double>& wanted, double tolerance = 1e-12) {
  double worst = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double error = std::abs(found[i] - wanted[i]);
    if (!(error <= worst)) worst = error;
  }
  CHECK(worst < tolerance);
}

/// A layer against what PyTorch gave, stored by tests/reference/layer_convolution.py.
template <class L>
void check_stored(const L& l, const std::string& name, layer::mode mode = layer::mode::train) {
  INFO(name);
  static const io::npz file(KINDRED_SOURCE_DIR "/tests/data/layer/convolution.npz");
  context<cpu> ctx(2);
  const auto sizes = file.read<index_t>(name + ".shape").values;
  const shape in = sizes[1] > 0   ? shape::pictures(sizes[0], sizes[1], sizes[2], sizes[3])
                   : sizes[2] > 1 ? shape::sequences(sizes[0], sizes[2], sizes[3])
                                  : shape::vectors(sizes[0], sizes[3]);
  const auto matrix_of = [&](const char* what) { return file.load_matrix<double>(ctx, name + what); };
  const auto vector_of = [&](const char* what) {
    return file.contains(name + what) ? file.load_vector<double>(ctx, name + what) : vector<double, cpu>(ctx, 0);
  };
  const auto x = matrix_of(".x"), dy = matrix_of(".dy"), wanted = matrix_of(".y");
  auto buffers = vector_of(".buffers");
  const auto weights = vector_of(".weights");
  const shape out = l.output(in);
  REQUIRE(x.rows() == in.rows);
  REQUIRE(out.rows == wanted.rows());
  REQUIRE(out.cols == wanted.cols());
  REQUIRE(l.parameter_count() == weights.size());
  matrix<double, cpu> y(ctx, out.rows, out.cols), dx(ctx, in.rows, in.cols);
  vector<double, cpu> dweights(ctx, weights.size()), cache(ctx, l.cache_size(in));
  const auto batch = [](auto rows, const shape& s) { return layer::as_batch(rows, s, batch_view<double, cpu>()); };
  l.forward(ctx, layer::forward_pass<double, cpu>{weights.view(), buffers.view(), batch(x.view(), in),
                                                  batch(y.view(), out), cache.view(), mode});
  l.backward(ctx, layer::backward_pass<double, cpu>{weights.view(), buffers.view(), batch(x.view(), in),
                                                    batch(std::as_const(y).view(), out), batch(dy.view(), out),
                                                    batch(dx.view(), in), dweights.view(), cache.view(), mode});
  check_close(y.data(), wanted.to_host());
  check_close(dx.data(), matrix_of(".dx").to_host());
  check_close(dweights.data(), vector_of(".dweights").to_host());
  check_close(buffers.data(), vector_of(".buffers_after").to_host());
}

std::vector<float> noise(index_t count, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(random::uniform(seed, 0, i) - 0.5);
  return v;
}

}  // namespace

TEST_CASE("convolutions have the right gradients and keep the laws") {
  using layer::conv2d;
  check_layer(conv2d(2, 3, 3, {.padding = 1}), {items::pictures(2, 4, 3, 2), items::pictures(0, 4, 3, 2)});
  check_layer(conv2d(3, 2, 2, {.stride = 2, .padding = 1, .bias = false}), {items::pictures(1, 5, 4, 3)});
  check_layer(conv2d(4, 6, 3, {.padding = 3, .dilation = 2, .groups = 2}), {items::pictures(1, 3, 4, 4)});
  check_layer(conv2d(1, 9, 3), {items::pictures(2, 4, 4, 1)});
  check_layer(conv2d(2, 2, 1, {.stride = 3}), {items::pictures(1, 5, 4, 2)});
  check_layer(layer::conv1d(2, 3, 3, {.padding = 1}), {items::sequences(2, 5, 2)});
  check_layer(layer::conv1d(4, 2, 2, {.stride = 2, .dilation = 2, .groups = 2}), {items::sequences(2, 6, 4)});
}

TEST_CASE("pools over pixels have the right gradients and keep the laws") {
  check_layer(layer::pool2d<pooling::maximum>(2), {spread(items::pictures(2, 5, 4, 3)), items::pictures(0, 4, 4, 2)});
  check_layer(layer::pool2d<pooling::maximum>(3, {.stride = 2, .padding = 1}), {spread(items::pictures(1, 5, 4, 17))});
  check_layer(layer::pool2d<pooling::average>(3, {.stride = 1, .padding = 1}), {items::pictures(2, 3, 4, 2)});
  check_layer(layer::pool2d<pooling::average>(2, {.stride = 3, .padding = 1, .count_padding = false}),
              {items::pictures(2, 4, 5, 2)});
  check_layer(layer::pool1d<pooling::maximum>(3, {.stride = 1}), {spread(items::sequences(2, 6, 2))});
  check_layer(layer::pool1d<pooling::average>(2), {items::sequences(2, 5, 2)});
  check_layer(layer::global_pool<pooling::average>(), {items::pictures(2, 3, 2, 3), items::sequences(2, 3, 2)});
  check_layer(layer::global_pool<pooling::maximum>(), {spread(items::pictures(2, 3, 2, 17))});
}

TEST_CASE("batch_norm has the right gradients and keeps the laws") {
  const std::vector<items> batches{items::pictures(2, 3, 2, 3), items::vectors(300, 3), items::vectors(1, 3),
                                   items::vectors(0, 3), items::ragged({2, 0, 3}, 3)};
  check_layer(layer::batch_norm(3, {.epsilon = 0.1}), batches);
  check_layer(layer::batch_norm(3), batches, {.mode = layer::mode::infer});
  check_layer(layer::batch_norm(18, {.epsilon = 0.1}), {items::vectors(4, 18)});
}

TEST_CASE("convolutions, pools and batch_norm are PyTorch's") {
  using layer::conv1d, layer::conv2d, layer::pool1d, layer::pool2d, layer::global_pool;
  check_stored(conv2d(2, 3, 3, {.padding = 1}), "conv2d");
  check_stored(conv2d(3, 4, 3, {.stride = 2, .padding = 1, .bias = false}), "conv2d_strided");
  check_stored(conv2d(2, 3, 3, {.padding = 1, .dilation = 2}), "conv2d_dilated");
  check_stored(conv2d(4, 6, 2, {.stride = 2, .groups = 2}), "conv2d_grouped");
  check_stored(conv2d(4, 4, 3, {.padding = 2, .groups = 4}), "conv2d_depthwise");
  check_stored(conv2d(1, 9, 3, {.padding = 1}), "conv2d_narrow");
  check_stored(conv1d(3, 2, 3, {.padding = 1}), "conv1d");
  check_stored(conv1d(2, 4, 4, {.stride = 3, .padding = 2, .dilation = 2, .groups = 2}), "conv1d_strided");
  check_stored(pool2d<pooling::maximum>(2), "max_pool2d");
  check_stored(pool2d<pooling::maximum>(3, {.stride = 2, .padding = 1}), "max_pool2d_overlapping");
  check_stored(pool2d<pooling::average>(3, {.stride = 2, .padding = 1}), "average_pool2d");
  check_stored(pool2d<pooling::average>(3, {.stride = 1, .padding = 1, .count_padding = false}),
               "average_pool2d_inside");
  check_stored(pool1d<pooling::maximum>(3, {.stride = 1, .padding = 1}), "max_pool1d");
  check_stored(pool1d<pooling::average>(2), "average_pool1d");
  check_stored(global_pool<pooling::average>(), "global_average");
  check_stored(global_pool<pooling::maximum>(), "global_maximum");
  check_stored(layer::batch_norm(3), "batch_norm_train");
  check_stored(layer::batch_norm(3), "batch_norm_infer", layer::mode::infer);
  check_stored(layer::batch_norm(18, {.epsilon = 1e-3, .momentum = 0.3}), "batch_norm_rows");
}

TEST_CASE("patches and convolutions in bands of pictures are those of the whole") {
  context<emu> ctx;
  const patch_grid grid(3, {4, 3, 1, 1, 1}, {5, 2, 2, 1, 2});
  REQUIRE(grid.out_height == 4);
  REQUIRE(grid.out_width == 3);
  const auto numbers = [&](index_t rows, index_t cols, std::uint64_t seed) {
    const auto v = noise(rows * cols, seed);
    return matrix<double, emu>(ctx, rows, cols, std::vector<double>(v.begin(), v.end()));
  };
  const auto x = numbers(60, 2, 1), w = numbers(12, 3, 2), dy = numbers(36, 3, 3);
  matrix<double, emu> patches(ctx, 36, 12), back(ctx, 60, 2), y(ctx, 36, 3), banded(ctx, 36, 3);
  op::im2col<double>(ctx, grid, x, patches.view());
  // window (line 0, pixel 1) of the second picture: lines -1 to 1, pixels 1 and 3
  const index_t window = 12 + 1;
  for (index_t tap = 0; tap < 6; ++tap)
    for (index_t c = 0; c < 2; ++c) {
      const index_t line = tap / 2 - 1, pixel = 1 + tap % 2 * 2;
      CHECK(patches.view()(window, tap * 2 + c) == (line < 0 ? 0.0 : x.view()(20 + line * 5 + pixel, c)));
    }
  op::col2im<double>(ctx, grid, patches, back.view());
  // what comes back is each pixel times the number of windows that it stands in
  for (index_t p = 0; p < 60; ++p) {
    const index_t line = p / 5 % 4, pixel = p % 5;
    const index_t times = (line == 0 || line == 3 ? 2 : 3) * (pixel % 2 == 1 ? 2 : 0);
    CHECK(std::abs(back.view()(p, 0) - static_cast<double>(times) * x.view()(p, 0)) < 1e-12);
  }
  matrix<double, emu> dw(ctx, 12, 3), dw_banded(ctx, 12, 3), dx(ctx, 60, 2), dx_banded(ctx, 60, 2);
  op::convolve<double>(ctx, grid, x, w, y.view());
  op::convolve<double>(ctx, grid, x, w, banded.view(), 2 * 12 * 12);
  CHECK(y.to_host() == banded.to_host());
  op::convolve_backward_input<double>(ctx, grid, dy, w, dx.view());
  op::convolve_backward_input<double>(ctx, grid, dy, w, dx_banded.view(), 1);
  CHECK(dx.to_host() == dx_banded.to_host());
  op::convolve_backward_weights<double>(ctx, grid, x, dy, dw.view());
  op::convolve_backward_weights<double>(ctx, grid, x, dy, dw_banded.view(), 1);
  check_close(dw.data(), dw_banded.to_host());
  CHECK_THROWS_WITH_AS(op::im2col<double>(ctx, grid, w, patches.view()),
                       doctest::Contains("expected 60 pixels, got 12"), shape_error);
  CHECK_THROWS_WITH_AS(op::convolve<double>(ctx, grid, x, dy, y.view()), doctest::Contains("weights of 36 x 3"),
                       shape_error);
}

TEST_CASE("batch_norm keeps its digits far from zero and is defined for one row, none and NaN") {
  context<cpu> ctx;
  const layer::batch_norm l(2);
  vector<float, cpu> weights(ctx, 4), buffers(ctx, 4), cache(ctx, 4);
  const auto forward = [&](const std::vector<float>& values, layer::mode mode = layer::mode::train) {
    const index_t rows = static_cast<index_t>(values.size()) / 2;
    const matrix<float, cpu> x(ctx, rows, 2, values);
    matrix<float, cpu> y(ctx, rows, 2);
    l.forward(ctx,
              layer::forward_pass<float, cpu>{weights.view(), buffers.view(), x.view(), y.view(), cache.view(), mode});
    return y.to_host();
  };
  l.initialize(ctx, weights.view(), buffers.view(), 0);
  // 1000 rows, alternating 1000 +- 0.125: mean and deviation are exact numbers
  std::vector<float> far;
  for (int i = 0; i < 1000; ++i) {
    far.push_back(i % 2 ? 1000.125f : 999.875f);
    far.push_back(static_cast<float>(i % 2));
  }
  const auto y = forward(far);
  const double epsilon = 1e-5;
  CHECK(std::abs(y[0] + 0.125 / std::sqrt(0.015625 + epsilon)) < 1e-5);
  CHECK(std::abs(y[3] - 0.5 / std::sqrt(0.25 + epsilon)) < 1e-5);
  CHECK(std::abs(buffers.data()[0] - 100) < 1e-4);
  CHECK(std::abs(buffers.data()[3] - (0.9 + 0.1 * 0.25 * 1000 / 999)) < 1e-6);
  const auto before = buffers.to_host();
  weights.data()[2] = 0.25f;
  CHECK(forward({5, 7}) == std::vector<float>{0.25f, 0});
  CHECK(buffers.data()[2] == before[2]);
  const auto after_one = buffers.to_host();
  CHECK(forward({}).empty());
  CHECK(buffers.to_host() == after_one);
  forward({3, 4, 5, 6}, layer::mode::infer);
  CHECK(buffers.to_host() == after_one);
  const auto bad = forward({NAN, 1, 2, 3});
  CHECK((std::isnan(bad[0]) && std::isnan(bad[2]) && !std::isnan(bad[1])));
  CHECK((std::isnan(buffers.data()[0]) && !std::isnan(buffers.data()[1])));
}

TEST_CASE("a maximum keeps NaN, and the first of equals gets the gradient") {
  context<cpu> ctx;
  const layer::pool1d<pooling::maximum> l(4);
  const shape in = shape::sequences(3, 4, 1);
  const double low = -INFINITY;
  const matrix<double, cpu> x(ctx, 12, 1, std::vector<double>{1, 3, 3, 2, 1, NAN, 5, 2, low, low, low, low});
  const matrix<double, cpu> dy(ctx, 3, 1, std::vector<double>{1, 10, 100});
  matrix<double, cpu> y(ctx, 3, 1), dx(ctx, 12, 1);
  vector<double, cpu> cache(ctx, l.cache_size(in));
  const auto batch = [](auto rows, index_t n, index_t length) {
    return layer::as_batch(rows, shape::sequences(n, length, 1), batch_view<double, cpu>());
  };
  l.forward(ctx, layer::forward_pass<double, cpu>{{}, {}, batch(x.view(), 3, 4), batch(y.view(), 3, 1), cache.view()});
  CHECK(y.data()[0] == 3);
  CHECK(std::isnan(y.data()[1]));
  CHECK(y.data()[2] == low);
  l.backward(ctx, layer::backward_pass<double, cpu>{{},
                                                    {},
                                                    batch(x.view(), 3, 4),
                                                    batch(std::as_const(y).view(), 3, 1),
                                                    batch(dy.view(), 3, 1),
                                                    batch(dx.view(), 3, 4),
                                                    {},
                                                    cache.view()});
  CHECK(dx.to_host() == std::vector<double>{0, 1, 0, 0, 0, 10, 0, 0, 100, 0, 0, 0});
}

TEST_CASE("sizes that do not fit are refused by what came") {
  using layer::conv1d, layer::conv2d, layer::pool1d, layer::pool2d;
  CHECK_THROWS_WITH_AS(conv2d(3, 4, 3, {.groups = 2}), doctest::Contains("3 to 4 channels in 2 groups"),
                       argument_error);
  CHECK_THROWS_AS(conv2d(3, 4, 0), argument_error);
  CHECK_THROWS_AS(conv1d(3, 4, 1, {.stride = 0}), argument_error);
  CHECK_THROWS_AS(pool2d<>(2, {.padding = 2}), argument_error);
  CHECK_THROWS_WITH_AS(conv2d(3, 4, 3).output(shape::pictures(1, 5, 5, 2)),
                       doctest::Contains("expected images of 3 channels"), shape_error);
  CHECK_THROWS_WITH_AS(conv2d(3, 4, 3).output(shape::pictures(1, 2, 5, 3)),
                       doctest::Contains("does not fit into 2 x 5"), shape_error);
  CHECK_THROWS_AS(conv2d(3, 4, 3).output(shape::sequences(1, 9, 3)), shape_error);
  CHECK_THROWS_AS(conv1d(3, 4, 3).output(shape::pictures(1, 5, 5, 3)), shape_error);
  CHECK_THROWS_AS(conv1d(3, 4, 3).output({2, 6, 3, 4, 0, true}), shape_error);
  CHECK_THROWS_AS(pool1d<>(3).output(shape::sequences(1, 2, 3)), shape_error);
  CHECK_THROWS_AS(layer::batch_norm(3).output(shape::vectors(4, 2)), shape_error);
  CHECK_THROWS_AS(layer::global_pool<>().output({2, 6, 3, 4, 0, true}), shape_error);
  CHECK(layer::batch_norm(3, {.epsilon = 1e-8}).description() != layer::batch_norm(3, {.epsilon = 1e-9}).description());
  CHECK(layer::batch_norm(3).description() == "batch_norm(3)");
  CHECK(conv2d(3, 6, 5, {.stride = 2, .padding = 1, .groups = 3, .bias = false}).description() ==
        "conv2d(3, 6, 5, stride 2, padding 1, groups 3, no bias)");
}

TEST_CASE("ready networks have right gradients, rows of length one and the weights that they say") {
  // on one device: their layers and compositions are checked on all of them, and thousands of differences are dear on
  // emu; smooth enough: a step of 1e-6 across a kink of relu or a tie is what a seed could hit
  context<cpu> ctx;
  const auto error = [&](const auto& network, const items& in) {
    return check::layer_gradient(ctx, network, layer_items(ctx, in).template view<batch_view>()).error;
  };
  CHECK(error(encoder::residual_network(1, 1, 3), items::pictures(3, 5, 4, 1)) < 1e-6);
  CHECK(error(encoder::conv4(shape::pictures(1, 16, 16, 1), 2, 3), items::pictures(2, 16, 16, 1)) < 1e-6);
  const auto flat = encoder::conv4(shape::pictures(1, 33, 47, 3), 8, 5);
  CHECK(flat.parameter_count() == 9 * (3 + 3 * 8) * 8 + 8 * 8 + (4 * 8 + 1) * 5);
  CHECK(flat.output(shape::pictures(7, 33, 47, 3)) == shape::vectors(7, 5));
  const auto global = encoder::conv4_global(3, 8, 5);
  CHECK(global.parameter_count() == 9 * (3 + 3 * 8) * 8 + 8 * 8 + (8 + 1) * 5);
  CHECK(global.output(shape::pictures(2, 99, 16, 3)) == shape::vectors(2, 5));
  CHECK(encoder::residual_network(3).output(shape::pictures(2, 1, 7, 3)) == shape::vectors(2, 128));
  CHECK_THROWS_WITH_AS(encoder::conv4(shape::pictures(1, 15, 64, 1)), doctest::Contains("got 15 x 64"), shape_error);
}
