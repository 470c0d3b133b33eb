// SPDX-License-Identifier: Apache-2.0
#include "pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <files.hpp>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/npy.hpp>
#include <progress.hpp>

#include "words.hpp"

namespace sentence {

namespace {

using kindred::expects;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) { return std::chrono::duration<double>(clock::now() - start).count(); }

struct variant_name {
  const char *name, *title;
};
constexpr variant_name variant_names[] = {{"rand", "random vectors, trained"},
                                          {"static", "given vectors, left alone"},
                                          {"non_static", "given vectors, trained on"},
                                          {"multichannel", "given vectors twice, one of them trained on"}};

std::string title_of(const std::string& name) {
  for (const auto& v : variant_names)
    if (name == v.name) return v.title;
  throw kindred::argument_error("the variant '" + name + "' is unknown");
}

/// The texts as numbers of words, for one fold.
struct prepared {
  kindred::text::vocabulary words;
  kindred::text::token_lists lists;
  std::vector<float> vectors, random;  ///< of the file, and of the variant that does without
  index_t from_file = 0;

  word_lists texts() const { return {lists.values, lists.offsets}; }
};

std::vector<std::string> filters_text(const settings& how) {
  std::vector<std::string> out;
  for (const index_t f : how.filters) out.push_back(std::to_string(f));
  return out;
}

/// What has to be equal for a checkpoint to be gone on with.
std::string run_of(const std::string& variant, const labelled_texts& data, const training_task& task,
                   const settings& how) {
  std::uint64_t hash = 0;
  const auto take = [&](std::uint64_t number) { hash = kindred::random::bits(hash, 0, number); };
  for (const label_t id : task.texts.values) take(static_cast<std::uint64_t>(id));
  for (const index_t row : task.learn) take(static_cast<std::uint64_t>(row));
  for (const label_t label : data.labels) take(static_cast<std::uint64_t>(label));
  for (const float v : task.vectors) take(static_cast<std::uint64_t>(std::llround(1e6 * static_cast<double>(v))));
  char text[400];
  std::snprintf(text, sizeof text,
                "%s, data %016llx, %s, maps %lld, dropout %g, norm %g, rate %g, batch %lld, epochs %lld, patience "
                "%lld, seed %llu",
                variant.c_str(), static_cast<unsigned long long>(hash), how.tokenizer.c_str(),
                static_cast<long long>(how.maps), how.dropout, how.norm, how.rate, static_cast<long long>(how.batch),
                static_cast<long long>(how.epochs), static_cast<long long>(how.patience),
                static_cast<unsigned long long>(how.seed));
  std::string out = text;
  for (const auto& f : filters_text(how)) out += " " + f;
  return out;
}

word_table vectors_of(const std::vector<std::string>& texts, const std::vector<index_t>& rows, const tokenizer& cut,
                      const settings& how) {
  constexpr long steps = 1000;
  presentation::progress told("word vectors", steps);
  long done = 0;
  return trained_vectors(texts, rows, cut, how, [&](index_t words, index_t of) {
    for (; done < words * steps / of; ++done)
      told.step("pass " + std::to_string(words * how.vector_passes / of + (words < of)));
  });
}

/// The texts of the first fold that say most about the classifier.
void show(variant_result& r, const std::vector<index_t>& rows, const std::vector<label_t>& labels,
          const judgement& judged, index_t classes, int count) {
  std::vector<shown_text> all;
  const auto says = said(judged, classes);
  for (std::size_t i = 0; i < rows.size(); ++i)
    all.push_back(
        {rows[i], says[i],
         static_cast<double>(
             judged.probabilities[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(says[i])])});
  std::stable_sort(all.begin(), all.end(),
                   [](const shown_text& a, const shown_text& b) { return a.probability > b.probability; });
  const auto wanted = static_cast<std::size_t>(count);
  const auto is_right = [&](const shown_text& t) { return labels[static_cast<std::size_t>(t.text)] == t.said; };
  for (const auto& t : all) {
    auto& list = is_right(t) ? r.right : r.wrong;
    if (list.size() < wanted) list.push_back(t);
  }
  for (std::size_t i = all.size(); i > 0 && r.unsure.size() < wanted; --i) r.unsure.push_back(all[i - 1]);
}

/// Features as an array, and beside it a table that says which row belongs to which text.
void write_features(const std::string& path, const labelled_texts& data, const std::vector<index_t>& rows,
                    const std::vector<const char*>& part_of, const judgement& judged, index_t columns) {
  std::string table = "id\tlabel\tpart\n";
  for (const index_t r : rows) {
    const auto at = static_cast<std::size_t>(r);
    table += data.ids[at] + '\t' + data.classes[static_cast<std::size_t>(data.labels[at])] + '\t' + part_of[at] + '\n';
  }
  kindred::io::save(path, kindred::matrix_view<const float, kindred::cpu>(judged.features.data(),
                                                                          static_cast<index_t>(rows.size()), columns));
  const bool npy = path.ends_with(".npy");
  presentation::write_file((npy ? path.substr(0, path.size() - 4) : path) + ".tsv", table);
}

void count(measures& m, const std::vector<index_t>& rows, const std::vector<label_t>& labels,
           const std::vector<label_t>& says) {
  for (std::size_t i = 0; i < rows.size(); ++i) ++m.at(labels[static_cast<std::size_t>(rows[i])], says[i]);
}

}  // namespace

results run(const labelled_texts& data, const settings& how, const std::string& vectors_path, const std::string& device,
            const outputs& to) {
  const auto start = clock::now();
  results out;
  for (const auto& v : how.variants) {
    variant_result& r = out.variants.emplace_back();
    r.name = v;
    r.title = title_of(v);
    r.test = measures(static_cast<index_t>(data.classes.size()));
  }
  const auto folds = parts_of(data, how);
  std::optional<word_table> table;
  const kindred::io::stream_format formats[] = {kindred::interop::gzip_format};
  if (!vectors_path.empty()) table = read_vectors(vectors_path, formats);
  const word_table* vectors = table ? &*table : nullptr;
  out.seconds_vectors = seconds_since(start);
  const auto classes = static_cast<index_t>(data.classes.size());

  std::optional<presentation::progress> told;
  index_t all_learned = 0;
  for (const auto& fold : folds)
    all_learned += static_cast<index_t>(learning_parts_of(data, fold.train, how).learn.size() +
                                        static_cast<std::size_t>(how.batch) - 1) /
                   how.batch;
  std::unique_ptr<classifier> kept;
  double best = 0;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    const auto preparing = clock::now();
    const learning_parts learning = learning_parts_of(data, folds[f].train, how);
    expects<kindred::argument_error>(!learning.learn.empty(), "{}: no texts left to learn from", data.source);
    const tokenizer cut(how.tokenizer, data.texts, folds[f].train, how);
    if (how.vector_passes > 0) {
      const auto vectors_start = clock::now();
      table = vectors_of(data.texts, folds[f].train, cut, how);
      vectors = &*table;
      out.seconds_vectors += seconds_since(vectors_start);
    }
    prepared p;
    p.words = known_words(data.texts, learning.learn, cut, vectors, how);
    p.lists = encoded(data.texts, cut, p.words, how.longest);
    const index_t dimension = vectors ? vectors->cols : how.dimension;
    training_task task;
    task.shape = {"", p.words.size(), dimension, how.filters, how.maps, classes, how.dropout};
    task.texts = p.texts();
    task.labels = data.labels;
    task.learn = learning.learn;
    task.validate = learning.validate;
    if (f == 0) {
      out.learn = static_cast<index_t>(learning.learn.size());
      out.validate = static_cast<index_t>(learning.validate.size());
      out.test = static_cast<index_t>(folds[f].test.size());
      out.words = p.words.size();
      out.dimension = dimension;
      out.features = task.shape.features();
      if (vectors)
        for (const auto& word : vectors->words) out.from_file += p.words.contains(word);
      index_t all = 0, known = 0;
      for (const index_t r : folds[f].test)
        cut(data.texts[static_cast<std::size_t>(r)], [&](std::string_view word) {
          ++all;
          known += p.words.contains(word);
        });
      out.known = all > 0 ? static_cast<double>(known) / static_cast<double>(all) : 0;
      std::vector<index_t> counts(static_cast<std::size_t>(classes));
      for (const index_t r : folds[f].train)
        ++counts[static_cast<std::size_t>(data.labels[static_cast<std::size_t>(r)])];
      const auto most = std::max_element(counts.begin(), counts.end()) - counts.begin();
      index_t right = 0;
      for (const index_t r : folds[f].test) right += data.labels[static_cast<std::size_t>(r)] == most;
      out.majority = static_cast<double>(right) / static_cast<double>(folds[f].test.size());
    }
    out.seconds_words += seconds_since(preparing);
    if (!told) told.emplace("training", static_cast<long>(all_learned * how.epochs * std::ssize(how.variants)));
    for (std::size_t v = 0; v < out.variants.size(); ++v) {
      variant_result& r = out.variants[v];
      const auto training = clock::now();
      task.shape.variant = r.name;
      task.vectors = start_vectors(p.words, r.name == "rand" ? nullptr : vectors, dimension, how.seed);
      if (!how.checkpoints.empty()) {
        task.run = run_of(r.name, data, task, how);
        task.checkpoint = how.checkpoints + "/" + r.name +
                          (folds.size() > 1 ? ".fold" + std::to_string(f + 1) : std::string()) + ".safetensors";
      }
      training_curve curve;
      const std::string where = r.name + (folds.size() > 1 ? ", fold " + std::to_string(f + 1) : std::string()) + ", ";
      const teller tell = [&](const std::string& what) { told->step(where + what); };
      auto trained = device == "cuda" ? train_on_cuda(task, how, tell, curve) : train_on_cpu(task, how, tell, curve);
      r.seconds += seconds_since(training);
      const judgement judged = trained->of(task.texts, folds[f].test, false);
      measures here(classes);
      count(here, folds[f].test, data.labels, said(judged, classes));
      count(r.test, folds[f].test, data.labels, said(judged, classes));
      r.accuracies.push_back(here.accuracy());
      const double validation =
          curve.best_epoch >= 0 ? curve.validation[static_cast<std::size_t>(curve.best_epoch)] : 0;
      r.validation += validation / static_cast<double>(folds.size());
      r.curves.push_back(std::move(curve));
      if (f == 0) show(r, folds[f].test, data.labels, judged, classes, how.shown);
      if (folds.size() == 1 && (!kept || validation > best)) {
        kept = std::move(trained);
        best = validation;
        out.best = v;
      }
    }
    if (kept && !to.model.empty()) {
      model_description of{task.shape, how.tokenizer, how.longest, data.classes, p.words};
      of.shape.variant = out.variants[out.best].name;
      save_model(to.model, of, cut, *kept);
    }
    if (kept && !to.features.empty()) {
      std::vector<index_t> rows;
      std::vector<const char*> part(data.texts.size(), "train");
      for (index_t i = 0; i < data.size(); ++i) rows.push_back(i);
      for (const index_t i : learning.validate) part[static_cast<std::size_t>(i)] = "validation";
      for (const index_t i : folds[f].test) part[static_cast<std::size_t>(i)] = "test";
      write_features(to.features, data, rows, part, kept->of(task.texts, rows, true), out.features);
    }
  }
  if (folds.size() > 1)
    for (std::size_t v = 1; v < out.variants.size(); ++v)
      if (out.variants[v].validation > out.variants[out.best].validation) out.best = v;
  out.seconds_total = seconds_since(start);
  return out;
}

reader::reader(const std::string& path, const std::string& device, int threads)
    : file_(path), description_(read_description(file_)), cut_(description_.tokenizer, file_) {
  classifier_ =
      device == "cuda" ? load_on_cuda(file_, description_.shape) : load_on_cpu(file_, description_.shape, threads);
}

judgement reader::of(const std::vector<std::string>& texts, bool with_features) {
  const auto lists = encoded(texts, cut_, description_.words, description_.longest);
  std::vector<index_t> rows;
  for (index_t i = 0; i < lists.size(); ++i) rows.push_back(i);
  return classifier_->of({lists.values, lists.offsets}, rows, with_features);
}

results measured(reader& trained, const labelled_texts& data, const settings& how, const outputs& to) {
  const auto start = clock::now();
  const auto& of = trained.description();
  const auto classes = static_cast<index_t>(of.classes.size());
  expects<kindred::argument_error>(of.classes == data.classes,
                                   "{}: {} classes, but the model was trained on others: {}", data.source,
                                   data.classes.size(), classes);
  results out;
  variant_result& r = out.variants.emplace_back();
  r.name = of.shape.variant;
  r.title = title_of(r.name);
  r.test = measures(classes);
  const judgement judged = trained.of(data.texts, !to.features.empty());
  std::vector<index_t> rows;
  for (index_t i = 0; i < data.size(); ++i) rows.push_back(i);
  count(r.test, rows, data.labels, said(judged, classes));
  r.accuracies.push_back(r.test.accuracy());
  show(r, rows, data.labels, judged, classes, how.shown);
  out.test = data.size();
  out.words = of.words.size();
  out.dimension = of.shape.dimension;
  out.features = of.shape.features();
  if (!to.features.empty())
    write_features(to.features, data, rows, std::vector<const char*>(rows.size(), "test"), judged, out.features);
  out.seconds_total = seconds_since(start);
  return out;
}

void classify(reader& trained, std::FILE* from, std::FILE* to) {
  constexpr std::size_t at_once = 256;
  const auto classes = trained.description().classes.size();
  std::vector<std::string> lines;
  const auto answer = [&] {
    const judgement judged = trained.of(lines, false);
    const auto says = said(judged, static_cast<index_t>(classes));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto best = static_cast<std::size_t>(says[i]);
      std::fprintf(to, "%s\t%.4f\t%s\n", trained.description().classes[best].c_str(),
                   static_cast<double>(judged.probabilities[i * classes + best]), lines[i].c_str());
    }
    std::fflush(to);
    lines.clear();
  };
  std::string line;
  for (int c = std::fgetc(from); c != EOF; c = std::fgetc(from)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    lines.push_back(std::move(line));
    line.clear();
    if (lines.size() == at_once) answer();
  }
  if (!line.empty()) lines.push_back(std::move(line));
  if (!lines.empty()) answer();
}

}  // namespace sentence
