// SPDX-License-Identifier: Apache-2.0
#include "compare.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <files.hpp>
#include <kindred/data/k_fold.hpp>
#include <kindred/data/split.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/words/analogy.hpp>
#include <kindred/words/random_vectors.hpp>
#include <kindred/words/word_similarity.hpp>
#include <nlohmann/json.hpp>
#include <progress.hpp>
#include <text_table.hpp>

#include "picture_texts.hpp"
#include "vector_file.hpp"

namespace vectors {

namespace {

using kd::label_t;
using nlohmann::ordered_json;
using matrix = kd::matrix<float, cpu>;

// what is tried for the ridge of the covariances, by validation within the training part of each fold
constexpr double ridges[] = {0.1, 0.3, 1, 3, 10, 30};
constexpr index_t picture_components = 150;
constexpr double correlation_power = 2;

/// What is measured of one fold.
struct fold_values {
  double to_text = 0, to_picture = 0;  ///< mean average precision of either direction
  double first = 0;                    ///< mean over directions of the share of queries whose first result is relevant
  double average() const { return (to_text + to_picture) / 2; }
};

struct spread {
  double mean = 0, deviation = 0;
};

spread spread_of(const std::vector<fold_values>& folds, double (*value)(const fold_values&)) {
  spread s;
  const auto n = static_cast<double>(folds.size());
  for (const auto& fold : folds) s.mean += value(fold) / n;
  double squares = 0;
  for (const auto& fold : folds) squares += std::pow(value(fold) - s.mean, 2);
  s.deviation = std::sqrt(squares / (n - 1));
  return s;
}

/// One row of the table.
struct compared {
  std::string name;
  index_t dimension = 0;
  double seconds = 0;  ///< of learning; 0 where nothing was learned here
  kd::words::word_similarity similarity;
  kd::words::analogy_section additive, multiplicative;
  std::vector<fold_values> folds;
};

/// Items that have a word, and which rows of an embedding their words are.
struct worded_items {
  std::vector<index_t> items;
  std::vector<std::vector<std::string>> words;  ///< for each item
};

worded_items with_words(const picture_texts& data, const tokenizer& cut, const std::vector<const embedding*>& known) {
  worded_items out;
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    std::vector<std::string> words;
    cut(data.texts[i], [&](std::string_view token) {
      for (const embedding* e : known)
        if (e->row(token) < 0) return;
      words.emplace_back(token);
    });
    if (words.empty()) continue;
    out.items.push_back(static_cast<index_t>(i));
    out.words.push_back(std::move(words));
  }
  return out;
}

/// The mean of the unit vectors of each item's words.
std::vector<float> averaged(const embedding& words, const worded_items& items) {
  const index_t d = words.dimension();
  std::vector<float> out;
  for (const auto& list : items.words) {
    std::vector<float> sum(static_cast<std::size_t>(d));
    for (const auto& word : list) {
      const auto row = words.unit().row(words.row(word));
      for (index_t c = 0; c < d; ++c) sum[static_cast<std::size_t>(c)] += row(c) / static_cast<float>(list.size());
    }
    out.insert(out.end(), sum.begin(), sum.end());
  }
  return out;
}

matrix some_rows(kd::context<cpu>& ctx, const std::vector<float>& from, index_t cols,
                 const std::vector<index_t>& rows) {
  std::vector<float> host;
  host.reserve(rows.size() * static_cast<std::size_t>(cols));
  for (const index_t r : rows) host.insert(host.end(), from.begin() + r * cols, from.begin() + (r + 1) * cols);
  return matrix(ctx, static_cast<index_t>(rows.size()), cols, host);
}

/// What one learning part and one test part have in common for all vectors: rows, and their pictures' components, which
/// the learning part gives.
struct part {
  std::vector<index_t> learn, test;
  matrix learn_pictures, test_pictures;
  kd::vector<label_t, cpu> test_groups;

  part(kd::context<cpu>& ctx, const std::vector<float>& pictures, index_t cols, const std::vector<label_t>& groups,
       std::vector<index_t> learned, std::vector<index_t> tested)
      : learn(std::move(learned)),
        test(std::move(tested)),
        learn_pictures(some_rows(ctx, pictures, cols, learn)),
        test_pictures(some_rows(ctx, pictures, cols, test)),
        test_groups(ctx, groups_of(groups, test)) {
    const auto pca = kd::projection::pca{.dimensions = picture_components}.fit(ctx, learn_pictures);
    learn_pictures = pca.first(ctx, learn_pictures);
    test_pictures = pca.first(ctx, test_pictures);
  }
  static std::vector<label_t> groups_of(const std::vector<label_t>& groups, const std::vector<index_t>& rows) {
    std::vector<label_t> out;
    for (const index_t r : rows) out.push_back(groups[static_cast<std::size_t>(r)]);
    return out;
  }

  /// Learns and measures for each ridge.
  std::vector<fold_values> measured(kd::context<cpu>& ctx, const std::vector<float>& texts, index_t cols,
                                    std::span<const double> tried) const {
    const matrix learn_texts = some_rows(ctx, texts, cols, learn), test_texts = some_rows(ctx, texts, cols, test);
    const kd::relation::same_label same_group(test_groups, test_groups);
    std::vector<fold_values> out;
    for (const double ridge : tried) {
      const auto cca =
          kd::projection::cca{.ridge = ridge, .power = correlation_power}.fit(ctx, learn_pictures, learn_texts);
      const auto found = kd::retrieval::evaluate_both(ctx, kd::similarity::cosine{}, cca.first(ctx, test_pictures),
                                                      cca.second(ctx, test_texts), same_group,
                                                      kd::metric::average_precision{}, kd::metric::hit{.k = 1});
      out.push_back({found.forward[0], found.backward[0], (found.forward[1] + found.backward[1]) / 2});
    }
    return out;
  }
};

/// A fold, and the part of it that chooses the ridge: a quarter of its learning rows is held out.
struct fold {
  part whole, inner;
};

std::vector<fold> made_folds(kd::context<cpu>& ctx, const std::vector<float>& pictures, index_t cols,
                             const std::vector<label_t>& groups, const compare_settings& how) {
  const kd::data::k_fold folds(groups, how.folds, how.seed);
  std::vector<fold> out;
  for (index_t f = 0; f < folds.size(); ++f) {
    const auto learn = folds.train(f);
    const auto halves =
        kd::data::split::stratified(part::groups_of(groups, learn), {.validation = 0, .test = 0.25, .seed = how.seed});
    const auto chosen = [&](const std::vector<index_t>& positions) {
      std::vector<index_t> rows;
      for (const index_t p : positions) rows.push_back(learn[static_cast<std::size_t>(p)]);
      return rows;
    };
    out.push_back({part(ctx, pictures, cols, groups, learn, {folds.test(f).begin(), folds.test(f).end()}),
                   part(ctx, pictures, cols, groups, chosen(halves.train), chosen(halves.test))});
  }
  return out;
}

std::vector<fold_values> cross_validated(kd::context<cpu>& ctx, const std::vector<fold>& folds,
                                         const std::vector<float>& texts, index_t cols, presentation::progress& told,
                                         const std::string& name) {
  std::vector<fold_values> out;
  for (const fold& f : folds) {
    const auto tried = f.inner.measured(ctx, texts, cols, ridges);
    std::size_t best = 0;
    for (std::size_t i = 1; i < tried.size(); ++i)
      if (tried[i].average() > tried[best].average()) best = i;
    out.push_back(f.whole.measured(ctx, texts, cols, std::span(&ridges[best], 1)).front());
    told.step(name);
  }
  return out;
}

std::string plus_minus(const spread& s) {
  return presentation::four_decimals(s.mean) + " ± " + presentation::four_decimals(s.deviation);
}

}  // namespace

void compare(const compare_settings& how) {
  kd::expects<kd::argument_error>(!how.training.corpus.empty() || !how.files.empty(),
                                  "nothing to compare: give text files to learn from (a sentence or paragraph a line; "
                                  "plain, .gz or .xz), or --vectors FILE,...");
  kd::expects<kd::argument_error>(how.training.corpus.empty() || how.files.empty(),
                                  "give text files to learn from or --vectors, not both");
  kd::expects<kd::argument_error>(how.files.empty() || !how.training.tokenizer.stems,
                                  "--stems counts the stems of text files, and --vectors takes none");
  if (!how.json.empty()) presentation::check_writable(how.json);
  std::vector<kd::words::word_pair> judged;
  kd::words::analogy_questions questions;
  if (!how.similarity.empty()) judged = read_pairs(how.similarity);
  if (!how.analogy.empty()) questions = read_questions(how.analogy);
  for (const auto& path : how.training.corpus)
    kd::io::byte_source{path};  // what is missing should be known before the work
  tokenizer cut(how.training.tokenizer);
  kd::context<cpu> ctx(how.training.threads);

  std::vector<compared> rows;
  std::vector<embedding> embeddings;
  const auto add = [&](std::string name, double seconds, kd::io::word_vectors<float, cpu> learned) {
    rows.push_back({.name = std::move(name),
                    .dimension = learned.vectors.cols(),
                    .seconds = seconds,
                    .similarity = {},
                    .additive = {},
                    .multiplicative = {},
                    .folds = {}});
    embeddings.emplace_back(ctx, std::move(learned));
  };
  for (const auto& path : how.files) add(path, 0, read_vectors(ctx, path));
  const picture_texts data = described_emoji(how.seed);
  if (how.files.empty()) {
    const temporary_folder folder;
    const encoded_corpus encoded = encode_corpus(how.training, folder.path());
    cut = tokenizer(how.training.tokenizer, encoded.stems);  // the emoji's texts are cut as the corpus was
    for (const index_t size : how.sizes) {
      const auto start = std::chrono::steady_clock::now();
      train_settings training = how.training;
      training.how.dimension = size;
      auto learned = train_encoded(encoded, training);
      add("learned " + std::to_string(size),
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), std::move(learned));
    }
  }
  const std::size_t learned = rows.size();
  for (std::size_t i = 0; i < learned; ++i) {
    const auto& words = embeddings[i].words();
    const kd::words::random_vectors random{.dimension = rows[i].dimension, .seed = how.seed};
    const std::string name = "random " + std::to_string(rows[i].dimension);
    bool there = false;  // two files of one size share their random vectors
    for (std::size_t j = learned; j < rows.size(); ++j) there = there || rows[j].name == name;
    if (!there) add(name, 0, {words, random.make<float>(ctx, words)});
  }

  std::vector<const embedding*> known;
  for (const auto& e : embeddings) known.push_back(&e);
  const worded_items items = with_words(data, cut, known);
  const auto count = static_cast<index_t>(items.items.size());
  kd::expects<kd::argument_error>(count >= 20 * how.folds,
                                  "{} of {} emoji have a Korean name with a known word, {} are needed for {} folds",
                                  count, data.texts.size(), 20 * how.folds, how.folds);
  std::vector<float> pictures;
  std::vector<label_t> groups;
  for (const index_t i : items.items) {
    pictures.insert(pictures.end(), data.pictures.begin() + i * data.columns,
                    data.pictures.begin() + (i + 1) * data.columns);
    groups.push_back(data.groups[static_cast<std::size_t>(i)]);
  }
  const auto folds = made_folds(ctx, pictures, data.columns, groups, how);
  {
    presentation::progress told("comparing", static_cast<long>(rows.size()) * static_cast<long>(how.folds));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!how.similarity.empty())
        rows[i].similarity = kd::words::evaluate_similarity<float, cpu>(ctx, embeddings[i], judged);
      if (!how.analogy.empty()) {
        rows[i].additive = kd::words::evaluate_analogies(ctx, embeddings[i], questions).total;
        rows[i].multiplicative = kd::words::evaluate_analogies(ctx, embeddings[i], questions,
                                                               {.method = kd::words::analogy_method::multiplicative})
                                     .total;
      }
      rows[i].folds =
          cross_validated(ctx, folds, averaged(embeddings[i], items), rows[i].dimension, told, rows[i].name);
    }
  }

  std::printf(
      "Pictures and Korean texts of %ld emoji (of %zu; the others have no known word), %ld folds, relevant: the same "
      "group\n",
      static_cast<long>(count), data.texts.size(), static_cast<long>(how.folds));
  if (!how.similarity.empty())
    std::printf("Similarity: %s, %ld of %ld pairs covered\n", how.similarity.c_str(),
                static_cast<long>(rows[0].similarity.covered), static_cast<long>(rows[0].similarity.pairs));
  if (!how.analogy.empty())
    std::printf("Analogies: %s, %ld of %ld questions covered\n", how.analogy.c_str(),
                static_cast<long>(rows[0].additive.covered), static_cast<long>(rows[0].additive.questions));
  presentation::text_table table("lr");
  std::vector<std::string> head{"vectors"};
  if (!how.similarity.empty()) head.push_back("Spearman");
  if (!how.analogy.empty()) head.insert(head.end(), {"3CosAdd", "3CosMul"});
  head.insert(head.end(), {"mAP picture to text", "mAP text to picture", "mAP average", "R@1"});
  table.row(head);
  table.rule();
  auto json_rows = ordered_json::array();
  for (const auto& r : rows) {
    const spread to_text = spread_of(r.folds, [](const fold_values& v) { return v.to_text; });
    const spread to_picture = spread_of(r.folds, [](const fold_values& v) { return v.to_picture; });
    const spread average = spread_of(r.folds, [](const fold_values& v) { return v.average(); });
    const spread first = spread_of(r.folds, [](const fold_values& v) { return v.first; });
    std::vector<std::string> cells{r.name};
    ordered_json json{{"name", r.name}, {"dimension", r.dimension}, {"seconds", r.seconds}};
    const auto number = [](double value) { return std::isnan(value) ? ordered_json(nullptr) : ordered_json(value); };
    if (!how.similarity.empty()) {
      cells.push_back(presentation::four_decimals(r.similarity.spearman));
      json["spearman"] = number(r.similarity.spearman);
      json["pairs_covered"] = r.similarity.covered;
    }
    if (!how.analogy.empty()) {
      cells.push_back(presentation::four_decimals(r.additive.accuracy()));
      cells.push_back(presentation::four_decimals(r.multiplicative.accuracy()));
      json["additive"] = number(r.additive.accuracy());
      json["multiplicative"] = number(r.multiplicative.accuracy());
      json["questions_covered"] = r.additive.covered;
    }
    for (const spread& s : {to_text, to_picture, average, first}) cells.push_back(plus_minus(s));
    const auto both = [](const spread& s) { return ordered_json{{"mean", s.mean}, {"deviation", s.deviation}}; };
    json["picture_to_text"] = both(to_text);
    json["text_to_picture"] = both(to_picture);
    json["average"] = both(average);
    json["recall_1"] = both(first);
    auto averages = ordered_json::array();
    for (const auto& each : r.folds) averages.push_back(each.average());
    json["folds"] = averages;
    table.row(cells);
    json_rows.push_back(json);
  }
  std::fputs(table.text().c_str(), stdout);
  if (!how.json.empty())
    presentation::write_file(how.json, ordered_json{{"items", count},
                                                    {"folds", how.folds},
                                                    {"seed", how.seed},
                                                    {"tokenizer", how.training.tokenizer.name},
                                                    {"similarity", how.similarity},
                                                    {"analogy", how.analogy},
                                                    {"vectors", json_rows}}
                                               .dump(2, ' ', false, ordered_json::error_handler_t::replace) +
                                           "\n");
}

}  // namespace vectors
