// SPDX-License-Identifier: Apache-2.0
#include "text_features.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>

namespace sns {

namespace {

namespace kd = kindred;
using kd::argument_error;
using kd::expects;
using kd::io_error;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The share of `rows` whose class is the likeliest of the network's.
double accuracy(sentence::classifier& network, const sentence::word_lists& texts, const std::vector<index_t>& rows,
                const std::vector<label_t>& labels, index_t classes) {
  if (rows.empty()) return 0;
  const auto judged = network.of(texts, rows, false);
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto begin = judged.probabilities.begin() + static_cast<std::ptrdiff_t>(i) * classes;
    right += std::max_element(begin, begin + classes) - begin == labels[static_cast<std::size_t>(rows[i])];
  }
  return static_cast<double>(right) / static_cast<double>(rows.size());
}

/// What has to be equal for a checkpoint of the network to be gone on with.
std::string run_of(const text_settings& how, const sentence::training_task& task) {
  std::uint64_t hash = 0;
  const auto take = [&](std::uint64_t number) { hash = kd::random::bits(hash, 0, number); };
  for (const label_t id : task.texts.values) take(static_cast<std::uint64_t>(id) + 1);
  for (const index_t offset : task.texts.offsets) take(static_cast<std::uint64_t>(offset));
  for (const label_t label : task.labels) take(static_cast<std::uint64_t>(label));
  for (const auto* rows : {&task.learn, &task.validate})
    for (const index_t row : *rows) take(static_cast<std::uint64_t>(row));
  for (const float v : task.vectors) take(std::bit_cast<std::uint32_t>(v));
  const auto& n = how.network;
  for (const index_t f : n.filters) take(static_cast<std::uint64_t>(f));
  return how.analyser + ", " + std::to_string(hash) + ", maps " + std::to_string(n.maps) + ", dropout " +
         std::to_string(n.dropout) + ", norm " + std::to_string(n.norm) + ", rate " + std::to_string(n.rate) +
         ", batch " + std::to_string(n.batch) + ", epochs " + std::to_string(n.epochs) + ", patience " +
         std::to_string(n.patience) + ", seed " + std::to_string(n.seed);
}

/// The vectors of the known words of every text.
void fill_sequences(text_features& out, const kd::text::token_lists& lists, const std::vector<float>& vectors,
                    index_t dimension) {
  const auto texts = static_cast<std::size_t>(lists.size());
  std::size_t empty = 0;
  for (std::size_t i = 0; i < texts; ++i) empty += lists.offsets[i] == lists.offsets[i + 1];
  out.words.cols = dimension;
  out.words.offsets.assign(1, 0);
  out.words.offsets.reserve(texts + 1);
  out.rows.reserve(lists.values.size() + empty);
  out.words.values.reserve((lists.values.size() + empty) * static_cast<std::size_t>(dimension));
  for (std::size_t i = 0; i < texts; ++i) {
    for (index_t at = lists.offsets[i]; at < lists.offsets[i + 1]; ++at) {
      const label_t word = lists.values[static_cast<std::size_t>(at)];
      const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(word) * dimension;
      out.rows.push_back(word);
      out.words.values.insert(out.words.values.end(), row, row + dimension);
    }
    if (lists.offsets[i] == lists.offsets[i + 1]) {
      out.rows.push_back(-1);
      out.words.values.resize(out.words.values.size() + static_cast<std::size_t>(dimension));
    }
    out.words.offsets.push_back(static_cast<index_t>(out.rows.size()));
  }
}

}  // namespace

sentence::training_settings text_settings::default_network() {
  sentence::training_settings out;
  out.symbols = 2000;
  out.fewest = 2;
  out.longest = 64;
  out.dimension = 300;
  out.vector_passes = 50;
  out.vector_sample = 1e-3;
  out.epochs = 8;
  out.patience = 1;
  return out;
}

std::string text_features::word(index_t row) const {
  const label_t id = rows[static_cast<std::size_t>(row)];
  return id < 0 ? std::string() : vocabulary.word(id);
}

text_features describe(const std::vector<std::string>& texts, const std::vector<label_t>& labels,
                       const text_parts& parts, const text_settings& how, const text_progress& told) {
  expects<argument_error>(texts.size() == labels.size(), "describe: {} texts, {} labels", texts.size(), labels.size());
  expects<argument_error>(!parts.learn.empty(), "describe: no texts to learn from");
  const auto start = std::chrono::steady_clock::now();
  const auto& network = how.network;
  std::vector<std::string> plain;
  plain.reserve(texts.size());
  for (const auto& text : texts) plain.push_back(plain_text(text));
  const sentence::tokenizer cut = made_analyser(how.analyser, plain, parts.learn, network, how.files);

  text_features out;
  sentence::word_table learned;
  if (how.source == word_source::learned)
    learned = sentence::trained_vectors(plain, parts.learn, cut, network, [&](index_t done, index_t of) {
      if (told) told("word vectors", done, of);
    });
  const auto* vectors = how.source == word_source::learned ? &learned : nullptr;
  out.vocabulary = sentence::known_words(plain, parts.learn, cut, vectors, network);
  const auto lists = sentence::encoded(plain, cut, out.vocabulary, network.longest);

  sentence::training_task task;
  const auto classes = static_cast<index_t>(*std::max_element(labels.begin(), labels.end())) + 1;
  task.shape = {"static", out.vocabulary.size(), network.dimension, network.filters, network.maps,
                classes,  network.dropout};
  task.texts = {lists.values, lists.offsets};
  task.labels = labels;
  task.learn = parts.learn;
  task.validate = parts.validate;
  task.vectors = sentence::start_vectors(out.vocabulary, vectors, network.dimension, network.seed);
  task.checkpoint = how.checkpoint;
  if (!task.checkpoint.empty()) task.run = run_of(how, task);
  fill_sequences(out, lists, task.vectors, network.dimension);
  out.seconds_words = seconds_since(start);

  const auto batches = (static_cast<index_t>(parts.learn.size()) + network.batch - 1) / network.batch;
  index_t done = 0;
  const sentence::teller tell = [&](const std::string&) {
    if (told) told("sentence network", ++done, batches * network.epochs);
  };
  sentence::training_curve curve;
  const auto trained = how.device == "cuda" ? sentence::train_on_cuda(task, network, tell, curve)
                                            : sentence::train_on_cpu(task, network, tell, curve);
  std::vector<index_t> all, others;
  std::vector<bool> seen(texts.size());
  for (const auto* rows : {&parts.learn, &parts.validate})
    for (const index_t row : *rows) seen[static_cast<std::size_t>(row)] = true;
  index_t tokens = 0, other_tokens = 0, known = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    all.push_back(static_cast<index_t>(i));
    if (!seen[i]) others.push_back(static_cast<index_t>(i));
    cut(plain[i], [&](std::string_view word) {
      ++tokens;
      if (seen[i]) return;
      ++other_tokens;
      known += out.vocabulary.contains(word);
    });
  }
  out.words_a_text = static_cast<double>(tokens) / static_cast<double>(texts.size());
  out.known = other_tokens > 0 ? static_cast<double>(known) / static_cast<double>(other_tokens) : 0;
  out.validation = curve.best_epoch >= 0 ? curve.validation[static_cast<std::size_t>(curve.best_epoch)] : 0;
  out.accuracy = accuracy(*trained, task.texts, others, labels, classes);
  out.sentences = {static_cast<index_t>(texts.size()), task.shape.features(),
                   trained->of(task.texts, all, true).features};
  out.seconds = seconds_since(start);
  return out;
}

namespace {
constexpr const char* file_type = "sns text features 1";
}

void save(const std::string& path, const text_features& of, const std::string& run) {
  kd::io::safetensors_writer file;
  file.metadata("type", file_type);
  file.metadata("run", run);
  file.add("sentences", of.sentences.view());
  file.add("words.offsets", of.words.offsets);
  file.add("words.rows", of.rows);
  file.add("words.cols", std::vector<index_t>{of.words.cols});
  file.add("words.values", of.words.values);
  of.vocabulary.save(file, "vocabulary.");
  file.add("measures",
           std::vector<double>{of.known, of.words_a_text, of.validation, of.accuracy, of.seconds_words, of.seconds});
  file.write(path);
}

text_features load_text_features(const std::string& path, const std::string& run) {
  const kd::io::safetensors file(path);
  const std::string type = file.has_metadata("type") ? file.metadata("type") : "nothing";
  expects<io_error>(type == file_type, "{}: metadata type: expected '{}', got '{}'", path, file_type, type);
  expects<io_error>(file.metadata("run") == run, "{}: got a file of the run '{}', expected one of '{}'", path,
                    file.metadata("run"), run);
  kd::context<kd::cpu> ctx;
  text_features out;
  const auto rows = file.load_matrix<float>(ctx, "sentences");
  out.sentences = {rows.rows(), rows.cols(), rows.to_host()};
  out.words.offsets = file.load_vector<index_t>(ctx, "words.offsets").to_host();
  out.words.values = file.load_vector<float>(ctx, "words.values").to_host();
  out.rows = file.load_vector<label_t>(ctx, "words.rows").to_host();
  const auto cols = file.load_vector<index_t>(ctx, "words.cols").to_host();
  out.vocabulary = kd::text::vocabulary::load(ctx, file, "vocabulary.");
  const auto measures = file.load_vector<double>(ctx, "measures").to_host();
  const auto& offsets = out.words.offsets;
  const auto count = static_cast<index_t>(out.rows.size());
  expects<io_error>(cols.size() == 1 && cols[0] >= 1 && measures.size() == 6 && !offsets.empty() && offsets[0] == 0 &&
                        offsets.back() == count && std::is_sorted(offsets.begin(), offsets.end()) &&
                        static_cast<index_t>(offsets.size()) == out.sentences.rows + 1 &&
                        static_cast<index_t>(out.words.values.size()) == count * cols[0] &&
                        std::all_of(out.rows.begin(), out.rows.end(),
                                    [&](label_t word) { return word >= -1 && word < out.vocabulary.size(); }),
                    "{}: sizes that do not fit each other", path);
  out.words.cols = cols[0];
  out.known = measures[0];
  out.words_a_text = measures[1];
  out.validation = measures[2];
  out.accuracy = measures[3];
  out.seconds_words = measures[4];
  out.seconds = measures[5];
  return out;
}

}  // namespace sns
