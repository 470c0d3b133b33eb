// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/parsed_number.hpp>
#include <kindred/io/trec.hpp>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace kindred::io {
namespace detail {

/// One line of a run or of judgements; the views point into the text.
struct trec_line {
  std::string_view query, document, last;
  double number;
  index_t line;
};

/// Cuts lines into their fields.
class trec_reader {
 public:
  /// `more_follow`: what follows the last field is ignored.
  trec_reader(byte_source& source, const limits& accepted, const std::vector<const char*>& fields, bool more_follow)
      : name_(source.name()), accepted_(accepted), fields_(fields), more_follow_(more_follow) {
    expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name_, source.size(),
                      accepted.bytes);
    text_.resize(static_cast<std::size_t>(source.remaining()));
    source.read(text_.data(), source.remaining());
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  /// The fields of the next line that is neither empty nor a comment; false at the end.
  bool next(std::vector<std::string_view>& fields) {
    fields.clear();
    while (fields.empty() && at_ < text_.size()) {
      ++line_;
      const std::size_t found = text_.find('\n', at_), stop = std::min(found, text_.size());
      std::string_view line(text_.data() + at_, stop - at_);
      at_ = found == std::string::npos ? text_.size() : found + 1;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      while (true) {
        while (!line.empty() && (line[0] == ' ' || line[0] == '\t')) line.remove_prefix(1);
        if (line.empty() || (fields.empty() && line[0] == '#')) break;
        if (more_follow_ && fields.size() == fields_.size()) break;
        std::size_t length = 0;
        for (; length < line.size() && line[length] != ' ' && line[length] != '\t'; ++length)
          if ((line[length] >= 0 && line[length] < ' ') || line[length] == '\x7f')
            refuse(fields.size(), line.substr(0, length), "is followed by a control character");
        if (fields.size() == fields_.size()) refuse(fields.size(), line.substr(0, length), "is one field too many");
        fields.push_back(line.substr(0, length));
        line.remove_prefix(length);
      }
    }
    if (fields.empty()) {
      expects<io_error>(lines_ > 0, "{}: line 1: the file is empty", name_);
      return false;
    }
    if (fields.size() < fields_.size()) refuse(fields.size(), "", "is missing");
    expects<io_error>(++lines_ <= accepted_.rows, "{}: line {}: more lines than {}", name_, line_, accepted_.rows);
    return true;
  }
  index_t line() const { return line_; }
  const std::string& name() const { return name_; }
  [[noreturn]] void refuse(std::size_t field, std::string_view text, const char* what) const {
    raise<io_error>("{}: line {}, {}: '{}' {}", name_, std::to_string(line_),
                    field < fields_.size() ? fields_[field] : "behind the last field", printable(text), what);
  }

 private:
  std::string name_;
  limits accepted_;
  const std::vector<const char*>& fields_;
  bool more_follow_;
  std::string text_;
  std::size_t at_ = 0;
  index_t line_ = 0, lines_ = 0;
};

/// Sorts by query, then document, and refuses a document that comes twice.
KINDRED_INLINE void sort_trec_lines(std::vector<trec_line>& lines, const std::string& name) {
  std::sort(lines.begin(), lines.end(), [](const trec_line& a, const trec_line& b) {
    return std::tie(a.query, a.document, a.line) < std::tie(b.query, b.document, b.line);
  });
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (lines[i - 1].query == lines[i].query && lines[i - 1].document == lines[i].document)
      raise<io_error>("{}: line {}, document: '{}' is in line {} already, for the same query", name,
                      std::to_string(lines[i].line), printable(lines[i].document), std::to_string(lines[i - 1].line));
}

/// Every `lines` of one query in turn: visit(id, begin, end).
template <class Visit>
void over_trec_queries(const std::vector<trec_line>& lines, Visit visit) {
  for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
    while (end < lines.size() && lines[end].query == lines[begin].query) ++end;
    visit(std::string(lines[begin].query), begin, end);
  }
}

KINDRED_INLINE void check_trec_name(const std::string& text, const char* what) {
  const bool fits = !text.empty() &&
                    std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; });
  if (!fits)
    raise<argument_error>("save_trec: the {} '{}' is empty or holds a blank or control character", what,
                          printable(text));
}

/// Checks the query, and the documents document(0), document(1) ... that are written for it.
template <class Document>
void check_trec_query(std::unordered_set<std::string>& seen, const std::string& id, std::size_t documents,
                      Document document) {
  check_trec_name(id, "query");
  expects<argument_error>(!id.starts_with('#') && !id.starts_with(byte_order_mark),
                          "save_trec: the query '{}' begins with # or a byte order mark", printable(id));
  expects<argument_error>(seen.insert(id).second, "save_trec: the query '{}' occurs twice", printable(id));
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < documents; ++i) {
    const std::string& name = document(i);
    check_trec_name(name, "document");
    expects<argument_error>(names.insert(name).second, "save_trec: the document '{}' occurs twice for query '{}'",
                            printable(name), printable(id));
  }
}

template <class N>
void append_number(std::string& out, N number) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace detail

KINDRED_INLINE trec_run read_trec_run(byte_source& source, const limits& accepted) {
  const std::vector<const char*> names{"query", "Q0", "document", "rank", "score", "run"};
  detail::trec_reader reader(source, accepted, names, true);
  std::vector<detail::trec_line> lines;
  std::vector<std::string_view> fields;
  while (reader.next(fields)) {
    double score = 0;
    if (const char* const reason = parsed_number(fields[4], score, accepted.non_finite))
      reader.refuse(4, fields[4], reason);
    lines.push_back({fields[0], fields[2], fields[5], score, reader.line()});
  }
  trec_run run;
  run.name = std::string(lines.back().last);
  detail::sort_trec_lines(lines, reader.name());
  detail::over_trec_queries(lines, [&](std::string id, std::size_t begin, std::size_t end) {
    const auto from = lines.begin() + static_cast<std::ptrdiff_t>(begin),
               to = lines.begin() + static_cast<std::ptrdiff_t>(end);
    std::sort(from, to, [](const auto& a, const auto& b) { return a.line < b.line; });
    trec_run::query query{std::move(id), {}};
    query.results.reserve(end - begin);
    for (auto l = from; l != to; ++l) query.results.push_back({std::string(l->document), l->number});
    run.queries.push_back(std::move(query));
  });
  return run;
}

KINDRED_INLINE trec_run read_trec_run(const std::string& path, const limits& accepted) {
  byte_source source(path);
  return read_trec_run(source, accepted);
}

KINDRED_INLINE trec_qrels read_trec_qrels(byte_source& source, const limits& accepted) {
  const std::vector<const char*> names{"query", "iteration", "document", "grade"};
  detail::trec_reader reader(source, accepted, names, false);
  std::vector<detail::trec_line> lines;
  std::vector<std::string_view> fields;
  while (reader.next(fields)) {
    std::int32_t grade = 0;
    if (const char* const reason = parsed_number(fields[3], grade, accepted.non_finite))
      reader.refuse(3, fields[3], reason);
    lines.push_back({fields[0], fields[2], {}, static_cast<double>(grade), reader.line()});
  }
  trec_qrels qrels;
  detail::sort_trec_lines(lines, reader.name());
  detail::over_trec_queries(lines, [&](std::string id, std::size_t begin, std::size_t end) {
    trec_qrels::query query{std::move(id), {}};
    query.judgements.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i)
      query.judgements.push_back({std::string(lines[i].document), static_cast<std::int32_t>(lines[i].number)});
    qrels.queries.push_back(std::move(query));
  });
  return qrels;
}

KINDRED_INLINE trec_qrels read_trec_qrels(const std::string& path, const limits& accepted) {
  byte_source source(path);
  return read_trec_qrels(source, accepted);
}

KINDRED_INLINE void save_trec_run(const std::string& path, const trec_run& run) {
  detail::check_trec_name(run.name, "name of the run");
  std::string out;
  std::unordered_set<std::string> seen;
  for (const auto& query : run.queries) {
    detail::check_trec_query(seen, query.id, query.results.size(),
                             [&](std::size_t i) -> const std::string& { return query.results[i].document; });
    index_t rank = 0;
    for (const auto& result : query.results) {
      expects<argument_error>(std::isfinite(result.score), "save_trec: document {} of query {} has the score {}",
                              result.document, query.id, result.score);
      out += query.id + " Q0 " + result.document + ' ';
      detail::append_number(out, ++rank);
      out += ' ';
      detail::append_number(out, result.score);
      out += ' ' + run.name + '\n';
    }
  }
  expects<argument_error>(!out.empty(), "save_trec: a run without results");
  atomic_file file(path);
  file.write(out);
  file.commit();
}

KINDRED_INLINE void save_trec_qrels(const std::string& path, const trec_qrels& qrels) {
  std::string out;
  std::unordered_set<std::string> seen;
  for (const auto& query : qrels.queries) {
    detail::check_trec_query(seen, query.id, query.judgements.size(),
                             [&](std::size_t i) -> const std::string& { return query.judgements[i].document; });
    for (const auto& judgement : query.judgements) {
      out += query.id + " 0 " + judgement.document + ' ';
      detail::append_number(out, judgement.grade);
      out += '\n';
    }
  }
  expects<argument_error>(!out.empty(), "save_trec: no judgements");
  atomic_file file(path);
  file.write(out);
  file.commit();
}

KINDRED_INLINE trec_run named_results(matrix_view<const index_t, cpu> ids, matrix_view<const double, cpu> scores,
                                      const std::vector<std::string>& query_names,
                                      const std::vector<std::string>& item_names, std::string name) {
  expects(ids.rows() == scores.rows() && ids.cols() == scores.cols(), "named_results: {} x {} ids but {} x {} scores",
          ids.rows(), ids.cols(), scores.rows(), scores.cols());
  expects(static_cast<index_t>(query_names.size()) == ids.rows(), "named_results: {} queries but {} names", ids.rows(),
          query_names.size());
  const auto items = static_cast<index_t>(item_names.size());
  trec_run run;
  run.name = std::move(name);
  for (index_t q = 0; q < ids.rows(); ++q) {
    trec_run::query query{query_names[static_cast<std::size_t>(q)], {}};
    for (index_t j = 0; j < ids.cols(); ++j) {
      const index_t id = ids(q, j);
      if (id < 0) continue;
      expects<argument_error>(id < items, "named_results: query {} found item {} but there are {} names", q, id, items);
      query.results.push_back({item_names[static_cast<std::size_t>(id)], scores(q, j)});
    }
    run.queries.push_back(std::move(query));
  }
  std::sort(run.queries.begin(), run.queries.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return run;
}

}  // namespace kindred::io
