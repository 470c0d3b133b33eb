// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <kindred/core/permutation.hpp>
#include <kindred/data/k_fold.hpp>
#include <kindred/selection/space.hpp>
#include <limits>
#include <set>
#include <span>

namespace kindred::selection {

struct search_options {
  index_t trials = 0;        ///< at most; 0: every combination of the lists (grid search)
  std::uint64_t seed = 0;    ///< of what is drawn; also the seed of the first repeat
  index_t repeats = 1;       ///< fits of each part, with the seeds `seed`, `seed` + 1, ...
  index_t patience = 0;      ///< reports without a better one after which a fit is asked to end; 0: never
  bool median_stop = false;  ///< gives up a trial whose report is below the median of the earlier trials' there
  double highest = std::numeric_limits<double>::infinity();  ///< no value is above this: 1 for most metrics
};

/// What a judge fits and judges on, and where it reports intermediate values.
struct part {
  index_t fold = 0;
  std::span<const index_t> train, validation;  ///< rows, ascending
  std::uint64_t seed = 0;                      ///< for learners that draw
  std::function<bool(double)> report;  ///< takes an intermediate value, such as one an epoch; false: end the fit
};

/// How a trial ended.
enum class outcome : signed char {
  finished,  ///< every part was judged
  stopped,   ///< given up because it could not win; ranks after the finished ones
  failed     ///< a fit threw, or the mean is NaN; ranks last
};

/// One row of the table: a combination of values and how well it did.
struct trial {
  index_t number = 0;  ///< from 0, in the order in which they ran
  std::vector<setting> settings{};
  selection::outcome outcome = outcome::failed;
  index_t rank = 0;              ///< 1: the best
  double mean = 0;               ///< of `values`; NaN where there is none
  double deviation = 0;          ///< standard deviation of `values`, divided by their number
  std::vector<double> values{};  ///< of each part, by repeat and fold
  index_t cut = 0;               ///< which of several values of a fit is meant, where a judge returns several
  std::vector<std::vector<double>> reports{};  ///< intermediate values of each part
  double seconds = 0;
  std::string error{};  ///< what a failed fit said
};

/// Where a search stands: before the first part, then after each.
struct search_progress {
  index_t trial = 0, trials = 0;  ///< this one, from 0; how many
  index_t part = 0, parts = 0;    ///< judged so far in this trial; how many a trial has
  double best = 0;                ///< best mean so far; NaN before the first
  double seconds_left = 0;        ///< at the pace so far
};

/// What search() found.
template <class Options>
struct search_result {
  Options options{};            ///< the best: fit them to all rows
  index_t best = 0;             ///< number of the best trial
  std::vector<trial> trials{};  ///< all of them, by number
  const trial& best_trial() const { return trials[static_cast<std::size_t>(best)]; }
};

namespace detail {

struct rows_of_part {
  std::vector<index_t> train, validation;
};
inline std::vector<rows_of_part> parts_of(const data::k_fold& folds) {
  std::vector<rows_of_part> out;
  for (index_t f = 0; f < folds.size(); ++f)
    out.push_back({folds.train(f), {folds.test(f).begin(), folds.test(f).end()}});
  return out;
}
inline std::vector<rows_of_part> parts_of(const data::split& rows) { return {{rows.train, rows.validation}}; }

/// Which combinations are tried: all in order, or the first one and others drawn without repetition, so that fewer
/// trials are the first of more.
inline std::vector<index_t> combinations(index_t size, bool has_range, const search_options& how) {
  std::vector<index_t> out;
  if (!has_range && (how.trials == 0 || how.trials >= size)) {
    for (index_t i = 0; i < size; ++i) out.push_back(i);
    return out;
  }
  if (has_range || size > (index_t(1) << 20)) {  // ranges make every draw another one
    std::set<index_t> drawn;
    for (std::uint64_t i = 0; static_cast<index_t>(out.size()) < how.trials; ++i) {
      const index_t at = out.empty() && !has_range ? 0 : random::below(size, how.seed, 0, i);
      if (drawn.insert(at).second || has_range) out.push_back(at);
    }
    return out;
  }
  out.push_back(0);
  for (const index_t i : random::permutation(size - 1, how.seed))
    if (static_cast<index_t>(out.size()) < how.trials) out.push_back(i + 1);
  return out;
}

inline double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(values.size());
}

/// The trial's values of the cut with the best mean, of equal ones the first; values[part][cut].
inline void finish(trial& t, const std::vector<std::vector<double>>& values) {
  t.mean = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t cut = 0; !values.empty() && cut < values.front().size(); ++cut) {
    std::vector<double> of_cut;
    for (const auto& v : values) of_cut.push_back(v[cut]);
    const double mean = mean_of(of_cut);
    if (!t.values.empty() && !(mean > t.mean) && !(std::isnan(t.mean) && !std::isnan(mean))) continue;
    t.mean = mean;
    t.cut = static_cast<index_t>(cut);
    t.values = std::move(of_cut);
  }
  double squares = 0;
  for (const double v : t.values) squares += (v - t.mean) * (v - t.mean);
  t.deviation = t.values.empty() ? t.mean : std::sqrt(squares / static_cast<double>(t.values.size()));
}

/// Answers reports of one fit.
class report_rule {
 public:
  report_rule(const search_options& how, const std::vector<trial>& earlier, std::size_t at,
              std::vector<double>& reports)
      : how_(how), earlier_(earlier), at_(at), reports_(reports) {}

  bool operator()(double value) {
    reports_.push_back(value);
    if (std::isnan(best_) || value > best_) {
      best_ = value;
      best_step_ = reports_.size();
    }
    if (how_.median_stop && below_median(value)) given_up = true;
    const bool patient = how_.patience == 0 || reports_.size() - best_step_ < static_cast<std::size_t>(how_.patience);
    return patient && !given_up;
  }
  bool given_up = false;

 private:
  /// Compares with the median of at least four earlier trials that reported at this step; NaN is below any.
  bool below_median(double value) const {
    const std::size_t step = reports_.size() - 1;
    std::vector<double> there;
    for (const trial& t : earlier_)
      if (at_ < t.reports.size() && step < t.reports[at_].size() && !std::isnan(t.reports[at_][step]))
        there.push_back(t.reports[at_][step]);
    if (there.size() < 4) return false;
    std::sort(there.begin(), there.end());
    const std::size_t half = there.size() / 2;
    const double median = there.size() % 2 == 1 ? there[half] : (there[half - 1] + there[half]) / 2;
    return !(value >= median);
  }

  const search_options& how_;
  const std::vector<trial>& earlier_;
  std::size_t at_;
  std::vector<double>& reports_;
  double best_ = std::numeric_limits<double>::quiet_NaN();
  std::size_t best_step_ = 0;
};

struct no_search_progress {
  void operator()(const search_progress&) const {}
};

}  // namespace detail

/// Finds the options with the highest mean value over folds, or on a validation part: grid search and random search.
///
///   const data::k_fold folds(labels, 5, 1);
///   const auto found = selection::search(space, projection::cca{}, folds,
///       [&](const projection::cca& learner, const selection::part& p) {          // higher is better
///         const auto fitted = learner.fit(ctx, rows_of(x, p.train), rows_of(y, p.train));
///         return mean_average_precision(fitted, p.validation);
///       }, {.trials = 8, .seed = 1});
///   const auto model = found.options.fit(ctx, x, y);                             // refit on all rows
///
/// space     names, options and values
/// start     the options that the space does not vary
/// parts     data::k_fold, or a data::split, of which train and validation are read and test is not
/// judge     judge(const Options&, const part&) -> a number, or a std::vector<double> of one number for each way to cut
///           one fit (leading dimensions, powers, neighbours that vote): cuts cost no trial. It may call
///           p.report(value) while it learns and has to end soon where that returns false; what it returns then counts,
///           unless the trial is given up.
/// how       budget, seeds and early stops
/// progress  called with search_progress; may return false to end the search after the part
///
/// trials > 0 with lists of more combinations: the first trial has the first value of every list, so put defaults
/// first; the others are drawn without repetition, and the first n of them are those of a budget of n. A budget for all
/// combinations takes them in order. With a range in the space every trial is drawn, and a budget is needed.
///
/// The best trial is the finished one with the highest mean; of equal means the one with the lowest number. A fit that
/// throws a std::exception, or a mean that is NaN, makes a failed trial, which ranks last. A trial is given up where
/// its mean could not pass the best one if all its other parts had the value `highest`, which never changes the result,
/// and by `median_stop` (at least four earlier trials, same part and report), which may.
///
/// Complexity   trials x folds x repeats fits.
/// Determinism  trials run one after the other, so the result has the same bytes for any number of threads of the
///              context that the judge uses, but for `seconds`.
/// Errors       argument_error for options below 0, a range without a budget, an empty part, cuts that differ in
///              number; argument_error where no trial has a value, with the first error.
/// Reference    scikit-learn's GridSearchCV and RandomizedSearchCV; median stopping: Golovin et al. 2017 (Vizier).
template <class Options, class Parts, class Judge, class Progress = detail::no_search_progress>
search_result<Options> search(const space<Options>& space, const Options& start, const Parts& parts, Judge judge,
                              const search_options& how = {}, Progress progress = {}) {
  expects<argument_error>(how.trials >= 0 && how.repeats >= 1 && how.patience >= 0,
                          "selection::search: {} trials, {} repeats, patience {}", how.trials, how.repeats,
                          how.patience);
  expects<argument_error>(how.trials > 0 || !space.has_range(),
                          "selection::search: a space with a range has no grid; expected trials above 0");
  const auto rows = detail::parts_of(parts);
  for (const auto& r : rows)
    expects<argument_error>(!r.train.empty() && !r.validation.empty(),
                            "selection::search: {} rows to learn from and {} for validation", r.train.size(),
                            r.validation.size());
  const auto clock = [] { return std::chrono::steady_clock::now(); };
  const auto seconds_since = [&](auto when) { return std::chrono::duration<double>(clock() - when).count(); };
  const auto began = clock();
  const auto tried = detail::combinations(space.size(), space.has_range(), how);
  const std::size_t count = rows.size() * static_cast<std::size_t>(how.repeats);

  search_result<Options> out;
  search_progress at{.trials = static_cast<index_t>(tried.size()), .parts = static_cast<index_t>(count)};
  at.best = std::numeric_limits<double>::quiet_NaN();
  bool go_on = true;
  const auto report = [&] {
    const double share = static_cast<double>(at.trial) + static_cast<double>(at.part) / static_cast<double>(at.parts);
    at.seconds_left = share > 0 ? seconds_since(began) / share * (static_cast<double>(at.trials) - share) : 0;
    if constexpr (std::is_void_v<decltype(progress(at))>)
      progress(at);
    else
      go_on = progress(at);
  };
  report();
  for (std::size_t number = 0; number < tried.size() && go_on; ++number) {
    const auto started = clock();
    Options options = start;
    trial t{.number = static_cast<index_t>(number)};
    t.settings = space.apply(options, tried[number], [&](index_t axis) {
      return random::uniform(how.seed, number + 1, static_cast<std::uint64_t>(axis));
    });
    t.outcome = outcome::finished;
    at.trial = t.number;
    std::vector<std::vector<double>> values;
    for (std::size_t p = 0; p < count && t.outcome == outcome::finished && go_on; ++p) {
      const auto& r = rows[p % rows.size()];
      t.reports.emplace_back();
      detail::report_rule rule(how, out.trials, p, t.reports.back());
      const selection::part here{static_cast<index_t>(p % rows.size()), r.train, r.validation,
                                 how.seed + p / rows.size(), [&rule](double value) { return rule(value); }};
      std::vector<double> judged;
      try {
        if constexpr (std::convertible_to<decltype(judge(std::as_const(options), here)), double>)
          judged = {static_cast<double>(judge(std::as_const(options), here))};
        else
          judged = judge(std::as_const(options), here);
      } catch (const std::exception& e) {
        t.outcome = outcome::failed;
        t.error = e.what();
      }
      if (t.outcome == outcome::finished) {
        expects<argument_error>(!judged.empty() && (values.empty() || judged.size() == values.front().size()),
                                "selection::search: expected {} values of a fit, got {}",
                                values.empty() ? std::size_t(1) : values.front().size(), judged.size());
        values.push_back(std::move(judged));
        if (rule.given_up) t.outcome = outcome::stopped;
        if (p + 1 < count && at.best == at.best) {
          double reachable = -std::numeric_limits<double>::infinity();
          for (std::size_t cut = 0; cut < values.front().size(); ++cut) {
            double sum = static_cast<double>(count - p - 1) * how.highest;
            for (const auto& v : values) sum += v[cut];
            if (!(sum <= reachable)) reachable = sum;
          }
          // a margin for rounding: a trial is not given up that would have tied
          if (reachable / static_cast<double>(count) < at.best - 1e-12 * (1 + std::abs(at.best)))
            t.outcome = outcome::stopped;
        }
      }
      at.part = static_cast<index_t>(p) + 1;
      if (at.part < at.parts) report();
    }
    if (values.size() < count && t.outcome == outcome::finished) break;  // ended by the callback
    detail::finish(t, values);
    if (t.outcome == outcome::failed) t.mean = t.deviation = std::numeric_limits<double>::quiet_NaN();
    if (t.outcome == outcome::finished && std::isnan(t.mean)) t.outcome = outcome::failed;
    t.seconds = seconds_since(started);
    if (t.outcome == outcome::finished && !(t.mean <= at.best)) {
      at.best = t.mean;
      out.best = t.number;
      out.options = options;
    }
    out.trials.push_back(std::move(t));
    at.part = at.parts;
    report();
  }
  std::string first_error;
  for (const trial& t : out.trials)
    if (first_error.empty()) first_error = t.error;
  expects<argument_error>(at.best == at.best, "selection::search: none of {} trials has a value{}{}", out.trials.size(),
                          first_error.empty() ? "" : "; the first failure: ", first_error);
  std::vector<trial*> order;
  for (trial& t : out.trials) order.push_back(&t);
  std::stable_sort(order.begin(), order.end(), [](const trial* a, const trial* b) {
    if (a->outcome != b->outcome) return a->outcome < b->outcome;
    return a->outcome == outcome::finished && a->mean > b->mean;
  });
  for (std::size_t i = 0; i < order.size(); ++i) order[i]->rank = static_cast<index_t>(i) + 1;
  return out;
}

/// Returns the trials as comma-separated values: a line of names, then one for each trial: number, rank, outcome, mean,
/// deviation, cut, the settings and the error in quotes, seconds. Without the last column the bytes are those of any
/// number of threads.
template <class Options>
std::string csv(const search_result<Options>& result, bool with_seconds = true) {
  std::string out = "trial,rank,outcome,mean,deviation,cut";
  const auto quoted = [](const std::string& text) {
    std::string q = "\"";
    for (const char c : text) q += c == '"' ? "\"\"" : std::string(1, c);
    return q + "\"";
  };
  if (!result.trials.empty())
    for (const setting& s : result.trials.front().settings) out += ',' + quoted(s.name);
  out += with_seconds ? ",error,seconds\n" : ",error\n";
  for (const trial& t : result.trials) {
    constexpr const char* names[] = {"finished", "stopped", "failed"};
    char text[160];
    std::snprintf(text, sizeof text, "%lld,%lld,%s,%.9g,%.9g,%lld", static_cast<long long>(t.number),
                  static_cast<long long>(t.rank), names[static_cast<int>(t.outcome)], t.mean, t.deviation,
                  static_cast<long long>(t.cut));
    out += text;
    for (const setting& s : t.settings) out += ',' + quoted(s.text);
    out += ',' + quoted(t.error);
    std::snprintf(text, sizeof text, ",%.3f", t.seconds);
    out += with_seconds ? std::string(text) + "\n" : "\n";
  }
  return out;
}

}  // namespace kindred::selection
