// SPDX-License-Identifier: Apache-2.0
/// @file
/// Files of the TREC evaluations. A run holds results, one a line: query, Q0, document, rank, score, name of the run.
/// Judgements ("qrels") hold: query, iteration, document, grade. Fields are separated by blanks and tabs and hold none.
/// CRLF, empty lines and a byte order mark are tolerated, lines that begin with # are comments, and what follows the
/// name of the run is ignored, as in trec_eval. Second field and rank are ignored as well: the score counts.
///
/// Errors     io_error that names file, line and field: missing fields, fields after a grade, scores that are no
///            number, grades that are no integer (1.0 is one), control characters, a document twice for one query (with
///            both lines), a file without lines, limits exceeded.
/// Reference  trec.nist.gov; trec_eval. Differs: trec_eval reads what it can of a number, so that a grade of 0.9 is 0;
///            before version 10 it knows no comments.
#pragma once

#include <kindred/core/view.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <string>
#include <vector>

namespace kindred::io {

/// What a system found for some queries.
struct trec_run {
  struct result {
    std::string document;
    double score;  ///< higher is closer
  };
  struct query {
    std::string id;
    std::vector<result> results;  ///< in the order of the file
  };
  std::vector<query> queries;  ///< by id, ascending in bytes
  std::string name;            ///< of the run: the last field of the last line
};

/// Which documents people judged how relevant to some queries.
struct trec_qrels {
  struct judgement {
    std::string document;
    std::int32_t grade;  ///< relevant from 1 on; below 0 stands for what was not judged after all
  };
  struct query {
    std::string id;
    std::vector<judgement> judgements;  ///< by document, ascending in bytes
  };
  std::vector<query> queries;  ///< by id, ascending in bytes
};

/// The run in `source`. limits.rows counts lines; limits.non_finite is about scores.
///
/// Complexity   O(lines log lines); holds the file and its content at once.
/// Determinism  the same on every machine and in every locale.
trec_run read_trec_run(byte_source& source, const limits& accepted = {});
trec_run read_trec_run(const std::string& path, const limits& accepted = {});

/// The judgements in `source`; everything else as read_trec_run.
trec_qrels read_trec_qrels(byte_source& source, const limits& accepted = {});
trec_qrels read_trec_qrels(const std::string& path, const limits& accepted = {});

/// Writes a run; the file appears whole or not at all. Ranks count from 1 in the order of the results; every score is
/// the shortest text that reads back as the same number. A query without results leaves no trace in the file.
///
/// Errors  argument_error for an id or name that is empty or holds a blank or control character, a query that begins
///         with # or a byte order mark, a query or a document of a query that occurs twice, a score that is not finite,
///         and when there are no results at all; io_error where writing fails.
void save_trec_run(const std::string& path, const trec_run& run);

/// Writes judgements; everything else as save_trec_run.
void save_trec_qrels(const std::string& path, const trec_qrels& qrels);

/// Search results under the names of their queries and items, to be saved for trec_eval.
///
/// ids     queries x k as indexes give them, best first; -1 is no result
/// scores  queries x k
///
/// trec_eval sees scores in single precision and orders equal ones by name, descending; where that matters, pass scores
/// that count down.
/// Errors  shape_error when there are not as many scores as ids or not one name per query; argument_error for an id
///         without a name.
trec_run named_results(matrix_view<const index_t, cpu> ids, matrix_view<const double, cpu> scores,
                       const std::vector<std::string>& query_names, const std::vector<std::string>& item_names,
                       std::string name);

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/trec_impl.hpp>
#endif
