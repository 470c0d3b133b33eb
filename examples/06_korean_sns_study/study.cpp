// SPDX-License-Identifier: Apache-2.0
#include "study.hpp"

#include <folds.hpp>
#include <kindred/core/config.hpp>
#include <kindred/selection/search.hpp>
#include <memory>
#include <progress.hpp>
#include <set>
#include <span>
#include <variant>

#include "attention_score.hpp"

namespace sns {

namespace {

/// A learning that tells of itself on stderr.
class told_learning {
 public:
  told_learning(const settings& how, const std::string& title) {
    frame_.seed = how.seed;
    frame_.threads = how.threads;
    frame_.effort = how.effort;
    frame_.lists = how.lists;
    frame_.begin = [this, title](long steps) { told_ = std::make_unique<presentation::progress>(title, steps); };
    frame_.step = [this](const std::string& what) {
      if (told_) told_->step(what);
    };
  }
  told_learning(const told_learning&) = delete;
  told_learning& operator=(const told_learning&) = delete;
  operator const learning&() const { return frame_; }

 private:
  learning frame_;
  std::unique_ptr<presentation::progress> told_;
};

std::string run_of(const method& m, const settings& how, const std::string& data) {
  const network_setting& n = m.network;
  std::string text = std::string(m.name) + ", kindred " KINDRED_VERSION ", data " + data + ", seed " +
                     std::to_string(how.seed) + ", lists " + std::to_string(how.lists) + ", device " + how.device +
                     ", trials " + std::to_string(how.trials) + " of " + std::to_string(how.trial_pairs) + " pairs" +
                     (how.folder.empty() ? "" : " in folds");
  if (m.learner == learner::closed_form) return text;
  text += ", effort " + std::to_string(how.effort);
  for (const index_t i : {n.hidden, n.dimensions, n.epochs, n.batch}) text += ", " + std::to_string(i);
  for (const double d : {n.rate, n.dropout, n.weight_decay, n.ridge, n.correspondence})
    text += ", " + std::to_string(d);
  return text;
}

/// What trials learn from and are judged on, all of it from the training half: three folds of it where the data are
/// features; the validation part alone where they are posts, since the network over words has learned the classes of
/// the other pairs.
class trial_data {
 public:
  struct part {
    pair_data raw, scaled;
  };
  trial_data(const pair_data& data, const settings& how) {
    if (how.folder.empty() || data.train.size() < 6) {
      rows_ = kindred::data::split{data.learn, data.validation, {}};
      add(data, data.learn, data.validation, how);
      return;
    }
    const kindred::data::k_fold folds(data.train.labels, 3, how.seed);
    for (index_t f = 0; f < folds.size(); ++f) add(data, folds.train(f), folds.test(f), how);
    rows_ = folds;
  }
  const part& of(index_t fold) const { return parts_[static_cast<std::size_t>(fold)]; }
  const half& train() const { return parts_.front().raw.train; }
  /// f(rows) for the rows as selection::search takes them.
  template <class F>
  auto with_rows(F f) const {
    return std::visit(f, rows_);
  }

 private:
  void add(const pair_data& data, const std::vector<index_t>& train, std::span<const index_t> validation,
           const settings& how) {
    const auto sample = pairs::stratified_sample(pairs::gathered(data.train.labels, train), how.trial_pairs, how.seed);
    part p{{data.source, data.classes, {}, {}, {}, {}}, {}};
    p.raw.train = data.train.gather(pairs::gathered(train, sample));
    p.raw.test = data.train.gather({validation.begin(), validation.end()});
    p.scaled = standardized(p.raw);
    parts_.push_back(std::move(p));
  }

  std::variant<kindred::data::split, kindred::data::k_fold> rows_;
  std::vector<part> parts_;
};

/// Tries the settings of a space, and takes the best into the result and, by put(options, cut), into the method.
template <class Options, class Put>
void search(method_result& r, method& m, const kindred::selection::space<Options>& space, const Options& start,
            const pairs::fit_cuts& cuts, const trial_data& data, const settings& how, const device_work& work,
            Put put) {
  put(m, start, 0);
  if (cuts.size() == 1 && std::min(how.trials, space.size()) == 1) return;
  learning frame{.seed = how.seed, .threads = how.threads, .effort = how.effort};
  if (cuts.size() > 1) frame.cuts = cuts;
  std::unique_ptr<presentation::progress> told;
  const auto judge = [&](const Options& options, const kindred::selection::part& p) {
    method tried = m;
    put(tried, options, 0);
    const auto& here = data.of(p.fold);
    const learned got = work.learn(tried, here.raw, here.scaled, frame);
    std::vector<double> values;
    const auto judged_as = [&](const embedded& e) {
      values.push_back(work.judge(e, here.raw.test, frame).both.average_precision());
    };
    if (got.cuts.empty()) judged_as(got.test);
    for (const embedded& e : got.cuts) judged_as(e);
    return values;
  };
  const auto progress = [&](const kindred::selection::search_progress& p) {
    if (!told) told = std::make_unique<presentation::progress>(m.name + std::string(", choosing"), p.trials * p.parts);
    if (p.part > 0) told->step("");
  };
  const auto found = data.with_rows([&](const auto& rows) {
    return kindred::selection::search(space, start, rows, judge, {.trials = how.trials, .seed = how.seed}, progress);
  });
  const auto& best = found.best_trial();
  put(m, found.options, static_cast<std::size_t>(best.cut));
  r.validation = best.mean;
  r.trials = static_cast<long>(found.trials.size());
  r.trial_table = kindred::selection::csv(found, false);
  for (const auto& s : best.settings) r.chosen.emplace_back(s.name, s.value);
}

/// Chooses the settings of a method.
/// rows   of the whole training half
void choose(method_result& r, method& m, index_t rows, const trial_data& data, const settings& how,
            const device_work& work) {
  const half& train = data.train();
  const pairs::data_size size{train.size(), std::min(train.images.cols, train.texts.cols),
                              std::max(train.images.cols, train.texts.cols),
                              static_cast<index_t>(std::set<label_t>(train.labels.begin(), train.labels.end()).size())};
  if (m.learner == learner::closed_form) {
    if (m.family == pairs::family::random) return;
    const auto cuts = pairs::cuts_of(m.family, size, {0});
    search(r, m, pairs::space_of(m.family, size), pairs::start_of(m.family, {rows, 0, 0, 0}), cuts, data, how, work,
           [&](method& of, const pairs::fit_setting& s, std::size_t cut) { of.fit = cuts.of(s, cut); });
    r.chosen = pairs::chosen_parameters(m.family, false, m.fit);
    return;
  }
  pairs::fit_cuts cuts;
  if (m.learner == learner::dcca)
    cuts = pairs::cuts_of(pairs::family::cca, {size.rows, m.network.dimensions, 0, 0}, {0});
  search(r, m, space_of(m, !train.words.empty()), m.network, cuts, data, how, work,
         [&](method& of, const network_setting& n, std::size_t cut) {
           of.network = n;
           of.fit = cuts.of({}, cut);
         });
  if (m.learner == learner::dcca) r.chosen.emplace_back("dimensions", static_cast<double>(m.fit.dimensions));
}

method_result made(method m, const pair_data& raw, const pair_data& scaled, const trial_data& trials,
                   const settings& how, const device_work& work) {
  const stage_meter meter;
  method_result r;
  r.name = m.name;
  r.title = m.title;
  if (m.learner == learner::cmpl) m.network.words = !raw.train.words.empty();
  choose(r, m, raw.train.size(), trials, how, work);
  const told_learning frame(how, m.name);
  learned got = work.learn(m, raw, scaled, frame);
  judged ranked = work.judge(got.test, raw.test, frame);
  r.both = ranked.both;
  r.note = std::move(got.note);
  r.rankings = std::move(ranked.rankings);
  r.region_attention = std::move(got.region_attention);
  r.word_attention = std::move(got.word_attention);
  r.cost = meter.cost(m.name);
  return r;
}

/// How the attention of words that name a thing falls on the thing.
std::optional<pointing> on_named(const inputs& data, const std::vector<float>& weights) {
  const auto& words = data.pairs.test.words;
  const auto regions = data.region_rows * data.region_columns;
  std::vector<word_map> maps;
  for (index_t i = 0; i < words.items(); ++i) {
    const index_t item = data.test[static_cast<std::size_t>(i)];
    const index_t first = words.offsets[static_cast<std::size_t>(i)];
    for (index_t w = 0; w < words.length(i); ++w) {
      const auto begin = weights.begin() + (first + w) * regions;
      maps.push_back({item, data.texts->word(data.texts->words.offsets[static_cast<std::size_t>(item)] + w),
                      std::vector<float>(begin, begin + regions)});
    }
  }
  const pointing p = word_score(*data.posts, maps, data.region_rows, data.region_columns);
  if (p.cases == 0) return std::nullopt;
  return p;
}

/// Where the words of posts look, for the pictures of mcsm's attention to be seen beside.
word_attention words_looking(const inputs& data, const pair_data& scaled, const settings& how, const stages& kept,
                             const device_work& work, const std::string& contents) {
  const network_setting& n = cross_attention_setting;
  method of = methods_named({"mcsm"}).front();
  of.name = "cross_attention";
  of.network = n;
  const std::string run = run_of(of, how, contents);
  word_attention out;
  kept.run(
      of.name, [&](const std::string& file) { out = load_word_attention(file, run); },
      [&] {
        const stage_meter meter;
        out.weights = work.words_over_regions(scaled, told_learning(how, of.name));
        out.cost = meter.cost(of.name);
      },
      [&](const std::string& file) { save(file, out, run); });
  out.points = on_named(data, out.weights);
  return out;
}

/// Texts described in another way, and what cca makes of it.
class comparing {
 public:
  comparing(const inputs& data, const settings& how, const stages& kept, const device_work& work, std::string contents)
      : data_(data), how_(how), kept_(kept), work_(work), contents_(std::move(contents)) {}

  comparison of(const std::string& name, const std::string& title, const text_settings& by) const {
    const std::string stage = "texts_" + name;
    const std::string run = stage + ", " + run_of(methods_named({"cca"}).front(), how_, contents_) + ", effort " +
                            std::to_string(how_.effort) + ", dimension " + std::to_string(by.network.dimension) +
                            ", epochs " + std::to_string(by.network.epochs);
    comparison out;
    kept_.run(
        stage, [&](const std::string& file) { out = load_comparison(file, run); },
        [&] { out = made_anew(name, title, by, stage); }, [&](const std::string& file) { save(file, out, run); });
    return out;
  }

 private:
  comparison made_anew(const std::string& name, const std::string& title, const text_settings& by,
                       const std::string& stage) const {
    const stage_meter meter;
    const text_features texts = described_texts(data_, by, name);
    pair_data pairs = data_.pairs;
    pairs.train.texts = texts.sentences.gather(data_.train);
    pairs.test.texts = texts.sentences.gather(data_.test);
    settings quiet = how_;
    quiet.lists = 0;
    const method_result by_cca = made(methods_named({"cca"}).front(), pairs, pairs, {pairs, quiet}, quiet, work_);
    return {name,
            title,
            texts.words_a_text,
            texts.known,
            texts.accuracy,
            by_cca.both.image_to_text.average_precision,
            by_cca.both.text_to_image.average_precision,
            meter.cost(stage)};
  }

  const inputs& data_;
  const settings& how_;
  const stages& kept_;
  const device_work& work_;
  std::string contents_;
};

/// Each row describes all texts anew, for which half of the epochs at twice the rate have to do.
void compare(results& out, settings how, const comparing& by) {
  how.effort /= 2;
  const auto brief = [&] {
    text_settings texts = study_texts(how);
    texts.network.rate *= 2;
    return texts;
  };
  for (const analyser& a : analysers(how.analysers)) {
    text_settings texts = brief();
    texts.analyser = a.name;
    out.analysers.push_back(by.of(a.name, a.title, texts));
  }
  out.analysers_not_compared = analysers_not_compared(how.analysers);
  for (const bool random : {false, true})
    for (const index_t numbers : {100, 300, 500}) {
      text_settings texts = brief();
      texts.source = random ? word_source::random : word_source::learned;
      texts.network.dimension = numbers;
      out.word_vectors.push_back(
          by.of((random ? "random_" : "word2vec_") + std::to_string(numbers),
                std::to_string(numbers) + (random ? " random numbers for each word" : " numbers that word2vec learned"),
                texts));
    }
}

}  // namespace

results studied(const inputs& data, const settings& how, const stages& kept, const device_work& work) {
  results out;
  out.stages = data.costs;
  const pair_data scaled = standardized(data.pairs);
  const trial_data trials(data.pairs, how);
  const std::string contents = digest().add(data.pairs.train).add(data.pairs.test).text();
  for (const method& m : how.methods) {
    const std::string run = run_of(m, how, contents);
    method_result r;
    kept.run(
        m.name, [&](const std::string& file) { r = load_method(file, run); },
        [&] { r = made(m, data.pairs, scaled, trials, how, work); },
        [&](const std::string& file) { save(file, r, run); });
    if (data.posts && !r.region_attention.empty()) {
      const auto falls_on = [&](attention_target target) -> std::optional<pointing> {
        const pointing p =
            attention_score(*data.posts, data.test, r.region_attention, data.region_rows, data.region_columns, target);
        if (p.cases == 0) return std::nullopt;  // posts of which it is not known what lies where
        return p;
      };
      r.points = falls_on(attention_target::named);
      r.on_main = falls_on(attention_target::main);
    }
    out.stages.push_back(r.cost);
    out.methods.push_back(std::move(r));
  }
  if (data.posts && data.texts && data.pairs.test.has_sequences() && out.found("mcsm")) {
    out.words = words_looking(data, scaled, how, kept, work, contents);
    out.stages.push_back(out.words.cost);
  }
  if (how.comparisons && data.posts) compare(out, how, comparing(data, how, kept, work, contents));
  out.listed = out.found("mcsm") ? "mcsm" : out.methods.front().name;
  return out;
}

}  // namespace sns
