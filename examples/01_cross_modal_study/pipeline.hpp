// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <kindred/core/permutation.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/hit.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>
#include <progress.hpp>
#include <set>
#include <string>

#include "fit.hpp"
#include "folds.hpp"
#include "jobs.hpp"
#include "study.hpp"

namespace study {

// ---- evaluation

/// Both directions' mAP, averaged.
template <kindred::Device D>
double mean_average_precision(kindred::context<D>& ctx, rows_view<D> images, rows_view<D> texts,
                              const kindred::relation::same_label<D>& same_class) {
  const auto both = kindred::retrieval::evaluate_both(ctx, kindred::similarity::cosine{}, images, texts, same_class,
                                                      kindred::metric::average_precision{});
  return (both.forward[0] + both.backward[0]) / 2;
}

/// All that is reported about one direction, from one pass over the rankings.
template <kindred::Device D>
direction evaluated(kindred::context<D>& ctx, rows_view<D> queries, rows_view<D> gallery,
                    const kindred::relation::same_label<D>& same_class) {
  namespace metric = kindred::metric;
  direction d;
  metric::precision_recall_curve curve(direction::recall_levels);
  kindred::retrieval::evaluate_each(ctx, kindred::similarity::cosine{}, queries, gallery, same_class, {},
                                    [&](index_t, std::span<const index_t> ranks, index_t items) {
                                      d.average_precision += metric::average_precision{}(ranks, items);
                                      d.hit_1 += metric::hit{.k = 1}(ranks, items);
                                      d.hit_5 += metric::hit{.k = 5}(ranks, items);
                                      d.hit_10 += metric::hit{.k = 10}(ranks, items);
                                      curve.add(ranks);
                                    });
  for (double* sum : {&d.average_precision, &d.hit_1, &d.hit_5, &d.hit_10}) *sum /= static_cast<double>(queries.rows());
  const auto points = curve.curve();
  for (std::size_t i = 0; i < points.size(); ++i) d.precision[i] = points[i].precision;
  return d;
}

template <kindred::Device D>
both_directions evaluated(kindred::context<D>& ctx, const embedded_pairs<D>& e,
                          const kindred::vector<label_t, D>& labels) {
  const kindred::relation::same_label same_class(labels, labels);
  return {evaluated<D>(ctx, e.image_rows(), e.text_rows(), same_class),
          evaluated<D>(ctx, e.text_rows(), e.image_rows(), same_class)};
}

/// The ten first results of some queries of one direction.
template <kindred::Device D>
void add_rankings(kindred::context<D>& ctx, const half& test, const embedded_pairs<D>& e, bool image_queries,
                  const std::vector<index_t>& queries, std::vector<ranking>& out) {
  const rows_view<D> from = image_queries ? e.image_rows() : e.text_rows();
  const rows_view<D> to = image_queries ? e.text_rows() : e.image_rows();
  kindred::index::flat<float, D, kindred::similarity::cosine> index(ctx, to.cols());
  index.add(ctx, to);
  const auto label = [&](index_t i) { return test.labels[static_cast<std::size_t>(i)]; };
  for (const index_t q : queries) {
    const auto hits = index.search(ctx, from.rows(q, 1), std::min<index_t>(10, index.size()));
    const auto ids = hits.ids.to_host();
    const auto scores = hits.scores.to_host();
    ranking r{image_queries, q, {}};
    for (std::size_t i = 0; i < ids.size(); ++i)
      r.entries.push_back({ids[i], static_cast<double>(scores[i]), label(ids[i]) == label(q)});
    out.push_back(std::move(r));
  }
}

// ---- choosing

/// Mean average precision of every (power, dimensions) of one fit on one fold, powers outermost.
template <kindred::Device D>
std::vector<double> scan_powers_and_dimensions(kindred::context<D>& ctx, const embedded_pairs<D>& e,
                                               const kindred::vector<label_t, D>& labels,
                                               const std::vector<double>& powers,
                                               const std::vector<index_t>& dimensions) {
  const kindred::relation::same_label same_class(labels, labels);
  const index_t most = e.dimensions();
  kindred::matrix<float, D> images(ctx, e.images.rows(), most), texts(ctx, e.texts.rows(), most);
  const kindred::vector<float, D> zeros(ctx, most);
  std::vector<double> values;
  for (const double power : powers) {
    std::vector<float> divisors(static_cast<std::size_t>(most), 1.0f);
    for (std::size_t j = 0; j < divisors.size() && j < e.correlations.size(); ++j)
      divisors[j] = static_cast<float>(std::pow(e.correlations[j], -power));
    const kindred::vector<float, D> scales(ctx, divisors);
    kindred::op::standardize_columns(ctx, e.image_rows(), zeros, scales, images.view());
    kindred::op::standardize_columns(ctx, e.text_rows(), zeros, scales, texts.view());
    for (const index_t wanted : dimensions) {
      const index_t k = std::min(wanted, most);
      values.push_back(mean_average_precision<D>(ctx, kindred::as_const(images).cols(0, k),
                                                 kindred::as_const(texts).cols(0, k), same_class));
    }
  }
  return values;
}

/// What was chosen for a method and how it did in cross-validation.
struct choice {
  fit_setting setting;
  double validation = 0;
};

/// One fit of the cross-validation.
struct fold_job {
  study::family family;
  fit_setting setting;
  int fold;
  std::vector<double> values{};  // by power and dimensions
};

inline std::vector<double> powers_of(const std::vector<method>& methods, family of) {
  std::vector<double> powers;
  for (const double p : power_grid(of))
    if (std::any_of(methods.begin(), methods.end(),
                    [&](const method& m) { return m.family == of && m.scaled == (p > 0); }))
      powers.push_back(p);
  return powers;
}

inline std::vector<index_t> dimensions_of(family of, const half& train) {
  if (of == family::jrl || of == family::jgrhml) return {train.size()};  // all that there are
  if (of == family::sm || of == family::scm)                             // one for each class
    return {static_cast<index_t>(std::set<label_t>(train.labels.begin(), train.labels.end()).size())};
  const index_t columns = std::min(train.images.cols, train.texts.cols);
  return dimension_grid(of == family::kcca ? train.size() - 1 : std::min(columns, train.size() - 1));
}

/// Chooses for every method; a method without anything to choose gets no validation value.
template <kindred::Device D, class MakeContext>
std::vector<choice> choose(const study_data& data, const settings& how, int workers, MakeContext make_context) {
  const half& train = data.train;
  const auto fold_of = stratified_folds(train.labels, how.folds, how.seed);
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
    for (fit_setting s : fit_settings(of, fit_halves[0].size(), std::min(train.images.cols, train.texts.cols),
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
      const device_pairs<D> fit_pairs(ctx, fit_halves[static_cast<std::size_t>(job.fold)]);
      const device_pairs<D> validation(ctx, validation_halves[static_cast<std::size_t>(job.fold)]);
      const auto e = fit_and_embed(ctx, job.family, job.setting, fit_pairs, validation, how.seed);
      job.values = scan_powers_and_dimensions(ctx, e, validation.labels, powers_of(how.methods, job.family),
                                              dimensions_of(job.family, fit_halves.back()));
      told.step(family_name(job.family));
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
      how.lists > 0 ? stratified_sample(data.test.labels, how.lists, how.seed) : std::vector<index_t>();
  const auto text_queries =
      how.lists > 0 ? stratified_sample(data.test.labels, how.lists, how.seed + 1) : std::vector<index_t>();

  result.methods.resize(how.methods.size());
  presentation::progress told("fitting and evaluating", static_cast<long>(how.methods.size()));
  run_jobs(workers, static_cast<long>(how.methods.size()), make_context, [&](kindred::context<D>& ctx, long i) {
    const auto m = static_cast<std::size_t>(i);
    const method& wanted = how.methods[m];
    const auto begin = std::chrono::steady_clock::now();
    const device_pairs<D> train(ctx, data.train), test(ctx, data.test);
    const auto e = fit_and_embed(ctx, wanted.family, choices[m].setting, train, test, how.seed);
    method_result& r = result.methods[m];
    r.name = wanted.name;
    r.title = wanted.title;
    r.chosen = chosen_parameters(wanted, choices[m].setting);
    if (!r.chosen.empty()) r.validation = choices[m].validation;
    r.coarse = evaluated(ctx, e, test.labels);
    if (!data.test.fine_labels.empty()) {
      const kindred::vector<label_t, D> fine(ctx, data.test.fine_labels);
      r.fine = evaluated(ctx, e, fine);
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
