// SPDX-License-Identifier: Apache-2.0
// word_vectors: learns word vectors from text files, answers with them, measures them, draws them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <kindred/core/config.hpp>
#include <program.hpp>

#include "ask.hpp"
#include "compare.hpp"
#include "map.hpp"
#include "train.hpp"

namespace {

using kindred::index_t;

const auto whole = CLI::Range(index_t(1), index_t(1) << 40);
const auto whole_or_none = CLI::Range(index_t(0), index_t(1) << 40);

void add_threads(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "At work at once. Default: the processors.")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

void add_vectors(CLI::App& app, std::string& file) {
  app.add_option("--vectors", file,
                 "Word vectors of word2vec (text or binary), fastText (.vec) or GloVe, plain, .gz or .xz; or an array "
                 "FILE.npy with its words in FILE.txt.")
      ->type_name("FILE")
      ->required();
}

void add_tokenizer(CLI::App& app, vectors::tokenizer_settings& how) {
  app.add_option("--tokenizer", how.name, "How text becomes words.")
      ->type_name("NAME")
      ->check(CLI::IsMember(vectors::known_tokenizers()))
      ->capture_default_str();
  app.add_option("--tags", how.tags,
                 "Parts of speech that stay, by the beginnings of their tags, separated by commas: NN for nouns.\n"
                 "For tokenizers that give tags: korean. Default: all.")
      ->type_name("LIST")
      ->delimiter(',');
}

/// How vectors are learned, for train and compare.
struct learning {
  std::string mode = "hogwild";
  bool cbow = false;

  void add(CLI::App& app, vectors::train_settings& o) {
    auto& how = o.how;
    app.add_option("CORPUS", o.corpus, "Text files, a sentence or paragraph a line; plain, or packed as .gz or .xz.")
        ->type_name("FILE...");
    app.add_option("--window", how.window, "Words on either side at most.")
        ->type_name("N")
        ->check(whole)
        ->capture_default_str();
    app.add_option("--negative", how.negative, "Noise words.")->type_name("N")->check(whole)->capture_default_str();
    app.add_option("--sample", how.sample, "Share from which on frequent words are thinned out; 0: none.")
        ->type_name("X")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_option("--passes", how.passes, "Over the corpus.")->type_name("N")->check(whole)->capture_default_str();
    app.add_option("--rate", how.rate, "Learning rate at the start.")
        ->type_name("X")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--min-count", o.fewest, "Words that occur fewer times are left out.")
        ->type_name("N")
        ->check(whole)
        ->capture_default_str();
    app.add_option("--max-words", o.most_words, "Words at most, the most frequent ones; 0: all.")
        ->type_name("N")
        ->check(whole_or_none)
        ->capture_default_str();
    app.add_option(
           "--mode", mode,
           "hogwild: threads share the vectors without waiting. deterministic: the same bytes for any number of\n"
           "threads.")
        ->type_name("NAME")
        ->check(CLI::IsMember({"hogwild", "deterministic"}))
        ->capture_default_str();
    app.add_flag("--cbow", cbow, "Continuous bag of words in place of skip-gram.");
    app.add_option("--seed", how.seed, "Of all random numbers.")->type_name("N")->capture_default_str();
    add_tokenizer(app, o.tokenizer);
    app.add_flag("--stems", o.tokenizer.stems, "korean: count the stems of the corpus first and cut words by them.");
    add_threads(app, o.threads);
  }
  void finish(vectors::train_settings& o) const {
    using namespace kindred::words;
    o.how.mode = mode == "hogwild" ? word2vec_mode::hogwild : word2vec_mode::deterministic;
    o.how.architecture = cbow ? word2vec_architecture::cbow : word2vec_architecture::skip_gram;
    o.threads = presentation::threads_or_processors(o.threads);
  }
};

void add_most_frequent(CLI::App& app, index_t& most) {
  app.add_option("--most-frequent", most, "Look among the first N words of the file only; 0: all.")
      ->type_name("N")
      ->check(whole_or_none)
      ->capture_default_str();
}

void declare_asking(CLI::App& app, vectors::ask_settings& o) {
  add_vectors(app, o.vectors);
  app.add_option("--top", o.top, "Words in an answer.")->type_name("N")->check(whole)->capture_default_str();
  add_most_frequent(app, o.most_frequent);
  app.add_flag("--json", o.json, "Print JSON.");
  add_threads(app, o.threads);
  o.threads = 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Learns word vectors from text files, answers with them, measures them, draws them.", "word_vectors");
  app.require_subcommand(1);
  app.set_version_flag("--version", "word_vectors " KINDRED_VERSION);

  vectors::train_settings train;
  vectors::ask_settings neighbours, analogy;
  vectors::evaluate_settings evaluate;
  vectors::map_settings map;
  vectors::compare_settings compare;
  learning trained, compared;
  const auto declare = [&] {
    train.threads = compare.training.threads = evaluate.threads = map.threads = 0;
    CLI::App& t = *app.add_subcommand("train", "Learn word vectors from text files.");
    trained.add(t, train);
    t.add_option(
         "--out", train.file,
         "Where the vectors go: word2vec's text, its binary (.bin), or an array (.npy, with the words in .txt).")
        ->type_name("FILE")
        ->required();
    t.add_option("--size", train.how.dimension, "Numbers of a vector.")
        ->type_name("N")
        ->check(whole)
        ->capture_default_str();
    t.add_option("--checkpoint", train.checkpoint, "Keep words, corpus and state of training in this folder.")
        ->type_name("FOLDER");
    t.add_option("--every", train.every, "Seconds between two states.")
        ->type_name("X")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    t.add_flag("--resume", train.resume, "Go on from what is in the folder of --checkpoint.");
    t.add_option("--json", train.json, "Write settings, counts and times to this file.")->type_name("FILE");

    CLI::App& n = *app.add_subcommand("neighbours", "Print the words closest to each WORD.");
    n.add_option("WORD", neighbours.words, "Words of the file.")->required();
    declare_asking(n, neighbours);

    CLI::App& a = *app.add_subcommand("analogy", "Print what is to C as B is to A.");
    a.add_option("A_B_C", analogy.words, "Three words of the file.")->required()->expected(3);
    a.add_option("--method", analogy.method, "additive (3CosAdd) or multiplicative (3CosMul).")
        ->check(CLI::IsMember({"additive", "multiplicative"}))
        ->capture_default_str();
    declare_asking(a, analogy);

    CLI::App& e = *app.add_subcommand("evaluate", "Print how vectors follow people's judgements and answer analogies.");
    add_vectors(e, evaluate.vectors);
    e.add_option("--similarity", evaluate.similarity, "Pairs: word, word, number a line; commas or tabs.")
        ->type_name("FILE");
    e.add_option("--analogy", evaluate.analogy, "Questions: four words a line, sections \": name\".")
        ->type_name("FILE");
    add_most_frequent(e, evaluate.most_frequent);
    e.add_option("--json", evaluate.json, "Write the numbers to this file.")->type_name("FILE");
    add_threads(e, evaluate.threads);

    CLI::App& m = *app.add_subcommand("map", "Draw the most frequent words as a map (t-SNE).");
    add_vectors(m, map.vectors);
    m.add_option("--out", map.file, "The SVG file.")->type_name("FILE")->required();
    m.add_option("--top", map.top, "Words: the first of the file.")
        ->type_name("N")
        ->check(CLI::Range(4, 100000))
        ->capture_default_str();
    m.add_option("--shortest", map.shortest, "Characters of a word at least.")
        ->type_name("N")
        ->check(whole)
        ->capture_default_str();
    m.add_option("--perplexity", map.perplexity, "Neighbours that count; at most a third of the words.")
        ->type_name("X")
        ->check(CLI::Range(1.0, 1000.0))
        ->capture_default_str();
    add_tokenizer(m, map.tokenizer);
    m.add_option("--seed", map.seed, "Of random numbers.")->type_name("N")->capture_default_str();
    m.add_option("--json", map.json, "Write the places to this file.")->type_name("FILE");
    add_threads(m, map.threads);

    CLI::App& c = *app.add_subcommand(
        "compare",
        "Print learned vectors of several sizes and random ones: word similarity, analogies, and retrieval\n"
        "between emoji pictures and their Korean texts, cross-validated.");
    compared.add(c, compare.training);
    c.add_option("--sizes", compare.sizes, "Numbers of a vector.")
        ->type_name("LIST")
        ->delimiter(',')
        ->check(whole)
        ->capture_default_str();
    c.add_option("--vectors", compare.files, "Files of vectors in place of text files.")
        ->type_name("LIST")
        ->delimiter(',');
    c.add_option("--similarity", compare.similarity, "As for evaluate.")->type_name("FILE");
    c.add_option("--analogy", compare.analogy, "As for evaluate.")->type_name("FILE");
    c.add_option("--folds", compare.folds, "Of the cross-validation.")
        ->type_name("N")
        ->check(CLI::Range(2, 100))
        ->capture_default_str();
    c.add_option("--json", compare.json, "Write the numbers to this file.")->type_name("FILE");
  };
  return presentation::run_program(app, argc, argv, declare, [&] {
    for (int* threads : {&neighbours.threads, &analogy.threads, &evaluate.threads, &map.threads})
      *threads = presentation::threads_or_processors(*threads);
    trained.finish(train);
    compared.finish(compare.training);
    compare.seed = compare.training.how.seed;
    if (app.got_subcommand("train")) vectors::train(train);
    if (app.got_subcommand("neighbours")) vectors::neighbours(neighbours);
    if (app.got_subcommand("analogy")) vectors::analogy(analogy);
    if (app.got_subcommand("evaluate")) vectors::evaluate(evaluate);
    if (app.got_subcommand("map")) vectors::map(map);
    if (app.got_subcommand("compare")) vectors::compare(compare);
  });
}
