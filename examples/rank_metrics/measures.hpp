// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/trec.hpp>
#include <string>

/// The measures of a run in the format of trec_eval: of each query where `per_query` asks for it, then of all.
///
/// Queries count that have both results and judgements. Results go by score, rounded to single precision, highest first;
/// equal ones by document, last in bytes first. Relevant is what has grade 1 or more.
/// Errors  io_error when no query has both.
std::string measures_of(const kindred::io::trec_qrels& qrels, const kindred::io::trec_run& run, bool per_query);
