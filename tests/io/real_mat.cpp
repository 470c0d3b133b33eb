// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/mat.hpp>
#include <kindred/io/npy.hpp>

#include "real_data.hpp"

namespace io = kindred::io;

TEST_CASE("the Wikipedia features that MATLAB saved are those of the .npy files") {
  const std::string folder = real_data("wikipedia_rasiwasia2010");
  kindred::context<kindred::cpu> ctx;
  const io::mat file(folder + "/raw_features.mat", {}, kindred::interop::inflate);
  CHECK(file.names() == std::vector<std::string>{"I_te", "I_tr", "T_te", "T_tr"});
  for (const auto& [name_in_file, name] : {std::pair("I_te", "test_images"), std::pair("I_tr", "train_images"),
                                           std::pair("T_te", "test_texts"), std::pair("T_tr", "train_texts")}) {
    const char* const variable = name_in_file;  // clang 14 captures no structured binding
    CAPTURE(variable);
    const auto saved = file.load_matrix<float>(ctx, variable);
    const auto exported = io::load_matrix<float>(ctx, folder + "/" + name + ".npy");
    CHECK(saved.rows() == exported.rows());
    CHECK(saved.to_host() == exported.to_host());
  }
}
