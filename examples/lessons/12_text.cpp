// SPDX-License-Identifier: Apache-2.0
// Turns texts into rows by the weights of their character n-grams (tf-idf) and finds the closest ones by cosine.
// N-grams find related words without a dictionary: 학교에서 and 학교가 share 학교.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/tf_idf.hpp>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::cpu;

int main() {
  const std::vector<std::string> texts{"학교에서 친구를 만났다", "바다에서 수영했다", "a swim in the sea",
                                       "lunch with friends"};
  const std::vector<std::string> queries{"친구가 학교에", "swimming at sea"};

  kd::context<cpu> ctx;
  const auto weights = kd::text::tf_idf{}.fit(texts, kd::text::character_ngrams{});
  const auto gallery = weights.transform<float>(texts).dense(ctx);
  const auto asked = weights.transform<float>(queries).dense(ctx);

  kd::index::flat<float, cpu, kd::similarity::cosine> index(ctx, gallery.cols());
  index.add(ctx, gallery);
  const auto hits = index.search(ctx, asked, 1);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto id = static_cast<std::size_t>(hits.ids.view()(static_cast<kd::index_t>(q), 0));
    std::printf("%s: %s\n", queries[q].c_str(), texts[id].c_str());
  }
}

// It prints
//   친구가 학교에: 학교에서 친구를 만났다
//   swimming at sea: a swim in the sea
