// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <evaluation.hpp>
#include <exception>
#include <fit.hpp>
#include <folds.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/selection/search.hpp>
#include <map>
#include <optional>
#include <progress.hpp>
#include <set>
#include <string>

#include "jobs.hpp"
#include "study.hpp"

namespace study {

using pairs::device_pairs;
using pairs::fit_setting;

template <kindred::Device D>
device_pairs<D> on_device(kindred::context<D>& ctx, const half& h) {
  return {ctx, h.images, h.texts, h.labels};
}

/// The ten first results of some queries of one direction.
template <kindred::Device D>
void add_rankings(kindred::context<D>& ctx, const half& test, const pairs::embedded_pairs<D>& e, bool image_queries,
                  const std::vector<index_t>& queries, std::vector<ranking>& out) {
  const pairs::rows_view<D> from = image_queries ? e.image_rows() : e.text_rows();
  const pairs::rows_view<D> to = image_queries ? e.text_rows() : e.image_rows();
  kindred::index::flat<float, D, kindred::similarity::cosine> index(ctx, to.cols());
  index.add(ctx, to);
  const auto label = [&](index_t i) { return test.labels[static_cast<std::size_t>(i)]; };
  for (const index_t q : queries) {
    const auto hits = index.search(ctx, from.middle_rows(q, 1), std::min<index_t>(10, index.size()));
    const auto ids = hits.ids.to_host();
    const auto scores = hits.scores.to_host();
    ranking r{image_queries, q, {}};
    for (std::size_t i = 0; i < ids.size(); ++i)
      r.entries.push_back({ids[i], static_cast<double>(scores[i]), label(ids[i]) == label(q)});
    out.push_back(std::move(r));
  }
}

/// What was chosen for a method and how it did in cross-validation.
struct choice {
  fit_setting setting;
  std::optional<double> validation{};  ///< absent where there is nothing to choose
  std::string trials{};                ///< the table of its trials
  long count = 0;                      ///< of its trials
};

inline pairs::data_size size_of(const half& h) {
  return {h.size(), std::min(h.images.cols, h.texts.cols), std::max(h.images.cols, h.texts.cols),
          static_cast<index_t>(std::set<label_t>(h.labels.begin(), h.labels.end()).size())};
}

/// What one fit of a trial had, by cut, or why it failed.
struct fold_values {
  std::vector<double> by_cut{};
  std::exception_ptr failure{};
};

/// The fits of one family that trials ask for, every setting on every fold; its methods share them, since whether they
/// are scaled by a power is a cut of a fit.
struct family_fits {
  family of;
  pairs::data_size size;
  pairs::fit_cuts cuts;                                      ///< of all its methods, one after the other
  std::map<fit_setting, std::vector<fold_values>> values{};  ///< of each fold
};

/// Chooses for every method: first all fits of all trials, in parallel, then the search that compares them.
template <kindred::Device D, class MakeContext>
std::vector<choice> choose(const study_data& data, const settings& how, int workers, MakeContext make_context) {
  const half& train = data.train;
  const kindred::data::k_fold folds(train.labels, how.folds, how.seed);
  // shuffled, because equal scores rank by position, which may tell classes apart
  const auto places = kindred::random::permutation(train.size(), how.seed);
  const auto gathered = [&](std::span<const index_t> rows) {
    std::vector<index_t> order(rows.begin(), rows.end());
    std::sort(order.begin(), order.end(), [&](index_t a, index_t b) {
      return places[static_cast<std::size_t>(a)] < places[static_cast<std::size_t>(b)];
    });
    return train.gather(order);
  };
  const pairs::data_size size = size_of(train.gather(folds.train(0)));
  const auto searched = [&](const family_fits& f, auto judge) {
    return kindred::selection::search(pairs::space_of(f.of, size), pairs::start_of(f.of, size), folds, judge,
                                      {.trials = how.trials, .seed = how.seed});
  };

  struct job {
    family_fits* fits;
    fit_setting setting;
    index_t fold;
  };
  std::vector<job> jobs;
  std::map<family, family_fits> known;
  // the longest first, so that no thread is left with one of them at the end
  for (const family of : {family::kcca, family::scm, family::mcca, family::s2upg, family::jrl, family::cca,
                          family::jgrhml, family::ml_cca, family::sm, family::pls, family::cfa, family::pca}) {
    std::vector<double> powers;
    for (const method& m : how.methods)
      if (m.family == of)
        for (const double p : pairs::power_grid(of, m.scaled)) powers.push_back(p);
    if (powers.empty()) continue;
    family_fits& f = known.emplace(of, family_fits{of, size, pairs::cuts_of(of, size, powers)}).first->second;
    searched(f, [&](const fit_setting& s, const kindred::selection::part& p) {
      f.values[s].resize(static_cast<std::size_t>(folds.size()));
      jobs.push_back({&f, s, p.fold});
      return 0.0;
    });
  }
  std::vector<choice> choices(how.methods.size());
  if (jobs.empty()) return choices;
  {
    presentation::progress told("choosing hyper-parameters", static_cast<long>(jobs.size()));
    run_jobs(workers, static_cast<long>(jobs.size()), make_context, [&](kindred::context<D>& ctx, long i) {
      const job& j = jobs[static_cast<std::size_t>(i)];
      fold_values& to = j.fits->values.at(j.setting)[static_cast<std::size_t>(j.fold)];
      try {
        to.by_cut =
            pairs::cut_values(ctx, j.fits->of, j.setting, j.fits->cuts, on_device(ctx, gathered(folds.train(j.fold))),
                              on_device(ctx, gathered(folds.test(j.fold))), how.seed);
      } catch (const std::exception&) {
        to.failure = std::current_exception();  // the search ranks the trial last
      }
      told.step(pairs::family_name(j.fits->of));
    });
  }
  std::map<family, std::size_t> taken;  // cuts of the methods before
  for (std::size_t m = 0; m < how.methods.size(); ++m) {
    const method& wanted = how.methods[m];
    const auto at = known.find(wanted.family);
    if (at == known.end()) continue;
    const family_fits& f = at->second;
    const auto cuts = pairs::cuts_of(f.of, size, pairs::power_grid(f.of, wanted.scaled));
    const auto first = static_cast<std::ptrdiff_t>(taken[f.of]);
    const auto found = searched(f, [&](const fit_setting& s, const kindred::selection::part& p) {
      const fold_values& of_fold = f.values.at(s)[static_cast<std::size_t>(p.fold)];
      if (of_fold.failure) std::rethrow_exception(of_fold.failure);
      const auto begin = of_fold.by_cut.begin() + first;
      return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(cuts.size()));
    });
    const auto& best = found.best_trial();
    choices[m] = {cuts.of(found.options, static_cast<std::size_t>(best.cut)), best.mean,
                  kindred::selection::csv(found, false), static_cast<long>(found.trials.size())};
    taken[f.of] += cuts.size();
  }
  return choices;
}

// ---- the whole study

/// `make_context` makes one context<D> for each of `workers` threads.
template <kindred::Device D, class MakeContext>
study_result pipeline(const study_data& data, const settings& how, int workers, MakeContext make_context) {
  kindred::expects<kindred::argument_error>(data.train.size() >= 2 * how.folds,
                                            "{} training pairs are too few for {} folds; {} or more are needed",
                                            data.train.size(), how.folds, 2 * how.folds);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds_since = [](auto when) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - when).count();
  };
  study_result result;
  const auto choices = choose<D>(data, how, workers, make_context);
  result.seconds_choosing = seconds_since(start);

  // by cross-validation alone; a method that has none to show comes last
  std::size_t first = 0;
  for (std::size_t m = 0; m < choices.size(); ++m)
    if (choices[m].validation.value_or(-1) > choices[first].validation.value_or(-1)) first = m;
  result.ranked_by = how.methods[first].name;
  const auto image_queries =
      how.lists > 0 ? pairs::stratified_sample(data.test.labels, how.lists, how.seed) : std::vector<index_t>();
  const auto text_queries =
      how.lists > 0 ? pairs::stratified_sample(data.test.labels, how.lists, how.seed + 1) : std::vector<index_t>();

  result.methods.resize(how.methods.size());
  presentation::progress told("fitting and evaluating", static_cast<long>(how.methods.size()));
  run_jobs(workers, static_cast<long>(how.methods.size()), make_context, [&](kindred::context<D>& ctx, long i) {
    const auto m = static_cast<std::size_t>(i);
    const method& wanted = how.methods[m];
    const auto begin = std::chrono::steady_clock::now();
    const device_pairs<D> train = on_device(ctx, data.train), test = on_device(ctx, data.test);
    const auto e = pairs::fit_and_embed(ctx, wanted.family, choices[m].setting, train, test, how.seed);
    method_result& r = result.methods[m];
    r.name = wanted.name;
    r.title = wanted.title;
    r.chosen = pairs::chosen_parameters(wanted.family, wanted.scaled, choices[m].setting);
    r.validation = choices[m].validation;
    r.trials = choices[m].count;
    r.trial_table = choices[m].trials;
    r.coarse = pairs::evaluated(ctx, e, test.labels);
    if (!data.test.fine_labels.empty()) {
      const kindred::vector<label_t, D> fine(ctx, data.test.fine_labels);
      r.fine = pairs::evaluated(ctx, e, fine);
    }
    if (m == first) {
      add_rankings(ctx, data.test, e, true, image_queries, result.rankings);
      add_rankings(ctx, data.test, e, false, text_queries, result.rankings);
    }
    r.seconds = seconds_since(begin);
    told.step(wanted.name);
  });
  return result;
}

}  // namespace study
