// SPDX-License-Identifier: Apache-2.0
#include "ask.hpp"

#include <cstdio>
#include <files.hpp>
#include <kindred/words/analogy.hpp>
#include <kindred/words/word_similarity.hpp>
#include <nlohmann/json.hpp>
#include <text_table.hpp>

#include "vector_file.hpp"

namespace vectors {

namespace {

using nlohmann::ordered_json;
using found_words = std::vector<kd::words::near_word<float>>;

std::string dumped(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json number(double value) { return std::isnan(value) ? ordered_json(nullptr) : ordered_json(value); }

ordered_json json_of(const embedding& words, const found_words& found) {
  auto list = ordered_json::array();
  for (const auto& near : found) list.push_back({{"word", words.word(near.row)}, {"score", near.score}});
  return list;
}

void print(const embedding& words, const found_words& found) {
  presentation::text_table table("llr");
  int place = 0;
  for (const auto& near : found)
    table.row(
        {std::to_string(++place), words.word(near.row), presentation::four_decimals(static_cast<double>(near.score))});
  std::fputs(table.text().c_str(), stdout);
}

kd::words::analogy_method method_of(const std::string& name) {
  return name == "multiplicative" ? kd::words::analogy_method::multiplicative : kd::words::analogy_method::additive;
}

}  // namespace

void neighbours(const ask_settings& how) {
  kd::context<cpu> ctx(how.threads);
  const embedding words = read_embedding(ctx, how.vectors);
  const auto rows = rows_of(words, how.words);
  const auto found = kd::words::nearest_words(ctx, words, rows, how.top, how.most_frequent);
  ordered_json json;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (how.json) {
      json[words.word(rows[i])] = json_of(words, found[i]);
      continue;
    }
    if (rows.size() > 1) std::printf("%s%s\n", i > 0 ? "\n" : "", words.word(rows[i]).c_str());
    print(words, found[i]);
  }
  if (how.json) std::fputs(dumped(json).c_str(), stdout);
}

void analogy(const ask_settings& how) {
  kd::context<cpu> ctx(how.threads);
  const embedding words = read_embedding(ctx, how.vectors);
  const auto rows = rows_of(words, how.words);
  const std::array<index_t, 3> question{rows[0], rows[1], rows[2]};
  const auto found = kd::words::answer_analogies(ctx, words, std::span(&question, 1), how.top,
                                                 {.method = method_of(how.method), .most_frequent = how.most_frequent})
                         .front();
  if (how.json)
    std::fputs(dumped(json_of(words, found)).c_str(), stdout);
  else
    print(words, found);
}

void evaluate(const evaluate_settings& how) {
  kd::expects<kd::argument_error>(!how.similarity.empty() || !how.analogy.empty(),
                                  "nothing to evaluate with: give --similarity FILE, --analogy FILE or both");
  if (!how.json.empty()) presentation::check_writable(how.json);
  std::vector<kd::words::word_pair> pairs;
  kd::words::analogy_questions questions;
  if (!how.similarity.empty()) pairs = read_pairs(how.similarity);
  if (!how.analogy.empty()) questions = read_questions(how.analogy);
  kd::context<cpu> ctx(how.threads);
  const embedding words = read_embedding(ctx, how.vectors);
  ordered_json json{{"vectors", how.vectors}, {"words", words.size()}, {"dimension", words.dimension()}};
  std::printf("%s: %ld words, %ld numbers each\n", how.vectors.c_str(), static_cast<long>(words.size()),
              static_cast<long>(words.dimension()));
  if (!how.similarity.empty()) {
    const auto found = kd::words::evaluate_similarity<float, cpu>(ctx, words, pairs);
    presentation::text_table table("lrrrr");
    table.row({"similarity", "Spearman", "Pearson", "covered", "pairs"});
    table.rule();
    table.row({how.similarity, presentation::four_decimals(found.spearman), presentation::four_decimals(found.pearson),
               std::to_string(found.covered), std::to_string(found.pairs)});
    std::printf("\n%s", table.text().c_str());
    json["similarity"] = {{"file", how.similarity},
                          {"spearman", number(found.spearman)},
                          {"pearson", number(found.pearson)},
                          {"covered", found.covered},
                          {"pairs", found.pairs}};
  }
  if (!how.analogy.empty()) {
    kd::words::analogy_report reports[2];
    for (const auto method : {kd::words::analogy_method::additive, kd::words::analogy_method::multiplicative})
      reports[static_cast<int>(method)] =
          kd::words::evaluate_analogies(ctx, words, questions, {.method = method, .most_frequent = how.most_frequent});
    presentation::text_table table("lrrrr");
    table.row({"analogies", "3CosAdd", "3CosMul", "covered", "questions"});
    table.rule();
    auto sections = ordered_json::array();
    const auto add = [&](const kd::words::analogy_section& a, const kd::words::analogy_section& m) {
      table.row({a.name, presentation::four_decimals(a.accuracy()), presentation::four_decimals(m.accuracy()),
                 std::to_string(a.covered), std::to_string(a.questions)});
      sections.push_back({{"name", a.name},
                          {"additive", number(a.accuracy())},
                          {"multiplicative", number(m.accuracy())},
                          {"covered", a.covered},
                          {"questions", a.questions}});
    };
    for (std::size_t i = 0; i < reports[0].sections.size(); ++i) add(reports[0].sections[i], reports[1].sections[i]);
    table.rule();
    add(reports[0].total, reports[1].total);
    std::printf("\n%s", table.text().c_str());
    json["analogy"] = {{"file", how.analogy}, {"most_frequent", how.most_frequent}, {"sections", sections}};
  }
  if (!how.json.empty()) presentation::write_file(how.json, dumped(json));
}

}  // namespace vectors
