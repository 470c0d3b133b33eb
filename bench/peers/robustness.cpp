// SPDX-License-Identifier: Apache-2.0
// What every learner does on the data of bench/peers/robustness.py, which runs this program and judges what it prints:
//
//   g++ -std=c++20 -O2 -I include -I /usr/include/eigen3 bench/peers/robustness.cpp -o robustness -pthread
//   python3 bench/peers/robustness.py ./robustness
//
// For each folder named on the command line: x, y, xt, yt and labels (.npy) are read, every learner is fitted with
// five dimensions, and a line is printed: learner, folder, "ok", rows, columns and the scores of xt, then those of yt;
// or learner, folder, "refused" and the message.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/semantic.hpp>
#include <string>

namespace kd = kindred;
using host_matrix = kd::matrix<double, kd::cpu>;

namespace {

struct data {
  host_matrix x, y, xt, yt;
  std::vector<kd::label_t> labels;
};

template <class Fit>
void run(kd::context<kd::cpu>& ctx, const char* name, const std::string& folder, const data& d, Fit fit) {
  std::printf("%s\t%s", name, folder.c_str());
  try {
    const auto fitted = fit();
    const host_matrix a = fitted.first(ctx, d.xt);
    // pca has one view
    const host_matrix b = std::string(name) == "pca" ? a.clone() : fitted.second(ctx, d.yt);
    std::printf("\tok\t%lld\t%lld", static_cast<long long>(a.rows()), static_cast<long long>(a.cols()));
    for (const auto* m : {&a, &b})
      for (const double v : m->to_host()) std::printf("\t%.9g", v);
  } catch (const kd::error& e) {
    std::printf("\trefused\t%s", e.what());
  }
  std::printf("\n");
}

}  // namespace

int main(int count, char** folders) {
  namespace pr = kd::projection;
  kd::context<kd::cpu> ctx;
  for (int i = 1; i < count; ++i) {
    const std::string folder = folders[i];
    const auto load = [&](const char* name) {
      kd::io::limits any;
      any.non_finite = kd::io::non_finite::keep;  // judging them is the learners' business here
      return kd::io::load_matrix<double>(ctx, folder + "/" + name + ".npy", any);
    };
    const data d{load("x"), load("y"), load("xt"), load("yt"),
                 kd::io::load_vector<kd::label_t>(ctx, folder + "/labels.npy").to_host()};
    const auto pairs = [&](const char* name, const auto& learner) {
      run(ctx, name, folder, d, [&] { return learner.fit(ctx, d.x, d.y); });
    };
    const auto labelled = [&](const char* name, const auto& learner) {
      run(ctx, name, folder, d, [&] { return learner.fit(ctx, d.x, d.y, d.labels); });
    };
    pairs("cca", pr::cca{.dimensions = 5});
    pairs("cca, standardized", pr::cca{.dimensions = 5, .standardize = true});
    pairs("cca, ridge 0", pr::cca{.dimensions = 5, .ridge = 0});
    pairs("cfa", pr::cfa{.dimensions = 5});
    pairs("pls", pr::pls{.dimensions = 5});
    pairs("pls, regression", pr::pls{.dimensions = 5, .deflation = pr::pls_deflation::regression});
    pairs("multiview_cca", pr::multiview_cca{.dimensions = 5});
    labelled("multiview_cca, 3 classes", pr::multiview_cca{.dimensions = 5});
    labelled("ml_cca, 3 classes", pr::ml_cca<>{.dimensions = 5});
    pairs("kcca", pr::kcca<>{.dimensions = 5});
    labelled("semantic, 3 classes", pr::semantic{});
    run(ctx, "pca", folder, d, [&] { return pr::pca{.dimensions = 5}.fit(ctx, d.x); });
  }
}
