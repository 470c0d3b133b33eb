// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/trec.hpp>
#include <string>
#include <vector>

/// What is measured and printed.
struct measure_options {
  bool per_query = false;  ///< the measures of every query as well
  bool complete = false;   ///< means over all queries with judgements, those without results adding 0
  std::int32_t level = 1;  ///< the lowest grade of a relevant document
  std::vector<std::string>
      measures;  ///< names as trec_eval takes them, "P.5,10" for one; "official", "all_trec"; none: "official"
};

/// The measures of a run in the order and format of trec_eval: of each query where it is asked for, then of all.
///
/// Queries count that have both results and judgements. Results are ranked by score in single precision, the highest
/// first; equal ones by document, the last in bytes first.
/// Errors  io_error when no query has both; argument_error for an unknown measure.
std::string measures_of(const kindred::io::trec_qrels& qrels, const kindred::io::trec_run& run,
                        const measure_options& options);
