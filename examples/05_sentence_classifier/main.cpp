// SPDX-License-Identifier: Apache-2.0
// sentence_classifier: from labelled texts to a convolutional classifier of sentences, its measures and its features.
#include <chrono>
#include <filesystem>
#include <kindred/core/config.hpp>
#include <kindred/io/atomic_file.hpp>
#include <program.hpp>

#include "pipeline.hpp"
#include "words.hpp"

namespace {

using kindred::argument_error;
using kindred::expects;
using kindred::index_t;

struct options {
  std::string data, train, test, vectors, load, json, report, device = "cpu";
  sentence::column_names columns;
  sentence::outputs to;
  int threads = 0;
  bool strict = false, classify = false;
  sentence::settings how;
};

void declare(CLI::App& app, options& o) {
  sentence::settings& how = o.how;
  const auto whole = CLI::Range(index_t(1), index_t(1) << 30);
  const auto none_or_more = CLI::Range(index_t(0), index_t(1) << 30);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--data", o.data,
                 "Texts with labels: lines of fields between tabs, the first of which names them; may end in .gz.\n"
                 "A share of them is for tests. Without it: Korean names and keywords of emoji, and their groups.")
      ->type_name("FILE.tsv");
  app.add_option("--train", o.train, "The same, all for training; with --test.")->type_name("FILE.tsv");
  app.add_option("--test", o.test, "The same, all for tests.")->type_name("FILE.tsv");
  app.add_option("--text-column", o.columns.text, "What the first line calls the texts.")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--label-column", o.columns.label, "What the first line calls the labels.")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_flag("--strict", o.strict, "Refuse files with bad lines instead of leaving those out.");
  app.add_option("--split", how.tests, "Share of --data that is for tests.")
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--folds", how.folds, "Cross-validation over --data with so many folds instead.")
      ->type_name("K")
      ->check(CLI::Range(2, 1000));
  app.add_option("--validation", how.validation, "Share of the training texts that says when to stop.")
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.5))
      ->capture_default_str();
  app.add_option("--tokenizer", how.tokenizer, "How texts are cut into words.")
      ->type_name("NAME")
      ->check(CLI::IsMember(sentence::known_tokenizers()))
      ->capture_default_str();
  app.add_option("--symbols", how.symbols, "Pieces of words that the tokenizer bpe learns.")
      ->type_name("N")
      ->check(CLI::Range(index_t(256), index_t(1) << 20))
      ->capture_default_str();
  app.add_option("--fewest", how.fewest, "Words that occur less often in the training texts are left out.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--most-words", how.most_words, "Words that are kept, the most frequent ones; 0: all.")
      ->type_name("N")
      ->check(none_or_more)
      ->capture_default_str();
  app.add_option("--longest", how.longest, "Words of a text that are read.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--vectors", o.vectors,
                 "Word vectors of word2vec (text or binary), fastText (.vec) or GloVe, plain or .gz; or an array "
                 "FILE.npy with its words in FILE.txt.")
      ->type_name("FILE");
  app.add_option("--train-vectors", how.vector_passes,
                 "Train word vectors of --dimension numbers first, with so many passes over the training texts.")
      ->type_name("PASSES")
      ->check(whole);
  app.add_option("--variant", how.variants,
                 "Of Kim 2014, separated by commas:\n"
                 "  rand          random vectors, trained\n"
                 "  static        the vectors given or trained before, left alone\n"
                 "  non_static    these vectors, trained on\n"
                 "  multichannel  both")
      ->type_name("LIST")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->default_str("rand, or non_static where there are vectors");
  app.add_option("--dimension", how.dimension, "Numbers of a random word vector; those of --vectors have their own.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--filters", how.filters, "Words under a filter, separated by commas.")
      ->type_name("LIST")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Range(index_t(1), index_t(100)))
      ->capture_default_str();
  app.add_option("--maps", how.maps, "Filters of each width.")->type_name("N")->check(whole)->capture_default_str();
  app.add_option("--dropout", how.dropout, "Share of the features that training sets to 0.")
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  app.add_option("--norm", how.norm, "Length at most of the weights of a class; 0: any.")
      ->type_name("X")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--rate", how.rate, "Learning rate of Adam.")
      ->type_name("X")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--batch", how.batch, "Texts in a batch.")->type_name("N")->check(whole)->capture_default_str();
  app.add_option("--epochs", how.epochs, "Times at most that training sees every text.")
      ->type_name("N")
      ->check(whole)
      ->capture_default_str();
  app.add_option("--patience", how.patience, "Epochs without a better validation after which it ends; 0: never.")
      ->type_name("N")
      ->check(none_or_more)
      ->capture_default_str();
  app.add_option("--checkpoints", how.checkpoints,
                 "Write training's state to this folder after every epoch, and go on from what is there.")
      ->type_name("FOLDER");
  app.add_option("--save", o.to.model, "Write the variant with the best validation to this file.")
      ->type_name("MODEL.safetensors");
  app.add_option("--features", o.to.features,
                 "Write its features of every text to this array, and ids, labels and parts to FILE.tsv.")
      ->type_name("FILE.npy");
  app.add_option("--load", o.load,
                 "Take a model of --save instead of training one: measure it on --test, or --classify.")
      ->type_name("MODEL.safetensors");
  app.add_flag("--classify", o.classify,
               "Read lines from the input and write for each its class, how sure that is, and it.");
  presentation::add_run_options(app, o.json, o.report, how.seed, "Of parts, first weights, orders and dropout.",
                                o.threads, o.device);
  app.add_option("--shown", how.shown, "Texts of each kind that the report shows.")
      ->type_name("N")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.set_version_flag("--version", "sentence_classifier " KINDRED_VERSION);
}

/// What does not go together is found out before the work.
void check(options& o) {
  sentence::settings& how = o.how;
  expects<argument_error>(o.data.empty() || (o.train.empty() && o.test.empty()),
                          "--data comes alone, without --train and --test");
  expects<argument_error>(o.train.empty() || !o.test.empty(), "--train needs --test");
  expects<argument_error>(o.test.empty() || !o.train.empty() || !o.load.empty(), "--test needs --train or --load");
  expects<argument_error>(how.folds == 0 || o.test.empty(), "--folds needs --data, which it divides itself");
  expects<argument_error>(how.folds == 0 || (o.to.model.empty() && o.to.features.empty()),
                          "--folds trains many models: without --save and --features");
  expects<argument_error>(!o.classify || !o.load.empty(), "--classify needs --load");
  expects<argument_error>(o.vectors.empty() || how.vector_passes == 0,
                          "--vectors and --train-vectors are two ways to one end");
  const bool no_vectors = o.vectors.empty() && how.vector_passes == 0;
  if (how.variants.empty()) how.variants = {no_vectors ? "rand" : "non_static"};
  for (std::size_t i = 0; i < how.variants.size(); ++i) {
    const auto& v = how.variants[i];
    expects<argument_error>(v == "rand" || v == "static" || v == "non_static" || v == "multichannel",
                            "--variant: '{}' is unknown", v);
    expects<argument_error>(v == "rand" || !no_vectors || !o.load.empty(),
                            "--variant {} needs --vectors or --train-vectors", v);
    for (std::size_t k = 0; k < i; ++k) expects<argument_error>(v != how.variants[k], "--variant: '{}' comes twice", v);
  }
  for (std::size_t i = 0; i < how.filters.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      expects<argument_error>(how.filters[i] != how.filters[k], "--filters: {} comes twice", how.filters[i]);
  if (o.device == "cuda") sentence::check_cuda();
  presentation::check_outputs(o.json, o.report);
  for (const auto* path : {&o.to.model, &o.to.features})
    if (!path->empty()) kindred::io::atomic_file{*path};  // what cannot be replaced is refused there
  if (!how.checkpoints.empty()) std::filesystem::create_directories(how.checkpoints);
}

void run(options& o) {
  o.how.threads = presentation::threads_or_processors(o.threads);
  check(o);
  std::optional<sentence::reader> trained;
  if (!o.load.empty()) trained.emplace(o.load, o.device, o.how.threads);
  if (o.classify) return sentence::classify(*trained, stdin, stdout);

  const std::string& first = !o.data.empty() ? o.data : !o.train.empty() ? o.train : o.test;
  const sentence::labelled_texts data =
      first.empty() ? sentence::embedded()
                    : sentence::load_tables(first, o.train.empty() ? "" : o.test, o.columns, o.strict);
  for (const auto& line : data.bad_lines) std::fprintf(stderr, "left out: %s\n", line.c_str());
  if (data.bad > 0) std::fprintf(stderr, "lines left out: %lld\n", static_cast<long long>(data.bad));
  const sentence::results found =
      trained ? sentence::measured(*trained, data, o.how, o.to) : sentence::run(data, o.how, o.vectors, o.device, o.to);
  const sentence::manifest started{.version = KINDRED_VERSION, .device = o.device};
  std::fputs(sentence::printed(data, o.how, found).c_str(), stdout);
  if (!o.json.empty()) presentation::write_file(o.json, sentence::results_json(data, o.how, found, started));
  if (!o.report.empty()) presentation::write_file(o.report, sentence::html_report(data, o.how, found, started));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Learns to tell the class of a text from labelled texts: word vectors, a convolutional network over them and "
      "one\n"
      "layer that says the class.",
      "sentence_classifier");
  options o;
  return presentation::run_program(
      app, argc, argv, [&] { declare(app, o); }, [&] { run(o); });
}
