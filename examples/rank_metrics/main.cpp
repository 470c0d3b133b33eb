// SPDX-License-Identifier: Apache-2.0
// rank_metrics: how good a TREC run is by TREC judgements, in the words and numbers of trec_eval.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <kindred/core/utf8.hpp>

#include "measures.hpp"

int main(int count, char** arguments) {
  CLI::App app{"Measures of a TREC run by TREC judgements, as trec_eval prints them."};
  std::string qrels, run;
  measure_options options;
  app.add_flag("-q", options.per_query, "Print every query's measures as well.");
  app.add_flag("-c", options.complete, "Average over all queries with judgements; those without results count as 0.");
  app.add_option("-l", options.level, "The lowest grade of a relevant document.")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option(
         "-m", options.measures,
         "A measure, or several with cutoffs (P.5,10); may be repeated. runid num_q num_ret num_rel num_rel_ret "
         "map gm_map Rprec bpref recip_rank iprec_at_recall P recall ndcg ndcg_cut; official: all up to P; all_trec: "
         "all of these.")
      ->allow_extra_args(false);
  app.add_option("QRELS", qrels, "Judgements: query, iteration, document, grade.")->required()->option_text("FILE");
  app.add_option("RUN", run, "Results: query, Q0, document, rank, score, name of the run.")
      ->required()
      ->option_text("FILE");
  try {
    app.parse(count, arguments);
    const auto text = measures_of(kindred::io::read_trec_qrels(qrels), kindred::io::read_trec_run(run), options);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
      std::fprintf(stderr, "rank_metrics: cannot write the output\n");
      return 1;
    }
    return 0;
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rank_metrics: %s\n", kindred::printable(e.what()).c_str());
    return 1;
  }
}
