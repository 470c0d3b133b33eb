// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/text/word_counts.hpp>

namespace kindred::text {

KINDRED_INLINE void word_counts::insert(std::size_t place, std::uint32_t hash, std::string_view word,
                                        std::int64_t times) {
  if (options_.most_words > 0 && size() >= options_.most_words) {
    forget_the_rarest();
    place = locate(word, hash);
  }
  const std::size_t at = bytes_.size();
  bytes_.insert(bytes_.end(), word.begin(), word.end());
  entries_.push_back({at, word.size(), times});
  slots_.claim(place, hash, static_cast<label_t>(entries_.size() - 1));
}

KINDRED_INLINE void word_counts::prune(std::int64_t fewest) {
  const auto old = std::move(entries_);
  entries_.clear();
  slots_.clear();
  std::size_t end = 0;  // words move to the front, over those that go
  for (const entry& e : old) {
    if (e.count < fewest) continue;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(e.at), e.length,
                bytes_.begin() + static_cast<std::ptrdiff_t>(end));
    entries_.push_back({end, e.length, e.count});
    end += e.length;
    const std::uint32_t hash = detail::word_hash(word_of(entries_.back()));
    slots_.claim(slots_.locate(hash, [](label_t) { return false; }), hash, static_cast<label_t>(entries_.size() - 1));
  }
  bytes_.resize(end);
  floor_ = std::max(floor_, fewest - 1);
}

KINDRED_INLINE void word_counts::forget_the_rarest() {
  std::vector<std::int64_t> counts;
  counts.reserve(entries_.size());
  for (const entry& e : entries_) counts.push_back(e.count);
  const auto last = counts.begin() + static_cast<std::ptrdiff_t>((counts.size() - 1) / 4);
  std::nth_element(counts.begin(), last, counts.end());
  prune(std::max(floor_ + 1, *last) + 1);
}

}  // namespace kindred::text
