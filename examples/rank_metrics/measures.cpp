// SPDX-License-Identifier: Apache-2.0
#include "measures.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <kindred/core/error.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/precision.hpp>
#include <kindred/metric/r_precision.hpp>
#include <kindred/metric/recall.hpp>
#include <kindred/metric/reciprocal_rank.hpp>
#include <limits>
#include <map>
#include <string_view>

namespace {

using namespace kindred;

struct measure {
  std::string name;
  std::function<double(const metric::ranking&)> value;
};

template <metric::Metric M>
measure named(std::string name, M m) {
  return {std::move(name), [m](const metric::ranking& r) { return metric::evaluate(m, r); }};
}

std::vector<measure> all_measures() {
  std::vector<measure> all{named("map", metric::average_precision{}), named("Rprec", metric::r_precision{}),
                           named("recip_rank", metric::reciprocal_rank{})};
  const index_t cutoffs[] = {5, 10, 15, 20, 30, 100, 200, 500, 1000};
  for (const index_t k : cutoffs) all.push_back(named("P_" + std::to_string(k), metric::precision{k}));
  for (const index_t k : cutoffs) all.push_back(named("recall_" + std::to_string(k), metric::recall{k}));
  all.push_back(named("ndcg", metric::ndcg{}));
  for (const index_t k : cutoffs) all.push_back(named("ndcg_cut_" + std::to_string(k), metric::ndcg{.top = k}));
  return all;
}

/// The counts and values of one query, or of several.
struct row {
  index_t returned = 0, relevant = 0, relevant_returned = 0;
  std::vector<double> values;
};

float single(double score) {
  constexpr double most = std::numeric_limits<float>::max();
  constexpr float beyond = std::numeric_limits<float>::infinity();
  return score > most ? beyond : score < -most ? -beyond : static_cast<float>(score);
}

row judged(const io::trec_qrels::query& judged, const io::trec_run::query& found,
           const std::vector<measure>& measures) {
  std::map<std::string_view, std::int32_t> left;  // relevant documents that were not met yet
  for (const auto& j : judged.judgements)
    if (j.grade > 0) left.emplace(j.document, j.grade);

  std::vector<std::pair<float, std::string_view>> results;
  for (const auto& r : found.results) results.emplace_back(single(r.score), r.document);
  std::sort(results.begin(), results.end(), std::greater<>());

  row out;
  out.returned = static_cast<index_t>(results.size());
  out.relevant = static_cast<index_t>(left.size());
  std::vector<index_t> ranks;
  std::vector<float> grades;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto at = left.find(results[i].second);
    if (at == left.end()) continue;
    ranks.push_back(static_cast<index_t>(i) + 1);
    grades.push_back(static_cast<float>(at->second));
    left.erase(at);
  }
  out.relevant_returned = static_cast<index_t>(ranks.size());
  for (const auto& [document, grade] : left) {
    ranks.push_back(op::missing);
    grades.push_back(static_cast<float>(grade));
  }
  for (const auto& m : measures) out.values.push_back(m.value({ranks, out.returned, {}, grades}));
  return out;
}

void print(std::string& out, const std::string& name, const std::string& query, index_t value) {
  char line[64];
  std::snprintf(line, sizeof line, "%-22s\t", name.c_str());
  out += line + query + '\t' + std::to_string(value) + '\n';
}
void print(std::string& out, const std::string& name, const std::string& query, double value) {
  char line[64];
  std::snprintf(line, sizeof line, "%-22s\t", name.c_str());
  out += line + query + '\t';
  std::snprintf(line, sizeof line, "%6.4f\n", value);
  out += line;
}
void print(std::string& out, const std::string& query, const row& r, const std::vector<measure>& measures) {
  print(out, "num_ret", query, r.returned);
  print(out, "num_rel", query, r.relevant);
  print(out, "num_rel_ret", query, r.relevant_returned);
  for (std::size_t m = 0; m < measures.size(); ++m) print(out, measures[m].name, query, r.values[m]);
}

}  // namespace

std::string measures_of(const io::trec_qrels& qrels, const io::trec_run& run, bool per_query) {
  const auto measures = all_measures();
  row all;
  all.values.resize(measures.size());
  index_t queries = 0;
  std::string out;
  auto judgements = qrels.queries.begin();
  for (const auto& query : run.queries) {  // both by id, ascending
    while (judgements != qrels.queries.end() && judgements->id < query.id) ++judgements;
    if (judgements == qrels.queries.end() || judgements->id != query.id) continue;
    const row one = judged(*judgements, query, measures);
    if (per_query) print(out, query.id, one, measures);
    ++queries;
    all.returned += one.returned;
    all.relevant += one.relevant;
    all.relevant_returned += one.relevant_returned;
    for (std::size_t m = 0; m < measures.size(); ++m) all.values[m] += one.values[m];
  }
  expects<io_error>(queries > 0, "no query has both results and judgements");
  for (double& v : all.values) v /= static_cast<double>(queries);
  print(out, "num_q", "all", queries);
  print(out, "all", all, measures);
  return out;
}
