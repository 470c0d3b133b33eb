// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <kindred/core/utf8.hpp>
#include <kindred/io/atomic_file.hpp>
#include <kindred/text/byte_pair_encoding.hpp>
#include <kindred/unicode/utf8.hpp>
#include <queue>
#include <unordered_map>

namespace kindred::text {

KINDRED_INLINE byte_pair_encoding::byte_pair_encoding() : ranks_(16) {
  for (int byte = 0; byte < 256; ++byte) pieces_.add(std::string(1, static_cast<char>(byte)));
}

KINDRED_INLINE std::size_t byte_pair_encoding::place(std::uint64_t pair) const {
  const std::size_t mask = ranks_.size() - 1;
  std::uint64_t h = pair * 0x9E3779B97F4A7C15ull;
  h ^= h >> 32;
  for (std::size_t i = h & mask;; i = (i + 1) & mask)
    if (ranks_[i].rank < 0 || ranks_[i].pair == pair) return i;
}

// bytes beyond ASCII stand for characters that are no symbols; white space but a leading blank makes words of its own
KINDRED_INLINE bool byte_pair_encoding::mergeable(label_t id) const {
  const char first = pieces_.words()[static_cast<std::size_t>(id)][0];
  return id >= 256 || (id < 128 && (first == ' ' || !is_space(first)));
}
KINDRED_INLINE bool byte_pair_encoding::merges_after(label_t id) const {
  return mergeable(id) && pieces_.words()[static_cast<std::size_t>(id)][0] != ' ';
}

KINDRED_INLINE label_t byte_pair_encoding::add_merge(label_t left, label_t right) {
  if (const std::int32_t known = rank(left, right); known >= 0)  // the left or right one came to be in another way
    return merges_[static_cast<std::size_t>(known)].result;
  const label_t result =
      pieces_.add(pieces_.words()[static_cast<std::size_t>(left)] + pieces_.words()[static_cast<std::size_t>(right)]);
  const auto take = [&](std::uint64_t pair, std::int32_t rank) { ranks_[place(pair)] = {pair, rank}; };
  take(pair_of(left, right), static_cast<std::int32_t>(merges_.size()));
  merges_.push_back({left, right, result});
  if (2 * merges_.size() > ranks_.size()) {
    ranks_.assign(2 * ranks_.size(), {});
    for (std::size_t i = 0; i < merges_.size(); ++i)
      take(pair_of(merges_[i].left, merges_[i].right), static_cast<std::int32_t>(i));
  }
  return result;
}

/// Calls f(word) for the words of a text: a run without white space with the one blank before it, or one byte of white
/// space.
template <class F>
void byte_pair_encoding::each_word(std::string_view text, F f) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    const bool blank_before = text[at] == ' ' && end < text.size() && !is_space(text[end]);
    if (blank_before || !is_space(text[at]))
      while (end < text.size() && !is_space(text[end])) ++end;
    f(text.substr(at, end - at));
    at = end;
  }
}

/// The symbols of a word before any merge.
KINDRED_INLINE void byte_pair_encoding::start(std::string_view word, std::vector<label_t>& ids) const {
  for (std::size_t at = 0; at < word.size();) {
    const auto step = utf8_front(word.substr(at));
    const label_t id = step.valid ? pieces_.find(word.substr(at, step.length)) : -1;
    if (id >= 0)
      ids.push_back(id);
    else
      for (std::size_t i = 0; i < step.length; ++i) ids.push_back(static_cast<unsigned char>(word[at + i]));
    at += step.length;
  }
}

/// Merges the symbols of one word: always all occurrences of the pair that was learned first, from the front.
class byte_pair_encoding::word_merger {
 public:
  explicit word_merger(const byte_pair_encoding& encoding) : encoding_(encoding) {}

  void operator()(std::string_view word, std::vector<label_t>& out) {
    ids_.clear();
    encoding_.start(word, ids_);
    const auto count = static_cast<index_t>(ids_.size());
    next_.resize(ids_.size());
    before_.resize(ids_.size());
    for (index_t i = 0; i < count; ++i) {
      next_[static_cast<std::size_t>(i)] = i + 1;
      before_[static_cast<std::size_t>(i)] = i - 1;
    }
    for (index_t i = 0; i + 1 < count; ++i) offer(i, waiting_);
    while (!waiting_.empty()) {
      // pairs that come to be meanwhile wait until this one is done everywhere, as if the word was gone through
      const std::int32_t rank = waiting_.front().rank;
      while (!waiting_.empty() && waiting_.front().rank == rank) {
        std::pop_heap(waiting_.begin(), waiting_.end(), later);
        const index_t at = waiting_.back().at;
        waiting_.pop_back();
        apply(rank, at, count);
      }
      for (const occurrence& o : fresh_) {
        waiting_.push_back(o);
        std::push_heap(waiting_.begin(), waiting_.end(), later);
      }
      fresh_.clear();
    }
    for (index_t i = 0; i < count; i = next_[static_cast<std::size_t>(i)])
      out.push_back(ids_[static_cast<std::size_t>(i)]);
  }

 private:
  struct occurrence {
    std::int32_t rank;
    index_t at;
  };
  static bool later(const occurrence& a, const occurrence& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
  }

  /// Notes the pair that begins at `at`, where it is one.
  void offer(index_t at, std::vector<occurrence>& to) {
    const auto i = static_cast<std::size_t>(at), k = static_cast<std::size_t>(next_[i]);
    const std::int32_t rank = encoding_.rank(ids_[i], ids_[k]);
    if (rank < 0) return;
    to.push_back({rank, at});
    if (&to == &waiting_) std::push_heap(waiting_.begin(), waiting_.end(), later);
  }
  void apply(std::int32_t rank, index_t at, index_t count) {
    const merged& m = encoding_.merges_[static_cast<std::size_t>(rank)];
    const auto i = static_cast<std::size_t>(at);
    if (next_[i] >= count || ids_[i] != m.left) return;  // merged away meanwhile; a symbol that is gone has the id -1
    const auto k = static_cast<std::size_t>(next_[i]);
    if (ids_[k] != m.right) return;
    ids_[i] = m.result;
    ids_[k] = -1;
    next_[i] = next_[k];
    if (next_[i] < count) {
      before_[static_cast<std::size_t>(next_[i])] = at;
      offer(at, fresh_);
    }
    if (before_[i] >= 0) offer(before_[i], fresh_);
  }

  const byte_pair_encoding& encoding_;
  std::vector<label_t> ids_;
  std::vector<index_t> next_, before_;
  std::vector<occurrence> waiting_, fresh_;
};

KINDRED_INLINE void byte_pair_encoding::encode(std::string_view text, std::vector<label_t>& out) const {
  if (text.empty()) return;
  const std::string spaced = ' ' + std::string(text);
  word_merger merge(*this);
  each_word(spaced, [&](std::string_view word) { merge(word, out); });
}

KINDRED_INLINE std::string byte_pair_encoding::decode(std::span<const label_t> ids) const {
  std::string text;
  for (const label_t id : ids) text += piece(id);
  if (!text.empty() && text[0] == ' ') text.erase(0, 1);
  return text;
}

/// Counts of all neighbours in the different words, kept up while pairs become symbols.
class byte_pair_encoding::learner {
 public:
  learner(byte_pair_encoding& encoding, const word_counts& pieces) : encoding_(encoding), queue_(later{&encoding}) {
    pieces.each([&](std::string_view text, std::int64_t count) {
      word w{{}, count};
      encoding.start(text, w.ids);
      if (w.ids.size() > 1) words_.push_back(std::move(w));
    });
    for (std::size_t i = 0; i < words_.size(); ++i) count_pairs(i, words_[i].count);
    settle();
  }

  /// Makes a symbol of the most frequent pair; false where none occurs `fewest` times.
  bool learn(std::int64_t fewest) {
    while (!queue_.empty()) {
      const candidate top = queue_.top();
      queue_.pop();
      const auto found = pairs_.find(top.pair);
      if (found == pairs_.end() || found->second.queued != top.count) continue;  // queued anew since
      pair_count& p = found->second;
      if (p.count != top.count) {  // it went down
        p.queued = p.count;
        if (p.count > 0) queue_.push({p.count, top.pair});
        continue;
      }
      if (top.count < std::max<std::int64_t>(fewest, 1)) return false;
      const auto left = static_cast<label_t>(top.pair >> 32), right = static_cast<label_t>(top.pair & 0xFFFFFFFFu);
      const label_t result = encoding_.add_merge(left, right);
      const std::vector<std::uint32_t> where = std::move(p.words);
      pairs_.erase(found);
      for (const std::uint32_t i : where) rewrite(i, left, right, result);
      pairs_.erase(top.pair);
      settle();
      return true;
    }
    return false;
  }

 private:
  struct word {
    std::vector<label_t> ids;
    std::int64_t count;
  };
  struct pair_count {
    std::int64_t count = 0;
    std::int64_t queued = 0;           // the count with which it stands in the queue; larger ones are queued anew
    std::vector<std::uint32_t> words;  // those that held it at some time, some more than once
    bool changed = false;
  };
  struct candidate {
    std::int64_t count;
    std::uint64_t pair;
  };
  struct later {
    const byte_pair_encoding* encoding;
    bool operator()(const candidate& a, const candidate& b) const {
      if (a.count != b.count) return a.count < b.count;
      const auto text = [&](std::uint64_t id) -> const std::string& {
        return encoding->pieces_.words()[static_cast<std::size_t>(id)];
      };
      if (a.pair >> 32 != b.pair >> 32) return text(a.pair >> 32) > text(b.pair >> 32);
      return text(a.pair & 0xFFFFFFFFu) > text(b.pair & 0xFFFFFFFFu);
    }
  };

  void count_pairs(std::size_t i, std::int64_t by) {
    const word& w = words_[i];
    for (std::size_t k = 0; k + 1 < w.ids.size(); ++k) {
      if (!encoding_.mergeable(w.ids[k]) || !encoding_.merges_after(w.ids[k + 1])) continue;
      const std::uint64_t pair = pair_of(w.ids[k], w.ids[k + 1]);
      pair_count& p = pairs_[pair];
      p.count += by;
      if (by < 0) continue;
      if (p.words.empty() || p.words.back() != i) p.words.push_back(static_cast<std::uint32_t>(i));
      if (!p.changed) {
        p.changed = true;
        changed_.push_back(pair);
      }
    }
  }
  void rewrite(std::size_t i, label_t left, label_t right, label_t result) {
    word& w = words_[i];
    bool there = false;
    for (std::size_t k = 0; k + 1 < w.ids.size() && !there; ++k) there = w.ids[k] == left && w.ids[k + 1] == right;
    if (!there) return;
    count_pairs(i, -w.count);
    std::size_t to = 0;
    for (std::size_t k = 0; k < w.ids.size(); ++k, ++to) {
      if (k + 1 < w.ids.size() && w.ids[k] == left && w.ids[k + 1] == right) {
        w.ids[to] = result;
        ++k;
      } else {
        w.ids[to] = w.ids[k];
      }
    }
    w.ids.resize(to);
    count_pairs(i, w.count);
  }
  /// Queues the pairs whose counts may have gone up. Counts that went down alone are found when they come to the front.
  void settle() {
    for (const std::uint64_t pair : changed_) {
      const auto found = pairs_.find(pair);
      if (found == pairs_.end()) continue;
      pair_count& p = found->second;
      p.changed = false;
      if (p.count <= p.queued) continue;
      p.queued = p.count;
      queue_.push({p.count, pair});
    }
    changed_.clear();
  }

  byte_pair_encoding& encoding_;
  std::vector<word> words_;
  std::unordered_map<std::uint64_t, pair_count> pairs_;
  std::vector<std::uint64_t> changed_;
  std::priority_queue<candidate, std::vector<candidate>, later> queue_;
};

KINDRED_INLINE byte_pair_encoding::byte_pair_encoding(const word_counts& words, byte_pair_options options)
    : byte_pair_encoding() {
  expects<argument_error>(options.symbols >= 256 && options.symbols <= (index_t(1) << 30),
                          "text::byte_pair_encoding: expected 256 (one per byte) to 2^30 symbols, got {}",
                          options.symbols);
  expects<argument_error>(options.fewest >= 0, "text::byte_pair_encoding: fewest is {}", options.fewest);
  // words as a text would give them, in an order of their own
  word_counts cut, characters;
  words.each([&](std::string_view word, std::int64_t count) {
    each_word(' ' + std::string(word), [&](std::string_view w) { cut.add(w, count); });
  });
  cut.each([&](std::string_view word, std::int64_t count) {
    for (std::size_t at = 0; at < word.size();) {
      const auto step = utf8_front(word.substr(at));
      const auto character = word.substr(at, step.length);
      // ▁ shows a blank in files, so it stays bytes
      if (step.valid && step.length > 1 && character != blank) characters.add(character, count);
      at += step.length;
    }
  });
  struct counted {
    std::string_view character;
    std::int64_t count;
  };
  std::vector<counted> kept;
  characters.each([&](std::string_view c, std::int64_t count) {
    if (count >= options.fewest) kept.push_back({c, count});
  });
  std::sort(kept.begin(), kept.end(), [](const counted& a, const counted& b) {
    return a.count != b.count ? a.count > b.count : a.character < b.character;
  });
  kept.resize(std::min(kept.size(), static_cast<std::size_t>(options.symbols) - first_character));
  std::sort(kept.begin(), kept.end(), [](const counted& a, const counted& b) { return a.character < b.character; });
  for (const counted& c : kept) pieces_.add(c.character);
  characters_ = kept.size();
  learner learning(*this, cut);
  while (size() < options.symbols && learning.learn(options.fewest)) {
  }
}

KINDRED_INLINE std::string byte_pair_encoding::shown(label_t id) const {
  const std::string& p = piece(id);
  if (p[0] == ' ') return blank + p.substr(1);
  if (id < 128 || id >= 256) return p;
  constexpr const char* digits = "0123456789ABCDEF";
  return std::string("<0x") + digits[id / 16] + digits[id % 16] + '>';
}

KINDRED_INLINE std::string byte_pair_encoding::as_text() const {
  std::string text = "kindred byte_pair_encoding 1\ncharacters " + std::to_string(characters_) + '\n';
  for (std::size_t i = 0; i < characters_; ++i) text += pieces_.words()[first_character + i] + '\n';
  text += "merges " + std::to_string(merges_.size()) + '\n';
  for (const merged& m : merges_) text += shown(m.left) + ' ' + shown(m.right) + '\n';
  return text;
}

KINDRED_INLINE void byte_pair_encoding::save(const std::string& path) const {
  io::atomic_file file(path);
  file.write(as_text());
  file.commit();
}

KINDRED_INLINE byte_pair_encoding byte_pair_encoding::load(io::byte_source& source, const io::limits& accepted) {
  const std::string& name = source.name();
  expects<io_error>(source.size() <= accepted.bytes, "{}: {} bytes, the limit is {}", name, source.size(),
                    accepted.bytes);
  std::string text(static_cast<std::size_t>(source.remaining()), '\0');
  source.read(text.data(), source.remaining());
  std::string_view rest = text;
  index_t lines = 0;
  const auto refuse = [&](std::string_view what, const char* why) {
    raise<io_error>("{}: line {}: '{}' {}", name, std::to_string(lines), printable(what, 40), why);
  };
  const auto line = [&] {
    ++lines;
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) refuse(rest, "is no whole line");
    const std::string_view found = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return found;
  };
  // a line "what N"; every one of the N lines takes two bytes at least
  const auto count_of = [&](std::string_view what, index_t bytes) {
    const std::string_view found = line();
    index_t count = -1;
    if (found.substr(0, what.size()) == what) {
      const std::string_view number = found.substr(what.size());
      const auto [stop, status] = std::from_chars(number.data(), number.data() + number.size(), count);
      if (stop != number.data() + number.size() || status != std::errc()) count = -1;
    }
    if (count < 0) refuse(found, "is not the count expected there");
    if (count > static_cast<index_t>(rest.size()) / bytes) refuse(found, "are more than the file holds");
    return count;
  };
  const std::string_view head = line();
  if (head != "kindred byte_pair_encoding 1") refuse(head, "is not the head of a byte pair encoding");
  byte_pair_encoding out;
  for (index_t left = count_of("characters ", 3); left > 0; --left) {
    const std::string_view character = line();
    const auto step = character.empty() ? utf8_character{0, 0, false} : utf8_front(character);
    if (!step.valid || step.length == 1 || step.length != character.size() || character == blank)
      refuse(character, "is no single character beyond ASCII");
    if (out.characters_ > 0 && character <= out.pieces_.words().back()) refuse(character, "is not in order");
    if (out.size() >= accepted.rows) refuse(character, "is one symbol more than the limit allows");
    out.pieces_.add(character);
    ++out.characters_;
  }
  for (index_t left = count_of("merges ", 4); left > 0; --left) {
    const std::string_view pair = line();
    const std::size_t gap = pair.find(' ');
    if (gap == std::string_view::npos) refuse(pair, "is no pair of symbols with a blank between");
    const auto symbol = [&](std::string_view shown) {
      const bool spaced = shown.substr(0, 3) == blank;
      const label_t id = out.pieces_.find(spaced ? ' ' + std::string(shown.substr(3)) : std::string(shown));
      if (id < 0 || !out.mergeable(id)) refuse(shown, "is no symbol that can be merged");
      return id;
    };
    const label_t first = symbol(pair.substr(0, gap)), second = symbol(pair.substr(gap + 1));
    if (!out.merges_after(second)) refuse(pair, "has a blank inside");
    if (out.rank(first, second) >= 0) refuse(pair, "was merged before");
    if (out.size() >= accepted.rows) refuse(pair, "is one symbol more than the limit allows");
    out.add_merge(first, second);
  }
  if (!rest.empty()) {
    ++lines;
    refuse(rest.substr(0, rest.find('\n')), "is after the last merge");
  }
  return out;
}

KINDRED_INLINE byte_pair_encoding byte_pair_encoding::load(const std::string& path, const io::limits& accepted) {
  io::byte_source source(path);
  return load(source, accepted);
}

}  // namespace kindred::text
