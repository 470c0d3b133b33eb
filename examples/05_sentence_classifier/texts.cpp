// SPDX-License-Identifier: Apache-2.0
#include "texts.hpp"

#include <algorithm>
#include <emoji_set.hpp>
#include <kindred/core/error.hpp>
#include <kindred/data/k_fold.hpp>
#include <kindred/unicode/utf8.hpp>
#include <map>

#include "lines.hpp"

namespace sentence {

namespace {

using kindred::argument_error;
using kindred::expects;
using kindred::io_error;

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto tab = line.find('\t');
    out.push_back(line.substr(0, tab));
    if (tab == line.npos) return out;
    line.remove_prefix(tab + 1);
  }
}

bool is_utf8(std::string_view text) {
  try {
    kindred::unicode::decode_utf8(text, kindred::unicode::invalid_bytes::refuse, [](char32_t) {});
    return true;
  } catch (const argument_error&) {
    return false;
  }
}

/// Which fields hold what.
struct places {
  std::size_t fields = 0, id = 0, text = 0, label = 0;
  bool has_id = false;
};

places places_in(const std::string& path, std::string_view head, const column_names& columns) {
  const auto names = fields_of(head);
  const auto find = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const places at{names.size(), find(columns.id), find(columns.text), find(columns.label),
                  find(columns.id) < names.size()};
  for (const auto& [place, name] : {std::pair(at.text, columns.text), std::pair(at.label, columns.label)})
    expects<io_error>(place < names.size(), "{}: line 1 names no column '{}': '{}'", path, name,
                      std::string(head.substr(0, 200)));
  return at;
}

/// Appends the lines of one file; labels by name beside `data`.
void append(const std::string& path, const column_names& columns, bool strict, labelled_texts& data,
            std::vector<std::string>& labels) {
  places at;
  const auto before = data.size();
  for_each_line(path, [&](index_t number, std::string_view line) {
    if (number == 1) {
      at = places_in(path, line, columns);
      return;
    }
    const auto fields = fields_of(line);
    std::string why;
    if (fields.size() != at.fields)
      why = "expected " + std::to_string(at.fields) + " fields, got " + std::to_string(fields.size());
    else if (!is_utf8(line))
      why = "not UTF-8";
    else if (fields[at.text].find_first_not_of(' ') == std::string_view::npos)
      why = "no text";
    else if (fields[at.label].empty())
      why = "no label";
    if (!why.empty()) {
      why = path + ": line " + std::to_string(number) + ": " + why;
      expects<io_error>(!strict, "{}", why);
      if (++data.bad <= 5) data.bad_lines.push_back(why);
      return;
    }
    data.ids.push_back(at.has_id ? std::string(fields[at.id]) : std::to_string(number - 1));
    data.texts.emplace_back(fields[at.text]);
    labels.emplace_back(fields[at.label]);
  });
  expects<io_error>(at.fields > 0, "{}: an empty file", path);
  expects<io_error>(data.size() > before, "{}: no line with a text and a label", path);
}

std::vector<label_t> labels_at(const std::vector<label_t>& labels, const std::vector<index_t>& rows) {
  std::vector<label_t> out;
  for (const index_t r : rows) out.push_back(labels[static_cast<std::size_t>(r)]);
  return out;
}
std::vector<index_t> chosen(const std::vector<index_t>& rows, const std::vector<index_t>& places) {
  std::vector<index_t> out;
  for (const index_t p : places) out.push_back(rows[static_cast<std::size_t>(p)]);
  return out;
}

}  // namespace

labelled_texts load_tables(const std::string& path, const std::string& tests, const column_names& columns,
                           bool strict) {
  labelled_texts data;
  std::vector<std::string> names;
  data.source = tests.empty() ? path : path + " and " + tests;
  append(path, columns, strict, data, names);
  const std::size_t learned = names.size();
  if (!tests.empty()) append(tests, columns, strict, data, names);
  data.given_tests = static_cast<index_t>(names.size() - learned);

  std::map<std::string, label_t> classes;
  for (std::size_t i = 0; i < learned; ++i) classes.emplace(names[i], 0);
  for (auto& [name, number] : classes) {
    number = static_cast<label_t>(data.classes.size());
    data.classes.push_back(name);
  }
  for (const auto& name : names) {
    const auto known = classes.find(name);
    expects<io_error>(known != classes.end(), "{}: the label '{}' does not occur in {}", tests, name, path);
    data.labels.push_back(known->second);
  }
  return data;
}

labelled_texts embedded() {
  const emoji::emoji_set set = emoji::build({.reduce = 8});
  labelled_texts data;
  data.source = "embedded";
  data.classes = set.groups;
  std::sort(data.classes.begin(), data.classes.end());
  for (const auto& item : set.items) {
    data.ids.push_back(item.characters);
    data.texts.push_back(emoji::korean_text(item));
    const auto& group = set.groups[static_cast<std::size_t>(item.group)];
    data.labels.push_back(
        static_cast<label_t>(std::lower_bound(data.classes.begin(), data.classes.end(), group) - data.classes.begin()));
  }
  return data;
}

std::vector<parts> parts_of(const labelled_texts& data, const settings& how) {
  std::vector<parts> all;
  if (how.folds > 0) {
    const kindred::data::k_fold folds(data.labels, how.folds, how.seed);
    for (index_t f = 0; f < folds.size(); ++f)
      all.push_back({folds.train(f), {folds.test(f).begin(), folds.test(f).end()}});
  } else if (data.given_tests > 0) {
    parts p;
    for (index_t i = 0; i < data.size(); ++i) (i < data.size() - data.given_tests ? p.train : p.test).push_back(i);
    all.push_back(p);
  } else {
    const auto s =
        kindred::data::split::stratified(data.labels, {.validation = 0, .test = how.tests, .seed = how.seed});
    all.push_back({s.train, s.test});
  }
  for (const auto& p : all) {
    auto classes = labels_at(data.labels, p.train);
    std::sort(classes.begin(), classes.end());
    expects<argument_error>(!classes.empty() && classes.front() != classes.back(),
                            "{}: expected texts of at least 2 classes to learn from, got {} texts", data.source,
                            p.train.size());
    expects<argument_error>(!p.test.empty(), "{}: no texts left for tests", data.source);
  }
  return all;
}

learning_parts learning_parts_of(const labelled_texts& data, const std::vector<index_t>& rows, const settings& how) {
  const auto labels = labels_at(data.labels, rows);
  const auto s = kindred::data::split::stratified(
      labels, {.validation = how.validation, .test = 0, .seed = kindred::random::bits(how.seed, 2, 0)});
  return {chosen(rows, s.train), chosen(rows, s.validation)};
}

}  // namespace sentence
