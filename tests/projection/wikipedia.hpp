// SPDX-License-Identifier: Apache-2.0
// The Wikipedia data of Rasiwasia et al. 2010. The average precision here is a loop of its own, so that the room's
// tests do not lean on the rooms it serves.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <string>
#include <vector>

#include "real_data.hpp"

/// The elements of a .npy file of this data set: little-endian float32 or int32 in C order.
template <class T>
std::vector<T> npy(const std::string& name) {
  std::ifstream file(real_data("wikipedia_rasiwasia2010") + "/" + name + ".npy", std::ios::binary);
  unsigned char head[10] = {};
  REQUIRE(file.read(reinterpret_cast<char*>(head), 10));
  std::string text(head[8] + 256u * head[9], ' ');
  REQUIRE(file.read(text.data(), static_cast<std::streamsize>(text.size())));
  REQUIRE(text.find(std::is_floating_point_v<T> ? "'<f4'" : "'<i4'") != std::string::npos);
  REQUIRE(text.find("False") != std::string::npos);
  std::vector<T> values;
  for (T v; file.read(reinterpret_cast<char*>(&v), sizeof v);) values.push_back(v);
  return values;
}

struct wikipedia {
  kindred::context<kindred::cpu> ctx{2};
  kindred::matrix<float, kindred::cpu> train_images = load("train_images", 128), train_texts = load("train_texts", 10);
  kindred::matrix<float, kindred::cpu> test_images = load("test_images", 128), test_texts = load("test_texts", 10);
  std::vector<kindred::label_t> labels = npy<kindred::label_t>("test_labels"),
                                train_labels = npy<kindred::label_t>("train_labels");

  kindred::matrix<float, kindred::cpu> load(const std::string& name, kindred::index_t cols) {
    const auto values = npy<float>(name);
    return kindred::matrix<float, kindred::cpu>(ctx, static_cast<kindred::index_t>(values.size()) / cols, cols, values);
  }
};

/// Mean over queries of the average precision over all results: cosine or inner product, score descending, index
/// ascending.
template <class View>
double mean_average_precision(const View& queries, const View& gallery, const std::vector<kindred::label_t>& labels,
                              bool cosine = true) {
  double sum = 0;
  for (kindred::index_t q = 0; q < queries.rows(); ++q) {
    std::vector<std::pair<double, kindred::index_t>> ranking;
    for (kindred::index_t g = 0; g < gallery.rows(); ++g) {
      double dot = 0, a = 0, b = 0;
      for (kindred::index_t c = 0; c < queries.cols(); ++c) {
        const double x = static_cast<double>(queries(q, c)), y = static_cast<double>(gallery(g, c));
        dot += x * y;
        a += x * x;
        b += y * y;
      }
      ranking.emplace_back(cosine ? -dot / std::sqrt(a * b) : -dot, g);
    }
    std::sort(ranking.begin(), ranking.end());
    double hits = 0, precision = 0, rank = 0;
    for (const auto& [score, g] : ranking) {
      rank += 1;
      if (labels[static_cast<std::size_t>(g)] != labels[static_cast<std::size_t>(q)]) continue;
      hits += 1;
      precision += hits / rank;
    }
    sum += precision / hits;
  }
  return sum / static_cast<double>(queries.rows());
}

template <class P>
std::pair<double, double> both_directions(wikipedia& data, const P& projection) {
  const auto images = projection.first(data.ctx, data.test_images),
             texts = projection.second(data.ctx, data.test_texts);
  return {mean_average_precision(images.view(), texts.view(), data.labels),
          mean_average_precision(texts.view(), images.view(), data.labels)};
}
