// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <evaluation.hpp>
#include <fit.hpp>
#include <folds.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/index/flat.hpp>
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
  double validation = 0;
};

/// One fit of the cross-validation.
struct fold_job {
  pairs::family family;
  fit_setting setting;
  int fold;
  std::vector<double> values{};  // by power and dimensions
};

inline std::vector<double> powers_of(const std::vector<method>& methods, family of) {
  std::vector<double> powers;
  for (const double p : pairs::power_grid(of))
    if (std::any_of(methods.begin(), methods.end(),
                    [&](const method& m) { return m.family == of && m.scaled == (p > 0); }))
      powers.push_back(p);
  return powers;
}

inline std::vector<index_t> dimensions_of(family of, const half& train) {
  return pairs::dimension_grid(
      of, train.size(), std::min(train.images.cols, train.texts.cols),
      static_cast<index_t>(std::set<label_t>(train.labels.begin(), train.labels.end()).size()));
}

/// Chooses for every method; a method without anything to choose gets no validation value.
template <kindred::Device D, class MakeContext>
std::vector<choice> choose(const study_data& data, const settings& how, int workers, MakeContext make_context) {
  const half& train = data.train;
  const auto fold_of = pairs::stratified_folds(train.labels, how.folds, how.seed);
  // shuffled, because equal scores rank by position, which may tell classes apart
  const auto order = kindred::random::permutation(train.size(), how.seed);
  std::vector<half> fit_halves, validation_halves;
  for (int f = 0; f < how.folds; ++f) {
    std::vector<index_t> in, out;
    for (const index_t i : order) (fold_of[static_cast<std::size_t>(i)] == f ? out : in).push_back(i);
    fit_halves.push_back(train.gather(in));
    validation_halves.push_back(train.gather(out));
  }

  // the longest first, so that no thread is left with one of them at the end
  std::vector<fold_job> jobs;
  for (const family of : {family::mcca, family::kcca, family::cca, family::ml_cca, family::sm, family::pls, family::scm,
                          family::jgrhml, family::jrl, family::cfa, family::pca}) {
    if (powers_of(how.methods, of).empty()) continue;
    for (fit_setting s : pairs::fit_settings(of, fit_halves[0].size(), std::min(train.images.cols, train.texts.cols),
                                             std::max(train.images.cols, train.texts.cols))) {
      s.dimensions = dimensions_of(of, fit_halves.back()).back();
      for (int f = 0; f < how.folds; ++f) jobs.push_back({of, s, f});
    }
  }
  if (jobs.empty()) return std::vector<choice>(how.methods.size());
  {
    presentation::progress told("choosing hyper-parameters", static_cast<long>(jobs.size()));
    run_jobs(workers, static_cast<long>(jobs.size()), make_context, [&](kindred::context<D>& ctx, long i) {
      fold_job& job = jobs[static_cast<std::size_t>(i)];
      const device_pairs<D> fit_pairs = on_device(ctx, fit_halves[static_cast<std::size_t>(job.fold)]);
      const device_pairs<D> validation = on_device(ctx, validation_halves[static_cast<std::size_t>(job.fold)]);
      const auto e = pairs::fit_and_embed(ctx, job.family, job.setting, fit_pairs, validation, how.seed);
      job.values = pairs::scan_powers_and_dimensions(ctx, e, validation.labels, powers_of(how.methods, job.family),
                                                     dimensions_of(job.family, fit_halves.back()));
      told.step(pairs::family_name(job.family));
    });
  }

  std::vector<choice> choices;
  for (const method& m : how.methods) {
    choice best{{}, -1};
    for (std::size_t j = 0; j < jobs.size(); j += static_cast<std::size_t>(how.folds)) {
      if (jobs[j].family != m.family) continue;
      const auto powers = powers_of(how.methods, m.family);
      const auto dimensions = dimensions_of(m.family, fit_halves.back());
      for (std::size_t v = 0; v < jobs[j].values.size(); ++v) {
        const double power = powers[v / dimensions.size()];
        if (m.scaled != (power > 0)) continue;
        double sum = 0;
        for (std::size_t f = 0; f < static_cast<std::size_t>(how.folds); ++f) sum += jobs[j + f].values[v];
        const double mean = sum / how.folds;
        if (mean <= best.validation) continue;
        best = {jobs[j].setting, mean};
        best.setting.dimensions = dimensions[v % dimensions.size()];
        best.setting.power = power;
      }
    }
    choices.push_back(best);
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
    if (choices[m].validation > choices[first].validation) first = m;
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
    if (!r.chosen.empty()) r.validation = choices[m].validation;
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
