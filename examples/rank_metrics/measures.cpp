// SPDX-License-Identifier: Apache-2.0
#include "measures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <kindred/core/error.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <limits>
#include <map>
#include <set>
#include <string_view>

namespace {

using namespace kindred;

/// The ranks of one query.
struct judged_results {
  index_t returned = 0;
  index_t nonrelevant = 0;                        // judged documents of a grade below the level
  std::vector<index_t> ranks, nonrelevant_ranks;  // ascending; relevant ones that were not returned: op::missing
  std::vector<index_t> graded_ranks;              // of grades from 1 on, whatever the level
  std::vector<float> grades;

  index_t hits() const { return std::lower_bound(ranks.begin(), ranks.end(), op::missing) - ranks.begin(); }
};

enum class summary { name_of_run, queries, sum, mean, geometric_mean };

struct measure {
  std::string name;
  summary how = summary::mean;
  std::function<double(const judged_results&)> value;
};

template <metric::Metric M>
measure of(std::string name, M m) {
  return {std::move(name), summary::mean, [m](const judged_results& r) {
            return metric::evaluate(m, {r.ranks, r.returned, {}, {}});
          }};
}

measure of(std::string name, metric::ndcg m) {
  return {std::move(name), summary::mean, [m](const judged_results& r) {
            return m({r.graded_ranks, r.returned, {}, r.grades});
          }};
}

/// Buckley and Voorhees 2004: the share of judged nonrelevant documents, R at most, that are ranked after a relevant
/// one.
double binary_preference(const judged_results& r) {
  const auto relevant = static_cast<index_t>(r.ranks.size());
  double sum = 0;
  for (index_t j = 0; j < r.hits(); ++j) {
    const auto& ahead = r.nonrelevant_ranks;
    const index_t wrong =
        std::lower_bound(ahead.begin(), ahead.end(), r.ranks[static_cast<std::size_t>(j)]) - ahead.begin();
    sum += 1;
    if (wrong > 0)
      sum -= static_cast<double>(std::min(wrong, relevant)) / static_cast<double>(std::min(r.nonrelevant, relevant));
  }
  return relevant > 0 ? sum / static_cast<double>(relevant) : 0;
}

/// The best precision from the rank on that reaches `recall`, which is rounded to a number of documents as trec_eval 9
/// does.
double interpolated_precision(const judged_results& r, double recall) {
  double best = 0;
  const auto least = static_cast<index_t>(recall * static_cast<double>(r.ranks.size()) + 0.9);
  for (index_t j = r.hits(); j > 0 && j >= least; --j)
    best = std::max(best, static_cast<double>(j) / static_cast<double>(r.ranks[static_cast<std::size_t>(j - 1)]));
  return best;
}

constexpr double least_precision = 1e-5;  // of a query, for the geometric mean

/// Measures under one name of trec_eval, in its order.
struct family {
  const char* name;
  bool official;
  std::vector<double> parameters;  // of which each makes a measure of its own; none: there is one
  std::function<measure(const std::string& name, double parameter)> make;
};

const std::vector<family>& families() {
  const std::vector<double> cutoffs{5, 10, 15, 20, 30, 100, 200, 500, 1000};
  const auto fixed = [](summary how, double (*value)(const judged_results&)) {
    return [how, value](const std::string& name, double) { return measure{name, how, value}; };
  };
  const auto top = [](auto make) {
    return [make](const std::string& name, double k) { return of(name, make(static_cast<index_t>(k))); };
  };
  static const std::vector<family> all{
      {"runid", true, {}, fixed(summary::name_of_run, nullptr)},
      {"num_q", true, {}, fixed(summary::queries, nullptr)},
      {"num_ret", true, {}, fixed(summary::sum, [](const auto& r) { return static_cast<double>(r.returned); })},
      {"num_rel", true, {}, fixed(summary::sum, [](const auto& r) { return static_cast<double>(r.ranks.size()); })},
      {"num_rel_ret", true, {}, fixed(summary::sum, [](const auto& r) { return static_cast<double>(r.hits()); })},
      {"map", true, {}, top([](index_t) { return metric::average_precision{}; })},
      {"gm_map",
       true,
       {},
       fixed(summary::geometric_mean,
             [](const judged_results& r) {
               return std::log(std::max(least_precision, metric::average_precision{}(r.ranks, r.returned)));
             })},
      {"Rprec", true, {}, top([](index_t) { return metric::r_precision{}; })},
      {"bpref", true, {}, fixed(summary::mean, binary_preference)},
      {"recip_rank", true, {}, top([](index_t) { return metric::reciprocal_rank{}; })},
      {"iprec_at_recall",
       true,
       {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0},
       [](const std::string& name, double recall) {
         return measure{name, summary::mean, [recall](const auto& r) { return interpolated_precision(r, recall); }};
       }},
      {"P", true, cutoffs, top([](index_t k) { return metric::precision{k}; })},
      {"recall", false, cutoffs, top([](index_t k) { return metric::recall{k}; })},
      {"ndcg", false, {}, top([](index_t) { return metric::ndcg{}; })},
      {"ndcg_cut", false, cutoffs, top([](index_t k) { return metric::ndcg{.top = k}; })}};
  return all;
}

/// The numbers after the point of "P.5,10".
std::set<double> parameters_of(std::string_view text, bool whole, const std::string& asked) {
  std::set<double> all;
  while (!text.empty()) {
    const std::string number(text.substr(0, text.find(',')));
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    const bool fits = !number.empty() && *end == '\0' &&
                      (whole ? value >= 1 && value <= 1e9 && value == std::floor(value) : value >= 0 && value <= 1);
    expects<argument_error>(fits, "'{}' has no measure: expected {} after the point, separated by commas", asked,
                            whole ? "numbers of documents" : "levels of recall from 0 to 1");
    all.insert(value);
    text.remove_prefix(std::min(number.size() + 1, text.size()));
  }
  return all;
}

/// The measures that were asked for, in the order of trec_eval.
std::vector<measure> chosen_measures(const std::vector<std::string>& asked) {
  std::map<std::string_view, std::set<double>> chosen;
  for (const std::string& one : asked.empty() ? std::vector<std::string>{"official"} : asked) {
    const std::size_t point = std::min(one.find('.'), one.size());
    const std::string_view name = std::string_view(one).substr(0, point);
    bool found = false;
    for (const family& f : families()) {
      if (name != f.name && name != "all_trec" && !(name == "official" && f.official)) continue;
      found = point == one.size() || (name == f.name && !f.parameters.empty() && point + 1 < one.size());
      if (!found) break;
      const bool levels = f.name == std::string_view("iprec_at_recall");
      auto& parameters = chosen[f.name];
      if (point < one.size())
        parameters.merge(parameters_of(std::string_view(one).substr(point + 1), !levels, one));
      else
        parameters.insert(f.parameters.begin(), f.parameters.end());
    }
    expects<argument_error>(found, "there is no measure '{}'", one);
  }
  std::vector<measure> all;
  for (const family& f : families()) {
    const auto at = chosen.find(f.name);
    if (at == chosen.end()) continue;
    if (f.parameters.empty()) all.push_back(f.make(f.name, 0));
    for (const double p : at->second) {
      char name[64];
      std::snprintf(name, sizeof name, f.name == std::string_view("iprec_at_recall") ? "%s_%3.2f" : "%s_%.0f", f.name,
                    p);
      all.push_back(f.make(name, p));
    }
  }
  return all;
}

float single(double score) {
  constexpr double most = std::numeric_limits<float>::max();
  constexpr float beyond = std::numeric_limits<float>::infinity();
  return score > most ? beyond : score < -most ? -beyond : static_cast<float>(score);
}

judged_results judged(const io::trec_qrels::query& judged, const io::trec_run::query& found, std::int32_t level) {
  std::map<std::string_view, std::int32_t> left;  // judged documents that were not met yet
  for (const auto& j : judged.judgements)
    if (j.grade >= 0) left.emplace(j.document, j.grade);

  std::vector<std::pair<float, std::string_view>> results;
  for (const auto& r : found.results) results.emplace_back(single(r.score), r.document);
  std::sort(results.begin(), results.end(), std::greater<>());

  judged_results out;
  out.returned = static_cast<index_t>(results.size());
  const auto add = [&](index_t rank, std::int32_t grade) {
    if (grade >= level)
      out.ranks.push_back(rank);
    else
      ++out.nonrelevant;
    if (grade < level && rank != op::missing) out.nonrelevant_ranks.push_back(rank);
    if (grade < 1) return;
    out.graded_ranks.push_back(rank);
    out.grades.push_back(static_cast<float>(grade));
  };
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto at = left.find(results[i].second);
    if (at == left.end()) continue;
    add(static_cast<index_t>(i) + 1, at->second);
    left.erase(at);
  }
  for (const auto& unmet : left) add(op::missing, unmet.second);
  return out;
}

void print(std::string& out, const std::string& name, const std::string& query, const std::string& value) {
  char start[64];
  std::snprintf(start, sizeof start, "%-22s\t", name.c_str());
  out += start + query + '\t' + value + '\n';
}
std::string shown(const measure& m, double value) {
  if (m.how == summary::sum || m.how == summary::queries) return std::to_string(static_cast<index_t>(value));
  char text[32];
  std::snprintf(text, sizeof text, "%6.4f", value);
  return text;
}

}  // namespace

std::string measures_of(const io::trec_qrels& qrels, const io::trec_run& run, const measure_options& options) {
  const auto measures = chosen_measures(options.measures);
  std::vector<double> sums(measures.size());
  index_t queries = 0;
  std::string out;
  auto judgements = qrels.queries.begin();
  for (const auto& query : run.queries) {  // both by id, ascending
    while (judgements != qrels.queries.end() && judgements->id < query.id) ++judgements;
    if (judgements == qrels.queries.end() || judgements->id != query.id) continue;
    const judged_results one = judged(*judgements, query, options.level);
    ++queries;
    for (std::size_t m = 0; m < measures.size(); ++m) {
      if (!measures[m].value) continue;
      const double value = measures[m].value(one);
      sums[m] += value;
      if (options.per_query && measures[m].how != summary::geometric_mean)
        print(out, measures[m].name, query.id, shown(measures[m], value));
    }
  }
  expects<io_error>(queries > 0, "no query has both results and judgements");

  const auto averaged = options.complete ? static_cast<index_t>(qrels.queries.size()) : queries;
  for (std::size_t m = 0; m < measures.size(); ++m) {
    const measure& one = measures[m];
    double value = sums[m];
    if (one.how == summary::queries) value = static_cast<double>(averaged);
    if (one.how == summary::mean) value /= static_cast<double>(averaged);
    if (one.how == summary::geometric_mean)
      value = std::exp((value + static_cast<double>(averaged - queries) * std::log(least_precision)) /
                       static_cast<double>(averaged));
    if (one.name == "num_rel" &&
        options.complete) {  // of all queries; trec_eval counts grades above 0, whatever the level
      value = 0;
      for (const auto& query : qrels.queries)
        for (const auto& j : query.judgements) value += j.grade > 0;
    }
    print(out, one.name, "all", one.how == summary::name_of_run ? run.name : shown(one, value));
  }
  return out;
}
