// SPDX-License-Identifier: Apache-2.0
#include "train.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <files.hpp>
#include <filesystem>
#include <fstream>
#include <kindred/io/atomic_file.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/text/corpus.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/word_counts.hpp>
#include <kindred/words/word2vec_training.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "corpus_lines.hpp"
#include "training_line.hpp"

namespace vectors {

namespace {

namespace kd = kindred;
namespace fs = std::filesystem;
using kd::cpu;
using kd::index_t;
using nlohmann::ordered_json;

constexpr index_t most_words_counted = index_t(1) << 25;  // which bounds the memory of counting to about 2 GB

using clock = std::chrono::steady_clock;
double seconds_since(clock::time_point start) { return std::chrono::duration<double>(clock::now() - start).count(); }

/// What a state of training belongs to: everything but the number of threads, which may change.
ordered_json description(const train_settings& how) {
  auto corpus = ordered_json::array();
  for (const auto& path : how.corpus) {
    std::error_code ignored;
    const auto size = fs::file_size(path, ignored);
    corpus.push_back({{"file", path}, {"bytes", ignored ? 0 : size}});
  }
  const auto& w = how.how;
  return {{"corpus", corpus},
          {"tokenizer", how.tokenizer.name},
          {"tags", how.tokenizer.tags},
          {"stems", how.tokenizer.stems},
          {"min_count", how.fewest},
          {"max_words", how.most_words},
          {"size", w.dimension},
          {"window", w.window},
          {"negative", w.negative},
          {"sample", w.sample},
          {"passes", w.passes},
          {"rate", w.rate},
          {"seed", w.seed},
          {"mode", w.mode == kd::words::word2vec_mode::hogwild ? "hogwild" : "deterministic"},
          {"architecture", w.architecture == kd::words::word2vec_architecture::cbow ? "cbow" : "skip_gram"}};
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  kd::expects<kd::io_error>(in.good() && (out << in.rdbuf()), "{}: cannot be read", path);
  return out.str();
}

/// The files of a checkpoint folder.
struct checkpoint_files {
  std::string settings, words, ids, state;
  explicit checkpoint_files(const std::string& folder)
      : settings(folder + "/settings.json"),
        words(folder + "/words.tsv"),
        ids(folder + "/corpus.ids"),
        state(folder + "/training.safetensors") {}
};

/// Errors  kindred::argument_error where training left the range of numbers.
void check_finite(kd::context<cpu>& ctx, const kd::io::word_vectors<float, cpu>& vectors) {
  const index_t bad = kd::op::first_non_finite_row<float>(ctx, vectors.vectors.view());
  kd::expects<kd::argument_error>(
      bad < 0,
      "training diverged: the vector of '{}' is not finite; lower --rate, thin out frequent words by "
      "--sample, or take --mode hogwild",
      bad < 0 ? std::string() : vectors.words[static_cast<std::size_t>(bad)]);
}

/// Makes sure that the folder holds what was begun with the same settings.
void check_same(const checkpoint_files& files, const ordered_json& wanted) {
  const ordered_json found = ordered_json::parse(read_file(files.settings), nullptr, false);
  kd::expects<kd::io_error>(found.is_object(), "{}: is no JSON object", files.settings);
  for (const auto& [name, value] : wanted.items()) {
    const bool same = found.contains(name) && found[name] == value;
    kd::expects<kd::argument_error>(
        same, "{}: {} is {}, but {} was asked for; go on with the same settings or leave out --resume", files.settings,
        name, found.contains(name) ? found[name].dump() : "missing", value.dump());
  }
}

}  // namespace

temporary_folder::temporary_folder() {
  std::error_code failed;
  std::string pattern = (fs::temp_directory_path(failed) / "word_vectors.XXXXXX").string();
  kd::expects<kd::io_error>(!failed && ::mkdtemp(pattern.data()) != nullptr, "{}: no folder can be made there",
                            pattern);
  path_ = pattern;
}
temporary_folder::~temporary_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

encoded_corpus encode_corpus(const train_settings& how, const std::string& folder) {
  const checkpoint_files files(folder);
  const auto start = clock::now();
  encoded_corpus out;
  if (how.tokenizer.stems) {
    const tokenizer possible(how.tokenizer);  // what cannot use stems should be known before the work
    kd::text::word_counts words({.most_words = most_words_counted});
    const kd::text::script_runs hangul{.latin = false, .digits = false, .invalid = kd::unicode::invalid_bytes::replace};
    for (const auto& path : how.corpus) for_each_line(path, [&](std::string_view line) { words.add(line, hangul); });
    out.stems = std::make_shared<kd::text::korean_stems>(words);
    std::fprintf(stderr, "stems: %ld of %ld different words, in %.1f s\n", static_cast<long>(out.stems->size()),
                 static_cast<long>(words.size()), seconds_since(start));
  }
  const tokenizer cut(how.tokenizer, out.stems);
  kd::text::word_counts counts({.most_words = most_words_counted});
  for (const auto& path : how.corpus) for_each_line(path, [&](std::string_view line) { counts.add(line, cut); });
  std::fprintf(stderr, "counted: %ld words, %ld different ones, in %.1f s\n", static_cast<long>(counts.total()),
               static_cast<long>(counts.size()), seconds_since(start));
  out.words = kd::text::vocabulary(counts, {.fewest = how.fewest, .most_words = how.most_words});
  kd::expects<kd::argument_error>(out.words.size() >= 2,
                                  "{} words occur {} times or more, two or more are needed; see --min-count",
                                  out.words.size(), how.fewest);
  kd::text::corpus_writer writer(files.ids, out.words);
  for (const auto& path : how.corpus) for_each_line(path, [&](std::string_view line) { writer.add(line, cut); });
  writer.commit();
  out.ids = files.ids;
  std::fprintf(stderr, "encoded: %ld words of a vocabulary of %ld, in %.1f s\n", static_cast<long>(writer.tokens()),
               static_cast<long>(out.words.size()), seconds_since(start));
  return out;
}

kd::io::word_vectors<float, cpu> train_encoded(const encoded_corpus& on, const train_settings& how) {
  kd::context<cpu> ctx(how.threads);
  const kd::text::corpus corpus(on.ids);
  training_line shown("training " + std::to_string(how.how.dimension), how.how.passes);
  auto vectors = how.how.train(ctx, corpus, on.words, [&](const auto& progress) { shown.show(progress); });
  shown.end();
  check_finite(ctx, vectors);
  return vectors;
}

void train(const train_settings& how) {
  kd::expects<kd::argument_error>(
      !how.corpus.empty(),
      "no corpus: give one or more text files with a sentence or paragraph a line (plain, .gz or .xz)");
  kd::expects<kd::argument_error>(!std::isnan(how.every), "--every is {}", how.every);
  kd::expects<kd::argument_error>(!how.resume || !how.checkpoint.empty(),
                                  "--resume goes on from a --checkpoint FOLDER, and none is given");
  for (const auto& path : how.corpus) kd::io::byte_source{path};  // what is missing should be known before the work
  kd::io::atomic_file{how.file};
  if (!how.json.empty()) presentation::check_writable(how.json);
  const auto start = clock::now();
  const ordered_json settings = description(how);
  const bool lasting = !how.checkpoint.empty();
  std::optional<temporary_folder> passing;
  if (!lasting) passing.emplace();
  const std::string folder = lasting ? how.checkpoint : passing->path();
  const checkpoint_files files(folder);
  std::error_code failed;
  fs::create_directories(folder, failed);
  kd::expects<kd::io_error>(!failed, "{}: cannot be made: {}", folder, failed.message());

  encoded_corpus encoded;
  const bool going_on = how.resume && fs::exists(files.settings);
  if (going_on) {
    check_same(files, settings);
    encoded = {.words = kd::text::vocabulary::load(files.words), .ids = files.ids};
  } else {
    if (how.resume) std::fprintf(stderr, "%s: nothing to go on from, training begins\n", how.checkpoint.c_str());
    // a state that is there belongs to other settings from here on
    for (const auto& path : {files.settings, files.state}) fs::remove(path, failed);
    encoded = encode_corpus(how, folder);
    if (lasting) {
      encoded.words.save(files.words);
      presentation::write_file(files.settings, settings.dump(2) + "\n");
    }
  }

  kd::context<cpu> ctx(how.threads);
  const kd::text::corpus corpus(encoded.ids);
  auto training = going_on && fs::exists(files.state)
                      ? kd::words::word2vec_training::load(ctx, files.state, corpus, encoded.words)
                      : kd::words::word2vec_training(ctx, how.how, corpus, encoded.words);
  if (going_on)
    std::fprintf(stderr, "going on after %.1f %%\n",
                 100.0 * static_cast<double>(training.progress().words_done) /
                     static_cast<double>(std::max<index_t>(1, training.progress().words_total)));
  training_line shown("training", how.how.passes);
  auto saved = clock::now();
  while (training.step()) {
    shown.show(training.progress());
    if (lasting && seconds_since(saved) >= how.every && !training.done()) {
      training.save(files.state);
      saved = clock::now();
    }
  }
  shown.end();
  if (lasting) training.save(files.state);
  const auto progress = training.progress();
  const auto vectors = training.vectors();
  check_finite(ctx, vectors);
  kd::io::save_word_vectors(how.file, vectors.words, vectors.vectors, kd::io::word_vector_format_of(how.file));
  const double seconds = seconds_since(start);
  std::printf("%s: %ld words, %ld numbers each, in %.1f s (training %.1f s, %.0f words/s)\n", how.file.c_str(),
              static_cast<long>(vectors.words.size()), static_cast<long>(how.how.dimension), seconds, progress.seconds,
              progress.words_per_second);
  if (!how.json.empty()) {
    ordered_json json = settings;
    json["threads"] = how.threads;
    json["words"] = vectors.words.size();
    json["corpus_words"] = corpus.tokens();
    json["seconds"] = {{"total", seconds}, {"training", progress.seconds}};
    json["words_per_second"] = progress.words_per_second;
    presentation::write_file(how.json, json.dump(2) + "\n");
  }
}

}  // namespace vectors
