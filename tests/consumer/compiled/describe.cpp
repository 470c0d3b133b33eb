// SPDX-License-Identifier: Apache-2.0
// Texts that g++ 12 at -O3 once found a false warning in (-Wrestrict).
#include <kindred/layer/conv1d_max.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <string>

std::string described(const kindred::layer::conv1d_max& layer) { return layer.description(); }
std::string described(const kindred::layer::conv2d& layer) { return layer.description(); }
std::string described(const kindred::layer::linear& layer) { return layer.description(); }
std::string described(const kindred::layer::lstm& layer) { return layer.description(); }
