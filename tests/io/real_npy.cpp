// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>

#include "real_data.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;

TEST_CASE("the Wikipedia features and labels have their published sizes") {
  const std::string folder = real_data("wikipedia_rasiwasia2010");
  context<cpu> ctx;
  const auto images = io::load_matrix<float>(ctx, folder + "/train_images.npy");
  CHECK(images.rows() == 2173);
  CHECK(images.cols() == 128);
  CHECK(io::load_matrix<double>(ctx, folder + "/test_texts.npy").rows() == 693);
  const auto labels = io::load_vector<kindred::label_t>(ctx, folder + "/train_labels.npy").to_host();
  CHECK(labels.size() == 2173);
  CHECK(*std::min_element(labels.begin(), labels.end()) == 0);
  CHECK(*std::max_element(labels.begin(), labels.end()) == 9);
}

TEST_CASE("the pictures of COIL-20 and USPS come as batches of pixels") {
  context<cpu> ctx;
  const auto coil = io::load_pictures<std::uint8_t>(ctx, real_data("coil20") + "/images.npy");
  CHECK(coil.items() == 1440);
  CHECK(coil.view().height == 32);
  CHECK(coil.view().longest == 1024);
  const auto usps = io::load_pictures<float>(ctx, real_data("usps") + "/test_images.npy");
  CHECK(usps.items() == 2007);
  CHECK(usps.view().longest == 256);
}
