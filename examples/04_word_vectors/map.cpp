// SPDX-License-Identifier: Apache-2.0
#include "map.hpp"

#include <cstdio>
#include <files.hpp>
#include <kindred/op/gather.hpp>
#include <kindred/unicode/utf8.hpp>
#include <word_map.hpp>

#include "vector_file.hpp"

namespace vectors {

void map(const map_settings& how) {
  kd::expects<kd::argument_error>(how.json.empty() || how.json != how.file, "--json and --out both name {}", how.json);
  presentation::check_writable(how.file);
  if (!how.json.empty()) presentation::check_writable(how.json);
  const bool by_tags = !how.tokenizer.tags.empty();
  const tokenizer cut(how.tokenizer);
  kd::context<cpu> ctx(how.threads);
  const embedding words = read_embedding(ctx, how.vectors);
  std::vector<index_t> rows;
  std::vector<std::string> labels;
  for (index_t row = 0; row < words.size() && static_cast<index_t>(rows.size()) < how.top; ++row) {
    const std::string& word = words.word(row);
    if (static_cast<index_t>(kd::unicode::decode_utf8(word).size()) < how.shortest) continue;
    if (by_tags && !cut.keeps_whole(word)) continue;
    rows.push_back(row);
    labels.push_back(word);
  }
  const auto count = static_cast<index_t>(rows.size());
  kd::expects<kd::argument_error>(count >= 4, "{}: {} words qualify for the map, 4 are needed", how.vectors, count);
  const kd::vector<index_t, cpu> chosen(ctx, rows);
  kd::matrix<float, cpu> vectors(ctx, count, words.dimension());
  kd::op::gather_rows<cpu, float>(ctx, words.unit(), chosen.view(), vectors.view());
  const auto made = sentence::map_of_words(ctx, vectors, labels, std::to_string(count) + " most frequent words",
                                           how.perplexity, how.seed);
  presentation::write_file(how.file, made.svg);
  if (!how.json.empty()) presentation::write_file(how.json, made.json);
  std::printf("%s: %ld words, perplexity %g, KL divergence %.4f\n", how.file.c_str(), static_cast<long>(count),
              made.perplexity, made.kl_divergence);
}

}  // namespace vectors
