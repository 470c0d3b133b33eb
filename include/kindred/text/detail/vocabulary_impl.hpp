// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <kindred/core/utf8.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/text/vocabulary.hpp>
#include <limits>

namespace kindred::text {

KINDRED_INLINE vocabulary::vocabulary(const word_counts& counts, vocabulary_options options) {
  expects<argument_error>(options.fewest >= 0, "text::vocabulary: fewest is {}", options.fewest);
  expects<argument_error>(options.most_words >= 0, "text::vocabulary: most_words is {}", options.most_words);
  struct counted {
    std::string_view word;
    std::int64_t count;
  };
  std::vector<counted> kept;
  counts.each([&](std::string_view word, std::int64_t count) {
    if (count >= options.fewest) kept.push_back({word, count});
  });
  const auto before = [](const counted& a, const counted& b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  };
  if (options.most_words > 0 && static_cast<index_t>(kept.size()) > options.most_words) {
    const auto end = kept.begin() + static_cast<std::ptrdiff_t>(options.most_words);
    std::nth_element(kept.begin(), end, kept.end(), before);
    kept.erase(end, kept.end());
  }
  std::sort(kept.begin(), kept.end(), before);
  words_.reserve(kept.size());
  counts_.reserve(kept.size());
  for (const counted& c : kept) {
    const char* const problem = append(c.word, c.count);
    expects<argument_error>(problem == nullptr, "text::vocabulary: a word that {}", problem ? problem : "");
  }
}

KINDRED_INLINE const char* vocabulary::append(std::string_view word, std::int64_t count) {
  if (word.empty()) return "is empty";
  if (count < 1) return "occurs less than once";
  if (count > std::numeric_limits<std::int64_t>::max() - total_)
    return "brings more occurrences together than 64 bits hold";
  if (!counts_.empty() && (count > counts_.back() || (count == counts_.back() && word < words().back())))
    return words_.find(word) >= 0 ? "occurs twice"
                                  : "is out of order: occurrences descend, and words of as many ascend";
  if (words_.add(word) != static_cast<label_t>(counts_.size())) return "occurs twice";
  counts_.push_back(count);
  total_ += count;
  return nullptr;
}

KINDRED_INLINE void vocabulary::save(const std::string& path) const {
  std::string text;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::string& word = words()[i];
    const bool fits = !word.empty() && word.find('\n') == std::string::npos && valid_utf8(word);
    expects<argument_error>(fits, "text::vocabulary::save: word {}, '{}', is empty, holds a line feed or is not UTF-8",
                            i, printable(word, 40));
    text += word + '\t' + std::to_string(counts_[i]) + '\n';
  }
  io::atomic_file file(path);
  file.write(text);
  file.commit();
}

KINDRED_INLINE vocabulary vocabulary::load(io::byte_source& source, const io::limits& accepted) {
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  std::string text(static_cast<std::size_t>(source.remaining()), '\0');
  source.read(text.data(), source.remaining());
  vocabulary out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto refuse = [&](std::string_view word, const char* what) {
      raise<io_error>("{}: line {}: '{}' {}", name, std::to_string(out.size() + 1), printable(word, 40), what);
    };
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::size_t tab = line.rfind('\t');
    if (tab == std::string_view::npos) refuse(line, "has no tab; expected a word, a tab and a count");
    const std::string_view word = line.substr(0, tab), number = line.substr(tab + 1);
    std::int64_t count = 0;
    const auto [stop, status] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (stop != number.data() + number.size() || status != std::errc()) refuse(number, "is no count");
    if (!valid_utf8(word)) refuse(word, "is not well-formed UTF-8");
    if (out.size() >= accepted.rows) refuse(word, "is one word more than the limit allows");
    if (const char* const problem = out.append(word, count)) refuse(word, problem);
  }
  return out;
}

KINDRED_INLINE vocabulary vocabulary::load(const std::string& path, const io::limits& accepted) {
  io::byte_source source(path);
  return load(source, accepted);
}

KINDRED_INLINE vocabulary vocabulary::from_arrays(std::string_view bytes, const std::vector<index_t>& ends,
                                                  const std::vector<std::int64_t>& counts, const std::string& place) {
  expects<io_error>(ends.size() == counts.size(), "{}ends: {} words but {} counts", place, ends.size(), counts.size());
  const auto all = static_cast<index_t>(bytes.size());
  expects<io_error>(ends.empty() ? all == 0 : ends.back() == all, "{}ends: do not run to the {} bytes of all words",
                    place, all);
  vocabulary out;
  index_t begin = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    expects<io_error>(ends[i] >= begin && ends[i] <= all, "{}ends: number {} is {}, expected {} to {}", place, i,
                      ends[i], begin, all);
    const char* const problem =
        out.append(bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(ends[i] - begin)), counts[i]);
    expects<io_error>(problem == nullptr, "{}bytes: word {} {}", place, i, problem ? problem : "");
    begin = ends[i];
  }
  return out;
}

}  // namespace kindred::text
