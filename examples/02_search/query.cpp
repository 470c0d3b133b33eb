// SPDX-License-Identifier: Apache-2.0
#include "query.hpp"

#include <cstdio>
#include <kindred/io/npy.hpp>
#include <nlohmann/json.hpp>

#include "pipelines.hpp"
#include "text_list.hpp"

namespace {

void print(const std::string& text) {
  kd::expects<kd::io_error>(std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0,
                            "the output cannot be written");
}

/// texts: of the items found, by id; may be empty.
void print(const kd::op::hits<float, kd::cpu>& found, const lines& texts, bool json) {
  const auto ids = found.ids.view();
  const auto scores = found.scores.view();
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::string table;
  for (kd::index_t q = 0; q < ids.rows(); ++q) {
    nlohmann::ordered_json results = nlohmann::ordered_json::array();
    for (kd::index_t j = 0; j < ids.cols() && ids(q, j) >= 0; ++j) {
      const auto id = static_cast<std::size_t>(ids(q, j));
      const std::string* const text = id < texts.size() ? &texts[id] : nullptr;
      if (json) {
        nlohmann::ordered_json one{{"id", ids(q, j)}, {"score", scores(q, j)}};
        if (text) one["text"] = *text;
        results.push_back(std::move(one));
      } else {
        char columns[96];
        std::snprintf(columns, sizeof columns, "%ld\t%ld\t%zu\t%.6f", static_cast<long>(q), static_cast<long>(j + 1),
                      id, static_cast<double>(scores(q, j)));
        table += columns;
        if (text) table += '\t' + *text;
        table += "\n";
      }
    }
    if (json) all.push_back({{"query", q}, {"results", std::move(results)}});
  }
  print(json ? all.dump(1) + "\n" : table);
}

kd::matrix<float, kd::cpu> rows_to_ask(kd::context<kd::cpu>& ctx, const query_options& options) {
  kd::expects<kd::argument_error>(options.queries.ends_with(".npy"),
                                  "{} is asked with rows of numbers, so give a .npy file", options.file);
  return kd::io::load_matrix<float>(ctx, options.queries);
}
lines lines_to_ask(const query_options& options) {
  lines all = options.texts;
  if (!options.queries.empty())
    for (std::string& line : read_lines(options.queries)) all.push_back(std::move(line));
  return all;
}

template <class Similarity>
void ask_rows(kd::context<kd::cpu>& ctx, const query_options& options, const lines& texts) {
  const auto engine = row_engine<Similarity>::open(ctx, options.file);
  print(engine.search(ctx, rows_to_ask(ctx, options), options.k), texts, options.json);
}

}  // namespace

void query(const query_options& options) {
  kd::expects<kd::argument_error>(options.k >= 1, "expected -k of at least 1, got {}", options.k);
  kd::expects<kd::argument_error>(!options.queries.empty() || !options.texts.empty(),
                                  "nothing is asked: give a file of queries or --text");
  kd::context<kd::cpu> ctx(options.threads);
  // which engine stands in the file
  const kd::io::safetensors file(options.file);
  const lines texts = load_texts(file, "texts.");
  if (file.metadata("type") == "cross_modal 1") {
    const auto engine = pair_engine::open(ctx, options.file);
    const bool rows = options.queries.ends_with(".npy");
    kd::expects<kd::argument_error>(!rows || options.texts.empty(), "rows and texts are asked one after the other");
    if (rows)
      print(engine.first_to_second(ctx, rows_to_ask(ctx, options), options.k), texts, options.json);
    else
      print(engine.second_to_first(ctx, lines_to_ask(options), options.k), texts, options.json);
  } else if (file.metadata("encoder") == line_encoder::name) {
    print(line_engine::open(ctx, options.file).search(ctx, lines_to_ask(options), options.k), texts, options.json);
  } else if (file.metadata("index.similarity") == bhattacharyya::name) {
    ask_rows<bhattacharyya>(ctx, options, texts);
  } else {
    ask_rows<kd::similarity::cosine>(ctx, options, texts);
  }
}
